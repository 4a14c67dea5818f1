import { defineService } from '@decnet/kernel/service'
import { hostOf } from '../_shared/shell/index.ts'
import { dropsStartup, sshConfig } from './config.ts'
import { Conversation, type Shared } from './conversation.ts'
import { makeHostSide } from './host-side.ts'
import { EMITS } from './visit.ts'

const UPLOAD_BUDGET = 64 * 1024 * 1024

export default defineService({
  name: 'ssh',
  title: 'OpenSSH server',
  ports: [{ port: 22, transport: 'tcp' }],
  config: sshConfig,
  emits: EMITS,
  limits: (config) => ({
    connections: config.max_connections,
    perSource: config.max_connections_per_source,
    idleSeconds: config.idle_timeout,
    totalSeconds: 86_400,
  }),
  admit: (state, config) => !dropsStartup(config.max_startups, state.unauthenticated - 1, state.random),
  refusal: (limit) => (limit === 'startups' ? 'Exceeded MaxStartups\r\n' : undefined),
  serve(socket, context) {
    const { decky, persona } = context
    const shared = decky.shared<Shared>('ssh', () => ({
      side: makeHostSide(persona),
      host: hostOf(decky),
      budget: { left: UPLOAD_BUDGET },
    }))
    return new Promise((resolve, reject) => {
      new Conversation(socket, context, shared, (fault) => (fault === undefined ? resolve() : reject(fault))).start()
    })
  },
})
