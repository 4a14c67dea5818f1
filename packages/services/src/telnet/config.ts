import { z } from 'zod'

const whole = (low: number, high: number) => z.number().int().min(low).max(high)

export const telnetConfig = z.object({
  login_timeout: whole(0, 86_400)
    .default(60)
    .meta({ title: 'LOGIN_TIMEOUT', description: 'Seconds to log in, as in login.defs; 0 = no limit' }),
  fail_delay_ms: whole(0, 60_000)
    .default(3000)
    .meta({ title: 'Delay after a wrong password', description: "Milliseconds; pam_faildelay's for login, give or take a quarter" }),
  negotiation_wait_ms: whole(0, 60_000).default(2000).meta({
    title: 'Patience for option negotiation',
    description: 'Milliseconds after which a client that does not negotiate gets its login prompt all the same',
  }),
  max_connections: whole(0, 100_000).default(1024).meta({ title: 'Connections', description: 'Connections at once, 0 = no limit' }),
  max_connections_per_source: whole(0, 100_000)
    .default(256)
    .meta({ title: 'Connections per source', description: 'Connections at once from one address, 0 = no limit' }),
  idle_timeout: whole(0, 86_400)
    .default(3600)
    .meta({ title: 'Idle timeout', description: 'Seconds of silence after which a connection is closed; telnetd has none' }),
})
export type TelnetConfig = z.infer<typeof telnetConfig>
