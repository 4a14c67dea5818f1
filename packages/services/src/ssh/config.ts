import { z } from 'zod'

const whole = (low: number, high: number) => z.number().int().min(low).max(high)

/** sshd_config(5)'s names and defaults, as Debian ships them, with password logins for root switched on. */
export const sshConfig = z.object({
  max_startups: z
    .string()
    .regex(/^\d{1,5}:\d{1,3}:\d{1,5}$/u, 'must be start:rate:full, as 10:30:100')
    .default('10:30:100')
    .meta({ title: 'MaxStartups', description: 'Connections before login: from start on, rate percent are dropped, from full on all' }),
  login_grace_time: whole(0, 86_400).default(120).meta({ title: 'LoginGraceTime', description: 'Seconds to log in; 0 = no limit' }),
  max_auth_tries: whole(1, 100).default(6).meta({ title: 'MaxAuthTries', description: 'Failed attempts per connection' }),
  max_sessions: whole(1, 100).default(10).meta({ title: 'MaxSessions', description: 'Sessions at once on one connection' }),
  permit_root_login: z
    .enum(['yes', 'no'])
    .default('yes')
    .meta({ title: 'PermitRootLogin', description: 'Whether root may log in with a password' }),
  password_authentication: z.boolean().default(true).meta({ title: 'PasswordAuthentication', description: 'Offer the password method' }),
  kbd_interactive_authentication: z
    .boolean()
    .default(true)
    .meta({ title: 'KbdInteractiveAuthentication', description: 'Offer keyboard-interactive; upstream does, Debian does not' }),
  fail_delay_ms: whole(0, 60_000)
    .default(2000)
    .meta({ title: 'Delay after a wrong password', description: "Milliseconds; pam_unix's, give or take a quarter" }),
  max_connections: whole(0, 100_000)
    .default(4096)
    .meta({ title: 'Connections', description: 'Connections at once, 0 = no limit; sshd has none' }),
  max_connections_per_source: whole(0, 100_000)
    .default(512)
    .meta({ title: 'Connections per source', description: 'Connections at once from one address, 0 = no limit; sshd has none' }),
  idle_timeout: whole(0, 86_400)
    .default(3600)
    .meta({ title: 'Idle timeout', description: 'Seconds of silence after which a connection is closed; sshd has none' }),
})
export type SshConfig = z.infer<typeof sshConfig>

/** sshd's random early drop: `startups` counts the connections before login that are already there. */
export function dropsStartup(maxStartups: string, startups: number, random: () => number): boolean {
  const [start = 10, rate = 30, full = 100] = maxStartups.split(':').map(Number)
  if (startups < start) return false
  if (startups >= full || rate === 100) return true
  const chance = rate + Math.floor(((100 - rate) * (startups - start)) / (full - start))
  return Math.floor(random() * 100) < chance
}
