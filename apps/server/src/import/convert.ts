import { type FileHandle, open, unlink } from 'node:fs/promises'
import { events } from '@decnet/contracts/events'
import { isNodeError } from '@decnet/kernel'
import { believedTime } from '@decnet/kernel/log'
import { attackerAddress, digestOf, eventId, lineOf } from './encode.ts'
import type { Found } from './evidence-folder.ts'
import { type Input, openInput } from './inputs.ts'
import { type Journal, type Totals, writeJournal } from './journal.ts'
import { contentOf, linesOf, type Piece } from './lines.ts'
import { LAST_MOMENT, type MakeReader, type Ready, type Told, type Wish } from './reading.ts'
import { SpoolWriter } from './spool-writer.ts'

/** What a killed import has to do again, at most. */
const CHECKPOINT_BYTES = 8 * 1024 * 1024
/** Between two ticks, so that time passes for addresses that say nothing as well. */
const TICK_EVENTS = 250
/** One tick ends no more silent sessions of one partition. */
const ENDED_BY_TICK = 50
/** After the last event: then every session of the source was silent for long enough. */
const SILENCE_MS = 60 * 60_000
/** Different names that are counted apart. */
const COUNTED = 200

export interface Conversion {
  readonly format: string
  readonly make: MakeReader
  readonly inputs: readonly Omit<Input, 'head'>[]
  /** The import's own folder. */
  readonly folder: string
  /** Gets the lines that were not understood. */
  readonly aside: string
  readonly evidence: (wish: Wish, name: string) => Found
  /** What was written down, or a new one. */
  readonly journal: Journal
  /** Bytes of the spool between two places to go on from; 8 MiB. */
  readonly checkpointBytes?: number
  /** Called now and then. */
  readonly progress?: (done: { readonly input: number; readonly offset: number; readonly totals: Totals }) => void
}
export interface Converted {
  readonly totals: Totals
  /** Inputs whose end could not be read, and why. */
  readonly damaged: readonly { readonly path: string; readonly reason: string }[]
  readonly ticks: number
}

function count(names: Record<string, number>, name: string): void {
  const counted = Object.hasOwn(names, name) || Object.keys(names).length < COUNTED ? name : 'other'
  Object.defineProperty(names, counted, { value: (names[counted] ?? 0) + 1, enumerable: true, configurable: true, writable: true })
}

class Converter {
  readonly #plan: Conversion
  readonly #journal: Journal
  readonly #reader: ReturnType<MakeReader>
  readonly #spool: SpoolWriter
  readonly #aside: FileHandle

  constructor(plan: Conversion, aside: FileHandle) {
    this.#plan = plan
    this.#journal = plan.journal
    this.#reader = plan.make(plan.journal.reader)
    this.#spool = new SpoolWriter(plan.folder, plan.journal.startedAt, plan.journal.spool)
    this.#aside = aside
  }

  get totals(): Totals {
    return this.#journal.totals
  }

  async #keepAside(bytes: Buffer, ends: boolean): Promise<void> {
    const data = ends ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes
    for (let at = 0; at < data.length; ) at += (await this.#aside.write(data, at, data.length - at, this.#journal.aside + at)).bytesWritten
    this.#journal.aside += data.length
  }

  /** `finished`: the input ends here, and nobody writes it any more. */
  async piece({ bytes, kind }: Piece, finished: boolean): Promise<void> {
    const { totals } = this.#journal
    if (kind === 'line' || kind === 'unended') return this.#line(bytes, kind === 'line' || finished)
    await this.#keepAside(bytes, kind === 'last')
    if (kind === 'part') return
    totals.lines++
    totals.unknown++
    count(totals.reasons, 'longer than is read at once')
  }

  async #line(written: Buffer, ended: boolean): Promise<void> {
    const { totals } = this.#journal
    const line = contentOf(written)
    if (line.length === 0) return
    const reading = this.#reader.read(line, ended)
    totals.lines++
    if ('unused' in reading) return count(totals.unused, reading.unused)
    if ('unknown' in reading) {
      totals.unknown++
      count(totals.reasons, reading.unknown)
      return this.#keepAside(written, true)
    }
    const digest = digestOf(line)
    this.#journal.anchor ||= digest
    for (const [index, told] of reading.events.entries()) await this.#event(told, eventId(this.#plan.format, digest, index))
  }

  async #event(told: Told | Ready, id: string): Promise<void> {
    const { totals } = this.#journal
    if ('line' in told) {
      if (told.ip === null) totals.nameless++
      await this.#put(told.line, told.ts, told.type)
      return
    }
    const found = told.wish === undefined ? {} : this.#plan.evidence(told.wish, id)
    if (found === null) return count(totals.unused, `${told.event.type} without its file`)
    if ('replay' in found) totals.recordings++
    else if ('size' in found) totals.artifacts++
    if (attackerAddress(told.ip) === null) totals.nameless++
    await this.#put(lineOf({ ...told, values: { ...told.values, ...found } }, id), told.ts, told.event.type)
  }

  async #put(line: string, ts: number, type: string): Promise<void> {
    const { clock, totals } = this.#journal
    await this.#spool.write(line)
    totals.events++
    count(totals.by_type, type)
    const at = believedTime(ts, this.#journal.startedAt)
    clock.latest = Math.max(clock.latest, at)
    clock.least = Math.min(clock.least, at)
    if (++clock.since < TICK_EVENTS) return
    // The least of them: one clock that ran ahead ends nobody's session.
    await this.#tick(clock.least)
    clock.since = 0
    clock.least = Number.MAX_SAFE_INTEGER
  }

  /** Moves the clock by which silence in this import is measured. */
  async #tick(at: number): Promise<void> {
    const { anchor, clock, totals } = this.#journal
    const ts = Math.min(at, LAST_MOMENT)
    const told: Told = {
      ts,
      decky: 'import',
      service: 'import',
      sessionId: null,
      ip: null,
      port: null,
      event: events.tick,
      values: { connections: 0, rss_mb: 0 },
    }
    clock.ticks++
    await this.#spool.write(lineOf(told, eventId(this.#plan.format, `tick ${anchor} ${clock.ticks} ${totals.events}`, ts)))
  }

  /** A place of the inputs where everything before it is in the spool. */
  async reached(input: number, offset: number): Promise<void> {
    const { totals } = this.#journal
    this.#journal.place = { input, offset }
    this.#plan.progress?.({ input, offset, totals })
    if (this.#spool.size < (this.#plan.checkpointBytes ?? CHECKPOINT_BYTES)) return
    await this.#spool.turn()
    this.#journal.spool = this.#spool.index
    this.#journal.reader = this.#reader.state()
    await this.#aside.sync()
    writeJournal(this.#plan.folder, this.#journal)
  }

  /** Gives the file under way back, as it is. */
  release(): Promise<void> {
    return this.#spool.release()
  }

  async finish(): Promise<void> {
    const { clock } = this.#journal
    if (clock.latest > 0)
      for (let tick = 0; tick <= Math.ceil(this.#reader.open / ENDED_BY_TICK); tick++) await this.#tick(clock.latest + SILENCE_MS + tick)
    await this.#spool.close()
    await this.#aside.sync()
    this.#journal.end = this.#spool.position
    this.#journal.reader = undefined
    writeJournal(this.#plan.folder, this.#journal)
  }
}

/**
 * Turns the inputs into event lines in the import's spool. It can be killed at any moment: begun again with the journal that is on disk, it writes the
 * same lines behind those that it had finished.
 */
export async function convert(plan: Conversion): Promise<Converted> {
  const { journal, inputs } = plan
  const aside = await open(plan.aside, journal.aside === 0 ? 'w' : 'r+', 0o600)
  const damaged: { path: string; reason: string }[] = []
  const converter = new Converter(plan, aside)
  try {
    await aside.truncate(journal.aside)
    const { input: first, offset } = journal.place
    for (const [index, input] of inputs.entries()) {
      if (index < first) continue
      const from = index === first ? offset : 0
      journal.totals.files = index + 1
      try {
        for await (const { pieces, offset, resumable } of linesOf(openInput(input, from), from)) {
          // What has grown since it was looked at is being written.
          const finished = input.atRest && (input.gzip || offset <= (input.size ?? offset))
          for (const piece of pieces) await converter.piece(piece, finished)
          if (resumable) await converter.reached(index, offset)
        }
      } catch (error) {
        const reason = damageOf(error)
        if (reason === null) throw error
        damaged.push({ path: input.path, reason })
      }
    }
    await converter.finish()
  } finally {
    await converter.release()
    await aside.close()
  }
  if (journal.aside === 0) await unlink(plan.aside)
  return { totals: journal.totals, damaged, ticks: journal.clock.ticks }
}

/** What is wrong with a packed file; null for anything else that failed. */
const damageOf = (error: unknown): string | null => (isNodeError(error) && error.code?.startsWith('Z_') ? error.message : null)
