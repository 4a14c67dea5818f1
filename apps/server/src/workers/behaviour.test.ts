import { attackerId, newId } from '@decnet/kernel'
import { type Bus, createMemoryBus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import type { AnyWorker } from '@decnet/kernel/worker'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KEYSTROKE_RADIUS } from '../domain/attribution/attribute.ts'
import type { Keystroke } from '../domain/keystrokes/gaps.ts'
import { commandsOf } from '../domain/keystrokes/synthetic/commands.ts'
import { typeSession } from '../domain/keystrokes/synthetic/session.ts'
import { syntheticTypist } from '../domain/keystrokes/synthetic/typist.ts'
import { KEYSTROKE_DIMENSIONS } from '../domain/keystrokes/vector.ts'
import { attackerAttribution, attackerBehaviour, identityAttribution } from '../store/behaviour.ts'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import { identitiesOf } from '../store/identities.ts'
import type { Tx } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import { typingProfiles } from '../store/typing-profiles.ts'
import attribution from './attribution/worker.ts'
import { behaviour } from './behaviour/worker.ts'
import { event, settle } from './folds.fixture.ts'
import { identityClusterer } from './identity-clusterer/worker.ts'
import profiler from './profiler/worker.ts'

const COMMANDS = ['uname -a', 'id', 'cat /etc/passwd', 'ls -la /tmp', 'ps aux', 'exit']
const MINUTE = 60_000

/** A recording of somebody who types these commands key by key, or pastes each of them. */
function recording(how: 'typed' | 'pasted'): string {
  const lines = [JSON.stringify({ version: 2, width: 80, height: 24, timestamp: 1_763_000_000, env: { TERM: 'xterm' } })]
  let at = 0.2
  const say = (kind: 'i' | 'o', data: string, after: number) => {
    at += after
    lines.push(JSON.stringify([Number(at.toFixed(3)), kind, data]))
  }
  say('o', 'root@web-01:~# ', 0)
  for (const [n, command] of COMMANDS.entries()) {
    for (const key of how === 'typed' ? command : [command]) {
      say('i', key, 0.11 + ((n * 7 + key.charCodeAt(0)) % 13) / 100)
      say('o', key, 0.001)
    }
    say('i', '\r', 0.3)
    say('o', '\r\nsome output\r\nroot@web-01:~# ', 0.02)
  }
  return lines.join('\n')
}

/** A recording of these keys. */
function keyed(keystrokes: readonly Keystroke[]): string {
  const lines = [JSON.stringify({ version: 2, width: 80, height: 24, timestamp: 1_763_000_000, env: { TERM: 'xterm' } })]
  const say = (at: number, kind: 'i' | 'o', data: string) => lines.push(JSON.stringify([at / 1_000, kind, data]))
  say(0, 'o', 'root@web-01:~# ')
  for (const { t, key } of keystrokes) {
    say(t, 'i', key === '' ? '\x1b[D' : key)
    say(t, 'o', key === '\r' ? '\r\nok\r\nroot@web-01:~# ' : key)
  }
  return lines.join('\n')
}

onEachDatabase('behaviour', ({ open }) => {
  let store: Store
  let bus: Bus
  const files = new Map<string, string>()
  async function* bytes(text: string) {
    yield Buffer.from(text)
  }
  const read = async (replay: string) => {
    const text = files.get(replay)
    return text === undefined ? null : bytes(text)
  }
  const workers = () => [profiler, behaviour({ read }), identityClusterer(), attribution] as readonly AnyWorker<Tx>[]
  beforeEach(async () => {
    store = await open()
    bus = createMemoryBus()
    files.clear()
  })
  afterEach(async () => {
    await bus.close()
    await store.close()
  })

  let sessions = 0
  function shell(how: 'typed' | 'pasted' | readonly Keystroke[], at: number, ip = '203.0.113.7'): NewLogRecord[] {
    sessions += 1
    const session = `session-${sessions}`
    const replay = `replays/${session}.cast`
    files.set(replay, typeof how === 'string' ? recording(how) : keyed(how))
    const seen = (type: string, after: number, body = {}) => event({ type, at: at + after, ip, session, body })
    return [
      seen('connect', 0),
      ...COMMANDS.map((command, n) => seen('command', 1_000 * n, { command })),
      seen('session_recorded', 9_000, { duration_s: 9, bytes: 1, truncated: false, replay }),
      seen('disconnect', 10_000),
    ]
  }
  const feed = (...records: NewLogRecord[]) => settle(store, bus, workers(), records)
  const announced = async (topic: string): Promise<Record<string, unknown>[]> => {
    const rows = await store.db.selectFrom('log').select(['topic', 'body']).where('topic', 'like', topic).orderBy('seq').execute()
    return rows.map(({ topic, body }) => ({ topic, ...(JSON.parse(body) as object) }))
  }
  const attacker = attackerId('203.0.113.7')
  const listing = { attacker, latest: false, limit: 1_000, offset: 0 }

  it('A4: a recorded session gives one observation for each trait, announced once, however often it is looked at', async () => {
    await feed(...shell('typed', 0))
    const { total, data } = await attackerBehaviour(store.db, listing)
    expect(total).toBeGreaterThan(10)
    expect(new Set(data.map(({ primitive }) => primitive)).size).toBe(total)
    expect(data.find(({ primitive }) => primitive === 'motor.input_modality')).toMatchObject({ value: 'typed', attacker_uuid: attacker })
    const told = await announced('attacker.observation.%')
    expect(told).toHaveLength(data.filter(({ value }) => value !== 'unknown').length)
    for (const { topic, primitive, id, evidence_ref, attacker_uuid } of told) {
      expect(topic).toBe(`attacker.observation.${String(primitive)}`)
      expect(id).toMatch(/^[0-9a-f]{32}$/u)
      expect(evidence_ref).toBe(`replay:web-01/ssh#session-${sessions}`)
      expect(attacker_uuid).toBe(attacker)
    }
    expect(JSON.stringify(told)).not.toContain('passwd')
    await store.db.deleteFrom('cursors').where('name', '=', 'behaviour').execute()
    await feed()
    expect((await attackerBehaviour(store.db, listing)).total).toBe(total)
    expect(await announced('attacker.observation.%')).toHaveLength(told.length)
  })

  it('A4: how somebody types is an observation as well, a vector, where it is not in doubt; nothing that was typed is in it', async () => {
    const typist = syntheticTypist('somebody')
    const typed = (text: string) => typeSession(typist, commandsOf(text, 60), text)
    await feed(...shell(typed('one text'), 0), ...shell(typed('another text'), 20 * MINUTE), ...shell('typed', 40 * MINUTE))
    const { data } = await attackerBehaviour(store.db, { ...listing, primitive: 'motor.keystroke' })
    expect(data).toHaveLength(2)
    const [one, other] = data.map(({ value }) => value as number[]) as [number[], number[]]
    expect(one.length).toBe(KEYSTROKE_DIMENSIONS)
    expect(Math.hypot(...one.map((value, at) => value - (other[at] ?? 0)))).toBeLessThan(KEYSTROKE_RADIUS)
    for (const { confidence } of data) expect(confidence).toBeGreaterThan(0.5)
    const told = await announced('attacker.observation.motor.keystroke')
    expect(told.map(({ value }) => value)).toEqual([one, other])
    const said = (await store.db.selectFrom('observations').selectAll().where('primitive', '=', 'motor.keystroke').execute()).map(String)
    for (const command of commandsOf('one text', 60)) expect(said.join()).not.toContain(command)
  })

  it('what hands are compared by is kept of the first few sessions, each told once with its place among them', async () => {
    const typist = syntheticTypist('somebody')
    const long = (n: number) => shell(typeSession(typist, commandsOf(`text ${n}`, 40), `text ${n}`), n * 20 * MINUTE)
    await feed(...[0, 1, 2, 3, 4, 5].flatMap(long), ...shell('typed', 150 * MINUTE))
    const profiles = () => store.db.selectFrom('typing_profiles').selectAll().orderBy('nth').execute()
    const before = await profiles()
    expect(before.map(({ attacker_uuid, nth }) => [attacker_uuid, nth])).toEqual([0, 1, 2, 3].map((nth) => [attacker, nth]))
    const told = await announced('attacker.typing.profiled')
    expect(told.map(({ attacker_uuid, profile_id, nth }) => [attacker_uuid, profile_id, nth])).toEqual(
      before.map(({ id, nth }) => [attacker, id, nth]),
    )
    const read: string[] = []
    for await (const { id } of typingProfiles(store.db)) read.push(id)
    expect(read).toEqual(before.map(({ id }) => id))
    await store.db.deleteFrom('cursors').where('name', '=', 'behaviour').execute()
    await feed()
    expect([await profiles(), await announced('attacker.typing.profiled')]).toEqual([before, told])
  })

  it('I1: one rare client and hands alike make two addresses one identity, with other hands they stay two; the evidence says so', async () => {
    const from = (ip: string, hand: string, hassh: string, n: number) => {
      const text = `${ip} text`
      const [connect, ...rest] = shell(typeSession(syntheticTypist(hand), commandsOf(text, 80), text), n * 20 * MINUTE, ip)
      const hello = event({ type: 'client_hello', at: n * 20 * MINUTE, ip, session: connect?.sessionId ?? '', body: { hassh } })
      return [...(connect ? [connect, hello] : []), ...rest.filter(({ type }) => type !== 'command')]
    }
    const [ann, alsoAnn, bob, cleo] = ['203.0.113.7', '198.51.100.9', '192.0.2.5', '203.0.114.77'] as const
    await feed(...from(ann, 'ann', 'a'.repeat(32), 0), ...from(bob, 'bob', 'b'.repeat(32), 1))
    await feed(...from(alsoAnn, 'ann', 'a'.repeat(32), 2), ...from(cleo, 'cleo', 'b'.repeat(32), 3))
    const identities = await identitiesOf(store.db, [ann, alsoAnn, bob, cleo].map(attackerId))
    const of = (ip: string) => identities.get(attackerId(ip))
    expect(of(alsoAnn)).toBe(of(ann))
    expect(new Set([of(ann), of(bob), of(cleo)]).size).toBe(3)
    const edges = await store.db.selectFrom('group_edges').selectAll().where('layer', '=', 'identity').execute()
    const reasons = edges.flatMap(({ reasons }) => JSON.parse(reasons) as { feature: string; why: string }[])
    expect(reasons.find(({ feature }) => feature === 'keystrokes')?.why).toMatch(/^typed alike: \d+\.\d times likelier of one hand$/u)
  })

  it('A4: the latest of each trait, and each series in the order of time', async () => {
    await feed(...shell('typed', 0), ...shell('pasted', 10 * MINUTE))
    const latest = await attackerBehaviour(store.db, { ...listing, latest: true, primitive: 'motor.input_modality' })
    expect(latest.data.map(({ value }) => value)).toEqual(['pasted'])
    const series = await attackerBehaviour(store.db, { ...listing, primitive: 'motor.input_modality' })
    expect(series.data.map(({ value }) => value)).toEqual(['typed', 'pasted'])
  })

  it('a session that is told of again, whole, is measured once', async () => {
    const records = shell('typed', 0)
    await feed(...records)
    const before = await announced('attacker.observation.%')
    expect(before.length).toBeGreaterThan(0)
    const [first] = records
    if (!first) throw new Error('no session')
    const late = { ...first, id: newId(), source: 'import-late', type: 'command', body: { command: 'id' } }
    const gone = { ...late, id: newId(), ts: late.ts + 60 * MINUTE, type: 'tick', attackerIp: null, sessionId: null, body: {} }
    await feed(late, gone)
    expect(await announced('attacker.session.ended')).toHaveLength(2)
    expect(await announced('attacker.observation.%')).toEqual(before)
  })

  it('of an attacker that was let go nothing is kept anew', async () => {
    await settle(store, bus, [profiler] as unknown as readonly AnyWorker<Tx>[], shell('typed', 0))
    await store.db.deleteFrom('attackers').execute()
    await settle(store, bus, [behaviour({ read })] as unknown as readonly AnyWorker<Tx>[])
    expect(await announced('attacker.observation.%')).toEqual([])
    expect(await store.db.selectFrom('dead_letters').selectAll().execute()).toEqual([])
  })

  it('a session whose recording is not kept here is passed over', async () => {
    const records = shell('typed', 0)
    files.clear()
    await feed(...records)
    expect((await attackerBehaviour(store.db, listing)).total).toBe(0)
    expect(await store.db.selectFrom('dead_letters').selectAll().execute()).toEqual([])
  })

  it('A5: what is known of a trait is stable, drifts, and says so on the way only', async () => {
    await feed(...[0, 1, 2, 3, 4].flatMap((n) => shell('typed', n * 10 * MINUTE)))
    const trait = async () =>
      (await attackerAttribution(store.db, attacker)).primitives.find(({ primitive }) => primitive === 'motor.input_modality')
    expect(await trait()).toMatchObject({ current_value: 'typed', state: 'stable', observation_count: 5 })
    await feed(...[5, 6, 7, 8, 9].flatMap((n) => shell('pasted', n * 10 * MINUTE)))
    expect(await trait()).toMatchObject({ current_value: 'pasted', state: 'drifting', observation_count: 10 })
    const changes = (await announced('attribution.profile.state_changed')).filter(({ primitive }) => primitive === 'motor.input_modality')
    expect(changes.map(({ old_state, new_state }) => [old_state, new_state])).toEqual(expect.arrayContaining([['unknown', 'stable']]))
    expect(changes.at(-1)?.new_state).toBe('drifting')
    for (const [index, change] of changes.entries()) if (index > 0) expect(change.old_state).toBe(changes[index - 1]?.new_state)
    const known = await trait()
    await store.db.deleteFrom('cursors').where('name', '=', 'attribution').execute()
    await feed()
    expect(await trait()).toEqual(known)
    await store.db.deleteFrom('trait_series').execute()
    await store.db.deleteFrom('attribution_state').execute()
    await store.db.deleteFrom('cursors').where('name', '=', 'attribution').execute()
    await feed()
    expect(await trait()).toEqual(known)
  })

  it('A5: two who take turns under one identity are suspected once; an attacker has one identity, whoever makes it', async () => {
    await feed(...[0, 1, 2, 3, 4, 5].flatMap((n) => shell(n % 2 === 0 ? 'typed' : 'pasted', n * 10 * MINUTE)))
    const suspected = await announced('attribution.profile.multi_actor_suspected')
    expect(suspected[0]?.primitives).toEqual(expect.arrayContaining([expect.any(String), expect.any(String)]))
    const identity = (await identitiesOf(store.db, [attacker])).get(attacker)
    expect(suspected[0]?.identity_uuid).toBe(identity)
    expect((await identityAttribution(store.db, identity ?? ''))?.identity_uuid).toBe(identity)
    expect(await store.db.selectFrom('actor_groups').select('uuid').where('layer', '=', 'identity').execute()).toEqual([{ uuid: identity }])
  })
})
