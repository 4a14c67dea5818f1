import { expect, test } from 'vitest'
import { PacketRing } from './packet-ring.ts'

const BLOCK = 4096

/** Fills a block as the kernel does: frames behind their headers, then the status. */
function fill(
  memory: ArrayBuffer,
  block: number,
  frames: readonly { readonly text: string; readonly from?: [hardware: number, type: number] }[],
): void {
  const bytes = Buffer.from(memory, block * BLOCK, BLOCK)
  bytes.fill(0)
  let at = 48
  bytes.writeUInt32LE(frames.length, 12)
  bytes.writeUInt32LE(at, 16)
  for (const [n, { text, from: [hardware, type] = [1, 0] }] of frames.entries()) {
    bytes.writeUInt32LE(n === frames.length - 1 ? 0 : 160, at)
    bytes.writeUInt32LE(1_763_000_000, at + 4)
    bytes.writeUInt32LE(250_000_000, at + 8)
    bytes.writeUInt32LE(text.length, at + 12)
    bytes.writeUInt32LE(1500, at + 16)
    bytes.writeUInt16LE(82, at + 24)
    bytes.writeUInt16LE(hardware, at + 56)
    bytes.writeUInt8(type, at + 58)
    bytes.write(text, at + 82)
    at += 160
  }
  bytes.writeUInt32LE(1, 8)
}

test('blocks are read in turn, once each, and given back', () => {
  const memory = new ArrayBuffer(3 * BLOCK)
  const ring = new PacketRing(memory, BLOCK)
  const seen: string[] = []
  const read = () => ring.read(({ data, ts, length }) => seen.push(`${data} ${ts} ${length}`))
  expect(read()).toBeNull()
  fill(memory, 0, [{ text: 'one' }, { text: 'two' }])
  fill(memory, 1, [{ text: 'three' }])
  expect([read(), read(), read()]).toEqual([2, 1, null])
  expect(seen).toEqual(['one 1763000000250 1500', 'two 1763000000250 1500', 'three 1763000000250 1500'])
  fill(memory, 2, [{ text: 'four' }])
  expect(read()).toBe(1)
  fill(memory, 0, [{ text: 'five' }])
  expect([read(), read()]).toEqual([1, null])
  expect(seen.at(-1)).toMatch(/^five/u)
})
test('what goes out over the loopback is not seen twice; what a card sends is seen', () => {
  const memory = new ArrayBuffer(BLOCK)
  fill(memory, 0, [
    { text: 'out', from: [772, 4] },
    { text: 'in', from: [772, 0] },
    { text: 'sent', from: [1, 4] },
  ])
  const seen: string[] = []
  new PacketRing(memory, BLOCK).read(({ data }) => seen.push(data.toString()))
  expect(seen).toEqual(['in', 'sent'])
})
