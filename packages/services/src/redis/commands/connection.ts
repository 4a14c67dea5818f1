import { timingSafeEqual } from 'node:crypto'
import type { Call, Client, Handler } from '../instance.ts'
import { array, bulk, fail, integer, map, nil, ok, type Reply, set, simple } from '../reply.ts'
import { parseInteger, SYNTAX } from './shared.ts'

const WRONG = 'WRONGPASS invalid username-password pair or user is disabled.'

/** Whether name and password open the server; name absent = the default user. */
export function checkPassword(call: Call, name: string, password: Buffer): boolean {
  const wanted = Buffer.from(call.instance.settings.get('requirepass'), 'latin1')
  if (name !== 'default') return false
  return wanted.length === 0 || (wanted.length === password.length && timingSafeEqual(wanted, password))
}

function auth(call: Call): Reply {
  if (call.words.length > 3) return fail(SYNTAX)
  const named = call.words.length === 3
  if (!named && call.instance.settings.get('requirepass') === '')
    return fail(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    )
  const good = checkPassword(call, named ? call.text(1) : 'default', call.words[named ? 2 : 1] ?? Buffer.alloc(0))
  if (good) call.client.authenticated = true
  return good ? ok : fail(WRONG)
}

function hello(call: Call): Reply {
  let protocol = call.client.protocol
  if (call.words.length > 1) {
    const version = parseInteger(call.text(1))
    if (version === null) return fail('ERR Protocol version is not an integer or out of range')
    if (version !== 2 && version !== 3) return fail('NOPROTO unsupported protocol version')
    protocol = version
  }
  let name: string | null = null
  for (let at = 2; at < call.words.length; at++) {
    const option = call.text(at).toUpperCase()
    if (option === 'AUTH' && at + 2 < call.words.length) {
      if (!checkPassword(call, call.text(at + 1), call.words[at + 2] ?? Buffer.alloc(0))) return fail(WRONG)
      call.client.authenticated = true
      at += 2
    } else if (option === 'SETNAME' && at + 1 < call.words.length) {
      name = call.text(++at)
      if (!named(name)) return fail(BAD_NAME)
    } else return fail(`ERR Syntax error in HELLO option '${call.text(at)}'`)
  }
  if (!call.client.authenticated)
    return fail(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    )
  call.client.protocol = protocol
  if (name !== null) call.client.name = name
  return map([
    [bulk('server'), bulk('redis')],
    [bulk('version'), bulk(call.instance.version)],
    [bulk('proto'), integer(protocol)],
    [bulk('id'), integer(call.client.id)],
    [bulk('mode'), bulk('standalone')],
    [bulk('role'), bulk(call.instance.master ? 'replica' : 'master')],
    [bulk('modules'), array([])],
  ])
}

const BAD_NAME = 'ERR Client names cannot contain spaces, newlines or special characters.'
const named = (text: string) => /^[!-~]*$/u.test(text)

function line(client: Client, now: number, instance: Call['instance']): string {
  const seconds = (since: number) => Math.max(0, Math.floor((now - since) / 1000))
  const flags = client.monitors ? 'O' : client.channels.size + client.patterns.size > 0 ? 'P' : 'N'
  const since7 = (text: string) => (instance.major >= 7 ? text : '')
  return (
    `id=${client.id} addr=${client.address} ${since7(`laddr=${client.local} `)}fd=${7 + (client.id % 12)} name=${client.name} age=${seconds(client.since)} idle=${seconds(client.lastAt)} ` +
    `flags=${flags} db=${client.database} sub=${client.channels.size} psub=${client.patterns.size} ${since7('ssub=0 ')}multi=${client.queue?.length ?? -1} ` +
    `qbuf=26 qbuf-free=${instance.major >= 7 ? 20_448 : 32_742} ${since7('argv-mem=10 multi-mem=0 rbs=1024 rbp=0 ')}obl=0 oll=0 omem=0 ` +
    `${since7('tot-mem=22298 ')}events=r cmd=${client.lastCommand} user=default${since7(` redir=-1 resp=${client.protocol}`)}\n`
  )
}

function kill(call: Call): Reply {
  const pairs = call.words.length > 3
  const target = pairs ? call.text(3) : call.text(2)
  const kind = pairs ? call.text(2).toUpperCase() : 'ADDR'
  const hit = [...call.instance.clients.values()].filter((client) =>
    kind === 'ID' ? String(client.id) === target : client.address === target,
  )
  if (hit.length === 0) return pairs ? integer(0) : fail('ERR No such client')
  for (const client of hit) client.closing = true
  return pairs ? integer(hit.length) : ok
}

/** Commands on the connection itself. */
export const connection: Readonly<Record<string, Handler>> = {
  ping: (call) => {
    if (call.words.length > 2) return fail("ERR wrong number of arguments for 'ping' command")
    const word = call.words[1]
    if (call.client.protocol === 2 && call.client.channels.size + call.client.patterns.size > 0)
      return array([bulk('pong'), bulk(word ?? '')])
    return word ? bulk(word) : simple('PONG')
  },
  echo: (call) => bulk(call.words[1] ?? ''),
  auth,
  hello,
  quit: (call) => {
    call.client.closing = true
    return ok
  },
  reset: (call) => {
    Object.assign(call.client, {
      queue: null,
      protocol: 2,
      database: 0,
      name: '',
      monitors: false,
      authenticated: call.instance.settings.get('requirepass') === '',
    })
    call.client.channels.clear()
    call.client.patterns.clear()
    return simple('RESET')
  },
  select: (call) => {
    const index = parseInteger(call.text(1))
    if (index === null) return fail(call.instance.major >= 7 ? 'ERR value is not an integer or out of range' : 'ERR invalid DB index')
    if (index < 0 || index > 15) return fail('ERR DB index is out of range')
    call.client.database = index
    return ok
  },
  swapdb: (call) => {
    const [a, b] = [parseInteger(call.text(1)), parseInteger(call.text(2))]
    if (a === null || b === null) return fail(`ERR invalid ${a === null ? 'first' : 'second'} DB index`)
    if (Math.min(a, b) < 0 || Math.max(a, b) > 15) return fail('ERR DB index is out of range')
    call.instance.keyspace.swap(a, b)
    return ok
  },
  'client|id': (call) => integer(call.client.id),
  'client|getname': (call) => (call.client.name === '' ? nil : bulk(call.client.name)),
  'client|setname': (call) => {
    if (!named(call.text(2))) return fail(BAD_NAME)
    call.client.name = call.text(2)
    return ok
  },
  'client|list': (call) =>
    bulk([...call.instance.clients.values()].map((client) => line(client, call.around.now(), call.instance)).join('')),
  'client|info': (call) => bulk(line(call.client, call.around.now(), call.instance)),
  'client|kill': kill,
  'client|no-evict': () => ok,
  'client|pause': () => ok,
  'client|unpause': () => ok,
  'client|reply': (call) => (/^(on|off|skip)$/iu.test(call.text(2)) ? ok : fail(SYNTAX)),
  'client|getredir': () => integer(-1),
  'client|caching': () =>
    fail('ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled'),
  'client|tracking': () => ok,
  'client|trackinginfo': () =>
    map([
      [bulk('flags'), set([bulk('off')])],
      [bulk('redirect'), integer(-1)],
      [bulk('prefixes'), array([])],
    ]),
  'client|unblock': () => integer(0),
}
