import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ObservedTechnique, TtpRules, Workers } from '@decnet/contracts/api'
import { attackerId, newId } from '@decnet/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Rule } from '../apps/server/src/domain/ttp/rule/rule.ts'
import { homeAt, prepareHome } from '../apps/server/src/home.ts'
import { loadRules } from '../apps/server/src/rules/rule-files.ts'
import { logTable } from '../apps/server/src/store/log-table.ts'
import { migrate, openStore, type Store } from '../apps/server/src/store/open.ts'
import { undoneChanges } from '../apps/server/src/store/undone-changes.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { type Raw, rawOf } from './rig/rule-events.ts'

const DAY_MS = 24 * 3_600_000
/** Longest example: two days. */
const BEGIN_MS = 3 * DAY_MS

const APART_MS = 200

interface Tried {
  readonly rule: Rule
  readonly nth: number
  readonly raw: Raw
}
interface Tag {
  readonly uuid: string
  readonly rule_id: string
  readonly technique_id: string
  readonly sub_technique_id: string | null
  readonly attacker_uuid: string | null
  readonly evidence: string
  readonly source_kind: string
  readonly source_id: string
  /** Attackers. */
  readonly about: readonly string[]
}

/** Whom a record is about that tells of an identity. */
function attackersIn(body: string): readonly string[] {
  const { observation_uuids = [], observation_uuid } = JSON.parse(body) as { observation_uuids?: string[]; observation_uuid?: string }
  return observation_uuid === undefined ? observation_uuids : [observation_uuid]
}

/** Addresses that nobody else has, one after the other: of those who must be recognised and of those who must not. */
const addresses = (second: number) => {
  let n = 0
  return () => {
    n += 1
    return `198.${second}.${n >> 8}.${n & 255}`
  }
}

describe('every shipped rule, from the lines of a sensor to the tag', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-fire-'))
  let store: Store
  let fleet: Fleet
  let matching: readonly Tried[]
  let harmless: readonly Tried[]
  let tags: readonly Tag[]

  /** One example begins after the other. */
  const all = (rules: readonly Rule[], which: 'match' | 'no_match', most: number, start: number, next: () => string) =>
    rules
      .flatMap((rule) =>
        rule.examples[which].slice(0, most).map((example, nth) => ({ rule, nth, example, name: `${rule.id} ${which} ${nth}` })),
      )
      .map(({ example, name, ...tried }, place) => ({ ...tried, raw: rawOf(example, start + place * APART_MS, next, name) }))

  /** Everything is read, and everybody has thought about it. */
  const settled = async (events: number) => {
    const { seen } = await store.db
      .selectFrom('log')
      .select(({ fn }) => fn.countAll<number>().as('seen'))
      .where('topic', '=', 'system.log')
      .where('attacker_ip', 'like', '198.1%')
      .executeTakeFirstOrThrow()
    const { workers } = await fleet.get<Workers>('/workers')
    const behind = workers.filter(({ lag }) => lag !== null && lag > 0)
    return seen === events && behind.length === 0
  }

  beforeAll(async () => {
    const rules = await loadRules([])
    const start = Date.now() - BEGIN_MS
    matching = all(rules, 'match', 1, start, addresses(18))
    harmless = all(rules, 'no_match', Number.POSITIVE_INFINITY, start, addresses(19))
    const raws = [...matching, ...harmless].map(({ raw }) => raw)
    const home = homeAt(join(folder, 'home'))
    prepareHome(home)
    store = await openStore(home.database)
    await migrate(store)
    await logTable(store).transaction((_tx, log) => log.append(raws.flatMap(({ records }) => records)))
    const lines = raws.flatMap((raw) => raw.lines).toSorted((a, b) => a.ts - b.ts)
    writeFileSync(join(home.spool, `${newId()}.log`), lines.map(({ line }) => `${line}\n`).join(''))
    fleet = await startFleet({ home: home.path })
    for (let quiet = 0; quiet < 3; quiet = (await settled(lines.length)) ? quiet + 1 : 0) await pause(300)
    const found = await store.db
      .selectFrom('ttp_tags')
      .innerJoin('log', 'log.id', 'ttp_tags.source_id')
      .select(['uuid', 'rule_id', 'technique_id', 'sub_technique_id', 'attacker_uuid', 'evidence', 'source_kind', 'source_id', 'body'])
      .execute()
    tags = found.map(({ body, ...tag }) => ({ ...tag, about: tag.attacker_uuid === null ? attackersIn(body) : [tag.attacker_uuid] }))
  })
  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await store?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const tagsOf = ({ rule, raw }: Tried) => {
    const whose = new Set(raw.addresses.map(attackerId))
    return tags.filter(({ rule_id, about }) => rule_id === rule.id && about.some((attacker) => whose.has(attacker)))
  }

  it('has examples that a sensor can say', () => {
    const wrong = [...matching, ...harmless].flatMap(({ rule, nth, raw }) => raw.problems.map((problem) => `${rule.id} ${nth}: ${problem}`))
    expect(wrong).toEqual([])
  })

  it('fires, and says why', () => {
    const silent = matching.filter((tried) => tagsOf(tried).length === 0)
    expect(silent.map(({ rule }) => `${rule.id} ${rule.title}`)).toEqual([])
    const why = matching.filter((tried) => tagsOf(tried).some(({ evidence }) => Object.keys(JSON.parse(evidence)).length === 0))
    expect(why.map(({ rule }) => rule.id)).toEqual([])
  })

  it('is silent about what it must not say', () => {
    expect(harmless.length).toBeGreaterThan(3 * matching.length)
    const wrong = harmless.filter((tried) => tagsOf(tried).length > 0)
    expect(wrong.map(({ rule, nth }) => `${rule.id} no_match ${nth}`)).toEqual([])
  })

  it('P1: each tag is told of once in the log', async () => {
    const told = await store.db.selectFrom('log').select('body').where('topic', '=', 'ttp.tagged').execute()
    const uuids = told.flatMap(({ body }) => (JSON.parse(body) as { tag_uuids: string[] }).tag_uuids)
    expect(uuids.toSorted()).toEqual(tags.map(({ uuid }) => uuid).toSorted())
  })

  it('is counted right by the API', async () => {
    const observed = await fleet.get<readonly ObservedTechnique[]>('/ttp/observed')
    const idOf = ({ technique_id, sub_technique_id }: Pick<Tag, 'technique_id' | 'sub_technique_id'>) => sub_technique_id ?? technique_id
    const counted = Object.fromEntries(observed.map((each) => [idOf(each), [each.count, each.attacker_count]]))
    // What became of an identity and was taken back since is shown of no identity.
    const undone = await undoneChanges(store.db, [...new Set(tags.flatMap((tag) => (tag.attacker_uuid === null ? [tag.source_id] : [])))])
    const holding = tags.filter(({ source_id }) => !undone.includes(source_id))
    const wanted = Object.fromEntries(
      [...Map.groupBy(holding, idOf)].map(([id, some]) => [
        id,
        [some.length, new Set(some.flatMap((tag) => tag.attacker_uuid ?? [])).size],
      ]),
    )
    expect(counted).toEqual(wanted)
    const { data } = await fleet.get<TtpRules>('/ttp/rules')
    const hits = Object.fromEntries(data.map((rule) => [rule.id, rule.hits.count]))
    const made = Map.groupBy(tags, ({ rule_id }) => rule_id)
    expect(hits).toEqual(Object.fromEntries(matching.map(({ rule }) => [rule.id, made.get(rule.id)?.length ?? 0])))
  })
})
