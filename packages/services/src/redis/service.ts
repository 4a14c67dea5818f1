import { events } from '@decnet/contracts/events'
import { defineService } from '@decnet/kernel/service'
import { z } from 'zod'
import { FileError, hostOf } from '../_shared/shell/index.ts'
import { openWire } from '../_shared/wire/wire.ts'
import { converse } from './conversation.ts'
import { makeInstance } from './instance.ts'
import { seedKeys } from './seeds.ts'

const config = z.object({
  password: z.string().max(512).default('').meta({ title: 'Password', description: 'requirepass; empty = open, as on exposed hosts' }),
  protected_configs: z.boolean().default(false).meta({
    title: 'Protected configs',
    description: 'On: dir and dbfilename cannot be set, the default of Redis 7; off: the well-known chain works',
  }),
})

const root = { uid: 0, gid: 0, groups: [0] }
const texts: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  ENOTDIR: 'Not a directory',
}

/** Redis as the persona's distribution ships it, running as root and open to the world unless configured otherwise. */
export default defineService({
  name: 'redis',
  title: 'Redis key-value store',
  ports: [{ port: 6379, transport: 'tcp' }],
  config,
  emits: [events.command, events.authAttempt, events.fileCaptured, events.forwardAttempt, events.protocolError],
  limits: () => ({ connections: 10_000, perSource: 1_000, idleSeconds: 3_600, totalSeconds: 86_400 }),
  async serve(socket, { persona, decky, config: { password, protected_configs }, session, signal, now, random, authenticated }) {
    const instance = decky.shared('redis', () => {
      const made = makeInstance({ persona, password, protectedConfigs: protected_configs, port: session.local.port, now })
      made.settings.values.set('port', String(session.local.port))
      seedKeys(made, persona, now())
      return made
    })
    const attempt = (act: (fs: ReturnType<typeof hostOf>['fs']) => string | null): string | null => {
      try {
        return act(hostOf(decky).fs)
      } catch (error) {
        if (error instanceof FileError) return texts[error.code] ?? 'Permission denied'
        throw error
      }
    }
    await converse({
      wire: openWire(socket, signal),
      instance,
      session,
      now,
      random,
      authenticated,
      enter: (path) => attempt((fs) => (fs.stat(path, root).kind === 'directory' ? null : 'Not a directory')),
      write: (path, content) =>
        attempt((fs) => {
          fs.write(path, content, root, { mode: 0o644 })
          return null
        }),
    })
  },
})
