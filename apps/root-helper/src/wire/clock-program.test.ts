import { describe, expect, it } from 'vitest'
import { clockProgram } from './clock-program.ts'

describe('the program that moves a clock', () => {
  it('ends in one place, and every jump goes forward into it', () => {
    for (const direction of ['ingress', 'egress'] as const) {
      const bytes = clockProgram(direction, 0xdead_beef)
      const count = bytes.length / 8
      expect([bytes.readUInt8((count - 1) * 8), count]).toEqual([0x95, expect.any(Number)])
      for (let index = 0; index < count - 1; index += 1) {
        const opcode = bytes.readUInt8(index * 8)
        expect(opcode).not.toBe(0x95)
        // Jumps, but not the call of a helper.
        if ((opcode & 7) !== 5 || opcode === 0x85) continue
        const to = index + 1 + bytes.readInt16LE(index * 8 + 2)
        expect(to).toBeGreaterThan(index)
        expect(to).toBeLessThan(count)
      }
    }
  })

  it('adds on the way out what it takes off on the way in', () => {
    const moves = (direction: 'ingress' | 'egress') => {
      const bytes = clockProgram(direction, 0xdead_beef)
      return Array.from({ length: bytes.length / 8 }, (_, index) => bytes.subarray(index * 8, index * 8 + 8))
        .filter((step) => (step.readUInt8(0) & 0xf7) === 0x04 || step.readUInt8(0) === 0x14)
        .map((step) => [step.readUInt8(0), step.readUInt32LE(4)])
    }
    expect([moves('egress'), moves('ingress')]).toEqual([[[0x04, 0xdead_beef]], [[0x14, 0xdead_beef]]])
  })
})
