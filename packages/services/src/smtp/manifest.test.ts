import { createHash, randomBytes } from 'node:crypto'
import { mailAttachment } from '@decnet/contracts'
import { events } from '@decnet/contracts/events'
import { ofType, type ServiceHarness, startService, wireClient } from '@decnet/kernel/service/conformance'
import { makePersona } from '@decnet/persona'
import { afterEach, describe, expect, it } from 'vitest'
import service from './service.ts'

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const user = { name: 'alice', uid: 1500, gid: 1500, gecos: '', home: '/home/alice', shell: '/bin/bash', password: 'pw1', sudo: false }
const made = makePersona({
  name: 'mail-03',
  seed: 'manifest',
  archetype: 'mail-server',
  ip: '127.0.0.1',
  createdAt: Date.UTC(2026, 10, 21),
  services: [],
})
const packages = { ...made.packages, mail: { server: 'postfix', version: '3.7.11' } as const }
const persona = { ...made, fqdn: 'mx1.example.test', domain: 'example.test', users: [user], packages }

const FILE = randomBytes(5_000)
const TEXT = 'Please transfer the money today.\r\n..and tell nobody, for this is confidential: https://bit.ly/x\r\n'
const MESSAGE = [
  'From: Maria Keller <maria.keller@bank.example>',
  'Subject: urgent invoice of Maria Keller',
  'X-Mailer: swaks v1',
  'Content-Type: multipart/mixed; boundary="b"',
  '',
  `--b\r\nContent-Type: text/plain\r\n\r\n${TEXT}`,
  '--b\r\nContent-Disposition: attachment; filename="maria-keller.docm"\r\nContent-Transfer-Encoding: base64\r\n',
  FILE.toString('base64').replace(/.{76}/gu, '$&\r\n'),
  '--b--\r\n',
].join('\r\n')

let harness: ServiceHarness
afterEach(() => harness?.close())

/** Sends what comes behind the recipients, and gives the event of the stored message. */
async function stored(behind: string, answers: number): Promise<Readonly<Record<string, string>>> {
  harness = await startService(service, { persona, config: { error_delay: false } })
  const client = await wireClient(harness.port)
  const turn = (lines: number) => client.until((heard) => heard.toString('latin1').split(/^\d{3} .*\r\n/mu).length > lines)
  await turn(1)
  client.send('EHLO x\r\n')
  await turn(2)
  client.send('MAIL FROM:<bounce@evil.example>\r\n')
  await turn(3)
  client.send('RCPT TO:<alice@example.test>\r\n')
  await turn(4)
  if (behind.startsWith('DATA\r\n')) {
    client.send('DATA\r\n')
    await turn(5)
    client.send(behind.slice(6))
  } else client.send(behind)
  await turn(4 + answers)
  client.destroy()
  return (await harness.waitFor(ofType(events.messageStored))).fields
}

function expectRead(fields: Readonly<Record<string, string>>): void {
  expect(fields).toMatchObject({
    rcpt_domains: 'example.test',
    header_names: 'From,Subject,X-Mailer,Content-Type',
    x_mailer_sha256: sha256('swaks v1'),
    from_is_mail_from: 'false',
    dkim_signed: 'false',
    url_count: '1',
    attachment_count: '1',
    html_smuggling: 'false',
    body_sha256: sha256(TEXT),
    keywords: 'subject.urgent,subject.invoice,body.transfer,body.confidential,url.shortener,mailer.swaks',
  })
  const [file, ...more] = mailAttachment.array().parse(JSON.parse(fields.attachments ?? ''))
  expect(file).toMatchObject({ sha256: sha256(FILE), size: FILE.length, extension: 'docm', type: 'unknown', flags: [] })
  expect(more).toEqual([])
}

describe('the event of a stored message', () => {
  it('has what was read in it, whether it came as lines or as chunks', async () => {
    const lines = await stored(`DATA\r\n${MESSAGE.replace(/^\./gmu, '..')}.\r\n`, 2)
    expectRead(lines)
    expect(lines.sha256).toBe(sha256(MESSAGE))
    await harness.close()
    const half = 700
    const chunks = await stored(`BDAT ${half}\r\n${MESSAGE.slice(0, half)}BDAT ${MESSAGE.length - half} LAST\r\n${MESSAGE.slice(half)}`, 2)
    expectRead(chunks)
    expect(chunks.sha256).toBe(sha256(MESSAGE))
  })

  it('tells nothing of its subject, text and file names; addresses only where they were told before', async () => {
    const { mail_from: _from, rcpt_to: _to, ...rest } = await stored(`DATA\r\n${MESSAGE.replace(/^\./gmu, '..')}.\r\n`, 2)
    for (const word of ['maria', 'keller', 'money', 'today', 'alice', 'bounce', '@'])
      expect(JSON.stringify(rest).toLowerCase()).not.toContain(word)
  })

  it('is that of an empty message as well', async () => {
    const fields = await stored('DATA\r\n.\r\n', 2)
    expect(fields).toMatchObject({ header_names: '', attachment_count: '0', attachments: '[]', body_sha256: sha256(''), keywords: '' })
  })
})
