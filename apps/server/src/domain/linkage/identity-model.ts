import { apart } from '../time-words.ts'
import type { Extra, LearnContext } from './extra.ts'
import type { Item } from './item.ts'
import type { Model } from './model.ts'

/** Two stays belong to one operator. docs/identity-resolution.md tells where each number comes from. */
export const identityModel: Model = {
  families: [
    { name: 'tls', m: 0.85, most: 8, least: -1.25 },
    { name: 'ssh', m: 0.85, most: 8, least: -1.25 },
    { name: 'hosts', m: 0.6, most: 2.5, least: -0.7 },
    { name: 'payloads', m: 0.5, most: 0.3, least: -0.3 },
    { name: 'credentials', m: 0.4, most: 8, least: -0.5, habit: true, rows: 'logins', sporadic: true },
    { name: 'commands', m: 0.5, most: 8, least: -1, habit: true, sporadic: true },
    { name: 'manner', m: 0.6, most: 2, least: -0.1, place: true },
    { name: 'network', m: 0.25, most: 2, least: -0.4, place: true },
  ],
  silent: ['address', 'block'],
  home: 'block',
  extras: ['address', 'block', 'hour'],
  unforged: ['address'],
  unbridged: 1.25,
  acquainted: 0.25,
  idle: ['hour'],
  relatives: 7,
  strangers: 160,
  kit: 40,
  chances: 0.3,
  company: 1,
  lone: 1.05,
}
/** Families are in this order. */
const [TLS, SSH] = [0, 1]
const ADDRESS = identityModel.families.length
const BLOCK = ADDRESS + 1
const NETWORK = ADDRESS - 1
/** The second of the silent. */
const BLOCK_AT = ADDRESS + 1

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Share of returns to an address that are returns of one person, before anything is known of the network, and what that is worth in pairs. */
const SAME = 0.7
const SAME_PAIRS = 2
/** Days after which the odds have fallen by a factor of e. */
const LEASE = 30
/** How much faster than their number the programs behind an address divide its odds. */
const CROWD = 1.5
/** Share of pairs of addresses of one small block, with one kind of client, that are of one hand. */
const NEIGHBOURS = 0.7
/** Spread of the hours at which one person works, and how many keep hours at all. */
const SPREAD = 3.5
const REGULAR = 0.6
/** Anyone can come at anyone's hour. */
const MOST_HOUR = 0.5

/** How many different programs were seen from an address: the people behind a shared one, at least. */
function crowdOf(holders: readonly Item[], key: (value: number) => string): number {
  const first = (values: Uint32Array | undefined): number =>
    values?.reduce((last, value) => (last < 0 || key(value) > key(last) ? value : last), -1) ?? -1
  const programs = (family: number) => new Set(holders.map(({ values }) => first(values[family]))).difference(NOTHING).size
  return Math.max(1, programs(TLS), programs(SSH))
}
const NOTHING: ReadonlySet<number> = new Set([-1])

const gapOf = (a: Item, b: Item): number | null => {
  const [{ start: s, end: e }, { start: t, end: f }] = [a.profile, b.profile]
  return s === null || t === null || e === null || f === null ? null : Math.max(0, t - e, s - f)
}
const crowdWords = (crowd: number) => (crowd <= 1 ? 'no other kind of client seen there' : `${crowd} kinds of client seen there`)

const logit = (share: number) => Math.log(share / (1 - share))

const PAIRS_OF_ADDRESS = 8
const PAIRS_OF_NETWORK = 256

/** Of each network, the share of returns to an address of it that are returns of one person: expectation maximisation over the other evidence. */
function reliability(holders: readonly Item[], weights: LearnContext['weights']): number {
  const addresses = Map.groupBy(
    holders.filter(({ values }) => (values[ADDRESS]?.length ?? 0) > 0),
    ({ values }) => values[ADDRESS]?.[0] ?? -1,
  )
  const evidence: number[] = []
  for (const stays of addresses.values())
    for (let index = 1; index < Math.min(stays.length, PAIRS_OF_ADDRESS) && evidence.length < PAIRS_OF_NETWORK; index += 1) {
      const [a, b] = [stays[index - 1], stays[index]]
      if (!a || !b) continue
      let total = 0
      for (const [family, weight] of weights(a, b).entries()) if (family !== NETWORK && !Number.isNaN(weight)) total += weight
      evidence.push(total)
    }
  let share = SAME
  for (let round = 0; round < 20; round += 1) {
    const same = evidence.reduce((sum, weight) => sum + 1 / (1 + Math.exp(-weight - logit(share))), 0)
    share = (same + SAME_PAIRS * SAME) / (evidence.length + SAME_PAIRS)
  }
  return Math.round(2 * logit(share)) / 2
}

export function identityExtra(): Extra {
  const networks = new Map<number, number>()
  return {
    learn({ valuesOf, weights }) {
      const changed: number[] = []
      const known = new Set<number>()
      for (const { value, holders } of valuesOf('asn')) {
        const odds = reliability(holders, weights)
        known.add(value)
        if (networks.get(value) !== odds) changed.push(value)
        networks.set(value, odds)
      }
      for (const value of networks.keys()) if (!known.has(value)) networks.delete(value)
      return changed
    },
    weigh(a, b, { statistics, prior, holders }, into, said) {
      into.fill(Number.NaN, ADDRESS)
      const [mine, theirs] = [a.values[ADDRESS]?.[0], b.values[ADDRESS]?.[0]]
      if (mine !== undefined && theirs !== undefined && mine !== theirs) into[ADDRESS] = 0
      if (mine !== undefined && mine === theirs) {
        const all = holders(mine)
        const crowd = all === null ? statistics.holders(mine) : crowdOf(all, statistics.key)
        const days = (gapOf(a, b) ?? 0) / DAY
        const asn = a.values[NETWORK]?.find((value) => statistics.kind(value) === 'asn')
        const odds = networks.get(asn ?? -1) ?? logit(SAME)
        const weight = Math.max(0, -prior + odds - CROWD * Math.log(crowd) - days / LEASE)
        into[ADDRESS] = weight
        // The network is that of the address.
        into[NETWORK] = Number.NaN
        const network = said?.findIndex(({ family }) => family === 'network') ?? -1
        if (network >= 0) said?.splice(network, 1)
        const why = `${crowdWords(crowd)}; ${apart(days * DAY)}; in its network ${Math.round(100 / (1 + Math.exp(-odds)))} % come back as themselves`
        said?.push({ family: 'address', values: [statistics.text(mine)], weight, why })
      } else {
        const [here, there] = [a.values[BLOCK]?.[0], b.values[BLOCK]?.[0]]
        if (here !== undefined && here === there) {
          const all = holders(here)
          const crowd = all === null ? statistics.holders(here) : crowdOf(all, statistics.key)
          const u = Math.min(1, statistics.holders(here) / statistics.shown(BLOCK_AT))
          const weight = Math.max(0, Math.min(-prior - identityModel.lone, Math.log(NEIGHBOURS / u)) - Math.log(crowd))
          into[BLOCK] = weight
          into[NETWORK] = Number.NaN
          const network = said?.findIndex(({ family }) => family === 'network') ?? -1
          if (network >= 0) said?.splice(network, 1)
          said?.push({ family: 'block', values: [statistics.text(here)], weight, why: crowdWords(crowd) })
        }
      }
      const [s, t] = [a.profile.start, b.profile.start]
      if (s === null || t === null) return
      const hours = Math.abs(((((s - t) % DAY) + DAY + DAY / 2) % DAY) - DAY / 2) / HOUR
      const density = Math.exp(-(hours ** 2) / (2 * SPREAD ** 2)) / (SPREAD * Math.sqrt(2 * Math.PI))
      const weight = Math.min(MOST_HOUR, Math.log(REGULAR * density * 24 + 1 - REGULAR))
      into[BLOCK + 1] = weight
      said?.push({
        family: 'hour',
        values: [],
        weight,
        why: hours < 1 ? 'begins at the same time of day' : `begins ${hours.toFixed(1)} hours apart on the clock`,
      })
    },
  }
}
