import type { LogRecord } from '@decnet/kernel/log'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { onEachDatabase } from './fixtures/each-database.ts'
import { keepEvidence, regroup } from './group-changes.ts'
import { canonical } from './groups.ts'
import type { Store } from './open.ts'

const MEMBERS = ['a', 'b', 'c', 'd', 'e', 'f'] as const
/** A world at one time: in which cluster each identity is; `null` while it is merged into another. */
const worlds = fc.array(fc.tuple(...MEMBERS.map(() => fc.option(fc.nat(2), { freq: 3 }))), { minLength: 1, maxLength: 5 })

const record = (seq: number): LogRecord => ({
  seq,
  id: `00000000-0000-5000-8000-${String(seq).padStart(12, '0')}`,
  topic: 'identity.formed',
  ts: seq,
  source: 'test',
  body: {},
  ...{ type: '', decky: null, service: null, attackerIp: null, attackerPort: null, sessionId: null, msg: null },
})

function follow(
  store: Store,
  places: readonly (number | null)[],
  seq: number,
  moved: readonly string[] = MEMBERS,
  appeared: ReadonlyMap<string, LogRecord> = new Map(MEMBERS.map((member, index) => [member, record(index + 1)] as const)),
) {
  const clusters = [...Map.groupBy(MEMBERS, (_, index) => places[index] ?? null)].flatMap(([place, members]) =>
    place === null ? [] : [[...members]],
  )
  const groupOf = (member: string) => {
    const members = clusters.find((all) => all.includes(member as (typeof MEMBERS)[number]))
    return members ? { id: members[0] ?? '', members, confidence: 1 } : null
  }
  const explainGroup = (member: string) => {
    const group = groupOf(member)
    return group && { members: group.members, probability: 1, merges: [] }
  }
  return store.db.transaction().execute((tx) =>
    regroup(tx, {
      ...{
        layer: 'campaign',
        moved: moved.filter((member) => groupOf(member) !== null),
        linker: { groupOf, explainGroup },
        appeared,
        source: record(seq),
        least: 2,
      },
      labels: async (members) => new Map(members.map((member) => [member, member.toUpperCase()])),
    }),
  )
}
/** Identities that stand by themselves, by the campaign that stands for them. */
async function campaigns({ db }: Store, places: readonly (number | null)[]): Promise<string[]> {
  const rows = await db
    .selectFrom('group_members')
    .innerJoin('actor_groups', 'actor_groups.uuid', 'group_members.group_uuid')
    .select(['group_members.member', (eb) => canonical(eb as never).as('uuid')])
    .orderBy('member')
    .execute()
  const standing = rows.filter(({ member }) => (places[MEMBERS.indexOf(member as 'a')] ?? null) !== null)
  return [...Map.groupBy(standing, ({ uuid }) => uuid).values()].map((all) => all.map(({ member }) => member).join('')).sort()
}

onEachDatabase('stored campaigns that follow what is known', (bench) => {
  it('have two identities at least, those that were merged counted once, whatever came before', async () => {
    await using store = await bench.open()
    await fc.assert(
      fc.asyncProperty(worlds, async (history) => {
        for (const table of ['actor_groups', 'group_members', 'group_decisions', 'group_edges'] as const)
          await store.db.deleteFrom(table).execute()
        for (const [at, places] of history.entries()) {
          await follow(store, places, 10 + at)
          const wanted = [...Map.groupBy(MEMBERS, (_, index) => places[index] ?? null)].flatMap(([place, members]) =>
            place === null || members.length < 2 ? [] : members.join(''),
          )
          expect(await campaigns(store, places)).toEqual(wanted.sort())
        }
      }),
      { numRuns: bench.engine === 'sqlite' ? 12 : 2 },
    )
  })

  it('are dissolved when an identity is left alone, with a decision that says so, and stand again under their uuid', async () => {
    await using store = await bench.open()
    const [formed] = await follow(store, [0, 0, null, null, null, null], 10)
    // The second was found to be the first.
    expect(await follow(store, [0, null, null, null, null, null], 11)).toMatchObject([{ kind: 'released', member: 'a' }])
    expect(await store.db.selectFrom('group_members').selectAll().execute()).toEqual([])
    const decisions = await store.db.selectFrom('group_decisions').select(['kind', 'sentence']).where('seq', '=', 11).execute()
    expect(decisions).toEqual([{ kind: 'released', sentence: 'A belongs to none now: alone it makes no campaign, which is dissolved' }])
    const [again] = await follow(store, [0, 0, null, null, null, null], 12)
    expect(again).toEqual(formed)
  })

  it('stand again under their uuid whoever of them is heard of first then', async () => {
    await using store = await bench.open()
    const [formed] = await follow(store, [0, 0, null, null, null, null], 10)
    await follow(store, [0, 1, null, null, null, null], 11)
    const [again] = await follow(store, [0, 0, null, null, null, null], 12, MEMBERS, new Map([['a', record(12)]]))
    expect(again).toEqual(formed)
  })

  it('do not take the uuid of one that lives without the identity that it is named after', async () => {
    await using store = await bench.open()
    await follow(store, [0, 0, 0, null, null, null], 10)
    await follow(store, [1, 0, 0, 2, null, null], 11, ['a', 'd'])
    const places = [1, 0, 0, 1, null, null]
    await follow(store, places, 12, ['a', 'd'])
    expect(await campaigns(store, places)).toEqual(['ad', 'bc'])
  })

  it('say why by what is known now, not by what was when they were linked', async () => {
    await using store = await bench.open()
    const together = [0, 0, null, null, null, null]
    await follow(store, together, 10)
    const members = ['a', 'b']
    const known = (why: string) => {
      const weight = { family: 'c2', values: [why], weight: 3, why }
      const best = { a: 'a', b: 'b', prior: -1, evidence: [weight], total: 2, probability: 0.88, together: true, ordered: null }
      const merge = { left: ['a'], right: ['b'], score: 2, probability: 0.88, best }
      return { groupOf: () => null, explainGroup: () => ({ members, probability: 0.88, merges: [merge] }) }
    }
    for (const why of ['two have it', 'thirty have it']) {
      await store.db.transaction().execute((tx) => keepEvidence(tx, 'campaign', 'a', known(why)))
      const rows = await store.db.selectFrom('group_members').select(['why', 'probability']).execute()
      for (const row of rows) expect(row).toEqual({ why: expect.stringContaining(why), probability: 0.88 })
      const edges = await store.db.selectFrom('group_edges').select('reasons').execute()
      expect(edges.map(({ reasons }) => JSON.parse(reasons))).toMatchObject([[{ feature: 'c2', why }]])
    }
  })
})
