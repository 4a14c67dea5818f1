import type { Call, Handler } from '../instance.ts'
import { globMatch } from '../keyspace.ts'
import { array, bulk, fail, integer, nil, type Reply, set } from '../reply.ts'
import { key, parseInteger } from './shared.ts'

const none: ReadonlySet<string> = new Set()
const membersOf = (call: Call, index = 1): ReadonlySet<string> =>
  call.instance.keyspace.typed(call.client.database, key(call, index), 'set')?.members ?? none

/** Sets of whole numbers are kept sorted, as an intset is. */
function ordered(members: ReadonlySet<string>): string[] {
  const list = [...members]
  return list.every((member) => parseInteger(member) !== null) ? list.sort((a, b) => Number(a) - Number(b)) : list
}
const shown = (members: ReadonlySet<string>): Reply => set(ordered(members).map(bulk))

function drop(call: Call, member: string): boolean {
  const target = call.instance.keyspace.typed(call.client.database, key(call, 1), 'set')
  if (!target?.members.delete(member)) return false
  call.instance.keyspace.changed(call.client.database, key(call, 1), -member.length - 32)
  return true
}

function combine(call: Call, from: number, how: 'inter' | 'union' | 'diff'): Set<string> {
  const all = call.words.slice(from).map((_, index) => membersOf(call, from + index))
  const [first = none, ...others] = all
  if (how === 'union') return new Set(all.flatMap((members) => [...members]))
  return new Set([...first].filter((member) => others.every((members) => members.has(member) === (how === 'inter'))))
}

const store =
  (how: 'inter' | 'union' | 'diff'): Handler =>
  (call) => {
    const members = combine(call, 2, how)
    const { keyspace } = call.instance
    if (members.size === 0) keyspace.remove(call.client.database, key(call, 1))
    else keyspace.put(call.client.database, key(call, 1), { type: 'set', members })
    return integer(members.size)
  }

/** Commands on sets. */
export const sets: Readonly<Record<string, Handler>> = {
  sadd: (call) => {
    const { keyspace } = call.instance
    keyspace.admit(call.words.slice(2).reduce((sum, word) => sum + word.length + 32, 0))
    const target = keyspace.open(call.client.database, key(call, 1), () => ({ type: 'set', members: new Set() }), 'set')
    let fresh = 0
    for (const word of call.words.slice(2)) {
      const member = word.toString('latin1')
      if (target.members.has(member)) continue
      target.members.add(member)
      keyspace.changed(call.client.database, key(call, 1), member.length + 32)
      fresh++
    }
    return integer(fresh)
  },
  srem: (call) => integer(call.words.slice(2).filter((word) => drop(call, word.toString('latin1'))).length),
  scard: (call) => integer(membersOf(call).size),
  sismember: (call) => integer(membersOf(call).has(call.text(2)) ? 1 : 0),
  smismember: (call) => {
    const members = membersOf(call)
    return array(call.words.slice(2).map((word) => integer(members.has(word.toString('latin1')) ? 1 : 0)))
  },
  smembers: (call) => shown(membersOf(call)),
  spop: (call) => {
    const wanted = call.words.length > 2 ? parseInteger(call.text(2)) : null
    if (call.words.length > 2 && (wanted === null || wanted < 0)) return fail('ERR value is out of range, must be positive')
    const chosen = [...membersOf(call)].slice(0, wanted ?? 1)
    for (const member of chosen) drop(call, member)
    if (wanted !== null) return set(chosen.map(bulk))
    return chosen[0] === undefined ? nil : bulk(chosen[0])
  },
  srandmember: (call) => {
    const members = [...membersOf(call)]
    if (call.words.length > 2) return array(members.slice(0, Math.abs(parseInteger(call.text(2)) ?? 1)).map(bulk))
    const chosen = members[Math.floor(call.around.random() * members.length)]
    return chosen === undefined ? nil : bulk(chosen)
  },
  sinter: (call) => shown(combine(call, 1, 'inter')),
  sunion: (call) => shown(combine(call, 1, 'union')),
  sdiff: (call) => shown(combine(call, 1, 'diff')),
  sinterstore: store('inter'),
  sunionstore: store('union'),
  sdiffstore: store('diff'),
  sscan: (call) => {
    const pattern = call.text(3).toUpperCase() === 'MATCH' ? call.text(4) : '*'
    return array([
      bulk('0'),
      array(
        ordered(membersOf(call))
          .filter((member) => globMatch(pattern, member))
          .map(bulk),
      ),
    ])
  },
}
