import type { Call, Handler } from '../instance.ts'
import { array, bulk, fail, integer, nil, type Reply } from '../reply.ts'
import { doubleText, key, NOT_FLOAT, NOT_INTEGER, parseFloatText, parseInteger, SYNTAX, span } from './shared.ts'

const none: ReadonlyMap<string, number> = new Map()
const scoresOf = (call: Call): ReadonlyMap<string, number> =>
  call.instance.keyspace.typed(call.client.database, key(call, 1), 'zset')?.scores ?? none
const ordered = (call: Call) => [...scoresOf(call)].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : a > b ? 1 : 0))
const score = (value: number): Reply => ({ type: 'double', text: doubleText(value) })

function put(call: Call, member: string, value: number): void {
  const { keyspace } = call.instance
  keyspace.admit(member.length + 40)
  const { scores } = keyspace.open(call.client.database, key(call, 1), () => ({ type: 'zset', scores: new Map() }), 'zset')
  const fresh = !scores.has(member)
  scores.set(member, value)
  keyspace.changed(call.client.database, key(call, 1), fresh ? member.length + 40 : 0)
}

function list(call: Call, rows: readonly (readonly [string, number])[], withScores: boolean): Reply {
  if (!withScores) return array(rows.map(([member]) => bulk(member)))
  if (call.client.protocol === 3) return array(rows.map(([member, value]) => array([bulk(member), score(value)])))
  return array(rows.flatMap(([member, value]) => [bulk(member), score(value)]))
}

function add(call: Call): Reply {
  const options = new Set<string>()
  let at = 2
  while (/^(NX|XX|GT|LT|CH|INCR)$/iu.test(call.text(at))) options.add(call.text(at++).toUpperCase())
  const rest = call.words.length - at
  if (rest === 0 || rest % 2 !== 0) return fail(SYNTAX)
  if (options.has('NX') && options.has('XX')) return fail('ERR XX and NX options at the same time are not compatible')
  const rows: [string, number][] = []
  for (; at < call.words.length; at += 2) {
    const value = parseFloatText(call.text(at))
    if (value === null) return fail(NOT_FLOAT)
    rows.push([call.text(at + 1), value])
  }
  let fresh = 0
  let altered = 0
  const before = scoresOf(call)
  for (const [member, value] of rows) {
    const old = before.get(member) ?? scoresOf(call).get(member)
    if ((old !== undefined && options.has('NX')) || (old === undefined && options.has('XX'))) continue
    if (old !== undefined && ((options.has('GT') && value <= old) || (options.has('LT') && value >= old))) continue
    put(call, member, value)
    if (old === undefined) fresh++
    else if (old !== value) altered++
  }
  return integer(options.has('CH') ? fresh + altered : fresh)
}

function byRank(call: Call, reverse: boolean): Reply {
  const [from, to] = [parseInteger(call.text(2)), parseInteger(call.text(3))]
  const options = call.words.slice(4).map((word) => word.toString('latin1').toUpperCase())
  if (from === null || to === null) return fail(NOT_INTEGER)
  if (options.some((option) => !['WITHSCORES', 'REV'].includes(option))) return fail(SYNTAX)
  const rows = ordered(call)
  if (reverse || options.includes('REV')) rows.reverse()
  const range = span(from, to, rows.length)
  return list(call, range === null ? [] : rows.slice(range[0], range[1] + 1), options.includes('WITHSCORES'))
}

/** A bound of a score range: `(1`, `-inf`. */
function bound(text: string): { readonly value: number; readonly open: boolean } | null {
  const value = parseFloatText(text.startsWith('(') ? text.slice(1) : text)
  return value === null ? null : { value, open: text.startsWith('(') }
}
function within(call: Call, lowAt: number, highAt: number): (readonly [string, number])[] | null {
  const [low, high] = [bound(call.text(lowAt)), bound(call.text(highAt))]
  if (low === null || high === null) return null
  return ordered(call).filter(
    ([, value]) => (low.open ? value > low.value : value >= low.value) && (high.open ? value < high.value : value <= high.value),
  )
}

function byScore(call: Call, reverse: boolean): Reply {
  const rows = reverse ? within(call, 3, 2)?.reverse() : within(call, 2, 3)
  if (!rows) return fail('ERR min or max is not a float')
  const options = call.words.slice(4).map((word) => word.toString('latin1').toUpperCase())
  const limit = options.indexOf('LIMIT')
  const [skip, take] = limit < 0 ? [0, -1] : [Number(options[limit + 1]), Number(options[limit + 2])]
  return list(call, rows.slice(skip, take < 0 ? undefined : skip + take), options.includes('WITHSCORES'))
}

const rank = (call: Call, reverse: boolean): Reply => {
  const rows = ordered(call)
  if (reverse) rows.reverse()
  const at = rows.findIndex(([member]) => member === call.text(2))
  return at < 0 ? nil : integer(at)
}

/** Commands on sorted sets. */
export const zsets: Readonly<Record<string, Handler>> = {
  zadd: add,
  zrange: (call) => byRank(call, false),
  zrevrange: (call) => byRank(call, true),
  zrangebyscore: (call) => byScore(call, false),
  zrevrangebyscore: (call) => byScore(call, true),
  zcount: (call) => {
    const rows = within(call, 2, 3)
    return rows === null ? fail('ERR min or max is not a float') : integer(rows.length)
  },
  zscore: (call) => {
    const value = scoresOf(call).get(call.text(2))
    return value === undefined ? nil : score(value)
  },
  zcard: (call) => integer(scoresOf(call).size),
  zrank: (call) => rank(call, false),
  zrevrank: (call) => rank(call, true),
  zincrby: (call) => {
    const by = parseFloatText(call.text(2))
    if (by === null) return fail(NOT_FLOAT)
    const sum = (scoresOf(call).get(call.text(3)) ?? 0) + by
    put(call, call.text(3), sum)
    return score(sum)
  },
  zrem: (call) => {
    const target = call.instance.keyspace.typed(call.client.database, key(call, 1), 'zset')
    const gone = call.words.slice(2).filter((word) => target?.scores.delete(word.toString('latin1')))
    call.instance.keyspace.changed(call.client.database, key(call, 1), -gone.reduce((sum, word) => sum + word.length + 40, 0))
    return integer(gone.length)
  },
}
