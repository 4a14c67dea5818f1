import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../id.ts'
import type { DeadLetter, EventLog, NewLogRecord } from './port.ts'

/** One log under test, and what only its adapter knows how to do. */
export interface LogBench<Tx> {
  readonly log: EventLog<Tx>
  /** Writes something of a fold's own within the transaction. */
  write(tx: Tx, name: string): Promise<void>
  /** The names that are committed, in any order. */
  written(): Promise<string[]>
  letters(): Promise<DeadLetter[]>
  close(): Promise<void>
}

/** A record as a sensor's event would be; `more` changes what a test is about. */
export const exampleRecord = (more: Partial<NewLogRecord> = {}): NewLogRecord => ({
  id: newId(),
  topic: 'system.log',
  ts: 1_763_000_000_000,
  source: 'sensor',
  type: 'command',
  decky: 'web-01',
  service: 'ssh',
  attackerIp: '203.0.113.7',
  attackerPort: 40_000,
  sessionId: 'session-1',
  body: { command: 'id' },
  msg: null,
  ...more,
})

/** What every adapter of {@link EventLog} keeps. Call it within a test file. */
export function logConformance<Tx>(name: string, make: () => Promise<LogBench<Tx>>): void {
  describe(`${name} as an event log`, () => {
    let bench: LogBench<Tx>
    let log: EventLog<Tx>
    beforeEach(async () => {
      bench = await make()
      log = bench.log
    })
    afterEach(() => bench.close())

    const append = (...records: NewLogRecord[]) => log.transaction((_tx, log) => log.append(records))
    const examples = (count: number, more: Partial<NewLogRecord> = {}) => Array.from({ length: count }, () => exampleRecord(more))
    const seqs = (records: readonly { readonly seq: number }[]) => records.map(({ seq }) => seq)

    it('is empty at first', async () => {
      expect(await log.head()).toBe(0)
      expect(await log.read(0, 10)).toEqual({ records: [], scanned: 0 })
      expect(await log.transaction((_tx, log) => log.cursor('nobody'))).toBe(0)
    })

    it('numbers records from one without gaps, in the order of their commits', async () => {
      expect(seqs(await append(...examples(3)))).toEqual([1, 2, 3])
      expect(seqs(await append(...examples(2)))).toEqual([4, 5])
      expect(await log.head()).toBe(5)
      expect(seqs((await log.read(0, 10)).records)).toEqual([1, 2, 3, 4, 5])
    })

    it('gives back every member as it was given, whatever the strings hold', async () => {
      const odd = ['', ' ', '"]\\', "';--", '\r\n\t\u001b[2J', '\u202e\u2028', '😀', 'é', '%_\\', '\u0000', '<script>']
      const records = [
        exampleRecord({ body: { odd, nested: { n: 1.5, no: null, yes: true } }, msg: odd.join('') }),
        exampleRecord({ decky: null, service: null, attackerIp: null, attackerPort: null, sessionId: null, body: {} }),
      ]
      await append(...records)
      expect((await log.read(0, 10)).records).toEqual(records.map((record, index) => ({ ...record, seq: index + 1 })))
    })

    it('takes an id once, in one transaction and over several, and spends no number on the second', async () => {
      const first = exampleRecord()
      const next = exampleRecord()
      expect(seqs(await append(first, first, next))).toEqual([1, 2])
      expect(await append(next, first)).toEqual([])
      expect(seqs(await append(exampleRecord(), first))).toEqual([3])
      expect(await log.head()).toBe(3)
    })

    it('commits rows, records, cursor and dead letters together', async () => {
      await log.transaction(async (tx, log) => {
        await bench.write(tx, 'row')
        await log.saveCursor('fold', 7)
        await log.park({ worker: 'fold', seq: 7, recordId: 'r', error: 'E', raw: '{}' })
        await log.append(examples(1))
      })
      expect(await bench.written()).toEqual(['row'])
      expect(await log.head()).toBe(1)
      expect(await log.transaction((_tx, log) => log.cursor('fold'))).toBe(7)
      expect(await bench.letters()).toEqual([{ worker: 'fold', seq: 7, recordId: 'r', error: 'E', raw: '{}' }])
    })

    it('commits nothing of a transaction that throws, and goes on', async () => {
      const broken = log.transaction(async (tx, log) => {
        await bench.write(tx, 'row')
        await log.saveCursor('fold', 7)
        await log.park({ worker: 'fold', seq: 7, recordId: null, error: 'E', raw: '' })
        await log.append(examples(3))
        throw new Error('killed here')
      })
      await expect(broken).rejects.toThrow('killed here')
      expect([await bench.written(), await log.head(), await bench.letters()]).toEqual([[], 0, []])
      expect(await log.transaction((_tx, log) => log.cursor('fold'))).toBe(0)
      expect(seqs(await append(...examples(1)))).toEqual([1])
    })

    it('runs transactions one after the other: no number is given twice and no reader sees half of one', async () => {
      const torn: number[] = []
      const writers = Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 5; round += 1) await append(...examples(3))
      })
      const reader = async () => {
        for (let round = 0; round < 20; round += 1) {
          const head = await log.head()
          if (head % 3 !== 0) torn.push(head)
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      await Promise.all([...writers, reader()])
      expect(torn).toEqual([])
      expect(seqs((await log.read(0, 1000)).records)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1))
    })

    it('reads on after a number, at most as many as asked, and says how far it looked', async () => {
      await append(...examples(5))
      const first = await log.read(0, 2)
      expect([seqs(first.records), first.scanned]).toEqual([[1, 2], 2])
      const rest = await log.read(first.scanned, 10)
      expect([seqs(rest.records), rest.scanned]).toEqual([[3, 4, 5], 5])
      expect(await log.read(5, 10)).toEqual({ records: [], scanned: 5 })
      expect(await log.read(99, 10)).toEqual({ records: [], scanned: 99 })
    })

    it('gives the wanted topics only, and passes over the others', async () => {
      const topics = ['system.log', 'attacker.observed', 'attacker.session.started', 'attackers.x', 'decky.web-01.state', 'decky.a_b.state']
      await append(...topics.map((topic) => exampleRecord({ topic })))
      const of = async (...patterns: string[]) => seqs((await log.read(0, 10, patterns)).records)
      expect(await of('system.log')).toEqual([1])
      expect(await of('attacker.>')).toEqual([2, 3])
      expect(await of('attacker.*')).toEqual([2])
      expect(await of('attacker.*.started', 'decky.*.state')).toEqual([3, 5, 6])
      expect(await of('decky.a_b.state')).toEqual([6])
      expect(await of('decky.a%b.state')).toEqual([])
      expect(await of('*')).toEqual([])
      expect(await of('>')).toEqual([1, 2, 3, 4, 5, 6])
      expect(await log.read(0, 10, ['topology.>'])).toEqual({ records: [], scanned: 6 })
    })

    it('keeps a cursor for each fold', async () => {
      await log.transaction(async (_tx, log) => {
        await log.saveCursor('one', 3)
        await log.saveCursor('two', 5)
        await log.saveCursor('one', 4)
      })
      expect(await log.transaction(async (_tx, log) => [await log.cursor('one'), await log.cursor('two')])).toEqual([4, 5])
    })
  })
}
