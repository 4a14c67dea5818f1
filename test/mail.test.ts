import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TechniqueTag, Workers } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadRules } from '../apps/server/src/rules/rule-files.ts'
import { attackMails, honestMails, MARK } from './rig/attack-mails.ts'
import { run } from './rig/client.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { sendMails } from './rig/mail-sender.ts'
import { openStream, type StreamClient } from './rig/stream.ts'

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')
/** Words that stand in the mail and nowhere else. */
const PRIVATE = [
  'quarterly-figures',
  'marigold-subject',
  'marigold-body',
  'marigold-file',
  'sender-name',
  'first-victim',
  'second-victim',
  'paypaI',
]

when({ tools: { swaks: 'swaks' } }).describe('a mail to a decky', () => {
  let fleet: Fleet
  let stream: StreamClient
  const work = mkdtempSync(join(tmpdir(), 'mail-'))
  const file = Buffer.concat([Buffer.from('MZ'), randomBytes(40_000)])

  beforeAll(async () => {
    fleet = await startFleet()
    stream = await openStream(fleet)
    writeFileSync(join(work, 'marigold-file.pdf'), file)
  })
  afterAll(async () => {
    stream.close()
    await fleet[Symbol.asyncDispose]()
    rmSync(work, { recursive: true, force: true })
  })

  it('P4: is told of once as email.received, with its hashes, and none of its addresses, subject or text is derived', async () => {
    const { address, port, login, decky } = fleet.target('smtp')
    const sent = await run('swaks', [
      ...['--server', address, '--port', String(port), '--timeout', '20', '--auth', 'LOGIN', '--auth-user', login.user],
      ...['--auth-password', login.password, '--from', 'sender-name@evil.example'],
      ...['--to', 'first-victim@target.example,second-victim@Other.example', '--h-From', 'Sender-Name <sender-name@bank.example>'],
      ...[
        '--header',
        'Subject: urgent invoice marigold-subject',
        '--body',
        'quarterly-figures marigold-body: please transfer to http://paypaI.xn--bcher-kva.example/',
      ],
      ...['--attach-type', 'application/pdf', '--attach-name', 'marigold-file.pdf', '--attach', `@${join(work, 'marigold-file.pdf')}`],
    ])
    expect(sent.stdout).toMatch(/250 .*(queued as|id=)/u)
    const raw = await stream.waitFor((record) => record.event_type === 'message_stored', 'the stored mail')
    const told = await stream.waitFor((record) => record.topic === 'email.received', 'email.received')

    const received = topics.emailReceived.payload.parse(told.fields)
    expect(received).toMatchObject({
      source_id: raw.id,
      attacker_ip: '127.0.0.1',
      decky_id: decky,
      service: 'smtp',
      rcpt_count: 2,
      rcpt_domains: ['target.example', 'other.example'],
      from_is_mail_from: false,
      dkim_signed: false,
      url_count: 1,
      idn_url_count: 1,
      attachment_count: 1,
      attachment_sha256s: [sha256(file)],
      attachment_extensions: ['pdf'],
      attachment_types: ['exe'],
      attachment_disguised: true,
      html_smuggling: false,
      keywords: ['subject.urgent', 'subject.invoice', 'body.transfer', 'mailer.swaks'],
    })
    expect(received.header_names).toEqual(expect.arrayContaining(['Date', 'To', 'From', 'Subject', 'X-Mailer', 'Content-Type']))

    const answer = await fetch(`${fleet.api}/artifacts/${received.stored_as}`, { headers: { authorization: `Bearer ${fleet.token}` } })
    const kept = Buffer.from(await answer.arrayBuffer())
    expect(sha256(kept)).toBe(received.stored_as)
    const lines = kept.toString('latin1')
    expect(received.x_mailer_sha256).toBe(sha256(/^X-Mailer: (.*?)\r$/mu.exec(lines)?.[1] ?? ''))
    expect(received.body_sha256).toBe(sha256(/\r\n\r\n(quarterly-figures[\s\S]*?)\r\n--/u.exec(lines)?.[1] ?? ''))

    await stream.waitFor((record) => record.topic === 'attacker.session.ended', 'the end of the session')
    const derived = stream.records.filter(({ topic }) => topic !== 'system.log')
    expect(derived.filter(({ topic }) => topic === 'email.received')).toHaveLength(1)
    for (const { topic, ...record } of derived) for (const word of PRIVATE) expect(JSON.stringify(record), topic).not.toContain(word)
  })
})

describe('mails that are sent to a decky', () => {
  let fleet: Fleet
  const rules = Object.keys(attackMails)
  const addressOf = (place: number) => `127.0.7.${place + 1}`
  const HONEST = addressOf(rules.length)
  beforeAll(async () => {
    fleet = await startFleet()
    const target = fleet.target('smtp')
    await Promise.all(
      [...Object.values(attackMails), honestMails].map((mails, place) => sendMails({ ...target, from: addressOf(place) }, mails)),
    )
  })
  afterAll(async () => {
    await fleet[Symbol.asyncDispose]()
  })
  const tagsOf = (rule: string) => fleet.get<readonly TechniqueTag[]>(`/ttp/rules/${rule}/tags?limit=500`)
  const fired = async (rule: string, address: string) => (await tagsOf(rule)).some(({ attacker_ip }) => attacker_ip === address)

  it('are as many as there are rules on mails', async () => {
    const onMails = (await loadRules([])).flatMap(({ id, sources }) => (sources.includes('email') ? id : []))
    expect(rules.toSorted()).toEqual(onMails.toSorted())
  })

  it('are recognised, each by the rule that it is for', async () => {
    const silent = async () => {
      const all = await Promise.all(rules.map((rule, place) => fired(rule, addressOf(place))))
      return rules.filter((_, place) => !all[place])
    }
    await expect.poll(silent, { timeout: 30_000, interval: 300 }).toEqual([])
  })

  it('make no finding where they are honest', async () => {
    const received = () =>
      fleet.get<{ readonly data: readonly unknown[] }>(`/logs?search=${encodeURIComponent(`topic:email.received attacker:${HONEST}`)}`)
    await expect.poll(async () => (await received()).data.length, { timeout: 30_000 }).toBe(honestMails.length)
    const behind = async () => (await fleet.get<Workers>('/workers')).workers.find(({ name }) => name === 'ttp-tagger')?.lag
    await expect.poll(behind, { timeout: 30_000, interval: 300 }).toBe(0)
    const all = await Promise.all(rules.map(async (rule) => ((await fired(rule, HONEST)) ? rule : [])))
    expect(all.flat()).toEqual([])
  })

  it('P4: leave no word, address or file name in any finding', async () => {
    const evidence = (await Promise.all(rules.map(tagsOf))).flat().map((tag) => JSON.stringify(tag))
    expect(evidence.length).toBeGreaterThan(rules.length)
    for (const said of evidence) for (const word of [MARK, 'partner.example', 'trycloudflare', 'gmail']) expect(said).not.toContain(word)
  })
})
