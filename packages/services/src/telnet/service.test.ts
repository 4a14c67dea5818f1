import { execFile } from 'node:child_process'
import { events } from '@decnet/contracts/events'
import { ofType, type ServiceHarness, serviceConformance, startService, wireClient } from '@decnet/kernel/service/conformance'
import { when } from '@decnet/kernel/testing'
import { makePersona } from '@decnet/persona'
import { afterEach, describe, expect, test } from 'vitest'
import telnet from './service.ts'

/** One whose root has a password. */
const persona = Array.from({ length: 50 }, (_, index) =>
  makePersona({
    name: 'web-01',
    seed: `telnet-tests-${index}`,
    archetype: 'linux-server',
    ip: '127.0.0.1',
    createdAt: Date.now(),
    services: [{ name: 'telnet', port: 23, config: {} }],
  }),
).find((candidate) => candidate.users.some((user) => user.uid === 0 && user.password !== null))
if (!persona) throw new Error('no persona with a password for root')
const password = persona.users.find((user) => user.uid === 0)?.password ?? ''
const fast = { fail_delay_ms: 20, negotiation_wait_ms: 200 }

serviceConformance({ service: telnet, persona, config: fast, greetsFirst: true, hello: 'root\r\nwrong\r\n' })

let harness: ServiceHarness
const start = async (config: Record<string, unknown> = {}) => {
  harness = await startService(telnet, { persona, config: { ...fast, ...config } })
}
afterEach(() => harness?.close())

describe('telnet', () => {
  test('a bot that sends everything at once is let in and heard', async () => {
    await start()
    const bot = await wireClient(harness.port)
    bot.send(`admin\r\nadmin\r\nroot\r\n${password}\r\necho $((6 * 7))\r\nexit\r\n`)
    expect(await bot.ended(8_000)).toBe(true)
    expect(bot.heard().toString('latin1')).toMatch(/[\n\0]42\r\n/u)
    expect(harness.ofType('auth_attempt').map(({ fields }) => [fields.principal, fields.secret_printable, fields.outcome])).toEqual([
      ['admin', 'admin', 'failure'],
      ['root', password, 'success'],
    ])
    const command = await harness.waitFor(ofType(events.command, { command: 'echo $((6 * 7))' }))
    expect(command.fields).toMatchObject({ user: 'root', cwd: '/root', mode: 'interactive' })
    const recorded = await harness.waitFor(ofType(events.sessionRecorded))
    expect(harness.recordings.get(recorded.fields.session_id ?? '')).toContain('42')
  })

  test('bytes that are no text come back, and stand in the log as they came', async () => {
    await start()
    const bot = await wireClient(harness.port)
    const typed = Buffer.from('echo \xfd\xe9', 'latin1')
    bot.send(Buffer.concat([Buffer.from(`root\r\n${password}\r\n`), typed, Buffer.from('\r\nexit\r\n')]))
    expect(await bot.ended(8_000)).toBe(true)
    expect(bot.heard().toString('latin1')).toMatch(/[\n\0]\xfd\xe9\r\n/u)
    await harness.waitFor(ofType(events.command, { command_b64: typed.toString('base64') }))
  })

  test('a client that never negotiates gets its prompt after a while', async () => {
    await start()
    const client = await wireClient(harness.port)
    expect(await client.until((heard) => heard.includes(`${persona.hostname} login: `))).toBe(true)
    client.destroy()
  })

  test('who does not log in is told so and cut', async () => {
    await start({ login_timeout: 1 })
    const client = await wireClient(harness.port)
    expect(await client.ended(5_000)).toBe(true)
    expect(client.heard().toString('latin1')).toContain('\r\nLogin timed out after 1 seconds.\r\n')
  })

  test('a file written in the shell is captured', async () => {
    await start()
    const bot = await wireClient(harness.port)
    bot.send(`root\r\n${password}\r\necho -n payload > /tmp/.x\r\nexit\r\n`)
    expect(await bot.ended(8_000)).toBe(true)
    const captured = await harness.waitFor(ofType(events.fileCaptured, { path: '/tmp/.x' }))
    expect(harness.captures(captured.fields.sha256 ?? '')?.toString()).toBe('payload')
  })

  when({ tools: { telnet: 'telnet' } }).test('the Debian client logs in', async () => {
    await start()
    const output = await new Promise<string>((resolve) => {
      const child = execFile('telnet', ['127.0.0.1', String(harness.port)], { timeout: 15_000 }, (_, stdout) => resolve(stdout))
      const told = new Set<string>()
      const say = (cue: string, line: string) => (text: string) => {
        if (told.has(cue) || !text.includes(cue)) return
        told.add(cue)
        child.stdin?.write(`${line}\n`)
      }
      const cues = [say('login: ', 'root'), say('Password: ', password), say('# ', 'echo $((6 * 7)); exit')]
      let heard = ''
      child.stdout?.on('data', (data: string) => {
        heard += data
        for (const cue of cues) cue(heard)
      })
    })
    expect(output).toMatch(/login: root/u)
    expect(output).toContain('42')
    expect(output).not.toContain('incorrect')
  })
})
