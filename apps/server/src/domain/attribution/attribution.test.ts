import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stateChange, suspicion } from './announcements.ts'
import { type Attribution, attribute, KEYSTROKE_PRIMITIVE } from './attribute.ts'
import type { AttributionStateName, Json, TraitObservation } from './state.ts'

const MINUTE = 60
const observed = (values: readonly Json[], apart = MINUTE): TraitObservation[] =>
  values.map((value, index) => ({ id: `o${String(index).padStart(4, '0')}`, ts: 1_700_000_000 + index * apart, value }))
const times = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value)
const attributed = (values: readonly Json[], primitive = 'motor.input_modality', apart = MINUTE) =>
  attribute(primitive, observed(values, apart))

describe('the scenario table of attribution', () => {
  const HASH = 'motor.digraph_simhash'
  const [a, b, c] = ['0'.repeat(16), 'f'.repeat(16), `${'0'.repeat(8)}${'f'.repeat(8)}`]
  const five = ['0'.repeat(16), 'f'.repeat(16), '00000000ffffffff', '0000ffff0000ffff', '00ff00ff00ff00ff']
  const rows: [name: string, primitive: string, values: Json[], state: AttributionStateName, more: Partial<Attribution>][] = [
    ['typed seven times', 'p', times(7, 'typed'), 'stable', { current_value: 'typed', confidence: 1 }],
    [
      'typed five times, then pasted five times',
      'p',
      [...times(5, 'typed'), ...times(5, 'pasted')],
      'drifting',
      { current_value: 'pasted' },
    ],
    ['typed and pasted in turns', 'p', ['t', 'p', 't', 'p', 't'], 'multi_actor', { confidence: 0.6 }],
    ['typed four times, then pasted once', 'p', [...times(4, 'typed'), 'pasted'], 'stable', { current_value: 'typed', confidence: 0.8 }],
    ['three values', 'p', ['typed', 'pasted', 'mixed', 'typed', 'pasted'], 'conflicted', { current_value: 'pasted' }],
    ['two observations', 'p', ['typed', 'typed'], 'unknown', { confidence: 0, current_value: 'typed' }],
    ['5000 five times, then 8000 five times', 'p', [...times(5, 5000), ...times(5, 8000)], 'drifting', { current_value: 8000 }],
    ['numbers all over', 'p', [100, 20_000, 50, 15_000, 200], 'conflicted', { confidence: 0.5 }],
    ['five zeros', 'p', times(5, 0), 'stable', { current_value: 0, confidence: 1 }],
    ['two hashes in two minutes', HASH, [a, a, b], 'drifting', { confidence: 0.5, current_value: b }],
    ['three hashes in two minutes', HASH, [a, b, c], 'drifting', { confidence: 1 / 3 }],
    ['five different hashes', HASH, five, 'conflicted', { confidence: 0.2 }],
  ]
  it.each(rows)('%s', (_name, primitive, values, state, more) => {
    expect(attributed(values, primitive)).toMatchObject({ state, ...more })
  })
})

describe('a trait', () => {
  const json = fc.oneof(
    fc.constantFrom<Json>('typed', 'pasted', true, null),
    fc.integer({ min: -5, max: 5 }),
    fc.constant<Json>({ a: 1, b: [2] }),
  )
  const series = fc.array(fc.record({ ts: fc.integer({ min: 0, max: 500_000 }), value: json }), { minLength: 1, maxLength: 40 })
  const numbered = (list: readonly { ts: number; value: Json }[]) => list.map((one, index) => ({ ...one, id: `o${index}` }))
  const primitives = fc.constantFrom('p', 'motor.digraph_simhash', KEYSTROKE_PRIMITIVE)

  it('is the same in whatever order and however often its observations come', () => {
    fc.assert(
      fc.property(primitives, series, fc.infiniteStream(fc.nat()), (primitive, list, order) => {
        const given = numbered(list)
        const shuffled = [...given, ...given]
          .map((one) => ({ one, at: order.next().value }))
          .sort((x, y) => x.at - y.at)
          .map(({ one }) => one)
        expect(attribute(primitive, shuffled)).toEqual(attribute(primitive, given))
      }),
    )
  })

  it('has a confidence from 0 to 1, all its observations counted, and a state as old as an observation', () => {
    fc.assert(
      fc.property(primitives, series, (primitive, list) => {
        const given = numbered(list)
        const row = attribute(primitive, given)
        expect(row?.confidence).toBeGreaterThanOrEqual(0)
        expect(row?.confidence).toBeLessThanOrEqual(1)
        expect(row?.observation_count).toBe(given.length)
        expect(given.map(({ ts }) => ts)).toContain(row?.last_change_ts)
        expect(row?.last_observation_ts).toBe(Math.max(...given.map(({ ts }) => ts)))
      }),
    )
  })

  it('keeps the time of its last change while its state stays', () => {
    const row = attributed([...times(2, 'x'), ...times(20, 'x')])
    expect(row).toMatchObject({ state: 'stable', last_change_ts: 1_700_000_000 + 2 * MINUTE, observation_count: 22 })
  })

  it('is nothing without observations, and an observation without a time is none', () => {
    expect(attribute('p', [])).toBeNull()
    expect(attribute('p', [{ id: 'x', ts: Number.NaN, value: 'typed' }])).toBeNull()
  })

  it('takes objects as equal whatever the order of their members', () => {
    expect(
      attributed([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
        { a: 1, b: 2 },
      ]),
    ).toMatchObject({ state: 'stable', confidence: 1 })
  })
})

describe('a state that was said once', () => {
  const statesOf = (values: readonly Json[], primitive = 'p') =>
    values.map((_, index) => attributed(values.slice(0, index + 1), primitive)?.state)
  const turned = (states: readonly unknown[]) => states.filter((state, index) => index > 0 && state !== states[index - 1])

  it('is not left for a value that wavers about the threshold', () => {
    const wavering = times(8, ['t', 't', 't', 'p', 't', 't', 'p']).flat()
    expect(turned(statesOf(wavering))).toEqual(['stable'])
    const numbers = times(8, [1, 1, 1, 60, 1, 1, 60]).flat()
    expect(turned(statesOf(numbers)).length).toBeLessThanOrEqual(3)
  })

  it('is left when there was no value for a window, and found again when there is one for a window', () => {
    const doubt = ['p', 'm', 't', 'p', 'm', 't', 'p', 'm', 't']
    expect(turned(statesOf([...times(6, 't'), ...doubt, ...times(12, 't')]))).toEqual(['stable', 'conflicted', 'stable'])
    expect(turned(statesOf([...times(6, 't'), ...doubt, ...times(14, 'p')]))).toEqual(['stable', 'conflicted', 'drifting', 'stable'])
  })

  it('is left at once for another value that is as clear', () => {
    const states = statesOf([...times(7, 't'), ...times(4, 'p')])
    expect(states.slice(-2)).toEqual(['stable', 'drifting'])
  })

  it('is not doubt before a window is full', () => {
    const grown = ['random', 'random', 'regular', 'regular', 'regular', ...times(12, 'regular')]
    expect(statesOf(grown, 'temporal.session_timing').slice(0, 4)).toEqual(times(4, 'unknown'))
  })

  it('changes rarely, however a coin falls', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }), (coins) => {
        const states = statesOf(coins).slice(2)
        expect(turned(states).length).toBeLessThanOrEqual(1 + states.length / 5)
      }),
      { numRuns: 20 },
    )
  })
})

describe('a word that sums up many sessions', () => {
  it('is in doubt while it wavers; it does not show two people', () => {
    const hours = ['utc_00_06', 'utc_06_12', 'utc_00_06', 'utc_06_12', 'utc_00_06']
    expect(attributed(hours, 'temporal.chronotype')).toMatchObject({ state: 'conflicted', confidence: 0.6 })
    expect(attributed(hours)).toMatchObject({ state: 'multi_actor' })
    expect(attributed(times(5, 'utc_00_06'), 'temporal.chronotype')).toMatchObject({ state: 'stable', current_value: 'utc_00_06' })
  })
})

describe('how often somebody comes back', () => {
  const DAY = 86_400
  const came = (...seen: (readonly [day: number, word: string])[]) =>
    attribute(
      'temporal.persistence',
      seen.map(([day, value], n) => ({ id: `o${n}`, ts: 1_700_000_000 + day * DAY + n, value })),
    )

  it('is as often as it was seen: who came on three days is returning, however many visits the first day had', () => {
    const busy = times(6, [0, 'one_off'] as const)
    expect(came(...busy)).toMatchObject({ current_value: 'one_off', state: 'stable' })
    expect(came(...busy, [1, 'returning'])).toMatchObject({ current_value: 'returning', state: 'drifting' })
    expect(came(...busy, [1, 'returning'], [2, 'returning'])).toMatchObject({ current_value: 'returning' })
  })

  it('counts the days of all addresses: three that came on a day each are one who came on three days', () => {
    expect(came([0, 'one_off'], [1, 'one_off'], [2, 'one_off'])).toMatchObject({ current_value: 'returning', state: 'stable' })
    const weeks = times(8, 0).map((_, n) => [2 * n, 'one_off'] as const)
    expect(came(...weeks)?.current_value).toBe('persistent')
  })

  it('never becomes less', () => {
    expect(came([0, 'persistent'], [0, 'one_off'], [0, 'one_off'], [0, 'one_off'])?.current_value).toBe('persistent')
  })
})

describe('a number', () => {
  it('is stable again once its new level is ten observations old', () => {
    const values = [...times(10, 100), ...times(12, 200)]
    const states = values.map((_, index) => attributed(values.slice(0, index + 1))?.state)
    expect(states.slice(2, 12)).toEqual(times(10, 'stable'))
    expect(states.slice(12, 19)).toEqual(times(7, 'drifting'))
    expect(states.slice(19)).toEqual(times(3, 'stable'))
  })

  it('is not moved by one value that is off, and not by a change below a third', () => {
    expect(attributed([...times(8, 100), 5_000])).toMatchObject({ state: 'stable', current_value: 100 })
    expect(attributed([...times(8, 100), ...times(8, 120)])?.state).toBe('stable')
  })

  it('does not drift by a scatter of a tenth, however long', () => {
    const values = Array.from({ length: 300 }, (_, index) => 1_000 * (1 + 0.15 * Math.sin(index * index)))
    const states = new Set(values.map((_, index) => attributed(values.slice(0, index + 1))?.state))
    expect(states).toEqual(new Set(['unknown', 'stable']))
  })

  it('drifts when it creeps', () => {
    const values = Array.from({ length: 30 }, (_, index) => 100 * 1.06 ** index)
    expect(values.map((_, index) => attributed(values.slice(0, index + 1))?.state)).toContain('drifting')
  })
})

describe('a vector or a hash', () => {
  const vector = (shift: number, noise: number): number[] =>
    Array.from({ length: 8 }, (_, index) => shift + noise * Math.sin(index * 7 + shift))

  it('is stable though no two values are equal', () => {
    const values = Array.from({ length: 20 }, (_, index) => vector(0, 0.001 * index))
    expect(attributed(values, KEYSTROKE_PRIMITIVE)).toMatchObject({ state: 'stable', confidence: 1 })
    const hashes = Array.from({ length: 20 }, (_, index) => (1n << BigInt(index)).toString(16).padStart(16, '0'))
    expect(attributed(hashes, 'motor.digraph_simhash')?.state).toBe('stable')
  })

  it('takes turns when two typists do', () => {
    const values = Array.from({ length: 6 }, (_, index) => vector(index % 2 ? 3 : 0, 0.001 * index))
    expect(attributed(values, KEYSTROKE_PRIMITIVE)).toMatchObject({ state: 'multi_actor', confidence: 0.5 })
  })

  it('forgets what is older than a day', () => {
    expect(attributed([vector(0, 0), vector(0, 0), vector(3, 0)], KEYSTROKE_PRIMITIVE, 25 * 3_600)?.state).toBe('stable')
  })

  it('of another length or kind is another value and no error', () => {
    const odd: Json[] = ['xyz', [1], [1, 2], null, { a: 1 }]
    expect(attributed(odd, KEYSTROKE_PRIMITIVE)?.state).toBe('conflicted')
    expect(attributed(odd, 'motor.digraph_simhash')?.state).toBe('conflicted')
  })
})

describe('announcements (founding contract A 5)', () => {
  const announced = (values: readonly Json[]) => {
    const given = observed(values)
    let before: Attribution | null = null
    return given.flatMap((_, index) => {
      const after = attribute('p', given.slice(0, index + 1))
      const change = after && stateChange(before, after)
      before = after
      return change ? [`${change.old_state} → ${change.new_state}`] : []
    })
  }

  it('say transitions only, and a first row is none', () => {
    expect(announced(times(12, 'typed'))).toEqual(['unknown → stable'])
    expect(announced(['typed'])).toEqual([])
    expect(announced([...times(5, 'typed'), ...times(9, 'pasted')])).toEqual(['unknown → stable', 'stable → drifting', 'drifting → stable'])
  })

  const trait = (primitive: string, state: AttributionStateName): Attribution => ({
    primitive,
    current_value: 't',
    state,
    confidence: 0.6,
    observation_count: 5,
    last_change_ts: 1,
    last_observation_ts: 2,
    schema_version: 1,
  })
  const alternating = (...names: string[]) => names.map((name) => trait(name, 'multi_actor'))

  it('suspect several people when two traits alternate, once, again when another joins, and anew after there were fewer', () => {
    const steps = [['a'], ['b', 'a'], ['a', 'b'], ['a', 'c'], ['b', 'c'], ['c'], ['a', 'c']]
    let kept: readonly string[] = []
    const said = steps.map((names) => {
      const { announced, announcement } = suspicion(kept, [...alternating(...names), trait('calm', 'stable')])
      kept = announced
      return announcement?.primitives ?? null
    })
    expect(said).toEqual([null, ['a', 'b'], null, ['a', 'c'], null, null, ['a', 'c']])
  })

  it('never say more than a suspicion', () => {
    const sure = alternating('a', 'b').map((row) => ({ ...row, confidence: 1 }))
    expect(suspicion([], sure).announcement).toMatchObject({ confidence: 0.6, ts: 2 })
  })
})
