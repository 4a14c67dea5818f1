import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalOf } from '../apps/server/src/store/groups.ts'
import { openStore, type Store } from '../apps/server/src/store/open.ts'
import { run } from './rig/client.ts'
import { type CowrieLog, makeCowrieLog } from './rig/cowrie-log.ts'

const DECNET = join(import.meta.dirname, '..', 'bin', 'decnet')

/** Who is one, and who works together: sets of addresses, whatever they are called. */
async function groupsOf({ db }: Store): Promise<{ identities: string[]; campaigns: string[] }> {
  const attackers = await db.selectFrom('attackers').select(['uuid', 'ip']).orderBy('ip').execute()
  const identityOf = await canonicalOf(
    db,
    'identity',
    attackers.map(({ uuid }) => uuid),
  )
  const identities = Map.groupBy(attackers, ({ uuid }) => identityOf.get(uuid) ?? '')
  const campaignOf = await canonicalOf(db, 'campaign', [...identities.keys()])
  const campaigns = Map.groupBy(attackers, ({ uuid }) => campaignOf.get(identityOf.get(uuid) ?? '') ?? '')
  const sets = (groups: ReadonlyMap<string, readonly { readonly ip: string }[]>) =>
    [...groups].flatMap(([uuid, members]) => (uuid === '' ? [] : [members.map(({ ip }) => ip).join(' ')])).sort()
  return { identities: sets(identities), campaigns: sets(campaigns) }
}

/**
 * Identities with their names, what was said and kept of how they came about, and who makes up each campaign: a campaign is called after whoever was
 * found in it first, which hangs on when it was looked for.
 */
async function namesIn(home: string) {
  const store = await openStore(join(home, 'decnet.db'), { readonly: true })
  const { db } = store
  try {
    return {
      ...(await groupsOf(store)),
      groups: await db.selectFrom('actor_groups').selectAll().where('layer', '=', 'identity').orderBy('uuid').execute(),
      members: await db.selectFrom('group_members').selectAll().where('layer', '=', 'identity').orderBy('member').execute(),
      decisions: (await db.selectFrom('group_decisions').selectAll().where('layer', '=', 'identity').orderBy('id').execute()).map(
        ({ seq: _, ...decision }) => decision,
      ),
      said: await db
        .selectFrom('log')
        .select(['id', 'topic', 'body'])
        .where('topic', 'in', ['identity.formed', 'identity.observation.linked', 'identity.merged', 'identity.unmerged'])
        .orderBy('id')
        .execute(),
      traits: await db.selectFrom('attribution_state').selectAll().orderBy('identity_uuid').orderBy('primitive').execute(),
    }
  } finally {
    await store.close()
  }
}

/** Everything that workers found, without what only says when it was found. */
async function foundIn(home: string) {
  const store = await openStore(join(home, 'decnet.db'), { readonly: true })
  const { db } = store
  const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort()
  try {
    const tags = await db
      .selectFrom('ttp_tags')
      .select(['uuid', 'attacker_uuid', 'session_id', 'rule_id', 'technique_id', 'sub_technique_id', 'confidence', 'evidence', 'at'])
      // What an identity is at a moment depends on when that is.
      .where('source_kind', '<>', 'identity')
      .execute()
    const observations = await db.selectFrom('observations').selectAll().execute()
    const visits = await db.selectFrom('attacker_visits').select(['attacker_uuid', 'spans', 'fresh']).execute()
    const features = await db
      .selectFrom('attacker_features')
      .select(['attacker_uuid', 'kind', 'value', 'decky', 'first_ts', 'last_ts'])
      .execute()
    const rotations = await db
      .selectFrom('attacker_fingerprint_state')
      .select(['attacker_uuid', 'port', 'probe_type', 'last_hash', 'rotation_count', 'last_rotation_at', 'history'])
      .execute()
    const behaviours = await db.selectFrom('attackers').select(['ip', 'behaviour']).execute()
    const letters = await db.selectFrom('dead_letters').selectAll().execute()
    const explained = await db.selectFrom('group_edges').select(['a', 'b']).where('layer', '=', 'identity').execute()
    const named = new Set(explained.flatMap(({ a, b }) => [a, b]))
    const sure = await db
      .selectFrom('group_members')
      .innerJoin('actor_groups', 'actor_groups.uuid', 'group_members.group_uuid')
      .innerJoin('actor_groups as standing', (join) =>
        join.on((eb) => eb('standing.uuid', '=', eb.fn.coalesce('actor_groups.merged_into_uuid', 'actor_groups.uuid'))),
      )
      .select(['group_members.member', 'standing.confidence', 'standing.uuid as identity'])
      .where('group_members.layer', '=', 'identity')
      .execute()
    const unexplained = [...Map.groupBy(sure, ({ identity }) => identity).values()].filter(
      (members) => members.length > 1 && members.some(({ member, confidence }) => confidence === 1 || !named.has(member)),
    )
    return {
      unexplained: unexplained.map((members) => JSON.stringify(members)),
      ...(await groupsOf(store)),
      tags: lines(tags),
      observations: lines(observations),
      visits: lines(visits),
      features: lines(features),
      rotations: lines(rotations),
      behaviours: lines(behaviours),
      letters: lines(letters),
    }
  } finally {
    await store.close()
  }
}
type Found = Awaited<ReturnType<typeof foundIn>>

/** What is only on one side, a few of each kind. */
const differences = (one: Found, other: Found): unknown[] =>
  Object.entries(one).flatMap(([kind, rows]) => {
    const others = other[kind as keyof Found]
    const only = [...new Set(rows).symmetricDifference(new Set(others))]
    return only.length === 0 && rows.length === others.length ? [] : [[kind, rows.length, others.length, only.length, only.slice(0, 6)]]
  })

describe('what every worker finds in an imported log', { timeout: 300_000 }, () => {
  const work = mkdtempSync(join(tmpdir(), 'import-folds-'))
  let log: CowrieLog
  let whole: Found
  const given = (home: string, ...files: string[]) => [
    ...['import', '--json', '--format', 'cowrie', '--home', home, '--ttylogs', log.ttylogs, '--downloads', log.downloads],
    ...files,
  ]
  const takeIn = async (home: string, ...files: string[]) => {
    const { code, stdout, stderr } = await run(DECNET, given(home, ...files), { timeoutMs: 200_000 })
    if (code !== 0) throw new Error(stderr)
    expect(JSON.parse(stdout)).toMatchObject({ folded: true })
  }
  beforeAll(async () => {
    log = makeCowrieLog({ folder: join(work, 'cowrie'), events: 6_000 })
    const home = join(work, 'whole')
    mkdirSync(home, { mode: 0o700 })
    await takeIn(home, log.logs)
    whole = await foundIn(home)
  }, 300_000)
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it('is something of each kind, and nothing that could not be handled', () => {
    const { letters, unexplained, campaigns, ...found } = whole
    expect([letters, unexplained]).toEqual([[], []])
    for (const rows of Object.values(found)) expect(rows.length).toBeGreaterThan(20)
    expect(campaigns.length).toBeGreaterThan(0)
    expect(whole.identities.some((members) => members.includes(' '))).toBe(true)
  })

  it('has the same names where the log is imported anew, and every identity was announced', async () => {
    const home = join(work, 'again')
    mkdirSync(home, { mode: 0o700 })
    await takeIn(home, log.logs)
    const [once, again] = [await namesIn(join(work, 'whole')), await namesIn(home)]
    expect(again).toEqual(once)
    const formed = once.said.flatMap(({ topic, body }) => (topic === 'identity.formed' ? [JSON.parse(body).identity_uuid] : []))
    expect(formed.sort()).toEqual(once.groups.map(({ uuid }) => uuid).sort())
  })

  it('is what it was, with the names it had, where the log is imported into the same home again', async () => {
    const home = join(work, 'whole')
    const names = await namesIn(home)
    await takeIn(home, log.logs)
    expect(differences(whole, await foundIn(home))).toEqual([])
    expect(await namesIn(home)).toEqual(names)
  })

  it('is the same where the log came file by file', async () => {
    const home = join(work, 'pieces')
    mkdirSync(home, { mode: 0o700 })
    // The one of today has no date, and is the last.
    const files = readdirSync(log.logs).filter((file) => /^cowrie\.json\.\d/u.test(file))
    for (const file of [...files.sort(), 'cowrie.json']) await takeIn(home, join(log.logs, file))
    expect(differences(whole, await foundIn(home))).toEqual([])
  })

  it('has the same identities, campaigns, fingerprints and manners in event time where the files came newest first', async () => {
    const home = join(work, 'newest-first')
    mkdirSync(home, { mode: 0o700 })
    const files = readdirSync(log.logs).filter((file) => /^cowrie\.json\.\d/u.test(file))
    for (const file of ['cowrie.json', ...files.sort().reverse()]) await takeIn(home, join(log.logs, file))
    const { rotations, behaviours, identities, campaigns } = await foundIn(home)
    expect([...new Set(identities).symmetricDifference(new Set(whole.identities))]).toEqual([])
    expect([...new Set(campaigns).symmetricDifference(new Set(whole.campaigns))]).toEqual([])
    expect([...new Set(rotations).symmetricDifference(new Set(whole.rotations))]).toEqual([])
    expect([...new Set(behaviours).symmetricDifference(new Set(whole.behaviours))]).toEqual([])
  })

  it('is the same where the import was killed time and again', async () => {
    const home = join(work, 'killed')
    mkdirSync(home, { mode: 0o700 })
    let kills = 0
    for (let wait = 800; ; wait *= 1.3) {
      const child = spawn(DECNET, given(home, log.logs), { stdio: 'ignore', detached: true })
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
      const code = await Promise.race([ended, pause(wait, 'late' as const)])
      if (code === 0) break
      if (code !== 'late') throw new Error(`the import ended with ${code}`)
      process.kill(-(child.pid ?? 0), 'SIGKILL')
      await ended
      kills += 1
    }
    expect(kills).toBeGreaterThan(2)
    expect(differences(whole, await foundIn(home))).toEqual([])
  })
})
