import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Intake, IntakeBatch } from './port.ts'

/** One store of one sensor, and what the suite does to it. */
export interface IntakeBench {
  /** Writes whole lines as the sensor does; resolves when they can be read. */
  append(lines: readonly Buffer[]): Promise<void>
  /** The sensor goes on behind a border of the store (next file, next segment); resolves when that holds for what follows. */
  turn(): Promise<void>
  /** The sensor is killed within a line and started again. Absent where a transport knows whole messages only. */
  tear?(bytes: Buffer): Promise<void>
  /** A new intake over the same store, as after a restart of the server. */
  open(): Promise<Intake>
  close(): Promise<void>
}

const lines = (from: number, count: number): Buffer[] => Array.from({ length: count }, (_, index) => Buffer.from(`line ${from + index}`))
const texts = (batch: IntakeBatch): string[] => batch.lines.map(({ line }) => line.toString())
const expected = (from: number, count: number): string[] => lines(from, count).map(String)

/** Reads until nothing more comes, following positions. */
async function drain(
  intake: Intake,
  from: string | null,
  limit = 100,
): Promise<{ texts: string[]; torn: string[]; position: string | null }> {
  const seen: string[] = []
  const torn: string[] = []
  let position = from
  for (;;) {
    const batch = await intake.read(position, limit)
    seen.push(...texts(batch))
    if (batch.torn !== null) torn.push(batch.torn.toString())
    if (batch.lines.length === 0 && batch.torn === null && !batch.more) return { texts: seen, torn, position }
    position = batch.position
  }
}

/** What every adapter of {@link Intake} keeps. Call it within a test file. */
export function intakeConformance(name: string, make: () => Promise<IntakeBench>): void {
  describe(`${name} as an intake`, () => {
    let bench: IntakeBench
    let intake: Intake
    beforeEach(async () => {
      bench = await make()
      intake = await bench.open()
    })
    afterEach(async () => {
      await intake[Symbol.asyncDispose]()
      await bench.close()
    })

    it('answers an empty batch when nothing was written', async () => {
      expect(await intake.read(null, 10)).toMatchObject({ lines: [], torn: null, more: false })
    })

    it('gives lines in the order they were written, without their line breaks', async () => {
      await bench.append(lines(0, 5))
      expect(texts(await intake.read(null, 10))).toEqual(expected(0, 5))
    })

    it('gives at most as many lines as asked for and says when more is waiting', async () => {
      await bench.append(lines(0, 5))
      const first = await intake.read(null, 3)
      expect([texts(first), first.more]).toEqual([expected(0, 3), true])
      const second = await intake.read(first.position, 3)
      expect([texts(second), second.more]).toEqual([expected(3, 2), false])
      expect(await intake.read(second.position, 3)).toMatchObject({ lines: [], more: false })
    })

    it('goes on behind any line whose position it is given', async () => {
      await bench.append(lines(0, 6))
      const batch = await intake.read(null, 10)
      for (const [index, { position }] of batch.lines.entries()) {
        expect((await drain(intake, position)).texts).toEqual(expected(index + 1, 5 - index))
      }
      expect((await drain(intake, batch.position)).texts).toEqual([])
    })

    it('gives lines that come later behind the same position', async () => {
      await bench.append(lines(0, 2))
      const { position } = await drain(intake, null)
      await bench.append(lines(2, 2))
      expect((await drain(intake, position)).texts).toEqual(expected(2, 2))
    })

    it('keeps the order across borders of the store', async () => {
      for (let part = 0; part < 4; part++) {
        await bench.append(lines(part * 10, 10))
        await bench.turn()
      }
      expect((await drain(intake, null, 7)).texts).toEqual(expected(0, 40))
    })

    it('gives the same lines again from null as long as they are not acknowledged', async () => {
      await bench.append(lines(0, 3))
      await bench.turn()
      await bench.append(lines(3, 3))
      await drain(intake, null)
      expect((await drain(intake, null)).texts).toEqual(expected(0, 6))
    })

    it('goes on at a stored position after a restart', async () => {
      await bench.append(lines(0, 4))
      const { position } = await intake.read(null, 2)
      await intake[Symbol.asyncDispose]()
      await bench.append(lines(4, 2))
      intake = await bench.open()
      expect((await drain(intake, position)).texts).toEqual(expected(2, 4))
    })

    it('never deletes what lies behind the acknowledged position', async () => {
      await bench.append(lines(0, 3))
      await bench.turn()
      await bench.append(lines(3, 3))
      await bench.turn()
      const batch = await intake.read(null, 4)
      await intake.ack(batch.position)
      expect((await drain(intake, batch.position)).texts).toEqual(expected(4, 2))
      await intake[Symbol.asyncDispose]()
      intake = await bench.open()
      expect((await drain(intake, null)).texts.slice(-2)).toEqual(expected(4, 2))
    })

    it('takes an acknowledgement twice, late, and of everything', async () => {
      await bench.append(lines(0, 3))
      const early = await intake.read(null, 1)
      await bench.turn()
      await bench.append(lines(3, 1))
      const { position } = await drain(intake, early.position)
      await intake.ack(position ?? '')
      await intake.ack(position ?? '')
      await intake.ack(early.position)
      await bench.append(lines(4, 1))
      expect((await drain(intake, position)).texts).toEqual(expected(4, 1))
    })

    it('carries exact bytes and long lines', async () => {
      const odd = [Buffer.from([0, 255, 254, 13, 9, 0x80]), Buffer.alloc(200_000, 'x'), Buffer.from('é😀\u2028')]
      await bench.append(odd)
      const seen: Buffer[] = []
      for (let position: string | null = null, more = true; more; ) {
        const batch: IntakeBatch = await intake.read(position, 10)
        seen.push(...batch.lines.map(({ line }) => Buffer.from(line)))
        position = batch.position
        more = batch.more
      }
      expect(seen.map((line) => line.equals(odd[seen.indexOf(line)] ?? Buffer.alloc(0)))).toEqual([true, true, true])
    })

    it('gives what a killed sensor left of a line once, as torn, and loses no line before or behind it', async ({ skip }) => {
      if (bench.tear === undefined) return skip('this transport knows whole messages only')
      await bench.append(lines(0, 2))
      await bench.tear(Buffer.from('half a li'))
      await bench.append(lines(2, 2))
      expect(await drain(intake, null)).toMatchObject({ texts: expected(0, 4), torn: ['half a li'] })
    })
  })
}
