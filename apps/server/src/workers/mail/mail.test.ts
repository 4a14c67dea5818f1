import { topics } from '@decnet/contracts/topics'
import { attackerId } from '@decnet/kernel'
import { createMemoryBus } from '@decnet/kernel/bus'
import type { LogRecord } from '@decnet/kernel/log'
import type { AnyWorker } from '@decnet/kernel/worker'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { onEachDatabase } from '../../store/fixtures/each-database.ts'
import type { Tx } from '../../store/log-table.ts'
import { event, settle } from '../folds.fixture.ts'
import { receivedFrom } from './received.ts'
import mail from './worker.ts'

const SHA = 'a'.repeat(64)
const PDF = { sha256: SHA, size: 6, extension: 'pdf', type: 'exe', flags: ['disguised'], inside: [] }
const ZIP = {
  sha256: 'b'.repeat(64),
  size: 9,
  extension: 'zip',
  type: 'zip',
  flags: ['macros', 'protected', 'nested'],
  inside: ['docm', 'zip'],
}
/** As it stands on the wire; addresses as every mail has them. */
const FIELDS = {
  sha256: SHA,
  size: '812',
  mail_from: 'maria.keller@bank.example',
  rcpt_to: 'alice@target.example,bob@target.example',
  rcpt_count: '2',
  helo: 'maria-laptop',
  queue_id: 'ABC',
  truncated: 'false',
  rcpt_domains: 'target.example',
  header_names: 'From,Subject,X-Mailer',
  x_mailer_sha256: SHA,
  from_is_mail_from: 'false',
  dkim_signed: 'false',
  spf: 'softfail',
  dmarc: 'none',
  url_count: '3',
  idn_url_count: '1',
  attachment_count: '2',
  attachments: JSON.stringify([PDF, ZIP, PDF]),
  html_smuggling: 'true',
  body_sha256: SHA,
  body_base64_bytes: '5120',
  keywords: 'subject.urgent,url.shortener',
}
const stored = (more: Record<string, unknown> = {}, about: object = {}): LogRecord => ({
  ...event({ type: 'message_stored', service: 'smtp', decky: 'mail-01', body: { ...FIELDS, ...more } }),
  seq: 1,
  ...about,
})

describe('P4: email.received', () => {
  it('P4: tells hashes, counts, flags, names of headers and domains of recipients', () => {
    const record = stored()
    expect(receivedFrom(record)).toEqual({
      source_id: record.id,
      attacker_uuid: attackerId('203.0.113.7'),
      attacker_ip: '203.0.113.7',
      decky_id: 'mail-01',
      service: 'smtp',
      stored_as: SHA,
      rcpt_count: 2,
      rcpt_domains: ['target.example'],
      header_names: ['From', 'Subject', 'X-Mailer'],
      x_mailer_sha256: SHA,
      from_is_mail_from: false,
      from_is_return_path: null,
      dkim_signed: false,
      spf_pass: false,
      dkim_pass: null,
      dmarc_pass: null,
      url_count: 3,
      idn_url_count: 1,
      attachment_count: 2,
      attachment_sha256s: [SHA, ZIP.sha256, SHA],
      attachment_extensions: ['pdf', 'zip'],
      attachment_types: ['exe', 'zip'],
      attachment_inner_extensions: ['docm', 'zip'],
      attachment_macros: true,
      attachment_password_protected: true,
      attachment_nested_archive: true,
      attachment_disguised: true,
      html_smuggling: true,
      body_sha256: SHA,
      body_simhash: null,
      body_base64_bytes: 5_120,
      keywords: ['subject.urgent', 'url.shortener'],
    })
  })

  it('P4: is the same from smtp and from smtp-relay, and from another host', () => {
    for (const about of [{ service: 'smtp-relay' }, { decky: 'mail-01@edge-1' }, { attackerIp: 'fe80::1' }])
      expect(receivedFrom(stored({}, about))).not.toBeNull()
    expect(receivedFrom(stored({}, { attackerIp: 'fe80::1%eth0' }))?.attacker_ip).toBe('fe80::1')
  })

  it('P4: holds no address, host of a link or text, whatever the fields say', () => {
    const said = fc.oneof(
      fc.constantFrom('maria.keller@bank.example', 'urgent: pay maria', 'maria,keller', '["maria"]', '', '-1', 'true'),
      fc.string(),
    )
    const names = Object.keys(FIELDS).filter((name) => name !== 'header_names' && name !== 'rcpt_domains')
    fc.assert(
      fc.property(fc.constantFrom(...names), said, (name, value) => {
        const received = receivedFrom(stored({ [name]: value }))
        if (received === null) return
        expect(topics.emailReceived.payload.parse(received)).toEqual(received)
        expect(JSON.stringify(received)).not.toMatch(/maria|keller|@|alice/u)
      }),
      { numRuns: 500 },
    )
    expect(receivedFrom(stored({ header_names: 'From,maria.keller@bank.example' }))).toBeNull()
    expect(receivedFrom(stored({ rcpt_domains: 'maria.keller@bank.example' }))).toBeNull()
    expect(receivedFrom(stored({ attachments: JSON.stringify([{ ...PDF, name: 'maria.pdf' }]) }))).not.toHaveProperty('name')
  })

  it('passes over names that only a newer sensor knows', () => {
    expect(receivedFrom(stored({ keywords: 'subject.urgent,sender.of_tomorrow,url.shortener' }))?.keywords).toEqual([
      'subject.urgent',
      'url.shortener',
    ])
  })

  it('is not said of mails that were not read, of other events, and of what nobody did', () => {
    const { body_sha256: _gone, ...unread } = FIELDS
    expect(receivedFrom({ ...stored(), body: unread })).toBeNull()
    expect(receivedFrom(stored({}, { type: 'file_captured' }))).toBeNull()
    expect(receivedFrom(stored({}, { attackerIp: null }))).toBeNull()
    expect(receivedFrom(stored({ attachments: '[' }))).toBeNull()
  })
})

onEachDatabase('the mail worker', ({ open }) => {
  it('P4: announces each message once, also when everything is read again', async () => {
    await using store = await open()
    await using bus = createMemoryBus()
    const received = () => store.db.selectFrom('log').selectAll().where('topic', '=', 'email.received').orderBy('seq').execute()
    const mails = [stored(), stored({ rcpt_count: '1' })]
    const other = event({ type: 'command', body: { command: 'id' } })
    await settle(store, bus, [mail as AnyWorker<Tx>], [...mails, other])
    const first = await received()
    expect(first.map(({ body }) => JSON.parse(body).source_id)).toEqual(mails.map(({ id }) => id))
    expect(first.map(({ attacker_ip, decky, service }) => [attacker_ip, decky, service])).toEqual(
      mails.map(() => ['203.0.113.7', 'mail-01', 'smtp']),
    )
    await store.db.deleteFrom('cursors').where('name', '=', 'mail').execute()
    await settle(store, bus, [mail as AnyWorker<Tx>])
    expect(await received()).toEqual(first)
  })
})
