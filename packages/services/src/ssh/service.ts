import { defineService } from '@decnet/kernel/service'
import { hostOf } from '../_shared/shell/index.ts'
import { dropsStartup, sshConfig } from './config.ts'
import { Conversation, type Shared } from './conversation.ts'
import { identificationOf, makeHostSide } from './host-side.ts'
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
  prepare: (persona) => persona.prepareHostKeys(),
  async serve(socket, context) {
    const { decky, persona, signal } = context
    socket.write(`${identificationOf(persona)}\r\n`)
    // Whoever comes to this host first waits for its keys; those at other hosts do not.
    await persona.prepareHostKeys()
    if (socket.destroyed || signal.aborted) return
    const shared = decky.shared<Shared>('ssh', () => ({
      side: makeHostSide(persona),
      host: hostOf(decky),
      budget: { left: UPLOAD_BUDGET },
    }))
    await new Promise<void>((resolve, reject) => {
      new Conversation(socket, context, shared, (fault) => (fault === undefined ? resolve() : reject(fault))).start()
    })
  },
})
