import { defineService } from '@decnet/kernel/service'
import { z } from 'zod'
import { hostOf } from '../_shared/shell/machine.ts'
import { openWire } from '../_shared/wire/wire.ts'
import { type Buffered, Connection } from './connection.ts'
import { converse } from './conversation.ts'
import { Server } from './engine/server.ts'
import { mysqlEvents } from './events.ts'
import { passwordKeys } from './full-authentication.ts'
import { hostFiles } from './host-files.ts'
import { frame } from './packet.ts'
import { productOf } from './product.ts'
import { errorPacket } from './replies.ts'
import { plantApplications } from './seed/plant.ts'
import { fail } from './sql-error.ts'

const PORT = 3306
const IDLE_SECONDS = 28_800
/** Before a login nothing is long. */
const GREETING_LIMIT = 64 * 1024
const PACKET_LIMIT = 16 * 1024 * 1024

/** MariaDB or MySQL, as the persona says. What attackers change in it stays until the sensor ends; no file and no host is reached. */
export default defineService({
  name: 'mysql',
  title: 'MySQL or MariaDB',
  ports: [{ port: PORT, transport: 'tcp' }],
  config: z.object({
    connect_timeout: z
      .number()
      .int()
      .min(1)
      .max(3600)
      .default(10)
      .meta({ title: 'Login time', description: 'Seconds that a client may take to log in' }),
    max_connections: z.number().int().min(1).max(5000).default(151).meta({ title: 'Connections', description: 'Connections at once' }),
  }),
  emits: mysqlEvents,
  limits: ({ max_connections }) => ({ connections: max_connections, perSource: 0, idleSeconds: IDLE_SECONDS + 60, totalSeconds: 0 }),
  refusal: (limit) => (limit === 'connections' ? frame(0, errorPacket(fail.tooManyConnections(), 0)) : undefined),
  async serve(socket, { decky, persona, config, session, signal, now, random, authenticated }) {
    const server = decky.shared('mysql', () => {
      const product = productOf(persona)
      const made = new Server({
        persona,
        product,
        port: decky.portOf('mysql') ?? PORT,
        files: hostFiles(hostOf(decky), !product.mariadb),
        now,
      })
      plantApplications(made, decky.portOf('http') !== undefined && persona.pick('http/site', ['portal', 'wordpress']) === 'wordpress')
      return made
    })
    const buffered = decky.shared('mysql-buffered', (): Buffered => ({ bytes: 0 }))
    const connection = new Connection(openWire(socket, signal), buffered, GREETING_LIMIT)
    try {
      await converse({
        connection,
        server,
        session,
        signal,
        random,
        authenticated,
        keys: decky.shared('mysql-keys', passwordKeys),
        connectTimeoutMs: config.connect_timeout * 1000,
        idleTimeoutMs: IDLE_SECONDS * 1000,
        packetLimit: PACKET_LIMIT,
        end: () => socket.destroy(),
      })
    } finally {
      connection.close()
    }
  },
})
