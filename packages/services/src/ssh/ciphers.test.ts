import { type ServiceHarness, startService } from '@decnet/kernel/service/conformance'
import { makePersona } from '@decnet/persona'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALGORITHMS } from './algorithms.ts'
import ssh from './service.ts'

const persona = Array.from({ length: 50 }, (_, index) =>
  makePersona({
    name: 'web-01',
    seed: `ssh-ciphers-${index}`,
    archetype: 'linux-server',
    ip: '127.0.0.1',
    createdAt: Date.now(),
    services: [{ name: 'ssh', port: 22, config: {} }],
  }),
).find((candidate) => candidate.users.some((user) => user.password !== null))
const user = persona?.users.find((candidate) => candidate.password !== null)

let harness: ServiceHarness
beforeAll(async () => {
  if (!persona) throw new Error('no persona with a password')
  harness = await startService(ssh, { persona })
})
afterAll(() => harness.close())

/** What a command says under these algorithms. */
function talk(algorithms: { cipher: readonly string[]; hmac?: readonly string[] }): Promise<string> {
  const client = new ssh2.Client()
  const said = new Promise<string>((resolve, reject) => {
    client.on('error', reject).on('ready', () => {
      client.exec('echo one; seq 1 9000 | tail -n 1', (error, channel) => {
        if (error) return reject(error)
        let output = ''
        channel.on('data', (data: Buffer) => {
          output += data
        })
        channel.on('close', () => resolve(output))
      })
    })
    client.connect({
      ...{ host: '127.0.0.1', port: harness.port, username: user?.name ?? '', password: user?.password ?? '' },
      algorithms: algorithms as never,
    })
  })
  return said.finally(() => client.destroy())
}

test.each(ALGORITHMS.cipher)('a client talks under %s', async (cipher) => {
  expect(await talk({ cipher: [cipher] })).toBe('one\n9000\n')
})
test.each(ALGORITHMS.hmac)('a client talks under %s', async (hmac) => {
  expect(await talk({ cipher: ['aes128-ctr'], hmac: [hmac] })).toBe('one\n9000\n')
})
