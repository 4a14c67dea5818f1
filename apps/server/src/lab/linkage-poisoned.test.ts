import { describe, expect, it } from 'vitest'
import type { LinkedIdentity } from '../domain/linkage/campaign-features.ts'
import { createCampaignLinker, createLinker, type Linker } from '../domain/linkage/linker.ts'
import type { Observation } from '../domain/linkage/observation.ts'
import { address, crowd, HOUR, list, NOW, stay } from './misled.fixture.ts'
import { type Random, randomOf } from './random.ts'

const kinds = ['client', 'login', 'habit', 'file', 'host'] as const
type Shown = Record<(typeof kinds)[number], readonly string[]>
const shownBy = (of: (kind: (typeof kinds)[number]) => readonly string[]) =>
  Object.fromEntries(kinds.map((kind) => [kind, of(kind)])) as Shown

/** How far it may have been missing. What one address more teaches of a population, such as how often people change clients, moves what a pair is worth by less; a host that two
 * alone name is worth so much more to a campaign once others of either side do not bring it. */
const LEARNT = { identities: 0.5, campaigns: 0.75 }

function shows(id: string, at: number, place: number, { client, login, habit, file, host }: Shown): Observation {
  const texts = ['uname -a', 'id', ...habit.map((name) => `${name}tool --sweep`)]
  return stay(id, at, {
    ip: address(place),
    asn: 65_000 + place,
    deckies: ['web-01'],
    fingerprints: { hassh: client, ja3: client.slice(0, 1).map((name) => `${name}-tls`) },
    credentials: login.map((name) => [name, `${name}-word`]),
    payloads: file.map((name) => `${name}-file`),
    c2: host.map((name) => `${name}.cc.example`),
    commands: texts.map((text, n) => ({ ts: at + n * 1_000, decky: 'web-01', text })),
  })
}

/** A few people of one to three addresses who share much by chance, and somebody at one more address who copies some of what two of them show. */
function poisoned(random: Random) {
  const names = 'abcdefghijklmno'.slice(0, random.integer(3, 14))
  const stays = list(random.integer(3, 8), (person) => {
    const has = shownBy((kind) => list(random.integer(0, 3), () => `${kind}-${random.pick([...names])}x`))
    return list(random.integer(1, 3), (n) => ({
      id: `${person}-${n}`,
      person,
      at: NOW + random.integer(0, 399) * HOUR,
      place: person * 10 + n + 1,
      shown: shownBy((kind) => has[kind].filter(() => random.chance(0.75))),
    }))
  }).flat()
  const copied = new Set([random.pick(stays).person, random.pick(stays).person])
  const share = 0.6 + 0.4 * random.next()
  const copies = shownBy((kind) =>
    [...new Set(stays.flatMap(({ person, shown }) => (copied.has(person) ? shown[kind] : [])))].filter(() => random.chance(share)),
  )
  const seen = stays.map(({ id, at, place, shown }) => shows(id, at, place, shown))
  return { seen, poisoner: shows('poisoner', NOW + random.integer(0, 499) * HOUR, 999, copies) }
}

function identitiesOf(observations: readonly Observation[]): Linker<Observation> {
  const linker = createLinker()
  linker.load(observations)
  linker.settle()
  return linker
}
/** `alone`: of these, each is an identity by itself, under its own name. */
function campaignsOf(
  observations: readonly Observation[],
  identities: Linker<Observation>,
  alone: readonly string[] = [],
): Linker<LinkedIdentity> {
  const known = new Map(observations.map((observation) => [observation.id, observation]))
  const shown = (members: readonly string[]) => members.flatMap((member) => known.get(member) ?? [])
  const linker = createCampaignLinker()
  linker.load([
    ...identities.groups().flatMap(({ id, members }) => {
      const rest = members.filter((member) => !alone.includes(member))
      return rest.length > 0 ? [{ id, observations: shown(rest) }] : []
    }),
    ...alone.map((id) => ({ id, observations: shown([id]) })),
  ])
  linker.settle()
  return linker
}
const groupOf = <T>(linker: Linker<T>, member: string): string => linker.groupOf(member)?.id ?? 'nobody'

/** Whether evidence joins two by themselves, or all but joins them. */
const allButJoined = <T>(linker: Linker<T>, a: string, b: string, least: number): boolean =>
  (linker.explain(a, b)?.total ?? Number.NEGATIVE_INFINITY) > -least

/** Which of them hang together: a number for each such part. */
function partsOf(ids: readonly string[], joined: (a: string, b: string) => boolean): ReadonlyMap<string, number> {
  const parts = new Map<string, number>()
  for (const id of ids) {
    if (parts.has(id)) continue
    const found = [id]
    const part = parts.size
    parts.set(id, part)
    for (const one of found)
      for (const other of ids)
        if (!parts.has(other) && joined(one, other)) {
          parts.set(other, part)
          found.push(other)
        }
  }
  return parts
}
interface Both {
  readonly identities: Linker<Observation>
  readonly campaigns: Linker<LinkedIdentity>
}
const pairsOf = (ids: readonly string[]) => ids.flatMap((a, n) => ids.slice(n + 1).map((b) => [a, b] as const))

const populations = [
  { where: 'among themselves', others: [], turns: 800 },
  { where: 'in a crowd', others: crowd, turns: 20 },
]

describe('one more address, whatever it shows', () => {
  it.each(populations)('makes an identity only of whom evidence brought together before it came, $where', ({ others, turns }) => {
    const random = randomOf('poisoned identities')
    let united = 0
    for (let turn = 0; turn < turns; turn += 1) {
      const { seen, poisoner } = poisoned(random)
      const ids = seen.map(({ id }) => id)
      const [before, after] = [identitiesOf([...seen, ...others]), identitiesOf([...seen, ...others, poisoner])]
      const joined = pairsOf(ids).filter(([a, b]) => groupOf(after, a) === groupOf(after, b) && groupOf(before, a) !== groupOf(before, b))
      if (joined.length === 0) continue
      united += 1
      const parts = partsOf(ids, (a, b) => allButJoined(before, a, b, LEARNT.identities))
      expect(
        joined.filter(([a, b]) => parts.get(a) !== parts.get(b)),
        `turn ${turn}`,
      ).toEqual([])
    }
    // Where two are all but one, a copycat of both makes them one, as a true visit would: it has to happen, or nothing was tried.
    expect(united).toBeGreaterThan(turns / 20)
  })

  it('makes a campaign only of whom evidence brought together before it came', () => {
    const random = randomOf('poisoned campaigns')
    let united = 0
    let moved = 0
    for (let turn = 0; turn < 1_500; turn += 1) {
      const { seen, poisoner } = poisoned(random)
      const ids = seen.map(({ id }) => id)
      const [before, after] = [seen, [...seen, poisoner]].map((observations) => {
        const identities = identitiesOf(observations)
        return { identities, campaigns: campaignsOf(observations, identities) }
      }) as [Both, Both]
      const campaign = ({ identities, campaigns }: Both, id: string) => groupOf(campaigns, groupOf(identities, id))
      const joined = pairsOf(ids).filter(
        ([a, b]) => campaign(after, a) === campaign(after, b) && campaign(before, a) !== campaign(before, b),
      )
      if (joined.length === 0) continue
      united += 1
      const parts = partsOf([...new Set(ids.map((id) => groupOf(before.identities, id)))], (a, b) =>
        allButJoined(before.campaigns, a, b, LEARNT.campaigns),
      )
      const part = (id: string) => parts.get(groupOf(before.identities, id))
      const apart = joined.filter(([a, b]) => part(a) !== part(b))
      if (apart.length === 0) continue
      // An identity that is as it was is joined by what it showed as a whole.
      const asItWas = (id: string) =>
        before.identities.groupOf(id)?.members.join() ===
        after.identities
          .groupOf(id)
          ?.members.filter((member) => member !== poisoner.id)
          .join()
      expect(
        apart.filter(([a, b]) => asItWas(a) && asItWas(b)),
        `turn ${turn}`,
      ).toEqual([])
      // One that fell apart, or came together, by what its addresses showed, each by itself.
      moved += 1
      const addresses = partsOf(
        ids,
        (a, b) =>
          groupOf(before.identities, a) === groupOf(before.identities, b) ||
          allButJoined(before.identities, a, b, LEARNT.identities) ||
          part(a) === part(b) ||
          allButJoined(campaignsOf(seen, before.identities, [a, b]), a, b, LEARNT.campaigns),
      )
      expect(
        apart.filter(([a, b]) => addresses.get(a) !== addresses.get(b)),
        `turn ${turn}`,
      ).toEqual([])
    }
    expect(united).toBeGreaterThan(20)
    expect(moved).toBeGreaterThan(0)
  })

  it('makes nothing that two others share worth much more', () => {
    const random = randomOf('poisoned weights')
    const gains: number[] = []
    for (let turn = 0; turn < 300; turn += 1) {
      const { seen, poisoner } = poisoned(random)
      const [before, after] = [identitiesOf(seen), identitiesOf([...seen, poisoner])]
      for (const [a, b] of pairsOf(seen.map(({ id }) => id)))
        gains.push((after.explain(a, b)?.total ?? 0) - (before.explain(a, b)?.total ?? 0))
    }
    // Nothing of it decides by itself: a rare thing in common is worth six and more.
    expect(Math.max(...gains)).toBeLessThan(1.5)
    expect(gains.filter((gain) => gain > LEARNT.identities).length / gains.length).toBeLessThan(0.002)
  })

  /** Two strangers, what others show, and who comes: with and without him. */
  const weighed = (observations: readonly Observation[]) => {
    const identities = identitiesOf(observations)
    const campaigns = campaignsOf(observations, identities)
    const total = identities.explain('alder', 'birch')?.total ?? 0
    const together = campaigns.explain(groupOf(identities, 'alder'), groupOf(identities, 'birch'))?.total ?? 0
    return { total, together, withAlder: groupOf(identities, 'alder') === groupOf(identities, 'poisoner') }
  }
  const nothing: Shown = { client: [], login: [], habit: [], file: [], host: [] }
  const named = (prefix: string, n: number) => `${prefix}${[...`${n}`].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`

  it('makes no strangers alike by doing what is peculiar to one of them', () => {
    const own = (name: string) => [`${name}one`, `${name}two`]
    const common = ['commonone', 'commontwo', 'commonthree']
    const strangers = ['alder', 'birch'].map((name, n) => ({
      ...shows(name, NOW + n * HOUR, 1 + n, { ...nothing, habit: [...own(name), ...common] }),
      fingerprints: { ja3: [], ja4: [], hassh: ['shared'] },
    }))
    // Eleven do what is peculiar, and many what is common.
    const others = [
      ...['alder', 'birch'].flatMap((name, k) =>
        list(20, (n) =>
          shows(`${name}-like-${n}`, NOW + n * 5 * HOUR, 100 * (k + 1) + n, {
            ...nothing,
            client: [named(`x${k}`, n)],
            habit: own(name).slice(n % 2, (n % 2) + 1),
          }),
        ),
      ),
      ...common.flatMap((habit, k) =>
        list(12, (n) =>
          shows(`${habit}-${n}`, NOW + n * 5 * HOUR, 300 + 20 * k + n, { ...nothing, client: [named(`y${k}`, n)], habit: [habit] }),
        ),
      ),
      ...list(3, (n) => ({
        ...shows(`client-${n}`, NOW + n * 5 * HOUR, 400 + n, nothing),
        fingerprints: { ja3: [], ja4: [], hassh: ['shared'] },
      })),
    ]
    const poisoner = shows('poisoner', NOW + 3 * HOUR, 999, { ...nothing, client: ['another'], habit: own('alder') })
    const [before, after] = [weighed([...strangers, ...others]), weighed([...strangers, ...others, poisoner])]
    expect(before.total).toBeLessThan(0)
    expect(after.total - before.total).toBeLessThan(1)
    expect(after.total).toBeLessThan(0)
  })

  it('brings nobody to a campaign by coming as one of them when the other is there, or by typing a great deal as one of them', () => {
    const others = [
      ...['alder', 'birch'].flatMap((name, k) =>
        list(40, (n) =>
          shows(named(name, n), NOW + n * HOUR, 50 + 50 * k + n, {
            ...nothing,
            client: [named(name, n)],
            habit: [named(`${name}prog`, n)],
          }),
        ),
      ),
      ...list(8, (n) => shows(named('file', n), NOW + n * HOUR, 150 + n, { ...nothing, client: [named('f', n)], file: ['shared'] })),
      ...list(30, (n) => shows(named('host', n), NOW + n * 900 * HOUR, 250 + n, { ...nothing, client: [named('h', n)], host: ['shared'] })),
    ]
    const habit = list(40, (n) => named('alderprog', n))
    const alder: Shown = { client: ['alder'], login: ['alder', 'alderb'], habit, file: ['shared'], host: ['shared'] }
    const birch: Shown = { ...alder, client: ['birch'], login: ['birch', 'birchb'], habit: list(40, (n) => named('birchprog', n)) }
    for (const days of [0, 40]) {
      const strangers = [shows('alder', NOW, 1, alder), shows('birch', NOW + days * 24 * HOUR, 2, birch)]
      const copied = { ...alder, habit: [...habit, ...list(600, (n) => named('junk', n))] }
      const poisoner = shows('poisoner', NOW + (days * 24 + 5) * HOUR, 999, copied)
      const [before, after] = [weighed([...strangers, ...others]), weighed([...strangers, ...others, poisoner])]
      expect(after.withAlder).toBe(true)
      expect(before.together).toBeLessThan(-1)
      expect(after.together).toBeLessThan(-1)
    }
  })

  it('teaches nobody that relatives differ, by being like sixty people but for its client', () => {
    const names = list(60, (n) => named('kin', n))
    const has = (name: string): Shown => ({ client: [name], login: [name], habit: [name], file: [], host: [] })
    const people = names.map((name, n) => shows(name, NOW + n * 7 * HOUR, n + 1, has(name)))
    const copies: Shown = { client: ['another'], login: names, habit: names, file: [], host: [] }
    const strangers = ['kina', 'kinb'] as const
    const against = (observations: readonly Observation[]) =>
      identitiesOf(observations)
        .explain(...strangers)
        ?.evidence.find(({ family }) => family === 'ssh')?.weight ?? 0
    const before = against(people)
    expect(before).toBeLessThan(-1)
    expect(against([...people, shows('poisoner', NOW + 500 * HOUR, 999, copies)]) - before).toBeLessThan(0.3)
    // Nor by coming back with another client each time: an address is one, however often it is there.
    const changing = list(100, (n) => ({
      ...shows(`poisoner-${n}`, NOW + (500 + n) * HOUR, 999, {
        ...nothing,
        client: [named('changed', n)],
        login: [named('of', n >> 2), named('also', n >> 2)],
        habit: [named('of', n >> 2), named('also', n >> 2), named('once', n)],
      }),
      ip: address(999),
    }))
    expect(against([...people, ...changing]) - before).toBeLessThan(0.3)
  })
})
