import fc from 'fast-check'
import { expect, test } from 'vitest'
import { captureFilter } from './filter.ts'

/** The classic BPF machine, as far as the filter uses it: bytes of the frame that pass. */
function run(program: Buffer, frame: Buffer): number {
  let a = 0
  for (let at = 0, steps = 0; steps < 4_096; steps += 1) {
    const code = program.readUInt16LE(at * 8)
    const k = program.readUInt32LE(at * 8 + 4)
    const jump = (is: boolean) => program.readUInt8(at * 8 + (is ? 2 : 3))
    at += 1
    if (code === 0x06) return k
    else if (code === 0x28 || code === 0x20) {
      const size = code === 0x28 ? 2 : 4
      if (frame.length < k + size) return 0
      a = frame.readUIntBE(k, size)
    } else {
      at -= 1
      const offset = jump(code === 0x15 ? a === k : code === 0x25 ? a > k : a >= k)
      at += 1 + offset
    }
  }
  throw new Error('the program does not end')
}
const frame = (type: number, src = 0, dst = 0): Buffer => {
  const bytes = Buffer.alloc(54)
  bytes.writeUInt16BE(type, 12)
  bytes.writeUInt32BE(src, 26)
  bytes.writeUInt32BE(dst, 30)
  return bytes
}
const text = (ip: number) => [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255).join('.')
const address = fc.nat(0xffffffff)

test('everything from and to an address passes, however many there are', () => {
  fc.assert(
    fc.property(fc.array(address, { minLength: 1, maxLength: 300 }), address, (ips, other) => {
      const program = captureFilter(ips.map(text), false)
      expect(program.length / 8).toBeLessThan(256)
      for (const ip of ips) {
        expect(run(program, frame(0x0800, ip, other))).toBeGreaterThan(0)
        expect(run(program, frame(0x0800, other, ip))).toBeGreaterThan(0)
      }
    }),
  )
})
test('nothing else passes while there are few, nor what is no IP', () => {
  fc.assert(
    fc.property(fc.array(address, { minLength: 1, maxLength: 20 }), address, address, (ips, src, dst) => {
      fc.pre(!ips.includes(src) && !ips.includes(dst))
      expect(run(captureFilter(ips.map(text), false), frame(0x0800, src, dst))).toBe(0)
    }),
  )
  expect(run(captureFilter(['10.0.0.1'], true), frame(0x88cc))).toBe(0)
  expect(run(captureFilter([], false), frame(0x0800, 1, 2))).toBe(0)
})
test('questions for cards always pass, IPv6 where somebody speaks it', () => {
  expect(run(captureFilter([], false), frame(0x0806))).toBeGreaterThan(0)
  expect(run(captureFilter([], true), frame(0x86dd))).toBeGreaterThan(0)
  expect(run(captureFilter(['10.0.0.1'], false), frame(0x86dd))).toBe(0)
})
