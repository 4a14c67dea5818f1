import { topics } from '@decnet/contracts/topics'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiRig, openApi, T0 } from './api.fixture.ts'

/** Awkward text, each in a command of its own. */
const ODD = [
  '100% sure',
  'snake_case',
  'back\\slash',
  'a "quoted" word',
  "it's",
  '<script>alert(1)</script>',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u202egnirts',
  'NUL\u0000NUL',
  'ünïcödé 漢字 😀',
  "'; drop table log; --",
  'line\nbreak\r\ttab',
]

describe('the search grammar over real rows', () => {
  let api: ApiRig
  let token: string
  beforeAll(async () => {
    api = await openApi()
    token = await api.login('vic')
    await api.feed(
      { type: 'connect', decky: 'web-01', service: 'ssh', sessionId: 'session-1', body: { local_port: '22' } },
      {
        type: 'auth_attempt',
        body: { principal: 'root', secret_b64: 'YWJj', secret_printable: 'abc', outcome: 'success' },
        msg: 'Accepted password',
      },
      { type: 'command', body: { command: 'uname -a', user: 'root', mode: 'exec' } },
      {
        type: 'http_request',
        decky: 'db-01',
        service: 'http',
        attackerIp: '2001:db8::7',
        sessionId: 'session-2',
        body: { path: '/a:b', method: 'GET' },
      },
      { type: 'tick', decky: 'sensor', service: 'sensor', attackerIp: null, sessionId: null, body: { connections: '1' } },
      ...ODD.map((command, at) => ({
        type: 'command',
        decky: 'odd-01',
        service: at === 0 ? 'constructor' : 'telnet',
        sessionId: 'session-3',
        attackerIp: '198.51.100.9',
        body: { command },
      })),
    )
  })
  afterAll(() => api[Symbol.asyncDispose]())

  const search = async (text: string) => {
    const answer = await api.request('GET', '/logs', { token, query: { search: text, limit: '1000' } })
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json<{ total: number; data: { event_type: string; topic: string; decky: string; fields: Record<string, unknown> }[] }>()
  }
  const types = async (text: string) => {
    const { data, total } = await search(text)
    expect(total).toBe(data.length)
    return data.filter((row) => row.topic === 'system.log').map((row) => row.event_type)
  }
  const commands = async (text: string) =>
    (await search(text)).data.flatMap((row) => (row.event_type === 'command' ? [row.fields.command] : []))

  it.each([
    ['decky:db-01', ['http_request']],
    ['service:http', ['http_request']],
    ['event:connect', ['connect']],
    ['event_type:connect', ['connect']],
    ['attacker:2001:db8::7', ['http_request']],
    ['attacker-ip:2001:db8::7', ['http_request']],
    ['attacker_ip:2001:db8::7', ['http_request']],
    ['session:session-2', ['http_request']],
    ['DECKY:db-01', ['http_request']],
    ['path:/a:b', ['http_request']],
    ['user:root', ['command']],
    ['principal:root outcome:success', ['auth_attempt']],
    ['principal:root outcome:failure', []],
    ['decky:web-01 event:command', ['command']],
    ['decky:web-01 -event:command -event:connect topic:system.log', ['auth_attempt']],
    ['"uname -a"', ['command']],
    ["'uname -a'", ['command']],
    ['uname\\ -a', ['command']],
    ['command:"uname -a"', ['command']],
    ['uname -nothing', ['command']],
    ['uname -root', []],
    ['Accepted', ['auth_attempt']],
    ['decky:db', []],
    ['event:tick', ['tick']],
    ['topic:decky.*.state', []],
    ['"open quote', []],
  ])('%s finds %j', async (text, expected) => {
    expect(await types(text)).toEqual(expected)
  })

  it('hides ticks unless they are asked for', async () => {
    expect(await types('')).not.toContain('tick')
  })

  it('topics take patterns, and derived records are found by numbers and truth values of theirs', async () => {
    expect((await search('topic:attacker.>')).data.every((row) => row.topic.startsWith('attacker.'))).toBe(true)
    expect((await search('topic:attacker.*')).data.map((row) => row.topic)).not.toContain('attacker.session.started')
    expect((await search('topic:attacker.observed')).total).toBe(3)
    const scored = await search(`topic:${topics.attackerScored.pattern} is_traversal:false`)
    expect(scored.total).toBeGreaterThan(0)
    const threshold = String(scored.data[0]?.fields.threshold)
    expect((await search(`topic:attacker.scored threshold:${threshold} is_traversal:false`)).total).toBeGreaterThan(0)
    expect((await search('topic:attacker.scored is_traversal:true')).total).toBe(0)
  })

  it.each(ODD)('%j is found by its own text and comes back as it was', async (text) => {
    const word = JSON.stringify(text).replaceAll('\\n', '\n').replaceAll('\\r', '\r').replaceAll('\\t', '\t')
    const quoted = `'${text.replaceAll("'", `'"'"'`)}'`
    expect(await commands(quoted), word).toEqual([text])
    expect(await commands(`decky:odd-01 command:${quoted}`)).toEqual([text])
    expect(await commands(`decky:odd-01 -${quoted} event:command`)).toHaveLength(ODD.length - 1)
  })

  it.each([
    ['%', ['100% sure']],
    ['_', ['snake_case']],
    ["'\\'", ['back\\slash']],
    ['100%', ['100% sure']],
    ['s%e', []],
    ['snake?case', []],
  ])('%s stands for itself only', async (text, expected) => {
    expect(await commands(`decky:odd-01 ${text}`)).toEqual(expected)
  })

  it.each([
    `a"b:c`,
    `$:x`,
    `command.x:y`,
    `command']:x`,
    `"com'mand":x`,
    `-`,
    `--`,
    `:`,
    `a:`,
    `:b`,
    `\\`,
    `"`,
    `'`,
    `-"`,
    ' ',
    `decky:`,
    `topic:>.>`,
    `topic:`,
    `topic:a..b`,
    `topic:%`,
  ])('%j breaks nothing', async (text) => {
    await search(text)
    await search(`${text} ${text}`)
  })

  it('forty words are as good as thirty-two', async () => {
    expect(await types(Array.from({ length: 40 }, () => 'uname').join(' '))).toEqual(['command'])
  })

  it('a search over 512 characters is refused', async () => {
    const answer = await api.request('GET', '/logs', { token, query: { search: 'x'.repeat(513) } })
    expect([answer.statusCode, answer.json().errors]).toEqual([422, [{ field: 'search', message: expect.any(String) }]])
  })

  it('rows carry their RFC 5424 line, with the exact text', async () => {
    const { data } = await search("decky:odd-01 'it'\"'\"'s'")
    expect(data[0]).toMatchObject({ raw_line: expect.stringContaining(`command="it's"`), fields: { command: "it's" } })
  })

  it('a histogram counts what the search finds, by service and time', async () => {
    type Bars = { count: number }[]
    const bars = async (query: Record<string, string>) => (await api.request('GET', '/logs/histogram', { token, query })).json<Bars>()
    for (const search of ['', '-service:ssh', '-topic:system.log', 'topic:attacker.scored']) {
      const { total } = (await api.request('GET', '/logs', { token, query: { search } })).json<{ total: number }>()
      expect(
        (await bars({ search })).reduce((sum, { count }) => sum + count, 0),
        search,
      ).toBe(total)
    }
    expect(await bars({ search: 'topic:system.log' })).toEqual([
      { time: new Date(T0).toISOString(), count: 4 + ODD.length, services: { ssh: 3, http: 1, constructor: 1, telnet: ODD.length - 1 } },
    ])
    expect(await bars({ search: 'service:http topic:system.log', interval_minutes: '60' })).toEqual([
      { time: new Date(T0).toISOString(), count: 1, services: { http: 1 } },
    ])
    expect(await bars({ start_time: new Date(T0 + 60_000).toISOString() })).toEqual([])
    expect((await bars({ interval_minutes: String(1 / 60) })).length).toBe(1)
    expect((await api.request('GET', '/logs/histogram', { token, query: { interval_minutes: '0.001' } })).statusCode).toBe(422)
  })
})
