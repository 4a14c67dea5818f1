import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeOf, INPUT_HOOK, parseQueued, queueRequests, verdict } from './nfqueue.ts'

/** As the kernel sends it: header, hook and identification, card, neighbour, payload. */
const queued = Buffer.from(
  `${'60000000'}${'0003'}${'0000'}00000000${'00000000'}${'02000000'}` + // nlmsghdr, nfgenmsg
    `0b000100${'00000007'}0800${'01'}00` + // NFQA_PACKET_HDR
    `08000500${'00000003'}` + // NFQA_IFINDEX_INDEV
    `10000900${'0006'}0000${'0200000000010000'}` + // NFQA_HWADDR
    `18000a00${'4500001400000000400600000a0000010a000002'}` + // NFQA_PAYLOAD
    `08000300${'00000000'}`, // NFQA_MARK
  'hex',
)
queued.writeUInt32LE(queued.length, 0)

describe('messages of the packet queue', () => {
  it('are read with the hook, the card and the neighbour', () => {
    const [first, second] = parseQueued(Buffer.concat([queued, queued]))
    expect(first).toMatchObject({ id: 7, hook: INPUT_HOOK, card: 3 })
    expect([first?.neighbour.toString('hex'), first?.packet.length]).toEqual(['020000000001', 20])
    expect(second?.id).toBe(7)
  })

  it('that are something else, or cut short, are left out', () => {
    expect(parseQueued(queued.subarray(0, 50))).toEqual([])
    const other = Buffer.from(queued)
    other.writeUInt16LE(2, 4)
    expect(parseQueued(other)).toEqual([])
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(queued.length - 1), (bytes, at) => {
        const damaged = Buffer.from(queued)
        Buffer.from(bytes).copy(damaged, at)
        parseQueued(damaged)
        parseQueued(Buffer.from(bytes))
        codeOf(Buffer.from(bytes))
      }),
    )
  })

  it('carry a verdict, with another packet in place of the first', () => {
    const bytes = verdict(0, 7, true, Buffer.from('abcde'))
    expect(bytes.readUInt32LE(0)).toBe(bytes.length)
    expect(bytes.subarray(20).toString('hex')).toBe(`0c000200${'00000001'}${'00000007'}09000a00${'6162636465'}000000`)
    expect(verdict(0, 7, false).subarray(20).toString('hex')).toBe(`0c000200${'00000000'}${'00000007'}`)
  })

  it('ask for a queue that lets everything pass when it runs over', () => {
    const asked = queueRequests(0).map((bytes) => bytes.subarray(20).toString('hex'))
    expect(asked).toEqual([
      '080001000100000'.padEnd(16, '0'),
      '09000200'.concat('0000ffff', '02', '000000'),
      '0800030000000400',
      '08000400000000010800050000000001',
    ])
  })
})
