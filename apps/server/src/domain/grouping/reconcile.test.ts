import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Change, type Clusters, dissolvedBy, type Group, type Known, reconcile } from './reconcile.ts'

/** Members of one cluster form a group once at a time. */
const nameAt = (at: number) => (members: readonly string[]) => `${members[0]}@${at}`
const name = nameAt(99)
const nobody: Known = { groups: [], attached: new Map(), seen: new Map() }

function apply(known: Known, changes: readonly Change[], at: number): Known {
  const groups = new Map(known.groups.map((group) => [group.uuid, group]))
  const attached = new Map(known.attached)
  const point = (uuid: string, mergedInto: string | null) => {
    const group = groups.get(uuid)
    if (group) groups.set(uuid, { ...group, mergedInto })
  }
  for (const change of changes) {
    if (change.kind === 'formed') {
      const founder = change.members[0] ?? null
      groups.set(change.uuid, { uuid: change.uuid, founder, formedAt: at, mergedInto: null })
    } else if (change.kind === 'linked') attached.set(change.member, change.uuid)
    else if (change.kind === 'released') attached.delete(change.member)
    else if (change.kind === 'merged') point(change.loser, change.winner)
    else point(change.uuid, null)
  }
  return { groups: [...groups.values()], attached, seen: known.seen }
}
const follow = (known: Known, clusters: Clusters, at: number, least = 1) =>
  apply(known, reconcile(clusters, known, { name: nameAt(at), least }), at)

/** Group that stands for each member, and those under which it is found. */
const effective = ({ groups, attached }: Known) => {
  const of = new Map(groups.map((group) => [group.uuid, group.mergedInto ?? group.uuid]))
  return Map.groupBy([...attached].sort(), ([, uuid]) => of.get(uuid))
}

/** Up to twelve members, each in one of a few clusters; `null` has not come yet. */
const partition = fc.array(fc.option(fc.nat(4)), { minLength: 12, maxLength: 12 }).map((places): Clusters => {
  const clusters = Map.groupBy(
    places.map((place, member) => ({ place, member: `m${member}` })).filter(({ place }) => place !== null),
    ({ place }) => place,
  )
  return [...clusters.values()].map((members) => members.map(({ member }) => member))
})
const grows = (one: Clusters, other: Clusters): Clusters => {
  const there = new Set(other.flat())
  return [...other, ...one.flat().flatMap((member) => (there.has(member) ? [] : [[member]]))]
}

describe('groups that follow clusters', () => {
  it('form once, take members in, merge under the elder and stand again under their own uuid', () => {
    const two = follow(follow(nobody, [['a', 'b']], 1), [['a', 'b'], ['c']], 2)
    const [elder, younger] = ['a@1', 'c@2']
    expect(reconcile([['a', 'b', 'c']], two, { name })).toEqual([{ kind: 'merged', winner: elder, loser: younger }])
    const one = follow(two, [['a', 'b', 'c', 'd']], 3)
    expect(effective(one)).toEqual(
      new Map([
        [
          elder,
          [
            ['a', elder],
            ['b', elder],
            ['c', younger],
            ['d', elder],
          ],
        ],
      ]),
    )
    expect(reconcile([['a', 'b', 'd'], ['c']], one, { name })).toEqual([{ kind: 'unmerged', uuid: younger, formerWinner: elder }])
  })

  it('a member that leaves is linked elsewhere, and told from where', () => {
    const known = follow(
      nobody,
      [
        ['a', 'b', 'c'],
        ['d', 'e'],
      ],
      1,
    )
    expect(
      reconcile(
        [
          ['a', 'b'],
          ['c', 'd', 'e'],
        ],
        known,
        { name },
      ),
    ).toEqual([{ kind: 'linked', uuid: 'd@1', member: 'c', prior: 'a@1' }])
  })

  it('where a single member forms no group, one that leaves is released', () => {
    const known = follow(nobody, [['a', 'b', 'c'], ['d']], 1, 2)
    expect(known.attached.has('d')).toBe(false)
    expect(reconcile([['a', 'b'], ['c'], ['d']], known, { name, least: 2 })).toEqual([{ kind: 'released', member: 'c', prior: 'a@1' }])
  })

  it('are dissolved when one is left, and stand again under their uuid when there are two', () => {
    const pair = follow(nobody, [['a', 'b']], 1, 2)
    const apart = reconcile([['a'], ['b']], pair, { name, least: 2 })
    expect(apart).toEqual([
      { kind: 'released', member: 'a', prior: 'a@1' },
      { kind: 'released', member: 'b', prior: 'a@1' },
    ])
    expect([...dissolvedBy(apart, pair)]).toEqual(['a@1'])
    const three = follow(nobody, [['a', 'b', 'c']], 1, 2)
    expect([...dissolvedBy(reconcile([['a', 'b'], ['c']], three, { name, least: 2 }), three)]).toEqual([])
  })

  it('follow those who are many enough where their founder is left alone', () => {
    const known = follow(nobody, [['a', 'b']], 1, 2)
    expect(reconcile([['a'], ['b', 'c']], known, { name, least: 2 })).toEqual([
      { kind: 'released', member: 'a', prior: 'a@1' },
      { kind: 'linked', uuid: 'a@1', member: 'c', prior: null },
    ])
  })

  it('stay with their founder, however many leave together', () => {
    const known = follow(nobody, [['a', 'b', 'c', 'd']], 1)
    expect(reconcile([['a'], ['b', 'c', 'd']], known, { name: nameAt(2) })).toEqual([
      { kind: 'formed', uuid: 'b@2', members: ['b', 'c', 'd'] },
      ...['b', 'c', 'd'].map((member) => ({ kind: 'linked', uuid: 'b@2', member, prior: 'a@1' })),
    ])
  })

  it('stay with the first that was seen of those who are left, where the founder is gone', () => {
    const { groups, attached } = follow(nobody, [['a', 'b', 'c', 'd', 'e']], 1, 2)
    const seen = new Map(['d', 'e', 'c', 'b'].map((member, at) => [member, at]))
    const changes = reconcile([['a'], ['b', 'c', 'x'], ['d', 'e']], { groups, attached, seen }, { name: nameAt(2), least: 2 })
    expect(changes.find(({ kind }) => kind === 'released')).toEqual({ kind: 'released', member: 'a', prior: 'a@1' })
    expect(changes.filter(({ kind }) => kind === 'formed')).toEqual([{ kind: 'formed', uuid: 'b@2', members: ['b', 'c', 'x'] }])
  })

  it('are where their founder is, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(partition, { minLength: 1, maxLength: 6 }), (history) => {
        let [known, clusters]: [Known, Clusters] = [nobody, []]
        for (const [at, next] of history.entries()) {
          clusters = grows(clusters, next)
          known = follow(known, clusters, at)
          for (const { uuid, founder } of known.groups) expect(known.attached.get(founder ?? '')).toBe(uuid)
        }
      }),
    )
  })

  it('have nothing left to change once they followed, and then say who belongs together, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(partition, { minLength: 1, maxLength: 6 }), fc.constantFrom(1, 2), (history, least) => {
        let [known, clusters]: [Known, Clusters] = [nobody, []]
        for (const [at, next] of history.entries()) {
          clusters = grows(clusters, next)
          known = follow(known, clusters, at, least)
          expect(reconcile(clusters, known, { name, least })).toEqual([])
          const together = [...effective(known).values()].map((members) => members.map(([member]) => member).join())
          const wanted = clusters.map((members) => members.toSorted().join())
          for (const members of effective(known).values()) expect(members.length).toBeGreaterThanOrEqual(least)
          expect(wanted).toEqual(expect.arrayContaining(together))
          expect(together.length).toBe(wanted.filter((members) => together.includes(members)).length)
          const merged = new Set(known.groups.flatMap((group) => (group.mergedInto === null ? [] : [group.uuid])))
          // One step leads to whoever stands for all.
          for (const { mergedInto } of known.groups) expect(merged.has(mergedInto ?? '')).toBe(false)
        }
      }),
    )
  })

  it('that stand for others than before are all named by what changed, be it through one that is merged into them', () => {
    const namedBy = (change: Change): readonly (string | null)[] => {
      if (change.kind === 'formed') return [change.uuid]
      if (change.kind === 'linked') return [change.uuid, change.prior]
      if (change.kind === 'released') return [change.prior]
      return change.kind === 'merged' ? [change.winner, change.loser] : [change.uuid, change.formerWinner]
    }
    fc.assert(
      fc.property(fc.array(partition, { minLength: 1, maxLength: 6 }), (history) => {
        let [known, clusters]: [Known, Clusters] = [nobody, []]
        for (const [at, next] of history.entries()) {
          clusters = grows(clusters, next)
          const changes = reconcile(clusters, known, { name: nameAt(at) })
          const after = apply(known, changes, at)
          const standing = new Map(after.groups.map(({ uuid, mergedInto }) => [uuid, mergedInto ?? uuid]))
          const named = changes.flatMap(namedBy).filter((uuid) => uuid !== null)
          const told = new Set([...named, ...named.map((uuid) => standing.get(uuid))])
          const [was, is] = [effective(known), effective(after)]
          const members = (of: typeof was, uuid: string | undefined) => (of.get(uuid) ?? []).map(([member]) => member).join()
          for (const uuid of [...was.keys(), ...is.keys()])
            if (members(was, uuid) !== members(is, uuid)) expect(told, `${uuid} of ${JSON.stringify(history)}`).toContain(uuid)
          known = after
        }
      }),
    )
  })

  it('lose who is in no cluster, and are dissolved when nobody is left, founder and all', () => {
    const known = follow(
      nobody,
      [
        ['a', 'b'],
        ['c', 'd', 'e'],
      ],
      1,
      2,
    )
    const changes = reconcile([['d', 'e']], known, { name, least: 2 })
    expect(changes).toEqual([
      { kind: 'released', member: 'a', prior: 'a@1' },
      { kind: 'released', member: 'b', prior: 'a@1' },
      { kind: 'released', member: 'c', prior: 'c@1' },
    ])
    expect(dissolvedBy(changes, known)).toEqual(new Set(['a@1']))
  })

  it('go from one to another by standing by themselves between, so that whom they leave is told', () => {
    const alone = follow(nobody, [['a'], ['b'], ['c']], 1)
    const joined = follow(alone, [['a', 'c'], ['b']], 2)
    expect(reconcile([['a'], ['b', 'c']], joined, { name })).toEqual([
      { kind: 'unmerged', uuid: 'c@1', formerWinner: 'a@1' },
      { kind: 'merged', winner: 'b@1', loser: 'c@1' },
    ])
  })

  it('merged and parted again, they are as they were', () => {
    fc.assert(
      fc.property(partition, (clusters) => {
        const apart = follow(nobody, clusters, 1)
        const again = follow(follow(apart, [clusters.flat()], 2), clusters, 3)
        const state = ({ groups, attached }: Known) => [
          groups.toSorted((a: Group, b: Group) => (a.uuid < b.uuid ? -1 : 1)),
          [...attached].sort(),
        ]
        expect(state(again)).toEqual(state(apart))
      }),
    )
  })

  it('do not depend on the order in which anything is named', () => {
    fc.assert(
      fc.property(partition, partition, fc.nat(), (first, second, turn) => {
        const known = follow(nobody, first, 1)
        const clusters = grows(first, second)
        const turned = <T>(list: readonly T[]) =>
          [...list.slice(turn % (list.length || 1)), ...list.slice(0, turn % (list.length || 1))].reverse()
        const mixed = { ...known, groups: turned(known.groups), attached: new Map(turned([...known.attached])) }
        expect(reconcile(turned(clusters).map(turned), mixed, { name })).toEqual(reconcile(clusters, known, { name }))
      }),
    )
  })
})
