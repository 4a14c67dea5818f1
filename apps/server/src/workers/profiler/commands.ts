import { topics } from '@decnet/contracts/topics'
import type { LogRecord } from '@decnet/kernel/log'
import { COMMAND_TYPES, commandText, isHandsOn } from '../../domain/event-kinds.ts'
import { handsOn } from '../../store/hands-on.ts'
import type { Tx } from '../../store/log-table.ts'
import type { SessionTable } from '../../store/schema.ts'

/** Commands of one session that are told with its end. */
const TOLD = 200
/** Commands that one query asks for, of sessions that have no more than are told. */
const AT_ONCE = 1_000

interface Command {
  readonly seq: number
  readonly ts: number
  readonly text: string
}
interface Heard {
  /** The batch holds every command of the session. */
  readonly whole: boolean
  readonly commands: Command[]
}

/** The first commands of sessions that end in a batch, by the session's own id: from the batch itself, or, where it began earlier, the log. */
export class CommandLists {
  readonly #tx: Tx
  readonly #heard = new Map<string, Heard>()
  /** Sessions to be asked for, how many commands they have, and the record that ended them last. */
  readonly #wanted = new Map<string, { readonly count: number; readonly until: number }>()

  constructor(tx: Tx) {
    this.#tx = tx
  }

  /** Before the record is counted into the session's row. */
  heard(row: SessionTable, record: LogRecord): void {
    let heard = this.#heard.get(row.id)
    if (!heard) {
      heard = { whole: row.command_count === 0, commands: [] }
      this.#heard.set(row.id, heard)
    }
    if (heard.commands.length < TOLD && isHandsOn(record.type, record.body))
      heard.commands.push({ seq: record.seq, ts: record.ts, text: commandText(record.type, record.body) ?? '' })
  }

  /** A session ended with this record. */
  wanted(row: SessionTable, until: number): void {
    if (row.command_count > 0 && !this.#heard.get(row.id)?.whole) this.#wanted.set(row.id, { count: row.command_count, until })
  }

  async #ask(ids: readonly string[], until: number, limit?: number): Promise<void> {
    const query = this.#tx
      .selectFrom('log')
      .select(['seq', 'ts', 'type', 'body', 'session_id'])
      .where('session_id', 'in', ids)
      .where('seq', '<=', until)
      .where('topic', '=', topics.systemLog.pattern)
      .where('type', 'in', COMMAND_TYPES)
      .where(handsOn(this.#tx))
      .orderBy('seq')
    const rows = await (limit === undefined ? query : query.limit(limit)).execute()
    for (const id of ids) this.#heard.set(id, { whole: true, commands: [] })
    for (const { seq, ts, type, body, session_id: id } of rows) {
      const list = this.#heard.get(id ?? '')?.commands
      if (list && list.length < TOLD) list.push({ seq, ts, text: commandText(type, JSON.parse(body) as Record<string, unknown>) ?? '' })
    }
  }

  /** Answers the list of a session as it was when a record ended it: in the order in which they came, or by time. */
  async read() {
    const until = Math.max(0, ...[...this.#wanted.values()].map((wanted) => wanted.until))
    let some: string[] = []
    let sum = 0
    for (const [id, { count }] of this.#wanted) {
      if (count > TOLD) {
        await this.#ask([id], until, TOLD)
        continue
      }
      some.push(id)
      sum += count
      if (sum < AT_ONCE) continue
      await this.#ask(some, until)
      some = []
      sum = 0
    }
    if (some.length > 0) await this.#ask(some, until)
    return (id: string, seq: number, byTime: boolean) =>
      (this.#heard.get(id)?.commands ?? [])
        .filter((command) => command.seq <= seq)
        // Those that came late were given before others.
        .sort((a, b) => (byTime ? a.ts - b.ts || a.seq - b.seq : 0))
        .map(({ ts, text }, index) => ({ id: `${id}#${index}`, command_text: text, ts: new Date(ts).toISOString() }))
  }
}
