import type { Call, Handler } from '../instance.ts'
import { globMatch } from '../keyspace.ts'
import { array, bulk, fail, integer, map, nil, ok, type Reply } from '../reply.ts'
import { doubleText, key, NOT_FLOAT, NOT_INTEGER, parseFloatText, parseInteger } from './shared.ts'

const hash = (call: Call) => call.instance.keyspace.typed(call.client.database, key(call, 1), 'hash')
const none: ReadonlyMap<string, Buffer> = new Map()
const fieldsOf = (call: Call) => hash(call)?.fields ?? none

function put(call: Call, field: string, value: Buffer): boolean {
  const { keyspace } = call.instance
  keyspace.admit(field.length + value.length + 32)
  const { fields } = keyspace.open(call.client.database, key(call, 1), () => ({ type: 'hash', fields: new Map() }), 'hash')
  const old = fields.get(field)
  fields.set(field, value)
  keyspace.changed(call.client.database, key(call, 1), old ? value.length - old.length : field.length + value.length + 32)
  return old === undefined
}

function putAll(call: Call): number | Reply {
  if (call.words.length % 2 !== 0) return fail(`ERR wrong number of arguments for '${call.text(0).toLowerCase()}' command`)
  let fresh = 0
  for (let at = 2; at < call.words.length; at += 2) if (put(call, call.text(at), call.words[at + 1] ?? Buffer.alloc(0))) fresh++
  return fresh
}
const maybe = (value: Buffer | undefined): Reply => (value ? bulk(value) : nil)

/** Commands on hashes. */
export const hashes: Readonly<Record<string, Handler>> = {
  hset: (call) => {
    const fresh = putAll(call)
    return typeof fresh === 'number' ? integer(fresh) : fresh
  },
  hmset: (call) => {
    const fresh = putAll(call)
    return typeof fresh === 'number' ? ok : fresh
  },
  hsetnx: (call) => {
    if (fieldsOf(call).has(call.text(2))) return integer(0)
    put(call, call.text(2), call.words[3] ?? Buffer.alloc(0))
    return integer(1)
  },
  hget: (call) => maybe(fieldsOf(call).get(call.text(2))),
  hmget: (call) => {
    const fields = fieldsOf(call)
    return array(call.words.slice(2).map((word) => maybe(fields.get(word.toString('latin1')))))
  },
  hgetall: (call) => map([...fieldsOf(call)].map(([name, value]) => [bulk(name), bulk(value)] as const)),
  hkeys: (call) => array([...fieldsOf(call).keys()].map(bulk)),
  hvals: (call) => array([...fieldsOf(call).values()].map(bulk)),
  hlen: (call) => integer(fieldsOf(call).size),
  hexists: (call) => integer(fieldsOf(call).has(call.text(2)) ? 1 : 0),
  hstrlen: (call) => integer(fieldsOf(call).get(call.text(2))?.length ?? 0),
  hdel: (call) => {
    const target = hash(call)
    if (!target) return integer(0)
    let gone = 0
    for (const word of call.words.slice(2)) {
      const name = word.toString('latin1')
      const old = target.fields.get(name)
      if (!old) continue
      target.fields.delete(name)
      call.instance.keyspace.changed(call.client.database, key(call, 1), -name.length - old.length - 32)
      gone++
    }
    return integer(gone)
  },
  hincrby: (call) => {
    const by = parseInteger(call.text(3))
    if (by === null) return fail(NOT_INTEGER)
    const now = parseInteger(fieldsOf(call).get(call.text(2))?.toString('latin1') ?? '0')
    if (now === null) return fail('ERR hash value is not an integer')
    if (!Number.isSafeInteger(now + by)) return fail('ERR increment or decrement would overflow')
    put(call, call.text(2), Buffer.from(String(now + by)))
    return integer(now + by)
  },
  hincrbyfloat: (call) => {
    const by = parseFloatText(call.text(3))
    if (by === null) return fail(NOT_FLOAT)
    const now = parseFloatText(fieldsOf(call).get(call.text(2))?.toString('latin1') ?? '0')
    if (now === null) return fail('ERR hash value is not a float')
    const sum = doubleText(now + by)
    put(call, call.text(2), Buffer.from(sum))
    return bulk(sum)
  },
  hscan: (call) => {
    const pattern = call.text(3).toUpperCase() === 'MATCH' ? call.text(4) : '*'
    const shown = [...fieldsOf(call)].filter(([name]) => globMatch(pattern, name))
    return array([bulk('0'), array(shown.flatMap(([name, value]) => [bulk(name), bulk(value)]))])
  },
  hrandfield: (call) => {
    const first = [...fieldsOf(call).keys()][0]
    if (call.words.length > 2) return array(first === undefined ? [] : [bulk(first)])
    return first === undefined ? nil : bulk(first)
  },
}
