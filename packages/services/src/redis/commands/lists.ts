import type { Call, Handler } from '../instance.ts'
import { array, bulk, fail, integer, nil, nilArray, ok, type Reply } from '../reply.ts'
import { key, NOT_INTEGER, parseInteger, SYNTAX, span } from './shared.ts'

const list = (call: Call, index = 1) => call.instance.keyspace.typed(call.client.database, key(call, index), 'list')
const changed = (call: Call, delta: number, index = 1) => call.instance.keyspace.changed(call.client.database, key(call, index), delta)

function push(call: Call, left: boolean, onlyExisting: boolean): Reply {
  if (onlyExisting && !list(call)) return integer(0)
  const items = call.words.slice(2)
  const bytes = items.reduce((sum, item) => sum + item.length + 16, 0)
  call.instance.keyspace.admit(bytes)
  const target = call.instance.keyspace.open(call.client.database, key(call, 1), () => ({ type: 'list', items: [] }), 'list')
  if (left) target.items.unshift(...[...items].reverse())
  else target.items.push(...items)
  changed(call, bytes)
  return integer(target.items.length)
}

function take(call: Call, left: boolean, index = 1): Buffer | undefined {
  const target = list(call, index)
  const item = left ? target?.items.shift() : target?.items.pop()
  if (item) changed(call, -item.length - 16, index)
  return item
}

function pop(call: Call, left: boolean): Reply {
  const wanted = call.words.length > 2 ? parseInteger(call.text(2)) : 1
  if (call.words.length > 3) return fail(`ERR wrong number of arguments for '${call.text(0).toLowerCase()}' command`)
  if (wanted === null || wanted < 0) return fail('ERR value is out of range, must be positive')
  if (call.words.length === 2) {
    const item = take(call, left)
    return item ? bulk(item) : nil
  }
  const target = list(call)
  if (!target) return call.instance.major >= 7 ? nilArray : nil
  const items = Array.from({ length: Math.min(wanted, target.items.length) }, () => take(call, left) ?? Buffer.alloc(0))
  return array(items.map(bulk))
}

/** Blocking forms answer at once: what there is, or what a timeout gives. */
const blockingPop =
  (left: boolean): Handler =>
  (call) => {
    for (let at = 1; at < call.words.length - 1; at++) {
      const item = take(call, left, at)
      if (item) return array([bulk(key(call, at)), bulk(item)])
    }
    return nilArray
  }

function insert(call: Call): Reply {
  const where = call.text(2).toUpperCase()
  if (where !== 'BEFORE' && where !== 'AFTER') return fail(SYNTAX)
  const target = list(call)
  if (!target) return integer(0)
  const [pivot, item] = [call.words[3], call.words[4] ?? Buffer.alloc(0)]
  const at = target.items.findIndex((each) => pivot !== undefined && each.equals(pivot))
  if (at < 0) return integer(-1)
  call.instance.keyspace.admit(item.length + 16)
  target.items.splice(where === 'BEFORE' ? at : at + 1, 0, item)
  changed(call, item.length + 16)
  return integer(target.items.length)
}

/** Commands on lists. */
export const lists: Readonly<Record<string, Handler>> = {
  lpush: (call) => push(call, true, false),
  rpush: (call) => push(call, false, false),
  lpushx: (call) => push(call, true, true),
  rpushx: (call) => push(call, false, true),
  lpop: (call) => pop(call, true),
  rpop: (call) => pop(call, false),
  blpop: blockingPop(true),
  brpop: blockingPop(false),
  llen: (call) => integer(list(call)?.items.length ?? 0),
  lrange: (call) => {
    const [from, to] = [parseInteger(call.text(2)), parseInteger(call.text(3))]
    if (from === null || to === null) return fail(NOT_INTEGER)
    const items = list(call)?.items ?? []
    const range = span(from, to, items.length)
    return array(range === null ? [] : items.slice(range[0], range[1] + 1).map(bulk))
  },
  lindex: (call) => {
    const at = parseInteger(call.text(2))
    if (at === null) return fail(NOT_INTEGER)
    const item = list(call)?.items.at(at)
    return item ? bulk(item) : nil
  },
  lset: (call) => {
    const target = list(call)
    if (!target) return fail('ERR no such key')
    const at = parseInteger(call.text(2))
    if (at === null) return fail(NOT_INTEGER)
    const index = at < 0 ? target.items.length + at : at
    const [old, item] = [target.items[index], call.words[3] ?? Buffer.alloc(0)]
    if (!old) return fail('ERR index out of range')
    call.instance.keyspace.admit(item.length)
    target.items[index] = item
    changed(call, item.length - old.length)
    return ok
  },
  lrem: (call) => {
    const wanted = parseInteger(call.text(2))
    if (wanted === null) return fail(NOT_INTEGER)
    const target = list(call)
    const item = call.words[3] ?? Buffer.alloc(0)
    if (!target) return integer(0)
    let left = wanted === 0 ? target.items.length : Math.abs(wanted)
    const keep = (each: Buffer) => !each.equals(item) || left-- <= 0
    const before = target.items.length
    const kept = wanted < 0 ? [...target.items].reverse().filter(keep).reverse() : target.items.filter(keep)
    target.items.splice(0, target.items.length, ...kept)
    changed(call, (kept.length - before) * (item.length + 16))
    return integer(before - kept.length)
  },
  ltrim: (call) => {
    const [from, to] = [parseInteger(call.text(2)), parseInteger(call.text(3))]
    if (from === null || to === null) return fail(NOT_INTEGER)
    const target = list(call)
    if (!target) return ok
    const range = span(from, to, target.items.length)
    const kept = range === null ? [] : target.items.slice(range[0], range[1] + 1)
    const weigh = (items: readonly Buffer[]) => items.reduce((sum, each) => sum + each.length + 16, 0)
    const delta = weigh(kept) - weigh(target.items)
    target.items.splice(0, target.items.length, ...kept)
    changed(call, delta)
    return ok
  },
  rpoplpush: (call) => {
    const to = list(call, 2)
    const item = take(call, false)
    if (!item) return nil
    const target = to ?? call.instance.keyspace.open(call.client.database, key(call, 2), () => ({ type: 'list', items: [] }), 'list')
    target.items.unshift(item)
    changed(call, item.length + 16, 2)
    return bulk(item)
  },
  linsert: insert,
}
