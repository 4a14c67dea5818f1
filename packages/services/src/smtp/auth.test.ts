import { createHash } from 'node:crypto'
import net from 'node:net'
import { events } from '@decnet/contracts/events'
import { ofType, type ServiceHarness, startService } from '@decnet/kernel/service/conformance'
import { makePersona, type Persona, type PersonaPackages } from '@decnet/persona'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { exchangeOf, seenIn, withoutSecret } from './sasl.ts'
import service from './service.ts'

function personaWith(mail: PersonaPackages['mail']): Persona {
  const persona = makePersona({
    name: 'mail-02',
    seed: 'smtp-auth',
    archetype: 'mail-server',
    ip: '127.0.0.1',
    createdAt: Date.UTC(2026, 10, 21),
    services: [],
  })
  const alice = { name: 'alice', uid: 1500, gid: 1500, gecos: '', home: '/home/alice', shell: '/bin/bash', password: 'pw1', sudo: false }
  return { ...persona, fqdn: 'mx1.example.test', domain: 'example.test', packages: { ...persona.packages, mail }, users: [alice] }
}
const postfix = personaWith({ server: 'postfix', version: '3.7.11' })
const exim = personaWith({ server: 'exim', version: '4.96' })

const b64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')
const unpadded = (text: string): string => b64(text).replace(/=+$/u, '')

let harness: ServiceHarness
const open: net.Socket[] = []
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await harness?.close()
})

/** What the server says to each line, after a greeting and EHLO. */
async function hear(persona: Persona, lines: readonly string[], { hello = true, end = '' } = {}): Promise<string[]> {
  harness = await startService(service, { persona, config: { error_delay: false } })
  const socket = net.connect(harness.port, '127.0.0.1')
  open.push(socket)
  socket.on('error', () => undefined)
  const heard: string[] = []
  let text = ''
  let wake = (): void => undefined
  socket.on('data', (data) => {
    text += data.toString('latin1')
    wake()
  })
  for (const line of ['', ...(hello ? ['EHLO x'] : []), ...lines]) {
    if (heard.length > 0) socket.write(`${line}\r\n`, 'latin1')
    while (!/^\d{3} [^\r\n]*\r\n$/mu.test(text)) await new Promise<void>((resolve) => (wake = resolve))
    heard.push(text.trim())
    text = ''
  }
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.end(end, 'latin1')
  socket.resume()
  await closed
  await harness.waitFor(ofType(events.disconnect))
  return heard.slice(hello ? 2 : 1)
}
const commands = (): (string | undefined)[] =>
  harness.ofType('command').map(({ fields }) => fields.command ?? Buffer.from(fields.command_b64 ?? '', 'base64').toString('latin1'))
const attempts = (): (readonly (string | undefined)[])[] =>
  harness
    .ofType('auth_attempt')
    .map(({ fields }) => [
      fields.principal,
      fields.secret_b64 === undefined ? undefined : Buffer.from(fields.secret_b64, 'base64').toString('latin1'),
      fields.outcome,
    ])

const CONTINUE = '535 5.7.8 Error: authentication failed: another step is needed in authentication'
const BAD = '535 5.7.8 Error: authentication failed: bad protocol / cancel'
const WRONG = '535 5.7.8 Error: authentication failed: authentication failure'
const INVALID = '501 Invalid base64 data'
const INCORRECT = '535 Incorrect authentication data'
const NAME = '334 VXNlcm5hbWU6'
const PASSWORD = '334 UGFzc3dvcmQ6'

/** Replies as Exim 4.96 itself gave them; of Postfix, as Cyrus SASL 2.1.28 returned its errors to the calls that Postfix makes. */
const CASES: readonly {
  readonly title: string
  readonly lines: readonly string[]
  readonly postfix: readonly string[]
  readonly exim: readonly string[]
  /** Commands beside EHLO. */
  readonly kept: readonly string[]
  readonly seen: readonly (readonly (string | undefined)[])[]
}[] = [
  {
    title: 'no leading NUL',
    lines: [`AUTH PLAIN ${b64('info\0NoLead-1')}`],
    postfix: [BAD],
    exim: [INCORRECT],
    kept: [`AUTH PLAIN ${b64('info\0NoLead-1')}`],
    seen: [['info', 'NoLead-1', 'failure']],
  },
  {
    title: 'no padding',
    lines: [`AUTH PLAIN ${unpadded('\0alice\0pw1')}`],
    postfix: [CONTINUE],
    exim: [INVALID],
    kept: [`AUTH PLAIN ${unpadded('\0alice\0pw1')}`],
    seen: [['alice', 'pw1', 'failure']],
  },
  { title: 'no base64 at all', lines: ['AUTH PLAIN %%%%'], postfix: [BAD], exim: [INVALID], kept: ['AUTH PLAIN %%%%'], seen: [] },
  {
    title: 'too little',
    lines: ['AUTH PLAIN', '='],
    postfix: ['334', CONTINUE],
    exim: ['334', INVALID],
    kept: ['AUTH PLAIN', '='],
    seen: [],
  },
  {
    title: 'a part too many',
    lines: [`AUTH PLAIN ${b64('\0info\0pw\0extra')}`],
    postfix: [BAD],
    exim: [INCORRECT],
    kept: [`AUTH PLAIN ${b64('\0info\0pw\0extra')}`],
    seen: [['info', 'pw\0extra', 'failure']],
  },
  {
    title: 'another identity, asked for on a line of its own',
    lines: ['AUTH PLAIN', b64('root\0alice\0pw2')],
    postfix: ['334', WRONG],
    exim: ['334', INCORRECT],
    kept: ['AUTH PLAIN', b64('root\0alice\0pw2')],
    seen: [['alice', 'pw2', 'failure']],
  },
  {
    title: 'LOGIN with a name that is no base64',
    lines: ['AUTH LOGIN', '%%%%'],
    postfix: [NAME, BAD],
    exim: [NAME, INVALID],
    kept: ['AUTH LOGIN', '%%%%'],
    seen: [],
  },
  {
    title: 'LOGIN with a password that is no base64',
    lines: ['AUTH LOGIN', b64('alice'), 'p%w'],
    postfix: [NAME, PASSWORD, CONTINUE],
    exim: [NAME, PASSWORD, INVALID],
    kept: ['AUTH LOGIN', b64('alice'), 'p%w'],
    seen: [['alice', 'p%w', 'failure']],
  },
  {
    title: 'LOGIN with a password without padding',
    lines: ['AUTH LOGIN', b64('alice'), unpadded('pw1x')],
    postfix: [NAME, PASSWORD, CONTINUE],
    exim: [NAME, PASSWORD, INVALID],
    kept: ['AUTH LOGIN', b64('alice'), unpadded('pw1x')],
    seen: [['alice', 'pw1x', 'failure']],
  },
  {
    title: 'LOGIN, cancelled',
    lines: ['AUTH LOGIN', b64('alice'), '*'],
    postfix: [NAME, PASSWORD, '501 5.7.0 Authentication aborted'],
    exim: [NAME, PASSWORD, '501 Authentication cancelled'],
    kept: ['AUTH LOGIN', b64('alice'), '*'],
    seen: [['alice', undefined, 'failure']],
  },
  {
    title: 'LOGIN with name and password on one line',
    lines: [`AUTH LOGIN ${b64('alice')} ${b64('pw1')}`],
    postfix: ['501 5.5.4 Syntax: AUTH mechanism'],
    exim: [INVALID],
    kept: [`AUTH LOGIN ${b64('alice')} ${b64('pw1')}`],
    seen: [['alice', 'pw1', 'failure']],
  },
  {
    title: 'CRAM-MD5, which none offers',
    lines: ['AUTH CRAM-MD5 \x01garbage=='],
    postfix: ['535 5.7.8 Error: authentication failed: no mechanism available'],
    exim: ['504 CRAM-MD5 authentication mechanism not supported'],
    kept: ['AUTH CRAM-MD5 \x01garbage=='],
    seen: [],
  },
  {
    title: 'a credential in the middle of a transaction',
    lines: ['MAIL FROM:<a@b.c>', `AUTH PLAIN ${b64('\0info\0late')}`, b64('more')],
    postfix: ['250 2.1.0 Ok', '503 5.5.1 Error: MAIL transaction in progress', '500 5.5.2 Error: command not recognized'],
    exim: ['250 OK', '503 not permitted in mail transaction', '500 unrecognized command'],
    kept: ['MAIL FROM:<a@b.c>', 'AUTH PLAIN', b64('more')],
    seen: [['info', 'late', 'failure']],
  },
]

for (const persona of [postfix, exim])
  describe(`what does not parse, as ${persona.packages.mail.server}`, () => {
    it.each(CASES)('keeps every byte and answers as the daemon: $title', async ({ lines, kept, seen, ...daemons }) => {
      expect(await hear(persona, lines)).toEqual(daemons[persona.packages.mail.server === 'postfix' ? 'postfix' : 'exim'])
      expect(commands()).toEqual(['EHLO x', ...kept])
      expect(attempts()).toEqual(seen)
    })

    it('keeps the beginning, the length and the hash of a line of 400 kB', async () => {
      const line = `AUTH PLAIN ${b64(`\0${'u'.repeat(300_000)}\0<script>`)}`
      await hear(persona, [line])
      const long = harness.ofType('command').find(({ fields }) => fields.command_truncated !== undefined)
      expect(long?.fields.command).toBe(line.slice(0, 4096))
      expect(Number(long?.fields.command_truncated)).toBeGreaterThan(300_000)
      if (persona === postfix) {
        expect(Number(long?.fields.command_truncated)).toBe(line.length + 1)
        expect(long?.fields.command_sha256).toBe(createHash('sha256').update(`${line}\r`).digest('hex'))
      }
    })

    it('keeps a line that never ended', async () => {
      await hear(persona, [], { end: `AUTH PLAIN ${b64('\0info\0half')}` })
      expect(attempts()).toEqual([['info', 'half', 'failure']])
      await harness.close()
      await hear(persona, ['AUTH LOGIN', b64('info')], { end: 'aGFs' })
      expect(attempts()).toEqual([['info', undefined, 'failure']])
      expect(commands()).toEqual(['EHLO x', 'AUTH LOGIN', 'aGFs'])
    })

    it('keeps what was sent behind the end', async () => {
      await hear(persona, ['QUIT\r\nAUTH PLAIN behind'])
      expect((await harness.waitFor(ofType(events.protocolError))).fields.sample).toBe('AUTH PLAIN behind\r\n')
    })
  })

describe('what only one of them takes', () => {
  it('lets Exim log in whoever says more than is asked for, and keeps it', async () => {
    const line = `AUTH PLAIN ${b64('\0alice\0pw1\0extra')}`
    expect(await hear(exim, [line])).toEqual(['235 Authentication succeeded'])
    expect(attempts()).toEqual([['alice', 'pw1', 'success']])
    expect(commands()).toEqual(['EHLO x', line])
    await harness.close()
    expect(await hear(postfix, [line])).toEqual([BAD])
  })

  it('keeps a credential that Exim refuses before EHLO', async () => {
    expect(await hear(exim, [`AUTH PLAIN ${b64('\0info\0early')}`], { hello: false })).toEqual([
      '503 AUTH command used when not advertised',
    ])
    expect(attempts()).toEqual([['info', 'early', 'failure']])
  })
})

describe('a credential as a person sees it', () => {
  it('takes nothing out of a line that its fields do not give back', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
        fc.boolean(),
        (text, encoded) => {
          const line = `AUTH PLAIN ${encoded ? b64(text) : text}`
          if (withoutSecret(line) === line) return
          const exchange = exchangeOf(line)
          const { principal = '?', secret = '?' } = exchange === null ? {} : seenIn(exchange)
          expect(`${withoutSecret(line)} ${b64(`\0${principal}\0${secret}`)}`).toBe(line)
        },
      ),
    )
    expect(withoutSecret(`AUTH PLAIN ${b64('\0a\0b')}`)).toBe('AUTH PLAIN')
    expect(withoutSecret(`AUTH PLAIN  ${b64('\0a\0b')}`)).not.toBe('AUTH PLAIN')
  })
})
