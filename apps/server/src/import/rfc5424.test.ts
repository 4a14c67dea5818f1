import { newId } from '@decnet/kernel'
import { describe, expect, it } from 'vitest'
import { readings, recordsOf, told } from './read-lines.fixture.ts'
import { rfc5424Reader } from './rfc5424.ts'

const T = '2026-01-05T10:00:00.123Z'

describe('RFC 5424 lines', () => {
  it('pass as they are where they are our own', () => {
    const id = newId()
    const line = `<134>1 ${T} web-01 ssh - command [relay@55555 event_id="${id}" session_id="s1" src_ip="198.51.100.7" src_port="5" command="ls \\"x\\""]`
    expect(readings(rfc5424Reader, line)).toEqual([{ events: [{ ts: Date.parse(T), type: 'command', ip: '198.51.100.7', line }] }])
    expect(recordsOf(rfc5424Reader, line)).toMatchObject([{ id, sessionId: 's1', attackerPort: 5, body: { command: 'ls "x"' } }])
  })

  it('get an id of their content, the same each time, where they have none or one that is none', () => {
    const foreign = `<134>1 ${T} gw sshd 812 - [origin@32473 src="198.51.100.7" event_id="7"] Failed`
    const [first] = recordsOf(rfc5424Reader, foreign)
    const [again] = recordsOf(rfc5424Reader, `<134>1 ${T} gw sshd - - - other`, foreign).slice(1)
    expect(first?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/)
    expect(again?.id).toBe(first?.id)
    expect(first).toMatchObject({ attackerIp: '198.51.100.7', msg: 'Failed', body: { foreign_event_id: '7' } })
  })

  it.each([
    ['src_ip before src', '[a@1 src="192.0.2.1" src_ip="192.0.2.2"]', '192.0.2.2'],
    ['an address with a port', '[a@1 client_ip="192.0.2.3:5555"]', '192.0.2.3'],
    ['prose behind from', '- Failed password for root on 10.0.0.1 from 192.0.2.4 port 22', '192.0.2.4'],
    ['rhost=', '- authentication failure; rhost=2001:db8::7 user=root', '2001:db8::7'],
    ['client=', '- connect client=[192.0.2.5]', '192.0.2.5'],
    ['a bare address', '- 192.0.2.6 said hello', '192.0.2.6'],
    ['nothing', '- from 999.1.2.3', null],
  ])('say who it was: %s', (_what, rest, ip) => {
    expect(recordsOf(rfc5424Reader, `<134>1 ${T} gw app - login ${rest}`)).toMatchObject([{ attackerIp: ip }])
  })

  it('that another daemon wrapped mean what is within, at the time of the outer one', () => {
    const inner = '2020-01-01T00:00:00Z web-01 ssh - auth_attempt [relay@55555 src_ip="198.51.100.7"]'
    for (const body of [inner, `<13>1 ${inner}`])
      expect(recordsOf(rfc5424Reader, `<134>1 ${T} relay rsyslogd - - - ${body}`)).toMatchObject([
        { ts: Date.parse(T), decky: 'web-01', service: 'ssh', type: 'auth_attempt', attackerIp: '198.51.100.7' },
      ])
  })

  it('of a shell prompt are commands', () => {
    const [record] = recordsOf(
      rfc5424Reader,
      `<134>1 ${T} web-01 bash - - - CMD uid=0 user=root src=198.51.100.7 pwd=/root cmd=ls -la cmd=x`,
    )
    expect(record).toMatchObject({
      type: 'command',
      attackerIp: '198.51.100.7',
      body: { uid: '0', user: 'root', cwd: '/root', command: 'ls -la cmd=x' },
    })
  })

  it('without a session of their own are put into one', () => {
    const line = (second: number, host = 'gw') => `<134>1 2026-01-05T10:00:0${second}Z ${host} sshd - - - from 192.0.2.4`
    const ids = recordsOf(rfc5424Reader, line(0), line(1), line(2, 'other')).map(({ sessionId }) => sessionId)
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).not.toBe(ids[0])
  })

  it('may hold any bytes in their message, which are kept', () => {
    const bytes = Buffer.from('Invalid user \xff\xed\xa0\x80 from 192.0.2.4', 'latin1')
    for (const data of ['-', '[origin@32473 software="x"]']) {
      const [record] = recordsOf(rfc5424Reader, Buffer.concat([Buffer.from(`<134>1 ${T} gw sshd - login ${data} `), bytes]))
      expect(record).toMatchObject({ attackerIp: '192.0.2.4', msg: 'Invalid user \ufffd\ufffd\ufffd\ufffd from 192.0.2.4' })
      expect(Buffer.from(String(record?.body.msg_b64), 'base64')).toEqual(bytes)
    }
    const [typed] = recordsOf(rfc5424Reader, Buffer.from(`<134>1 ${T} web-01 bash - - - CMD src=192.0.2.4 cmd=cat \xff`, 'latin1'))
    expect(typed).toMatchObject({ type: 'command', attackerIp: '192.0.2.4', msg: null })
    expect(typed?.body).toMatchObject({ command_b64: Buffer.from('cat \xff', 'latin1').toString('base64') })
    expect(typed?.body).not.toHaveProperty('command')
  })

  it('without a line break are whole where their data says so, wherever they were cut', () => {
    const ours = `<134>1 ${T} web-01 ssh - connect [relay@55555 src_ip="198.51.100.7"]`
    const inner = `<134>1 ${T} relay rsyslogd - - - ${ours}`
    const unended = (line: string) => rfc5424Reader().read(Buffer.from(line), false)
    for (const whole of [ours, inner]) {
      expect(unended(whole)).toHaveProperty('events')
      for (let at = 0; at < whole.length; at++) expect(unended(whole.slice(0, at))).toHaveProperty('unknown')
    }
    for (const open of ['-', '- Failed', `[a@1 b="c"] Failed`, '- CMD src=192.0.2.4 cmd=ls'])
      expect(unended(`<134>1 ${T} gw app - - ${open}`)).toHaveProperty('unknown')
  })

  it('that are none, or say not where or when, are kept aside', () => {
    const reasons = readings(
      rfc5424Reader,
      'Jan  5 10:00:00 host sshd[1]: old',
      `<134>1 ${T} - app - x -`,
      `<134>1 ${T} host - - x -`,
      '<134>1 - host app - x -',
      '<134>1 2026-13-45T10:00:00Z host app - x -',
      Buffer.from(`<134>1 ${T} h a - x [a@1 b="\xff"]`, 'latin1'),
      `<134>1 ${T} h a - x - ${'x'.repeat(1024 * 1024)}`,
    )
    for (const reading of reasons) expect(reading).toHaveProperty('unknown')
  })

  it('of other kinds pass too', () => {
    expect(told(recordsOf(rfc5424Reader, `<134>1 ${T} web-01 mutator - decky_mutated [relay@55555 trigger="operator"]`))).toEqual([
      ['decky_mutated', { trigger: 'operator' }],
    ])
  })
})
