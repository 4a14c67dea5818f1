import { events } from '@decnet/contracts/events'
import { defineService } from '@decnet/kernel/service'
import { hostOf } from '../_shared/shell/index.ts'
import { VISIT_EMITS } from '../_shared/visit/visit.ts'
import { telnetConfig } from './config.ts'
import { Conversation } from './conversation.ts'

export default defineService({
  name: 'telnet',
  title: 'Telnet login',
  ports: [{ port: 23, transport: 'tcp' }],
  config: telnetConfig,
  emits: [...VISIT_EMITS, events.authAttempt],
  limits: (config) => ({
    connections: config.max_connections,
    perSource: config.max_connections_per_source,
    idleSeconds: config.idle_timeout,
    totalSeconds: 86_400,
  }),
  serve: (socket, context) =>
    new Promise((resolve, reject) => {
      const done = (fault?: unknown) => (fault === undefined ? resolve() : reject(fault))
      new Conversation(socket, context, hostOf(context.decky), done).start()
    }),
})
