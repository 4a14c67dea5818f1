import { describe, expect, it } from 'vitest'
import { openCanaryReader } from './opencanary.ts'
import { readings, recordsOf, secretOf, told } from './read-lines.fixture.ts'

const line = (logtype: number, logdata: Record<string, unknown> = {}, fields: Record<string, unknown> = {}) => ({
  logtype,
  logdata,
  node_id: 'opencanary-1',
  src_host: '198.51.100.7',
  src_port: 40_000 + (logtype % 1000),
  dst_host: '10.0.0.2',
  dst_port: 21,
  utc_time: '2026-01-05 10:00:00.123456',
  ...fields,
})

describe("OpenCanary's log", () => {
  it.each([
    [2000, 'ftp', { USERNAME: 'u', PASSWORD: 'p' }, 'auth_attempt', { principal: 'u', secret_printable: 'p', outcome: 'failure' }],
    [
      3000,
      'http',
      { PATH: '/index.html', USERAGENT: 'curl/8', HOSTNAME: 'h' },
      'http_request',
      { method: 'GET', path: '/index.html', user_agent: 'curl/8' },
    ],
    [4001, 'ssh', { REMOTEVERSION: 'SSH-2.0-Go' }, 'client_hello', { client_version: 'SSH-2.0-Go' }],
    [4002, 'ssh', { USERNAME: 'root', PASSWORD: 'toor' }, 'auth_attempt', { principal: 'root', method: 'password' }],
    [5000, 'smb', { SHARENAME: 'docs', FILENAME: 'a.txt' }, 'command', { command: 'docs a.txt', mode: 'protocol' }],
    [6001, 'telnet', { USERNAME: 'a', PASSWORD: 'b' }, 'auth_attempt', { principal: 'a' }],
    [7001, 'http-proxy', { USERNAME: 'a', PASSWORD: 'b' }, 'auth_attempt', { method: 'basic' }],
    [8001, 'mysql', { USERNAME: 'a', PASSWORD: 'ff00' }, 'auth_attempt', { secret_kind: 'mysql_native_password' }],
    [9001, 'mssql', { UserName: 'sa', Password: 'x' }, 'auth_attempt', { principal: 'sa', secret_printable: 'x' }],
    [10001, 'tftp', { OPCODE: 'READ', FILENAME: 'cfg' }, 'command', { command: 'READ cfg' }],
    [11001, 'ntp', { 'NTP CMD': 'monlist' }, 'command', { command: 'monlist' }],
    [
      12001,
      'vnc',
      { 'VNC Server Challenge': 'aa', 'VNC Client Response': 'bb', 'VNC Password': '<unknown>' },
      'auth_attempt',
      { secret_kind: 'vnc_des', secret_b64: 'uw==', challenge: 'aa' },
    ],
    [
      13001,
      'snmp',
      { COMMUNITY_STRING: 'public', REQUESTS: ['1.3.6'] },
      'auth_attempt',
      { method: 'community', secret_printable: 'public' },
    ],
    [14001, 'rdp', { USERNAME: 'adm', PASSWORD: '' }, 'auth_attempt', { principal: 'adm' }],
    [15001, 'sip', { HEADERS: { from: ['x'] } }, 'command', { command: 'from: x' }],
    [16001, 'git', { REPO: 'r.git', HOST: 'h' }, 'command', { command: 'git-upload-pack r.git h' }],
    [17001, 'redis', { CMD: 'CONFIG', ARGS: "'GET' '*'" }, 'command', { command: "CONFIG 'GET' '*'" }],
    [18005, 'tcp-banner', { DATA: 'hello' }, 'protocol_error', { sample: 'hello' }],
  ] as const)('%i is %s: a visit, and what was done', (logtype, service, logdata, type, body) => {
    const records = recordsOf(openCanaryReader, line(logtype, logdata))
    expect(records.slice(0, 2).map(({ type }) => type)).toEqual(['connect', type])
    expect(records[1]).toMatchObject({ service, decky: 'opencanary-1', attackerIp: '198.51.100.7', ts: 1767607200123, body })
  })

  it.each([4000, 5001, 18001])('%i is a visit alone', (logtype) => {
    expect(told(recordsOf(openCanaryReader, line(logtype)))).toEqual([
      ['connect', { logtype: String(logtype), local_port: '21', local_ip: '10.0.0.2' }],
    ])
  })

  it('makes one session of the lines between the same ends, until they are silent for long', () => {
    const at = (utc_time: string, src_port = 1) => line(4002, { PASSWORD: 'x' }, { utc_time, src_port })
    const records = recordsOf(
      openCanaryReader,
      at('2026-01-05 10:00:00.0'),
      at('2026-01-05 10:10:00.0'),
      at('2026-01-05 10:10:00.0', 2),
      at('2026-01-05 11:00:00.0'),
    )
    const sessions = records.filter(({ type }) => type === 'auth_attempt').map(({ sessionId }) => sessionId)
    expect(sessions[1]).toBe(sessions[0])
    expect(new Set(sessions).size).toBe(3)
    expect(records.filter(({ type }) => type === 'connect')).toHaveLength(3)
  })

  it('keeps the exact bytes of a secret, and reads behind what a log daemon put before the object', () => {
    const text = `Jan  5 10:00:00 host opencanaryd[7]: ${JSON.stringify(line(2000, { USERNAME: 'u', PASSWORD: 'X' }))}`
    const [before = '', after = ''] = text.split('X')
    const [, record] = recordsOf(openCanaryReader, Buffer.concat([Buffer.from(before), Buffer.from([0xfe, 0xff]), Buffer.from(after)]))
    expect(record && secretOf(record)).toEqual(Buffer.from([0xfe, 0xff]))
  })

  it('passes over what it says of itself, and keeps aside what it does not know', () => {
    expect(
      readings(
        openCanaryReader,
        line(1001),
        line(77),
        { ...line(2000), logtype: 1000.5 },
        { logtype: 'x' },
        line(2000, {}, { utc_time: '' }),
        '{',
      ),
    ).toEqual([
      { unused: 'logtype 1001' },
      { unknown: 'a logtype that is not known' },
      { unknown: 'no logtype' },
      { unknown: 'no logtype' },
      { unknown: 'no time' },
      { unknown: 'not a JSON object' },
    ])
  })

  it('survives data of any shape, and keeps aside what it would have to pass over', () => {
    for (const logtype of [2000, 3001, 12001, 13001, 15001, 17001]) {
      for (const logdata of [null, '', {}, { PASSWORD: [1] }, { 'VNC Client Response': 'zz' }])
        expect(recordsOf(openCanaryReader, { ...line(logtype), logdata }).length).toBeGreaterThan(0)
      for (const logdata of [7, ['x'], true, 'text'])
        expect(readings(openCanaryReader, { ...line(logtype), logdata })).toEqual([{ unknown: 'logdata is no object' }])
      for (const odd of [{ a: 1 }, true, ['a', 'b'], [null, 'b']])
        expect(readings(openCanaryReader, { ...line(logtype), logdata: { USERNAME: odd } })).toEqual([{ unknown: 'USERNAME is no text' }])
    }
    expect(readings(openCanaryReader, { ...line(2000), src_host: { x: 1 } })).toEqual([{ unknown: 'src_host is no text' }])
  })
})
