import type { Call, Handler } from '../instance.ts'
import { globMatch, type Value } from '../keyspace.ts'
import { array, bulk, fail, help, integer, nil, ok, type Reply, simple } from '../reply.ts'
import { key, NOT_INTEGER, parseInteger, SYNTAX } from './shared.ts'

const find = (call: Call, index: number) => call.instance.keyspace.find(call.client.database, key(call, index))
const missing = fail('ERR no such key')

function expire(call: Call, toMs: (amount: number, now: number) => number): Reply {
  const amount = parseInteger(call.text(2))
  if (amount === null) return fail(NOT_INTEGER)
  const option = call.text(3).toUpperCase()
  if (call.words.length > 3 && !/^(NX|XX|GT|LT)$/u.test(option)) return fail(`ERR Unsupported option ${call.text(3)}`)
  const entry = find(call, 1)
  if (!entry) return integer(0)
  const at = toMs(amount, call.around.now())
  const refused =
    (option === 'NX' && entry.expiresAt !== null) ||
    (option === 'XX' && entry.expiresAt === null) ||
    (option === 'GT' && (entry.expiresAt === null || at <= entry.expiresAt)) ||
    (option === 'LT' && entry.expiresAt !== null && at >= entry.expiresAt)
  if (refused) return integer(0)
  entry.expiresAt = at
  find(call, 1)
  return integer(1)
}

function remaining(call: Call, unit: number): Reply {
  const entry = find(call, 1)
  if (!entry) return integer(-2)
  return integer(entry.expiresAt === null ? -1 : Math.round((entry.expiresAt - call.around.now()) / unit))
}

function rename(call: Call, onlyNew: boolean): Reply {
  const entry = find(call, 1)
  if (!entry) return missing
  if (onlyNew && find(call, 2)) return integer(0)
  const { keyspace } = call.instance
  keyspace.remove(call.client.database, key(call, 1))
  keyspace.put(call.client.database, key(call, 2), entry.value, entry.expiresAt)
  return onlyNew ? integer(1) : ok
}

function copyOf(value: Value): Value {
  switch (value.type) {
    case 'string':
      return { ...value }
    case 'list':
      return { ...value, items: [...value.items] }
    case 'hash':
      return { ...value, fields: new Map(value.fields) }
    case 'set':
      return { ...value, members: new Set(value.members) }
    case 'zset':
      return { ...value, scores: new Map(value.scores) }
  }
}

/** What OBJECT ENCODING calls the representation. */
export function encodingOf(value: Value, major: number): string {
  const small = (count: number, sizes: Iterable<number>) => count <= 128 && [...sizes].every((size) => size <= 64)
  const packed = major >= 7 ? 'listpack' : 'ziplist'
  switch (value.type) {
    case 'string':
      return /^(?:0|-?[1-9]\d{0,17})$/u.test(value.bytes.toString('latin1', 0, 20)) && value.bytes.length <= 19
        ? 'int'
        : value.bytes.length <= 44
          ? 'embstr'
          : 'raw'
    case 'list':
      return 'quicklist'
    case 'hash':
      return value.fields.size <= 512 && [...value.fields].every(([name, bytes]) => name.length <= 64 && bytes.length <= 64)
        ? packed
        : 'hashtable'
    case 'set':
      return value.members.size <= 512 && [...value.members].every((member) => parseInteger(member) !== null) ? 'intset' : 'hashtable'
    case 'zset':
      return small(
        value.scores.size,
        [...value.scores.keys()].map((member) => member.length),
      )
        ? packed
        : 'skiplist'
  }
}

function scan(call: Call): Reply {
  if (!/^\d{1,20}$/u.test(call.text(1))) return fail('ERR invalid cursor')
  let pattern = '*'
  let count = 10
  let type = ''
  for (let at = 2; at < call.words.length; at += 2) {
    const option = call.text(at).toUpperCase()
    if (at + 1 >= call.words.length) return fail(SYNTAX)
    if (option === 'MATCH') pattern = call.text(at + 1)
    else if (option === 'TYPE') type = call.text(at + 1).toLowerCase()
    else if (option === 'COUNT') {
      const wanted = parseInteger(call.text(at + 1))
      if (wanted === null) return fail(NOT_INTEGER)
      if (wanted < 1) return fail(SYNTAX)
      count = wanted
    } else return fail(SYNTAX)
  }
  const keys = call.instance.keyspace.keys(call.client.database)
  const start = Number(call.text(1))
  const page = keys.slice(start, start + count)
  const next = start + count >= keys.length ? 0 : start + count
  const shown = page.filter((name) => globMatch(pattern, name) && (type === '' || typeName(call, name) === type))
  return array([bulk(String(next)), array(shown.map(bulk))])
}
const typeName = (call: Call, name: string) => call.instance.keyspace.find(call.client.database, name)?.value.type ?? 'none'

const objectHelp = [
  'OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:',
  'ENCODING <key>',
  '    Return the kind of internal representation used in order to store the value',
  '    associated with a <key>.',
  'FREQ <key>',
  '    Return the access frequency index of the <key>. The returned integer is',
  '    proportional to the logarithm of the recent access frequency of the key.',
  'IDLETIME <key>',
  '    Return the idle time of the <key>, that is the approximated number of',
  '    seconds elapsed since the last access to the key.',
  'REFCOUNT <key>',
  '    Return the number of references of the value associated with the specified',
  '    <key>.',
  'HELP',
  '    Prints this help.',
]

const flush =
  (all: boolean): Handler =>
  (call) => {
    if (call.words.length > 2 || (call.words.length === 2 && !/^(a?sync)$/iu.test(call.text(1)))) return fail(SYNTAX)
    call.instance.keyspace.clear(all ? undefined : call.client.database)
    return ok
  }
const remove: Handler = (call) =>
  integer(
    call.words
      .slice(1)
      .filter((_, index) => find(call, index + 1) && call.instance.keyspace.remove(call.client.database, key(call, index + 1))).length,
  )
const count: Handler = (call) => integer(call.words.slice(1).filter((_, index) => find(call, index + 1) !== undefined).length)

/** Commands on keys, whatever they hold. */
export const keys: Readonly<Record<string, Handler>> = {
  del: remove,
  unlink: remove,
  exists: count,
  touch: count,
  keys: (call) =>
    array(
      call.instance.keyspace
        .keys(call.client.database)
        .filter((name) => globMatch(call.text(1), name))
        .map(bulk),
    ),
  scan,
  type: (call) => simple(typeName(call, key(call, 1))),
  ttl: (call) => remaining(call, 1000),
  pttl: (call) => remaining(call, 1),
  expire: (call) => expire(call, (amount, now) => now + amount * 1000),
  pexpire: (call) => expire(call, (amount, now) => now + amount),
  expireat: (call) => expire(call, (amount) => amount * 1000),
  pexpireat: (call) => expire(call, (amount) => amount),
  expiretime: (call) => {
    const entry = find(call, 1)
    return integer(entry ? (entry.expiresAt === null ? -1 : Math.floor(entry.expiresAt / 1000)) : -2)
  },
  persist: (call) => {
    const entry = find(call, 1)
    if (!entry || entry.expiresAt === null) return integer(0)
    entry.expiresAt = null
    return integer(1)
  },
  rename: (call) => rename(call, false),
  renamenx: (call) => rename(call, true),
  copy: (call) => {
    const entry = find(call, 1)
    const replace = call.text(3).toUpperCase() === 'REPLACE'
    if (call.words.length > 3 && !replace) return fail(SYNTAX)
    if (!entry || (find(call, 2) && !replace)) return integer(0)
    call.instance.keyspace.put(call.client.database, key(call, 2), copyOf(entry.value), entry.expiresAt)
    return integer(1)
  },
  move: (call) => {
    const to = parseInteger(call.text(2))
    const entry = find(call, 1)
    if (to === null || to < 0 || to > 15) return fail(to === null ? NOT_INTEGER : 'ERR DB index is out of range')
    if (to === call.client.database) return fail('ERR source and destination objects are the same')
    if (!entry || call.instance.keyspace.find(to, key(call, 1))) return integer(0)
    call.instance.keyspace.remove(call.client.database, key(call, 1))
    call.instance.keyspace.put(to, key(call, 1), entry.value, entry.expiresAt)
    return integer(1)
  },
  randomkey: (call) => {
    const all = call.instance.keyspace.keys(call.client.database)
    const chosen = all[Math.floor(call.around.random() * all.length)]
    return chosen === undefined ? nil : bulk(chosen)
  },
  dbsize: (call) => integer(call.instance.keyspace.keys(call.client.database).length),
  flushall: flush(true),
  flushdb: flush(false),
  'object|encoding': (call) => {
    const entry = find(call, 2)
    return entry ? bulk(encodingOf(entry.value, call.instance.major)) : nil
  },
  'object|refcount': (call) => (find(call, 2) ? integer(1) : nil),
  'object|idletime': (call) => (find(call, 2) ? integer(0) : nil),
  'object|freq': (call) =>
    find(call, 2)
      ? fail(
          'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
        )
      : nil,
  'object|help': () => help(objectHelp),
}
