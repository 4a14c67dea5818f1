import { describe, expect, it } from 'vitest'
import { readings, recordsOf, told } from './read-lines.fixture.ts'
import { tpotReader } from './tpot.ts'

const line = (type: string, fields: Record<string, unknown> = {}) => ({
  type,
  '@timestamp': '2026-01-05T10:00:00.123Z',
  't-pot_hostname': 'Honey.Pot',
  src_ip: '198.51.100.7',
  src_port: 40_000,
  dest_ip: '10.0.0.2',
  dest_port: 445,
  ...fields,
})

describe("T-Pot's lines", () => {
  it.each([
    ['Adbhoney', 'adb', { eventid: 'adbhoney.command.input', session: 's', input: 'id' }, 'command', { command: 'id' }],
    [
      'Dionaea',
      'smb',
      { connection: { protocol: 'smbd' }, username: 'sa', password: 'x' },
      'auth_attempt',
      { principal: 'sa', secret_printable: 'x' },
    ],
    [
      'Dionaea',
      'mssql',
      { connection: { protocol: 'mssqld' }, credentials: [{ username: 'sa', password: 'y' }] },
      'auth_attempt',
      { principal: 'sa', secret_printable: 'y' },
    ],
    [
      'Heralding',
      'pop3',
      { proto: 'pop3', session_id: 'u', username: 'a@b', password: 'c' },
      'auth_attempt',
      { principal: 'a@b', outcome: 'unknown', method: 'pop3' },
    ],
    ['Mailoney', 'smtp', { data: 'EHLO x' }, 'command', { command: 'EHLO x', mode: 'protocol' }],
    [
      'Tanner',
      'http',
      { method: 'GET', path: '/wp', headers: { host: 'h', 'user-agent': 'ua' }, status: 200 },
      'http_request',
      { method: 'GET', path: '/wp', host: 'h', user_agent: 'ua', status: '200', headers: '[["host","h"],["user-agent","ua"]]' },
    ],
    [
      'Honeytrap',
      'tcp',
      { attack_connection: { protocol: 'tcp', payload: { data_hex: 'ff00' } } },
      'protocol_error',
      { sample_b64: '/wA=' },
    ],
    [
      'ElasticPot',
      'elasticsearch',
      { 'http.url': '/_search', request_method: 'POST' },
      'http_request',
      { method: 'POST', path: '/_search' },
    ],
    ['Redishoneypot', 'redis', { action: 'CONFIG GET' }, 'command', { command: 'CONFIG GET' }],
  ] as const)('%s is %s: a visit, and what was done', (type, service, fields, event, body) => {
    const records = recordsOf(tpotReader, line(type, fields))
    expect(records.map(({ type }) => type)).toEqual(['connect', event])
    expect(records[1]).toMatchObject({ service, decky: 'honey-pot', attackerIp: '198.51.100.7', attackerPort: 40_000, body })
    expect(records[0]?.body).toMatchObject({ local_port: '445', local_ip: '10.0.0.2', honeypot: type })
  })

  it('reads an export of the index, and Cowrie within it', () => {
    const cowrie = line('Cowrie', {
      eventid: 'cowrie.login.failed',
      session: 'x',
      username: 'root',
      password: 'p',
      timestamp: '2026-01-05T10:00:00Z',
    })
    const [record] = recordsOf(tpotReader, { _index: 'logstash', _source: cowrie })
    expect(record).toMatchObject({ type: 'auth_attempt', decky: 'honey-pot', service: 'ssh', attackerIp: '198.51.100.7' })
  })

  it('takes the address from where its honeypot puts it, and IPv4 in IPv6 as IPv4', () => {
    const records = recordsOf(
      tpotReader,
      line('Tanner', { src_ip: undefined, src_port: undefined, peer: { ip: '203.0.113.5', port: 7 }, path: '/' }),
      line('Dionaea', { src_ip: '::ffff:203.0.113.6' }),
    )
    expect(records.map(({ attackerIp }) => attackerIp)).toEqual(['203.0.113.5', '203.0.113.5', '203.0.113.6'])
  })

  it('keeps the autonomous system that was looked up for the attacker, of no other address, and no nonsense', () => {
    const cowrie = (src_ip: string, eventid: string) =>
      line('Cowrie', { eventid, session: 'x', src_ip, username: 'a', password: 'b', geoip: { asn: 64_500 } })
    const records = recordsOf(
      tpotReader,
      line('Endlessh', { geoip: { asn: 64_496, as_org: 'Example' } }),
      line('Endlessh', { src_ip: '::ffff:203.0.113.6', 'geoip.as.number': '64497' }),
      line('Tanner', { src_ip: undefined, peer: { ip: '203.0.113.5', port: 7 }, geoip: { asn: 64_498 } }),
      ...[0, -1, 2 ** 32, '1e3', {}, 'AS5'].map((asn, n) => line('Endlessh', { src_port: n + 1, geoip: { asn } })),
      cowrie('198.51.100.7', 'cowrie.session.connect'),
      cowrie('203.0.113.99', 'cowrie.login.failed'),
    )
    expect(records.map(({ body }) => body.src_asn)).toEqual(['64496', '64497', ...new Array(7).fill(undefined), '64500', undefined])
  })

  it('counts those that watch the wire, and keeps aside what it does not know', () => {
    expect(readings(tpotReader, line('Suricata'), line('Newpot'), {}, line('Tanner', { '@timestamp': 'x' }), '[]')).toEqual([
      { unused: 'type Suricata' },
      { unknown: 'a type that is not known' },
      { unknown: 'no type' },
      { unknown: 'no time' },
      { unknown: 'not a JSON object' },
    ])
  })

  it('goes on where an earlier reader stood', () => {
    const first = tpotReader()
    const written = Buffer.from(JSON.stringify(line('Endlessh')))
    expect(first.read(written)).toMatchObject({ events: [{ event: { type: 'connect' } }] })
    const second = tpotReader(JSON.parse(JSON.stringify(first.state())))
    expect(second.read(written)).toEqual({ unused: 'type Endlessh, the same visit' })
  })

  it('keeps aside what it would have to pass over', () => {
    for (const name of ['src_ip', 'session', 'username', 'password', 'input'])
      for (const odd of [{ a: 1 }, true, ['a', 'b']])
        for (const type of ['Adbhoney', 'Cowrie'])
          expect(readings(tpotReader, line(type, { eventid: 'cowrie.login.failed', input: 'x', [name]: odd }))).toEqual([
            { unknown: `${name} is no text` },
          ])
  })

  it('survives members of any shape', () => {
    for (const odd of [null, 7, [], 'x'])
      for (const type of ['Dionaea', 'Tanner', 'Honeytrap', 'Adbhoney', 'Honeypots'])
        expect(
          told(
            recordsOf(
              tpotReader,
              line(type, {
                credentials: [odd],
                connection: odd,
                headers: odd,
                attack_connection: odd,
                peer: odd,
                session: odd,
                path: odd,
                input: odd,
              }),
            ),
          ).length,
        ).toBeGreaterThan(0)
  })
})
