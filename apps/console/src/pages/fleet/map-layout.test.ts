import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundlesOf, chooseSides, edgeOf, layOutLan, roomForNames, wayIn } from './map-layout.ts'

const box = { width: 700, height: 560 }
const kinds = [
  'linux-server',
  'web-server',
  'file-server',
  'mail-server',
  'edge-gateway',
  'database-server',
  'backup-server',
  'devops-host',
]
const fleetOf = (counts: readonly number[]) =>
  counts.flatMap((count, k) => Array.from({ length: count }, (_, n) => ({ name: `${kinds[k]}-${n}`, archetype: kinds[k] ?? '' })))

describe('the network map', () => {
  it('puts every decky inside of the network’s edge, for any fleet, and none upon another while they can be told apart', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 8 }), (counts) => {
        const fleet = fleetOf(counts)
        const { deckies, centre, radius, size } = layOutLan(fleet, box)
        expect(deckies.map(({ name }) => name).toSorted()).toEqual(fleet.map(({ name }) => name).toSorted())
        const reach = deckies.map(({ x, y }) => ((x - centre.x) / radius.x) ** 2 + ((y - centre.y) / radius.y) ** 2)
        expect(Math.max(0, ...reach)).toBeLessThan(1)
        if (fleet.length > 250) return
        const apart = deckies.flatMap((a, n) => deckies.slice(n + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y)))
        expect(Math.min(1_000, ...apart.slice(0, 40_000))).toBeGreaterThan(size * 1.2)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps those of one archetype together, in a slice that names how many they are', () => {
    const { slices, deckies } = layOutLan(fleetOf([3, 12, 1]), box)
    expect(slices.map(({ kind, count }) => [kind, count])).toEqual([
      ['file-server', 1],
      ['linux-server', 3],
      ['web-server', 12],
    ])
    for (const { kind, from, to } of slices)
      for (const spot of deckies.filter((each) => each.kind === kind)) {
        expect(spot.angle).toBeGreaterThan(from)
        expect(spot.angle).toBeLessThan(to)
      }
  })

  it('draws five large and two hundred small, and the same fleet the same way', () => {
    const few = layOutLan(fleetOf([2, 1, 2]), box)
    const many = layOutLan(fleetOf([60, 40, 30, 20, 20, 15, 10, 5]), box)
    expect(few.size).toBe(17)
    expect(many.size).toBeLessThan(9)
    expect(many.size).toBeGreaterThan(4)
    expect(layOutLan(fleetOf([2, 1, 2]).toReversed(), box)).toEqual(few)
  })

  it('is drawn for no decky and for one kind too', () => {
    expect(layOutLan([], box).deckies).toEqual([])
    const one = layOutLan(fleetOf([4]), box)
    expect(one.slices).toHaveLength(1)
    const [slice] = one.slices
    expect(slice && edgeOf(one, slice)).not.toMatch(/NaN/u)
  })

  it('puts attackers on the side of what they touch; each stands once, whoever touched nothing that is drawn as well', () => {
    const lan = layOutLan(fleetOf([1, 1, 1, 1]), box)
    const byX = lan.deckies.toSorted((a, b) => a.x - b.x)
    const [west, east] = [byX[0], byX.at(-1)]
    if (!west || !east) throw new Error('four deckies are drawn')
    const links = [
      { ip: '203.0.113.1', decky: east.name, sessions: 3 },
      { ip: '203.0.113.2', decky: west.name, sessions: 9 },
      { ip: '203.0.113.3', decky: 'gone-01', sessions: 9 },
    ]
    const { left, right } = chooseSides(['203.0.113.1', '203.0.113.2', '203.0.113.3'], links, lan)
    expect([...left, ...right].toSorted()).toEqual(['203.0.113.1', '203.0.113.2', '203.0.113.3'])
    expect(left).toContain('203.0.113.2')
    expect(right).toContain('203.0.113.1')
    expect(wayIn(lan, { x: 0, y: 10 }, east)).toMatch(/^M0,10\.0 C/u)
  })

  it('bundles the lines of a large fleet: one from each attacker to each slice, as heavy as all its links', () => {
    const lan = layOutLan(fleetOf([2, 1]), box)
    const doors = new Map([['203.0.113.1', { x: 0, y: 10 }]])
    const link = (decky: string, sessions: number, ip = '203.0.113.1') => ({ ip, decky, sessions })
    const links = [link('linux-server-0', 2), link('linux-server-1', 3), link('web-server-0', 1), link('web-server-0', 1, '203.0.113.2')]
    expect(bundlesOf(links, doors, lan).map(({ id, sessions }) => [id, sessions])).toEqual([
      ['203.0.113.1 linux-server', 5],
      ['203.0.113.1 web-server', 1],
    ])
  })

  it('writes a name where there is room for it: all of a few, hardly any of many', () => {
    const letters = (name: string) => name.length
    expect(roomForNames(layOutLan(fleetOf([2, 1, 2]), box), letters).size).toBe(5)
    const many = roomForNames(layOutLan(fleetOf([60, 60, 60]), box), letters).size
    expect(many).toBeGreaterThan(0)
    expect(many).toBeLessThan(30)
    const lan = layOutLan(fleetOf([1]), box)
    const [slice, spot] = [lan.slices[0], lan.deckies[0]]
    if (!slice || !spot) throw new Error('one stands there')
    const over = { ...lan, slices: [{ ...slice, label: { x: spot.x, y: spot.y + lan.size + 14, anchor: 'middle' as const } }] }
    expect([lan, over].map((each) => roomForNames(each, letters).size)).toEqual([1, 0])
  })
})
