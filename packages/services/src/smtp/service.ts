import { defineService } from '@decnet/kernel/service'
import { z } from 'zod'
import { clockOf, shortDay, shortMonth, two } from '../_shared/shell/zoned-time.ts'
import { openWire } from '../_shared/wire/wire.ts'
import { converse, smtpEvents } from './conversation.ts'
import { exim } from './exim.ts'
import { policyOf } from './policy.ts'
import { postfix } from './postfix.ts'

/** `Sat, 21 Nov 2026 22:39:09 +0000` */
function mailDate(timezone: string, epoch: number): string {
  const { weekday, day, month, year, hour, minute, second, offset } = clockOf(timezone)(epoch)
  const size = Math.abs(offset)
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
  return `${shortDay(weekday)}, ${two(day)} ${shortMonth(month)} ${year} ${two(hour)}:${two(minute)}:${two(second)} ${zone}`
}

/** Postfix or Exim, as the persona says. Takes mail for its own domain, and for any from who logs in; keeps it, sends nothing anywhere. */
export default defineService({
  name: 'smtp',
  title: 'Mail server',
  ports: [{ port: 25, transport: 'tcp' }],
  config: z.object({
    catch_all: z.boolean().default(false).meta({ title: 'Catch-all', description: 'Take mail for any name at the own domain' }),
    error_delay: z.boolean().default(true).meta({ title: 'Late errors', description: 'Slow down clients that err often, as Postfix does' }),
  }),
  emits: smtpEvents,
  limits: (_config, persona) => ({
    connections: 100,
    perSource: persona.packages.mail.server === 'postfix' ? 50 : 20,
    idleSeconds: 330,
    totalSeconds: 7_200,
  }),
  async serve(socket, { decky, persona, config, session, signal, now, random, authenticated }) {
    const queue = decky.shared('mail-queue', () => ({ serial: persona.integer('mail/serial', 1_000, 200_000) }))
    await converse({
      mta: persona.packages.mail.server === 'postfix' ? postfix : exim,
      view: {
        fqdn: persona.fqdn,
        distribution: persona.os.id === 'debian' ? 'Debian' : 'Ubuntu',
        version: persona.packages.mail.version,
        peer: session.peer.address,
        date: mailDate(persona.timezone, now()),
        policy: policyOf(persona, config.catch_all),
      },
      wire: openWire(socket, signal),
      session,
      signal,
      delays: config.error_delay,
      now,
      random,
      serial: () => {
        queue.serial += 1 + Math.floor(random() * 40)
        return queue.serial
      },
      authenticated,
    })
  },
})
