import { events } from '@decnet/contracts/events'
import { defineService } from '@decnet/kernel/service'
import { z } from 'zod'
import { openWire } from '../_shared/wire/wire.ts'
import { apache } from './apache.ts'
import { boundaries } from './boundaries.ts'
import { converse } from './conversation.ts'
import { nginx } from './nginx.ts'
import { siteOf } from './sites.ts'

const config = z.object({
  site: z
    .enum(['auto', 'portal', 'wordpress', 'default'])
    .default('auto')
    .meta({ title: 'Site', description: 'Which web site stands there; auto = follows from the decky' }),
  idle_seconds: z
    .int()
    .min(1)
    .max(3600)
    .default(75)
    .meta({ title: 'Idle limit', description: 'Seconds of silence that the server waits at most' }),
})

/** nginx or Apache, whichever the persona has, with a company portal, a WordPress or the distribution's default page. */
export default defineService({
  name: 'http',
  title: 'Web server',
  ports: [{ port: 80, transport: 'tcp' }],
  config,
  emits: [events.httpRequest, events.authAttempt, events.fileCaptured, events.protocolError],
  limits: ({ idle_seconds }) => ({ connections: 768, perSource: 256, idleSeconds: idle_seconds + 5, totalSeconds: 3600 }),
  async serve(socket, { persona, decky, config: { site, idle_seconds }, session, signal, now, random, authenticated }) {
    authenticated()
    const { server, version } = persona.packages.web
    const make = server === 'nginx' ? nginx : apache
    const daemon = make({
      version,
      distro: persona.os.id,
      serverName: persona.fqdn,
      address: session.local.address,
      port: session.local.port,
      boundary: decky.shared(`http/boundary/${session.local.port}`, () => boundaries(server, random)),
    })
    await converse({
      wire: openWire(socket, signal),
      daemon: { ...daemon, patience: { ...daemon.patience, keepAlive: Math.min(daemon.patience.keepAlive, idle_seconds * 1000) } },
      site: decky.shared(`http/site/${site}`, () => siteOf(persona, site)),
      session,
      now,
      random,
    })
  },
})
