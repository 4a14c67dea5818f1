import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { events } from '@decnet/contracts/events'
import { ofType, type ServiceHarness, serviceConformance, startService } from '@decnet/kernel/service/conformance'
import { when } from '@decnet/kernel/testing'
import { makePersona, type Persona, type PersonaPackages, type PersonaUser } from '@decnet/persona'
import { afterEach, describe, expect, it } from 'vitest'
import service from './service.ts'

const run = promisify(execFile)

const user = (name: string, uid: number, password: string): PersonaUser => ({
  name,
  uid,
  gid: uid,
  gecos: '',
  home: `/home/${name}`,
  shell: '/bin/bash',
  password,
  sudo: false,
})
/** The host on which the real daemons were recorded. */
function personaWith(mail: PersonaPackages['mail']): Persona {
  const persona = makePersona({
    name: 'mail-01',
    seed: 'smtp',
    archetype: 'mail-server',
    ip: '127.0.0.1',
    createdAt: Date.UTC(2026, 10, 21),
    services: [],
  })
  return {
    ...persona,
    hostname: 'mx1',
    domain: 'example.test',
    fqdn: 'mx1.example.test',
    timezone: 'Etc/UTC',
    os: { ...persona.os, id: 'debian', distro: 'debian12' },
    packages: { ...persona.packages, mail },
    users: [...persona.users, user('alice', 1500, 'pw1'), user('vstest', 1501, 'letmein9')],
  }
}
const postfix = personaWith({ server: 'postfix', version: '3.7.11' })
const exim = personaWith({ server: 'exim', version: '4.96' })

interface Recorded {
  readonly title: string
  readonly turns: readonly (readonly [said: string, heard: string])[]
}
const recorded = async (name: string): Promise<Recorded[]> =>
  JSON.parse(await readFile(join(import.meta.dirname, 'recorded', `${name}.json`), 'utf8')) as Recorded[]
/** Times, ids, and the TLS that the recorded Exim offers, taken out. */
const mask = (text: string): string =>
  text
    .replace(/queued as [0-9A-F]{10,12}\r/gu, 'queued as ID\r')
    .replace(/id=\w{6}-\w{6}-\w{2}\r/gu, 'id=ID\r')
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/gu, 'DATE')
    .replace('250-STARTTLS\r\n', '')
    .replace('AUTH STARTTLS HELO', 'AUTH HELO')
    .replace('<EOF>', '')

let harness: ServiceHarness
const start = async (persona: Persona, config: Record<string, unknown> = {}): Promise<void> => {
  harness = await startService(service, { persona, config: { error_delay: false, ...config } })
}
const open: net.Socket[] = []

interface Talk {
  /** Sends as it is, waits for `length` more characters, then a moment for what should not come. */
  turn(said: string, length: number): Promise<string>
  say(line: string): Promise<string>
  readonly socket: net.Socket
}
async function talk(localAddress = '127.0.0.1'): Promise<Talk> {
  const socket = net.connect({ port: harness.port, host: '127.0.0.1', localAddress })
  open.push(socket)
  let heard = ''
  let over = false
  let wake = (): void => undefined
  socket.on('data', (data) => {
    heard += data.toString('latin1')
    wake()
  })
  for (const end of ['end', 'close', 'error'] as const)
    socket.on(end, () => {
      over = true
      wake()
    })
  const until = async (holds: () => boolean, ms: number): Promise<void> => {
    const deadline = Date.now() + ms
    while (!holds() && !over && Date.now() < deadline)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, deadline - Date.now()))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
  }
  const take = (): string => {
    const all = heard
    heard = ''
    return all
  }
  return {
    socket,
    async turn(said, length) {
      if (said !== '') socket.write(said, 'latin1')
      await until(() => heard.length >= length, 3_000)
      await until(() => false, 4)
      return take()
    },
    async say(line) {
      if (line !== '') socket.write(`${line}\r\n`, 'latin1')
      await until(() => /^\d{3} [^\r\n]*\r\n$/mu.test(heard), 5_000)
      return take()
    },
  }
}

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await harness?.close()
})

for (const persona of [postfix, exim])
  describe(`as ${persona.packages.mail.server}`, () => {
    serviceConformance({ service, persona, greetsFirst: true, hello: 'EHLO client.example\r\n', config: { error_delay: false } })
  })

describe('compared with the real daemons', () => {
  it('answers every recorded turn as Postfix 3.7.11 did', async () => {
    await start(postfix, { catch_all: true })
    for (const { title, turns } of await recorded('postfix-3.7.11')) {
      const client = await talk()
      for (const [said, heard] of turns) {
        const expected = mask(heard)
        expect([title, said, mask(await client.turn(said, expected.length))]).toEqual([title, said, expected])
      }
    }
  }, 30_000)

  it('answers every recorded turn as Exim 4.96 did', async () => {
    await start(exim)
    for (const { title, turns } of await recorded('exim-4.96')) {
      const client = await talk('127.0.0.5')
      for (const [said, heard] of turns) {
        const expected = mask(heard)
        expect([title, said, mask(await client.turn(said, expected.length))]).toEqual([title, said, expected])
      }
    }
  }, 30_000)
})

describe('smtp', () => {
  it('refuses names that it does not know and domains that are not its own', async () => {
    await start(postfix)
    const client = await talk()
    await client.say('')
    await client.say('EHLO evil.example')
    await client.say('MAIL FROM:<a@b.c>')
    expect(await client.say('RCPT TO:<nobody9@example.test>')).toBe(
      '550 5.1.1 <nobody9@example.test>: Recipient address rejected: User unknown in local recipient table\r\n',
    )
    expect(await client.say('RCPT TO:<x@gmail.com>')).toBe('454 4.7.1 <x@gmail.com>: Relay access denied\r\n')
    expect(await client.say('RCPT TO:<vstest+x@example.test>')).toBe('250 2.1.5 Ok\r\n')
    expect((await harness.waitFor(ofType(events.forwardAttempt))).fields).toMatchObject({ kind: 'relay', target: 'x@gmail.com' })
  })

  it.each([postfix, exim])('knows no verb, parameter or mechanism by a name that every object has (%#)', async (persona) => {
    await start(persona)
    // Exim hangs up at the third mistake, Postfix at a line that begins with no letter.
    const said = async (...lines: readonly string[]): Promise<string> => {
      const client = await talk()
      await client.say('')
      await client.say('EHLO x')
      for (const line of lines.slice(0, -1)) await client.say(line)
      const answer = await client.say(lines.at(-1) ?? '')
      client.socket.destroy()
      return answer
    }
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']) {
      expect(await said(`EHLO ${name}`)).toMatch(/^(?:250-|501 )/u)
      expect(await said(name)).toMatch(name === '__proto__' && persona === postfix ? /^221 2\.7\.0 Error: I can break rules/u : /^50[02] /u)
      expect(await said(`AUTH ${name}`)).toMatch(/^5\d\d /u)
      expect(await said(`MAIL FROM:<a@b.c> ${name}=1`)).toMatch(/^5\d\d /u)
      expect(await said(`MAIL FROM:<a@b.c> BODY=${name}`)).toMatch(/^5\d\d /u)
      expect(await said(`VRFY ${name}`)).not.toMatch(/^250/u)
      expect(await said(`MAIL FROM:<${name}@b.c>`, `RCPT TO:<${name}@example.test>`)).toMatch(/^55\d /u)
    }
  })

  it('keeps a message whole, dots undone, with its envelope', async () => {
    await start(postfix)
    const client = await talk()
    await client.say('')
    await client.say('EHLO evil.example')
    await client.say('MAIL FROM:<spam@\xe9.example> BODY=8BITMIME')
    await client.say('MAIL FROM:<spam@b.example> BODY=8BITMIME')
    await client.say('RCPT TO:<vstest@example.test>')
    await client.say('RCPT TO:<postmaster@example.test>')
    await client.say('DATA')
    const text = `Subject: x\r\n\r\n..dot\r\nbytes \xff\x00\x80 bare\nend ${'long'.repeat(3000)}\r\n`
    expect(await client.say(`${text}.`)).toMatch(/^250 2\.0\.0 Ok: queued as [0-9A-F]{10,12}\r\n$/u)
    const kept = Buffer.from(text.replace('..dot', '.dot'), 'latin1')
    const sha256 = createHash('sha256').update(kept).digest('hex')
    const event = await harness.waitFor(ofType(events.messageStored))
    expect(event.fields).toMatchObject({
      sha256,
      size: String(kept.length),
      mail_from: 'spam@b.example',
      rcpt_to: 'vstest@example.test,postmaster@example.test',
      rcpt_count: '2',
      helo: 'evil.example',
      truncated: 'false',
    })
    expect(harness.captures(sha256)).toEqual(kept)
  })

  it('refuses what is larger than it announced, and goes on', async () => {
    await start(postfix)
    const client = await talk()
    await client.say('')
    await client.say('HELO x')
    await client.say('MAIL FROM:<>')
    await client.say('RCPT TO:<root>')
    await client.say('DATA')
    client.socket.write(`${'y'.repeat(998)}\r\n`.repeat(10_300))
    expect(await client.say('.')).toBe('552 5.3.4 Error: message file too big\r\n')
    expect(await client.say('NOOP')).toBe('250 2.0.0 Ok\r\n')
    expect(harness.ofType('message_stored')).toEqual([])
  })

  it('takes chunks, byte for byte', async () => {
    await start(postfix)
    const client = await talk()
    await client.say('')
    await client.say('EHLO x')
    await client.say('MAIL FROM:<a@b.c>')
    await client.say('RCPT TO:<root>')
    expect(await client.turn('BDAT 7\r\na\r\n.\r\nb', 5)).toBe('250 2.0.0 Ok: 7 bytes\r\n')
    expect(await client.turn('BDAT 3 LAST\r\nxyzNOOP\r\n', 50)).toMatch(
      /^250 2\.0\.0 Ok: 1\d bytes queued as [0-9A-F]+\r\n250 2\.0\.0 Ok\r\n$/u,
    )
    const { sha256 } = (await harness.waitFor(ofType(events.messageStored))).fields
    expect(harness.captures(sha256 ?? '')?.toString()).toBe('a\r\n.\r\nbxyz')
  })

  it('records credentials with their exact bytes, keeps them out of the commands, and relays to nobody but who logged in', async () => {
    await start(exim)
    const client = await talk()
    await client.say('')
    await client.say('EHLO x')
    const plain = (name: string, password: string): string =>
      `AUTH PLAIN ${Buffer.from(`\0${name}\0${password}`, 'latin1').toString('base64')}`
    expect(await client.say(plain('al\xffice', 'p\x01w\xfe'))).toBe('535 Incorrect authentication data\r\n')
    expect(await client.say('AUTH LOGIN')).toBe('334 VXNlcm5hbWU6\r\n')
    expect(await client.say(Buffer.from('alice@example.test').toString('base64'))).toBe('334 UGFzc3dvcmQ6\r\n')
    expect(await client.say(Buffer.from('pw1').toString('base64'))).toBe('235 Authentication succeeded\r\n')
    await client.say('MAIL FROM:<a@b.c>')
    expect(await client.say('RCPT TO:<x@gmail.com>')).toBe('250 Accepted\r\n')
    const [first, second] = harness.ofType('auth_attempt')
    expect(first?.fields).toMatchObject({
      outcome: 'failure',
      method: 'PLAIN',
      secret_b64: Buffer.from('p\x01w\xfe', 'latin1').toString('base64'),
    })
    expect(second?.fields).toMatchObject({ outcome: 'success', method: 'LOGIN', principal: 'alice@example.test' })
    const lines = JSON.stringify(harness.ofType('command'))
    expect(lines).not.toContain(Buffer.from('pw1').toString('base64'))
    expect(lines).toContain('AUTH PLAIN')
  })

  it('makes queue ids that differ from message to message', async () => {
    await start(exim)
    const ids = new Set<string>()
    const client = await talk()
    await client.say('')
    await client.say('EHLO x')
    for (let count = 0; count < 5; count += 1) {
      await client.say('MAIL FROM:<a@b.c>')
      await client.say('RCPT TO:<postmaster>')
      await client.say('DATA')
      ids.add(/id=(\w{6}-\w{6}-\w{2})/u.exec(await client.say('x\r\n.'))?.[1] ?? '')
    }
    expect(ids.size).toBe(5)
  })

  for (const persona of [postfix, exim])
    when({ tools: { swaks: 'swaks' } }).test(`serves swaks as ${persona.packages.mail.server}`, async () => {
      await start(persona)
      const server = ['--server', '127.0.0.1', '--port', String(harness.port), '--timeout', '10']
      const plain = await run('swaks', [...server, '--to', 'vstest@example.test', '--from', 'a@b.c', '--body', 'from swaks'])
      expect(plain.stdout).toMatch(/<- {1,2}250 .*(queued as|id=)/u)
      const loggedIn = await run('swaks', [
        ...server,
        '-a',
        'LOGIN',
        '-au',
        'alice',
        '-ap',
        'pw1',
        '--to',
        'x@gmail.com',
        '--from',
        'a@b.c',
      ])
      expect(loggedIn.stdout).toMatch(/235 /u)
      expect(harness.ofType('message_stored')).toHaveLength(2)
      await expect(run('swaks', [...server, '-a', 'PLAIN', '-au', 'alice', '-ap', 'no', '--to', 'x@gmail.com'])).rejects.toMatchObject({
        code: 28,
      })
    })

  for (const persona of [postfix, exim])
    when({ tools: { nmap: 'nmap' } }).test(
      `is named by nmap as ${persona.packages.mail.server}`,
      async () => {
        await start(persona)
        const { stdout } = await run('nmap', ['-sV', '-Pn', '-n', '-p', String(harness.port), '127.0.0.1'])
        expect(stdout).toMatch(persona === postfix ? /smtp +Postfix smtpd/u : /smtp +Exim smtpd 4\.96/u)
      },
      60_000,
    )
})
