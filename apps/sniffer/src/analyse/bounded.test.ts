import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PortSet } from './port-set.ts'
import { Recent } from './recent.ts'
import { sequenceClass } from './stacks.ts'
import { addressBytes, addressText } from './watched.ts'

test('a set of ports counts and names them as a plain set would', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(65_535), { maxLength: 400 }), (list) => {
      const set = new PortSet()
      for (const port of list) set.add(port)
      const plain = [...new Set(list)].sort((a, b) => a - b)
      expect(set.size).toBe(plain.length)
      for (const port of plain) expect(set.has(port)).toBe(true)
      const first = set.text.split(',')[0] ?? ''
      expect(first.split('-')[0]).toBe(plain.length === 0 ? '' : `${plain[0]}`)
    }),
  )
  const all = new PortSet()
  for (let port = 0; port < 65_536; port += 1) all.add(port)
  expect([all.size, all.text]).toEqual([65_536, '0-65535'])
})

test('what was used lately stays, the rest goes, never more than the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), fc.array(fc.nat(60), { maxLength: 300 }), (limit, keys) => {
      const gone: number[] = []
      const recent = new Recent<number>(limit, (value) => gone.push(value))
      for (const [n, key] of keys.entries()) {
        if (recent.get(`${key}`) === undefined) recent.set(`${key}`, n)
        expect(recent.get(`${key}`)).toBeDefined()
        expect(recent.size).toBeLessThanOrEqual(limit)
      }
      const kept = [...recent.entries()].map(([, value]) => value)
      expect(new Set([...kept, ...gone]).size).toBe(kept.length + gone.length)
    }),
  )
})

test.each([
  ['unknown', [1, 2, 3], 32],
  ['zero', [0, 0, 0, 0], 16],
  ['constant', [9, 9, 9, 9], 16],
  ['incremental', [65_530, 65_535, 3, 4], 16],
  ['random', [1, 2_000_000, 3, 4], 32],
] as const)('numbers that follow each other are %s', (kind, samples, width) => {
  expect(sequenceClass(samples, width)).toBe(kind)
})

test('an address is found by its bytes, whatever its spelling', () => {
  expect(addressText(addressBytes('10.0.0.2') ?? '')).toBe('10.0.0.2')
  expect(addressText(addressBytes('2001:0db8:0::1') ?? '')).toBe('2001:db8::1')
  expect(addressText(addressBytes('::') ?? '')).toBe('::')
  for (const text of ['10.0.0', '10.0.0.256', '1:2', '1:2:3:4:5:6:7:8:9', 'zz::1', '']) expect(addressBytes(text)).toBeNull()
})
