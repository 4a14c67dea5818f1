/**
 * A program of the kernel's virtual machine (RFC 9669) that moves the clock of TCP timestamps: what leaves shows it later by an offset,
 * what comes back has the offset taken off again. All hosts would otherwise show the same clock, this machine's.
 */
export type Direction = 'ingress' | 'egress'

type Step = readonly [opcode: number, registers: number, offset: number | string, immediate: number]

// Registers: r6 the packet, r7 where TCP begins, r8 where the clock stands, r9 words of the TCP header, then the clock as it was.
const copyTo = (to: number, from: number): Step => [0xbf, to | (from << 4), 0, 0]
const set = (to: number, value: number): Step => [0xb7, to, 0, value]
const add = (to: number, value: number): Step => [0x07, to, 0, value]
/** r0 from the packet, at a place (or that far behind r7 or r8); a packet that is shorter ends the program, and passes. */
const byteAt = (at: number): Step => [0x30, 0, 0, at]
const shortAt = (at: number): Step => [0x28, 0, 0, at]
const byteBehind = (register: number, at: number): Step => [0x50, register << 4, 0, at]
const shortBehind = (register: number, at: number): Step => [0x48, register << 4, 0, at]
const wordBehind = (register: number, at: number): Step => [0x40, register << 4, 0, at]
const goTo = (label: string): Step => [0x05, 0, label, 0]
const ifEqual = (register: number, value: number, label: string): Step => [0x15, register, label, value]
const ifOther = (register: number, value: number, label: string): Step => [0x55, register, label, value]
const ifLess = (register: number, value: number, label: string): Step => [0xa5, register, label, value]
const call = (helper: number): Step => [0x85, 0, 0, helper]

const SKB_STORE_BYTES = 9
const L4_CSUM_REPLACE = 11
/** NOP, NOP, kind 8, length 10: where Linux and nearly everybody have them in an established connection. */
const PADDED_TIMESTAMPS = 0x0101080a
const TIMESTAMPS = 0x080a
/** Places of the option in a SYN-ACK, by the layouts that are written. */
const IN_SYN = [6, 10, 14]

/** Instructions of eight bytes each; `offset` in milliseconds, modulo 2^32. */
export function clockProgram(direction: Direction, offset: number): Buffer {
  const leaves = direction === 'egress'
  /** TSval leaves, TSecr comes back. */
  const field = leaves ? 0 : 4
  return assemble([
    copyTo(6, 1),
    shortAt(12),
    ifEqual(0, 0x86dd, 'six'),
    ifOther(0, 0x0800, 'out'),
    byteAt(14),
    ifOther(0, 0x45, 'out'),
    byteAt(23),
    ifOther(0, 6, 'out'),
    set(7, 34),
    goTo('tcp'),
    'six',
    byteAt(20),
    ifOther(0, 6, 'out'),
    set(7, 54),
    'tcp',
    byteBehind(7, 12),
    [0x77, 0, 0, 4],
    copyTo(9, 0),
    ifLess(9, 8, 'out'),
    byteBehind(7, 13),
    [0x57, 0, 0, 2],
    ifOther(0, 0, 'syn'),
    wordBehind(7, 20),
    ifOther(0, PADDED_TIMESTAMPS, 'not padded'),
    copyTo(8, 7),
    add(8, 24 + field),
    goTo('move'),
    'not padded',
    // Padded behind, as a few peers have it.
    [0x77, 0, 0, 16],
    ifOther(0, TIMESTAMPS, 'out'),
    copyTo(8, 7),
    add(8, 22 + field),
    goTo('move'),
    'syn',
    ...(leaves ? IN_SYN : []).flatMap((place): (Step | string)[] => [
      ifLess(9, (30 + place + 2) >> 2, 'out'),
      shortBehind(7, 20 + place),
      ifOther(0, TIMESTAMPS, `not ${place}`),
      copyTo(8, 7),
      add(8, 22 + place),
      goTo('move'),
      `not ${place}`,
    ]),
    goTo('out'),
    'move',
    wordBehind(8, 0),
    // An echo of nothing stays nothing.
    ...(leaves ? [] : [ifEqual(0, 0, 'out')]),
    copyTo(9, 0),
    [leaves ? 0x04 : 0x14, 0, 0, offset | 0],
    [0xdc, 0, 0, 32],
    [0xdc, 9, 0, 32],
    [0x63, 10, -4, 0],
    copyTo(1, 6),
    copyTo(2, 7),
    add(2, 16),
    copyTo(3, 9),
    copyTo(4, 0),
    set(5, 4),
    call(L4_CSUM_REPLACE),
    copyTo(1, 6),
    copyTo(2, 8),
    copyTo(3, 10),
    add(3, -4),
    set(4, 4),
    set(5, 0),
    call(SKB_STORE_BYTES),
    'out',
    set(0, 0),
    [0x95, 0, 0, 0],
  ])
}

/** Texts are labels; a jump's offset counts from the instruction behind it. */
function assemble(lines: readonly (Step | string)[]): Buffer {
  const places = new Map<string, number>()
  const steps: Step[] = []
  for (const line of lines) {
    if (typeof line === 'string') places.set(line, steps.length)
    else steps.push(line)
  }
  const bytes = Buffer.alloc(steps.length * 8)
  steps.forEach(([opcode, registers, offset, immediate], index) => {
    bytes.writeUInt8(opcode, index * 8)
    bytes.writeUInt8(registers, index * 8 + 1)
    bytes.writeInt16LE(typeof offset === 'string' ? (places.get(offset) ?? 0) - index - 1 : offset, index * 8 + 2)
    bytes.writeInt32LE(immediate, index * 8 + 4)
  })
  return bytes
}
