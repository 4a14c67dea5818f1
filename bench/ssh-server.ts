import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { deckyContext, type Evidence, serve } from '@decnet/kernel/service'
import { encodeEvent } from '@decnet/kernel/syslog'
import { makePersona } from '@decnet/persona'
import ssh2 from 'ssh2'
import ssh from '../packages/services/src/ssh/service.ts'

/**
 * The server's side of the SSH bench, a process of its own. `bare`: ssh2 with nothing around it. `service`: ours in its kernel, each event
 * written as a line. Says `{port, user, password}` to its parent, then its RSS in bytes whenever it is asked for it.
 */
const persona = makePersona({
  name: 'bench-01',
  seed: 'bench',
  archetype: 'linux-server',
  ip: '127.0.0.1',
  createdAt: Date.UTC(2026, 0, 1),
  services: [{ name: 'ssh', port: 22, config: {} }],
})
const user = persona.users.find((candidate) => candidate.password !== null)
const password = user?.password ?? ''

/** Hashes and counts; keeps nothing, so that memory is that of connections. */
const evidence: Evidence = {
  openCapture() {
    const hash = createHash('sha256')
    let size = 0
    return {
      write(chunk) {
        hash.update(chunk)
        size += chunk.length
      },
      finish: () => Promise.resolve({ sha256: hash.digest('hex'), size, truncated: false }),
      abort: () => Promise.resolve(),
    }
  },
  openRecording(name, _, done) {
    let bytes = 0
    const count = (data: string | Uint8Array): void => {
      bytes += data.length
    }
    return {
      output: count,
      input: count,
      resize: () => undefined,
      async close() {
        done({ duration_s: 0, bytes, truncated: false, replay: `replays/${name}.cast` })
      },
    }
  },
}

async function service(): Promise<number> {
  const running = await serve(ssh, {
    decky: deckyContext(persona),
    config: { max_startups: '20000:30:20000', login_grace_time: 0, max_connections: 0, max_connections_per_source: 0 },
    listener: { host: '127.0.0.1', port: 0 },
    sink: (event) => void encodeEvent(event),
    evidence,
    logger: { info: log, warn: log, error: log },
  })
  return running.address.port
}
function log(fields: object, message: string): void {
  writeSync(2, `${message} ${JSON.stringify(fields)}\n`)
}

function bare(): Promise<number> {
  const hostKeys = [ssh2.utils.generateKeyPairSync('ed25519').private]
  const server = new ssh2.Server({ hostKeys }, (client) => {
    client.on('error', () => undefined)
    // As ours: without it delayed acknowledgements, not the server, would be measured.
    Object(client).setNoDelay(true)
    client.on('authentication', (attempt) => {
      if (attempt.method === 'password' && attempt.username === user?.name && attempt.password === password) attempt.accept()
      else attempt.reject(['password'])
    })
    client.on('session', (accept) => {
      accept().on('exec', (take) => {
        const channel = take()
        channel.write('bench\n')
        channel.exit(0)
        channel.end()
      })
    })
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(Object(server.address()).port)))
}

const port = await (process.argv[2] === 'bare' ? bare() : service())
process.on('message', () => {
  globalThis.gc?.()
  process.send?.({ rss: process.memoryUsage.rss() })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ port, user: user?.name ?? '', password })
