import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord } from '@decnet/kernel/log'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptPayload } from './accept-payload.ts'
import { evidenceOf, prepare } from './evidence.ts'
import { commonFields } from './kind.ts'
import { kindByName, kinds } from './kinds.ts'

const record = (type: string, body: LogRecord['body'], more: Partial<LogRecord> = {}): LogRecord => ({
  seq: 1,
  id: '0190f5fe-7c00-7a00-8000-000000000001',
  topic: 'system.log',
  ts: 1_700_000_000_000,
  source: 'sensor',
  type,
  decky: 'web-01',
  service: 'ssh',
  attackerIp: '198.51.100.7',
  attackerPort: 4711,
  sessionId: 's1',
  body,
  msg: null,
  ...more,
})
const derived = (topic: string, body: LogRecord['body']) => record(topic, body, { topic, sessionId: null })
const only = (...args: Parameters<typeof record>) => evidenceOf(record(...args))

describe('evidence', () => {
  it('says whose it is, where and when', () => {
    expect(only('command', { command: 'id', user: 'root', cwd: '/root', mode: 'interactive' })).toEqual([
      {
        kind: 'command',
        id: '0190f5fe-7c00-7a00-8000-000000000001',
        ts: 1_700_000_000_000,
        session: 's1',
        attacker: '198.51.100.7',
        identity: null,
        payload: {
          command_text: 'id',
          user: 'root',
          cwd: '/root',
          mode: 'interactive',
          service: 'ssh',
          decky: 'web-01',
          attacker_ip: '198.51.100.7',
        },
      },
    ])
  })

  it('is found where bytes are not UTF-8', () => {
    const [found] = only('command', { command_b64: Buffer.from('cat /etc/passwd \xff', 'latin1').toString('base64') })
    expect(found?.payload.command_text).toBe('cat /etc/passwd \ufffd')
  })

  it.each([
    [
      'auth_attempt',
      { principal: 'root', secret_b64: 'dG9vcg==', outcome: 'failure', method: 'password' },
      'auth_attempt',
      { username: 'root', password: 'toor', success: false },
    ],
    [
      'http_request',
      { method: 'GET', path: '/?a=1', status: '404', headers: '[["Host","x"]]' },
      'http_request',
      { raw_url: '/?a=1', status: 404 },
    ],
    ['query', { query: 'SELECT 1', database: 'shop' }, 'query', { query_text: 'SELECT 1', database: 'shop' }],
    ['file_captured', { path: '/tmp/a', via: 'scp', sha256: 'ab', size: '12' }, 'file', { path: '/tmp/a', size: 12 }],
    ['download_attempt', { url: 'http://x/a', tool: 'wget' }, 'download', { url: 'http://x/a', tool: 'wget' }],
    ['connect_attempt', { target: 'tcp://x:1', tool: 'nc' }, 'connect', { target: 'tcp://x:1' }],
    ['forward_attempt', { target: 'x:25', kind: 'direct-tcpip' }, 'forward', { target: 'x:25', forward_kind: 'direct-tcpip' }],
    ['protocol_error', { detail: 'no TLS', sample: 'GET /' }, 'payload', { payload_text: 'GET /', detail: 'no TLS' }],
    [
      'ics_request',
      { protocol: 'modbus', function: 'write_single_coil', function_code: '5', unit: '1', address: '0', value: 'on', writes: 'true' },
      'ics',
      { protocol: 'modbus', function: 'write_single_coil', function_code: 5, unit: 1, address: 0, value: 'on', writes: true },
    ],
    [
      'client_hello',
      { client_version: 'SSH-2.0-Go', hassh: 'de30354b88bae4c2810426614e1b6976' },
      'fingerprint',
      { client: 'SSH-2.0-Go', hassh: 'de30354b88bae4c2810426614e1b6976' },
    ],
  ])('comes from %s', (type, body, kind, payload) => {
    const found = only(type, body)
    expect(found.map((each) => each.kind)).toEqual([kind])
    expect(found[0]?.payload).toMatchObject(payload)
  })

  it.each([
    ['attacker.session.ended', { duration_s: 5, command_count: 2, end_reason: 'closed' }, 'session', { duration_s: 5, command_count: 2 }],
    [
      'attacker.intel.enriched',
      { aggregate_verdict: 'malicious', abuseipdb_categories: [18, 22] },
      'intel',
      { abuseipdb_categories: ['18', '22'] },
    ],
    ['attacker.fingerprinted', { jarm_hash: 'ab', port: 443 }, 'fingerprint', { jarm: 'ab', port: 443 }],
    ['attacker.scored', { is_traversal: true, decky_count: 3 }, 'topology_traversal', { decky_count: 3 }],
    [
      'credential.reuse.detected',
      { target_count: 4, services: ['ssh', 'ftp'], deckies: ['a'], attacker_uuids: [] },
      'credential',
      { target_count: 4, service_count: 2, decky_count: 1, attacker_count: 0 },
    ],
    ['identity.formed', { observation_uuids: ['a', 'b'] }, 'identity', { change: 'formed', observation_count: 2 }],
    ['canary.tok1.triggered', { token_id: 'tok1', user_agent: 'curl' }, 'canary', { token_id: 'tok1', user_agent: 'curl' }],
    ['email.received', { rcpt_count: 30, html_smuggling: true }, 'email', { rcpt_count: 30, html_smuggling: true }],
  ])('comes from %s', (topic, body, kind, payload) => {
    const found = evidenceOf(derived(topic, body))
    expect(found.map((each) => each.kind)).toEqual([kind])
    expect(found[0]?.payload).toMatchObject(payload)
  })

  it('is none where nothing is shown', () => {
    expect(only('disconnect', { reason: 'client' })).toEqual([])
    expect(evidenceOf(derived('attacker.scored', { is_traversal: false }))).toEqual([])
    expect(evidenceOf(derived('canary.tok1.placed', { token_id: 'tok1' }))).toEqual([])
  })

  it('never throws, whatever a record holds', () => {
    const types = ['command', 'auth_attempt', 'http_request', 'query', 'file_captured', 'client_hello', 'x']
    const topics = [
      'system.log',
      'email.received',
      'attacker.fingerprinted',
      'credential.reuse.detected',
      'identity.formed',
      'canary.a.triggered',
    ]
    const names = ['command', 'command_b64', 'headers', 'path', 'secret_b64', 'outcome', 'size', 'jarm_hash', '__proto__', 'services']
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.constantFrom(...topics),
        fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.anything())),
        (type, topic, body) => {
          for (const { kind: name, payload } of evidenceOf(record(type, body, { topic }))) {
            const kind = kindByName.get(name)
            if (kind) prepare(kind, payload)
          }
        },
      ),
    )
  })
})

describe('a statement', () => {
  it.each([
    ['DROP/**/TABLE   users -- bye', 'DROP TABLE users'],
    ['SELECT /*!50000 1*/ + /* never closed', 'SELECT 1 +'],
    ['/* /* /*', ''],
  ])('%s is %s without comments', (query_text, statement) => {
    const kind = kindByName.get('query')
    expect(kind && prepare(kind, { query_text }).statement).toBe(statement)
  })
})

describe('a payload from outside', () => {
  const accept = (name: string, given: Record<string, unknown>) => {
    const kind = kindByName.get(name)
    return kind && acceptPayload(kind, given)
  }
  it('may call fields by their other names', () => {
    expect(accept('command', { command: 'id', pwd: '/' })).toEqual({ command_text: 'id', cwd: '/' })
    expect(accept('command', { command: 'no', command_text: 'yes' })).toEqual({ command_text: 'yes' })
    expect(accept('auth_attempt', { user: 'a', secret: 'b', success: 'yes' })).toEqual({ username: 'a', password: 'b' })
  })
  it('may give headers as a mapping or as pairs, and a target in parts', () => {
    expect(accept('http_request', { path: '/a', query: 'b=c', headers: { Host: 'x' } })).toMatchObject({
      raw_url: '/a?b=c',
      headers: ['Host: x'],
    })
    expect(accept('http_request', { url: '/z', headers: [['Host', 'x']], status: '200' })).toMatchObject({
      raw_url: '/z',
      headers: ['Host: x'],
      status: 200,
    })
  })
})

describe('a mail', () => {
  const email = kindByName.get('email')
  const accept = (given: Record<string, unknown>) => (email ? acceptPayload(email, given) : {})
  const seen = (given: Record<string, unknown>) => (email ? prepare(email, accept(given)) : {})
  const SHA = 'a'.repeat(64)

  it('is accepted as its manifest has it: texts of the wire, words, lists with commas, attachments as JSON', () => {
    const pdf = { sha256: SHA, size: 6, extension: 'pdf', type: 'exe', flags: ['disguised', 'macros'], inside: ['lnk'] }
    const manifest = {
      sha256: SHA,
      rcpt_count: '2',
      rcpt_domains: 'a.example,b.example',
      header_names: 'From,Subject',
      from_is_mail_from: 'false',
      dkim_signed: 'true',
      ...{ spf: 'softfail', dkim: 'pass', dmarc: 'none' },
      ...{ url_count: '3', attachment_count: '1', attachments: JSON.stringify([pdf]), html_smuggling: 'true' },
      keywords: 'subject.urgent,url.shortener',
    }
    expect(accept(manifest)).toEqual({
      stored_as: SHA,
      rcpt_count: 2,
      rcpt_domains: ['a.example', 'b.example'],
      header_names: ['From', 'Subject'],
      from_is_mail_from: false,
      dkim_signed: true,
      spf_pass: false,
      dkim_pass: true,
      url_count: 3,
      attachment_count: 1,
      attachment_sha256s: [SHA],
      attachment_extensions: ['pdf'],
      attachment_types: ['exe'],
      attachment_inner_extensions: ['lnk'],
      attachment_macros: true,
      attachment_password_protected: false,
      attachment_nested_archive: false,
      attachment_disguised: true,
      html_smuggling: true,
      keywords: ['subject.urgent', 'url.shortener'],
    })
  })

  it('is accepted as other systems list it: addresses, names of files, flags as numbers', () => {
    const attachments_json = JSON.stringify([{ filename: 'Bill.DOCM', sha256: SHA, macro_indicator: 1, encrypted: false }])
    const given = { from: 'Boss <boss@x.example>', mail_from: 'a@Y.example', rcpt_to: 'a@z.example,b@z.example', spf_pass: 0 }
    expect(accept({ ...given, attachments_json, urls_json: '["https://bit.ly/x"]' })).toEqual({
      from_domain: 'x.example',
      mail_from_domain: 'y.example',
      rcpt_count: 2,
      rcpt_domains: ['z.example'],
      spf_pass: false,
      attachment_count: 1,
      attachment_names: ['Bill.DOCM'],
      attachment_extensions: ['DOCM'],
      attachment_sha256s: [SHA],
      attachment_macros: true,
      attachment_password_protected: false,
      urls: ['https://bit.ly/x'],
    })
  })

  it('is looked at for words, links and senders as where it is kept', () => {
    const mail = { subject: 'URGENT', body_text: 'transfer it: https://bit.ly/x', from_domain: 'gmail.com', mail_from_domain: 'x.example' }
    expect(seen({ ...mail, keywords: ['url.tunnel'] })).toMatchObject({
      keywords: ['url.tunnel', 'subject.urgent', 'body.transfer', 'url.shortener', 'sender.free_mail'],
      url_count: 1,
      idn_url_count: 0,
      from_is_mail_from: false,
    })
    expect(seen({ rcpt_count: 3, from_is_mail_from: true, ...mail, url_count: 9 })).toMatchObject({ from_is_mail_from: true, url_count: 9 })
    expect(seen({ rcpt_count: 3 })).not.toHaveProperty('keywords')
  })

  it('P4: of a record holds nothing that the topic does not say, whoever wrote it', () => {
    const secret = 'maria.keller@bank.example asks for 9,800'
    const names = [...Object.keys(email?.fields ?? {}), 'mail_from', 'rcpt_to', 'url_hosts', 'subject', 'body']
    for (const poison of [secret, [secret], { subject: secret }]) {
      const body = { ...Object.fromEntries(names.map((name) => [name, poison])), rcpt_count: 3 }
      expect(evidenceOf(derived('email.received', body))[0]?.payload).toEqual({
        attacker_ip: '198.51.100.7',
        decky: 'web-01',
        service: 'ssh',
        rcpt_count: 3,
      })
    }
    const [found] = evidenceOf(derived('email.received', { keywords: ['subject.urgent', secret], rcpt_domains: ['a.example'] }))
    expect(found?.payload).not.toHaveProperty('keywords')
    expect(found?.payload).toMatchObject({ rcpt_domains: ['a.example'] })
  })

  it('never throws, whatever it is given', () => {
    const name = fc.constantFrom('attachments', 'attachments_json', 'urls_json', 'rcpt_to', 'from', 'spf', 'keywords', 'headers', 'subject')
    const value = fc.oneof(fc.string(), fc.anything(), fc.constantFrom('[', '[[', '[{"sha256":1}]', '{}', 'a@', '@@@'))
    fc.assert(
      fc.property(fc.dictionary(name, value), (given) => {
        seen(given)
      }),
    )
    expect(() => seen({ keywords: { '': { toString: null } }, headers: [[{ toString: null }, 'x']] })).not.toThrow()
  })
})

it('the page on rules names every kind and field as they are', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../../../docs/extending/rule.md'), 'utf8')
  for (const name of Object.keys(commonFields)) expect(page).toContain(`\`${name}\``)
  for (const kind of kinds) {
    expect(page).toContain(`### \`${kind.name}\`: ${kind.summary}\n`)
    for (const [name, { says }] of Object.entries(kind.fields)) {
      const line = page.split('\n').find((each) => each.includes(`\`${name}\`**`) || each.startsWith(`| \`${name}\` `))
      expect(line, `${kind.name}.${name}`).toBeDefined()
      expect(page).toContain(`${says.replaceAll('|', '\\|')} |`)
    }
  }
})
