import { defineService } from '@decnet/kernel/service'
import { z } from 'zod'
import type { HostOf } from '../_shared/shell/port.ts'
import { clockOf } from '../_shared/shell/zoned-time.ts'
import { openWire } from '../_shared/wire/wire.ts'
import { converse } from './conversation.ts'
import { ftpEvents } from './events.ts'
import { proftpd } from './proftpd.ts'
import type { FtpSession } from './session.ts'
import { uploadBudget } from './upload-budget.ts'
import { vsftpd } from './vsftpd.ts'

const UPLOADS_AT_ONCE = 64 * 1024 * 1024

/** vsftpd or ProFTPD, as the persona says, on the decky's disk. Passive transfers only: nothing is ever connected to. */
export const ftpOn = (hostOf: HostOf) =>
  defineService({
    name: 'ftp',
    title: 'FTP server',
    ports: [{ port: 21, transport: 'tcp' }],
    config: z.object({
      failure_delay: z.boolean().default(true).meta({ title: 'Late refusals', description: 'Refuse a login as late as PAM does' }),
      max_clients: z.number().int().min(1).max(2000).default(200).meta({ title: 'Clients', description: 'Connections at once' }),
    }),
    emits: ftpEvents,
    limits: (config) => ({ connections: config.max_clients, perSource: 50, idleSeconds: 1260, totalSeconds: 86_400 }),
    async serve(socket, { decky, persona, config, session, signal, now, random, authenticated }) {
      const wire = openWire(socket, signal)
      const dialect = persona.packages.ftp.server === 'vsftpd' ? vsftpd : proftpd
      const ftp: FtpSession = {
        dialect,
        persona,
        host: hostOf(decky),
        session,
        signal,
        now,
        random,
        budget: decky.shared('ftp-uploads', () => uploadBudget(UPLOADS_AT_ONCE)),
        wallTime: clockOf(dialect.localTime ? persona.timezone : 'UTC'),
        reply: (text) => wire.send(`${text}\r\n`),
        send: (text) => wire.send(text),
        user: null,
        cwd: '/',
        type: 'A',
        umask: dialect.umask,
        restart: 0,
        last: null,
        renameFrom: null,
        epsvOnly: false,
        channel: null,
      }
      try {
        await converse(ftp, wire, { delays: config.failure_delay, authenticated })
      } finally {
        ftp.channel?.close()
      }
    },
  })
