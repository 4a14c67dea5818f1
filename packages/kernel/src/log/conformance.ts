import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../id.ts'
import { type DeadLetter, type EventLog, LeaseLostError, type LeaseRequest, type NewLogRecord, type Share } from './port.ts'

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
      expect(await log.shares('nobody')).toEqual([])
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

    const sole = (fold: string, more: Partial<LeaseRequest> = {}) => log.lease(fold, { owner: 'a', partitions: 1, ttlMs: 60_000, ...more })
    const parts = (shares: readonly { readonly part: number }[]) => shares.map(({ part }) => part).sort((a, b) => a - b)

    it('commits rows, records, cursor and dead letters together', async () => {
      const shares = await sole('fold')
      await log.transaction(async (tx, log) => {
        await bench.write(tx, 'row')
        await log.advance('fold', shares, 7)
        await log.park({ worker: 'fold', seq: 7, recordId: 'r', error: 'E', raw: '{}' })
        await log.append(examples(1))
      })
      expect(await bench.written()).toEqual(['row'])
      expect(await log.head()).toBe(1)
      expect(seqs(await log.shares('fold'))).toEqual([7])
      expect(await bench.letters()).toEqual([{ worker: 'fold', seq: 7, recordId: 'r', error: 'E', raw: '{}' }])
    })

    it('commits nothing of a transaction that throws, and goes on', async () => {
      const shares = await sole('fold')
      const broken = log.transaction(async (tx, log) => {
        await bench.write(tx, 'row')
        await log.advance('fold', shares, 7)
        await log.park({ worker: 'fold', seq: 7, recordId: null, error: 'E', raw: '' })
        await log.append(examples(3))
        throw new Error('killed here')
      })
      await expect(broken).rejects.toThrow('killed here')
      expect([await bench.written(), await log.head(), await bench.letters()]).toEqual([[], 0, []])
      expect(seqs(await log.shares('fold'))).toEqual([0])
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

    it('keeps a cursor for each partition of each fold', async () => {
      const [one, two] = [await sole('one', { partitions: 4 }), await sole('two')]
      await log.transaction(async (_tx, log) => {
        await log.advance('one', one, 3)
        await log.advance('two', two, 5)
        await log.advance('one', one.slice(0, 2), 4)
      })
      expect(seqs(await log.shares('one'))).toEqual([4, 4, 3, 3])
      expect(seqs(await log.shares('two'))).toEqual([5])
      expect(seqs(await sole('one', { partitions: 4 }))).toEqual([4, 4, 3, 3])
    })

    it('shares partitions fairly among the replicas that ask, and never gives one to two of them', async () => {
      const ask = (owner: string) => sole('fold', { owner, partitions: 16 })
      expect(parts(await ask('a'))).toHaveLength(16)
      expect(await ask('b')).toEqual([])
      expect(parts(await ask('a'))).toHaveLength(8)
      expect(parts(await ask('b'))).toHaveLength(8)
      expect([await ask('c'), parts(await ask('a')).length, parts(await ask('b')).length]).toEqual([[], 6, 5])
      const all = [...parts(await ask('c')), ...parts(await ask('a')), ...parts(await ask('b'))]
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, part) => part))
    })

    it('gives the partitions of a replica that has gone to the others: released, ended, or silent for too long', async () => {
      await sole('released', { owner: 'gone' })
      expect(await sole('released')).toEqual([])
      await log.release('released', 'gone')
      expect(parts(await sole('released'))).toEqual([0])
      await sole('ended', { owner: 'gone' })
      expect(parts(await sole('ended', { ended: (owner) => owner === 'gone' }))).toEqual([0])
      await sole('silent', { owner: 'gone', ttlMs: 50 })
      await expect.poll(async () => parts(await sole('silent')), { timeout: 10_000, interval: 20 }).toEqual([0])
    })

    it('lets nobody write whose lease was taken by somebody else, given back, or taken again in another life', async () => {
      const lost = async (work: Promise<unknown>) => expect(await work.catch((error: unknown) => error)).toBeInstanceOf(LeaseLostError)
      const write = (shares: readonly Share[], seq: number) =>
        log.transaction(async (tx, log) => {
          await bench.write(tx, `row ${seq}`)
          await log.append(examples(1))
          await log.advance('fold', shares, seq)
        })
      const old = await sole('fold', { ttlMs: 1 })
      await write(old, 1)
      let taken: Share[] = []
      const take = async () => {
        taken = await sole('fold', { owner: 'b' })
        return taken.length
      }
      await expect.poll(take, { timeout: 10_000, interval: 5 }).toBe(1)
      await lost(write(old, 2))
      await write(taken, 3)
      await log.release('fold', 'b')
      await lost(write(taken, 4))
      const again = await sole('fold')
      expect(again[0]?.epoch).toBeGreaterThan(taken[0]?.epoch ?? 0)
      await lost(write(old, 5))
      await write(again, 6)
      expect([(await bench.written()).sort(), await log.head(), seqs(await log.shares('fold'))]).toEqual([
        ['row 1', 'row 3', 'row 6'],
        3,
        [6],
      ])
    })

    it('keeps one cursor while many replicas come, go and fall silent', async () => {
      const total = 60
      await append(...examples(total))
      const done: string[] = []
      const replica = async (owner: string) => {
        for (let round = 0; done.length < total * 4 && round < 2_000; round += 1) {
          const shares = await log.lease('fold', { owner, partitions: 4, ttlMs: round % 3 === 0 ? 1 : 200 })
          for (const share of shares) {
            if (share.seq >= total) continue
            // What is written is told only if it was committed.
            await log
              .transaction((_tx, log) => log.advance('fold', [share], share.seq + 1))
              .then(
                () => done.push(`${share.part}/${share.seq + 1}`),
                (error: unknown) => expect(error).toBeInstanceOf(LeaseLostError),
              )
          }
          if (round % 7 === 0) await log.release('fold', owner)
        }
      }
      await Promise.all(['a', 'b', 'c'].map(replica))
      expect(done).toHaveLength(total * 4)
      expect(new Set(done).size).toBe(total * 4)
    })
  })
}
