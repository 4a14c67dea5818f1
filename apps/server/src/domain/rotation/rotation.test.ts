import { format, parse, type SyslogMessage } from '@decnet/kernel/syslog'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HISTORY, lastRotation, observeFingerprint, partedBy } from './observe-fingerprint.ts'
import { type RotationPorts, recordFingerprint } from './record-fingerprint.ts'
import { type FingerprintState, PROBE_TYPES, type Rotated, type Sighting, type Stretch } from './sighting.ts'

const sighting = (hash: string, more: Partial<Sighting> = {}): Sighting => ({
  attacker_uuid: '6f1c2f5e-0f0f-5a5a-8a8a-1234567890ab',
  attacker_ip: '203.0.113.7',
  port: 443,
  probe_type: 'jarm',
  hash,
  ts: 1_700_000_000,
  ...more,
})

/** Rows in a map, announcements in lists, and the order in which things were done. */
function bench(known: readonly string[] = [sighting('').attacker_uuid]) {
  const rows = new Map<string, FingerprintState>()
  const attacker = { rotation_count: 0, last_rotation_at: null as number | null }
  const published: Rotated[] = []
  const logged: SyslogMessage[] = []
  const order: string[] = []
  const keyOf = ({ attacker_uuid, port, probe_type }: Sighting) => `${attacker_uuid} ${port} ${probe_type}`
  const ports: RotationPorts = {
    load: (seen) => (known.includes(seen.attacker_uuid) ? (rows.get(keyOf(seen)) ?? null) : undefined),
    commit: (seen, state) => {
      order.push('commit')
      rows.set(keyOf(seen), state)
      Object.assign(attacker, { rotation_count: state.rotation_count, last_rotation_at: lastRotation(state) })
    },
    publish: (rotated) => {
      order.push('publish')
      published.push(rotated)
    },
    syslog: (message) => {
      order.push('syslog')
      logged.push(message)
    },
  }
  const see = (hash: string, more: Partial<Sighting> = {}, over: Partial<RotationPorts> = {}) =>
    recordFingerprint(sighting(hash, more), { ...ports, ...over })
  return { rows, attacker, published, logged, order, see }
}

describe('a fingerprint rotation (founding contract A 3)', () => {
  it('is a new hash for a known attacker, port and probe type; a first sighting and an unchanged one announce nothing', () => {
    const { see, published, logged } = bench()
    expect([see('a').outcome, see('a').outcome]).toEqual(['first_sighting', 'unchanged'])
    expect([published, logged]).toEqual([[], []])
    expect(see('b').outcome).toBe('rotated')
    expect(published).toMatchObject([{ old_hash: 'a', new_hash: 'b', rotation_count: 1, flap: false, port: 443, probe_type: 'jarm' }])
  })

  it('stamps the attacker on every difference, flap or not', () => {
    const { see, attacker, published } = bench()
    for (const [index, hash] of ['a', 'b', 'a', 'b', 'b'].entries()) see(hash, { ts: 1_700_000_000 + index })
    expect(attacker).toEqual({ rotation_count: 3, last_rotation_at: 1_700_000_003 })
    expect(published.map(({ flap }) => flap)).toEqual([false, true, true])
  })

  it('keeps ports, probe types and ways of seeing apart', () => {
    const { see } = bench()
    const outcomes = [see('a'), see('b', { port: 22 }), ...PROBE_TYPES.slice(1).map((probe_type) => see(probe_type, { probe_type }))]
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['first_sighting']))
  })

  it('does nothing for an attacker that is not known', () => {
    const { see, order } = bench([])
    expect(see('a').outcome).toBe('no_attacker_row')
    expect(order).toEqual([])
  })

  it('is committed first, then published, then logged', () => {
    const { see, order } = bench()
    see('a')
    see('b')
    expect(order).toEqual(['commit', 'commit', 'publish', 'syslog'])
  })

  it('is not announced when it could not be committed', () => {
    const { see, order } = bench()
    see('a')
    const full = () => {
      throw new Error('disk full')
    }
    expect(() => see('b', {}, { commit: full })).toThrow('disk full')
    expect(order).toEqual(['commit'])
  })

  it.each(['publish', 'syslog'] as const)('outlives a %s that fails, and the other side is done', (side) => {
    const { see, rows, published, logged } = bench()
    see('a')
    const failure = new Error('away')
    const fail = () => {
      throw failure
    }
    expect(see('b', {}, { [side]: fail })).toMatchObject({ outcome: 'rotated', failures: [failure] })
    expect([...rows.values()].map(({ last_hash }) => last_hash)).toEqual(['b'])
    expect(published.length + logged.length).toBe(1)
  })

  it('is an RFC 5424 line that reads back as it was, whatever the hash holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.double({ noNaN: true, min: 1_700_000_001 }), (hash, ts) => {
        const { see, logged } = bench()
        see('a')
        if (see(hash, { ts }).outcome !== 'rotated') return
        const [message] = logged
        expect(message && parse(format(message))).toEqual({ ok: true, message })
        expect(message?.structuredData[0]?.params).toContainEqual(['new_hash', hash])
      }),
    )
  })
})

describe('the state of a fingerprint', () => {
  const hashes = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 200 })

  it('counts every change, keeps a bounded history that ends with the last hash, and labels each return as a flap', () => {
    fc.assert(
      fc.property(hashes, (seen) => {
        let state: FingerprintState | null = null
        for (const [index, hash] of seen.entries()) {
          const before: FingerprintState | null = state
          const observed = observeFingerprint(before, sighting(hash, { ts: index }))
          if (observed.outcome === 'rotated')
            expect(observed.rotated.map(({ flap }) => flap)).toEqual([before?.history.some((known) => known.hash === hash)])
          state = observed.state
        }
        expect(state?.rotation_count).toBe(seen.filter((hash, index) => index > 0 && hash !== seen[index - 1]).length)
        expect(state?.history.length).toBe(Math.min(HISTORY, (state?.rotation_count ?? 0) + 1))
        expect([state?.history.at(-1)?.hash, state?.last_hash]).toEqual([seen.at(-1), seen.at(-1)])
      }),
    )
  })

  it('is not set back by a sighting that comes late', () => {
    const { state } = observeFingerprint(
      { last_hash: 'a', last_seen: 50, rotation_count: 0, history: [{ hash: 'a', from: 40, to: 50 }] },
      sighting('a', { ts: 30 }),
    )
    expect(state).toEqual({ last_hash: 'a', last_seen: 50, rotation_count: 0, history: [{ hash: 'a', from: 30, to: 50 }] })
  })

  const played = (sightings: readonly Sighting[]) => {
    const announced: Rotated[] = []
    let state: FingerprintState | null = null
    for (const [index, one] of sightings.entries()) {
      const parted: Stretch | null = state && partedBy(state, one)
      const known = sightings.slice(0, index).flatMap(({ hash, ts }) => (hash === parted?.hash ? [ts] : []))
      const [last, next] = [Math.max(...known.filter((ts) => ts <= one.ts)), Math.min(...known.filter((ts) => ts > one.ts))]
      const observed = observeFingerprint(state, one, parted ? { last, next } : {})
      if (observed.outcome === 'rotated') announced.push(...observed.rotated)
      state = observed.state
    }
    return { state, announced }
  }
  const pieces = fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 })
  const timed = (files: readonly (readonly string[])[]) =>
    files.map((file, day) => file.map((hash, nth) => sighting(hash, { ts: day * 86_400 + nth })))

  it('is the same, with as many announcements, whatever order its files came in', () => {
    const shuffled = pieces.chain((files) =>
      fc.tuple(fc.constant(files), fc.shuffledSubarray([...files.keys()], { minLength: files.length })),
    )
    fc.assert(
      fc.property(shuffled, ([files, order]) => {
        const days = timed(files)
        const [inTurn, mixed] = [played(days.flat()), played(order.flatMap((day) => days[day] ?? []))]
        expect(mixed.state).toEqual(inTurn.state)
        for (const { state, announced } of [inTurn, mixed]) expect(announced.length).toBe(state?.rotation_count)
      }),
    )
  })

  it('announces of a late sighting only the changes that nobody knew of', () => {
    const told = (...seen: readonly (readonly [string, number])[]) =>
      played(seen.map(([hash, ts]) => sighting(hash, { ts }))).announced.map(({ old_hash, new_hash, flap, ts }) => [
        old_hash,
        new_hash,
        flap,
        ts,
      ])
    expect(told(['b', 20], ['a', 10])).toEqual([['a', 'b', false, 20]])
    expect(told(['a', 10], ['b', 30], ['c', 20]).slice(1)).toEqual([['a', 'c', false, 20]])
    expect(told(['a', 10], ['b', 30], ['b', 20]).slice(1)).toEqual([])
    expect(told(['a', 10], ['a', 30], ['b', 20])).toEqual([
      ['a', 'b', false, 20],
      ['b', 'a', true, 30],
    ])
  })

  it('passes over what is older than a full history', () => {
    const full = played(Array.from({ length: HISTORY + 5 }, (_, ts) => sighting(`${ts}`, { ts }))).state
    expect(full && observeFingerprint(full, sighting('z', { ts: -1 }))).toEqual({ outcome: 'unchanged', state: full })
  })
})
