import { events } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import type { Intake, IntakeBatch } from '@decnet/kernel/intake'
import { believedTime, type EventLog, LeaseLostError, type LogRecord, type NewLogRecord } from '@decnet/kernel/log'
import { decodeEvent } from '@decnet/kernel/syslog'
import { defineTick, Holding, newOwner, type Tick } from '@decnet/kernel/worker'
import { isImported } from '../../domain/import-source.ts'
import type { Tx } from '../../store/log-table.ts'
import { upsert } from '../../store/upsert.ts'

/** Lines per transaction; more than a fold takes, so that a flood reaches the disk before it is thought about. */
const BATCH = 5_000
/** A trickle of lines is taken in by handfuls: a watcher sees no delay, and many small transactions are saved. */
const REST_MS = 40
/** Batches up to this size are announced event by event as well; larger ones only as a batch: a live feed, not a transport. */
const ANNOUNCED = 32

/** A sensor's stream of lines. */
export interface IntakeSource {
  /** The sensor's name, one for all time: positions are kept under it. */
  readonly name: string
  readonly intake: Intake
  /** Other servers could read it as well: the one that holds its lease does. */
  readonly shared: boolean
}

export interface IntakeSources {
  /** What there is to read now; asked at each run. */
  list(): Promise<readonly IntakeSource[]>
}

interface Reader {
  position: string | null | undefined
  readonly lease: Holding | null
}

type Emits = typeof topics.systemLog | typeof topics.workerHealth
type Publish = Parameters<Tick<Emits>['run']>[0]['publish']

/**
 * Moves what sensors wrote into the event log, exactly once: rows and the reading position commit together, and the log
 * refuses an event id that it has. A line that is no event is kept among the dead letters with its bytes. One whose time lies more than a day ahead
 * of this host's (`now`) is taken to have happened on its arrival; `claimed_time` in its body says what it claimed.
 */
export function ingester(sources: IntakeSources, log: EventLog<Tx>, now: () => number = Date.now): Tick<Emits> {
  const owner = newOwner()
  const readers = new Map<string, Reader>()
  let parked = 0
  const readerOf = ({ name, shared }: IntakeSource): Reader => {
    let reader = readers.get(name)
    if (!reader) {
      reader = { position: undefined, lease: shared ? new Holding({ log, fold: leaseOf(name), partitions: 1, owner }) : null }
      readers.set(name, reader)
    }
    return reader
  }

  /** One batch of one sensor; answers whether more is waiting. */
  async function take(source: IntakeSource, reader: Reader, publish: Publish): Promise<boolean> {
    const { intake } = source
    await reader.lease?.renew()
    const term = reader.lease?.front()?.shares ?? []
    if (reader.lease && term.length === 0) {
      reader.position = undefined
      return false
    }
    const after = reader.position === undefined ? await log.transaction((tx) => storedPosition(tx, source.name)) : reader.position
    const batch = await intake.read(after, BATCH)
    if (batch.lines.length === 0 && batch.torn === null && batch.position === after) return false
    const { records, refused } = decode(batch, source, now())
    reader.position = undefined
    const written = await log.transaction(async (tx, log) => {
      for (const { error, raw } of refused) await log.park({ worker: 'ingester', seq: null, recordId: null, error, raw })
      await storePosition(tx, source.name, batch.position)
      if (reader.lease) await log.advance(leaseOf(source.name), term, 0)
      return log.append(records)
    })
    reader.position = batch.position
    parked += refused.length
    await intake.ack(batch.position)
    announce(written, source, publish)
    return batch.more
  }

  return defineTick({
    name: 'ingester',
    summary: 'Moves events from the spool into the event log, exactly once.',
    every: 1_000,
    rest: REST_MS,
    wakes: [],
    parked: () => parked,
    emits: [topics.systemLog, topics.workerHealth],
    async run({ publish }) {
      let more = false
      let trouble: unknown
      for (const source of await sources.list()) {
        const reader = readerOf(source)
        try {
          more = (await take(source, reader, publish)) || more
        } catch (error) {
          reader.lease?.forget()
          // Another server has it now: it reads the same lines.
          if (!(error instanceof LeaseLostError)) trouble = error
        }
      }
      // One sensor in trouble keeps none of the others waiting.
      if (trouble !== undefined) throw trouble
      return more ? 'again' : 'done'
    },
  })
}

const leaseOf = (source: string): string => `intake:${source}`

/** What a host calls its deckies, others may call theirs as well: those of another host are named with it, `web-01@edge-1`. */
const elsewhere = (record: NewLogRecord, host: string): NewLogRecord =>
  record.decky === null || record.attackerIp === null ? record : { ...record, decky: `${record.decky}@${host}` }

/** A time to come orders nothing: lists would have it on top for ever, and silence would be over before it began. */
function believed(record: NewLogRecord, arrived: number): NewLogRecord {
  const ts = believedTime(record.ts, arrived)
  return ts === record.ts ? record : { ...record, ts, body: { ...record.body, claimed_time: new Date(record.ts).toISOString() } }
}

function decode(
  batch: IntakeBatch,
  { name, shared }: IntakeSource,
  arrived: number,
): { records: NewLogRecord[]; refused: { error: string; raw: string }[] } {
  const records: NewLogRecord[] = []
  const refused: { error: string; raw: string }[] = []
  for (const { line, position, origin, corrupt } of batch.lines) {
    if (corrupt !== undefined) {
      refused.push({ error: corrupt, raw: line.toString('base64') })
      continue
    }
    const decoded = decodeEvent(line, { source: batch.source, position: origin ?? position })
    if ('error' in decoded) refused.push({ error: decoded.error, raw: line.toString('base64') })
    else records.push(believed(shared ? elsewhere(decoded, name) : decoded, arrived))
  }
  if (batch.torn !== null) refused.push({ error: 'the writer was killed within this line', raw: batch.torn.toString('base64') })
  return { records, refused }
}

/** Tells the live feed what was committed. */
function announce(written: readonly LogRecord[], source: IntakeSource, publish: Publish): void {
  if (written.length <= ANNOUNCED) {
    for (const record of written) {
      if (record.type === events.tick.type) continue
      const { decky, service, type, attackerIp, ts, body } = record
      const payload = {
        decky: decky ?? '',
        service: service ?? '',
        event_type: type,
        attacker_ip: attackerIp,
        timestamp: new Date(ts).toISOString(),
        fields: body as Record<string, string>,
      }
      publish(topics.systemLog, [], payload, type)
    }
  }
  if (written.length > 0)
    publish(topics.systemLog, [], { component: 'ingester', flushed: written.length, position: written.at(-1)?.seq ?? 0 }, 'batch_committed')
  // A sensor reaches no bus: its tick in the spool is its heartbeat.
  const tick = written.findLast((record) => record.type === events.tick.type)
  if (tick && !isImported(source.name))
    publish(
      topics.workerHealth,
      ['sensor'],
      { worker: 'sensor', ts: tick.ts / 1000, interval_sec: 10, kind: 'process', instance: source.name, ...tick.body },
      'health',
    )
}

const storePosition = (tx: Tx, source: string, position: string): Promise<void> =>
  upsert(tx, 'intake_positions', 'source', [{ source, position }])

async function storedPosition(tx: Tx, source: string): Promise<string | null> {
  const row = await tx.selectFrom('intake_positions').select('position').where('source', '=', source).executeTakeFirst()
  return row?.position ?? null
}
