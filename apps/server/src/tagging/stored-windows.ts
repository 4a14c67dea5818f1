import type { WindowRow } from '../domain/ttp/engine/engine.ts'
import type { WindowStore } from '../domain/ttp/engine/window-store.ts'
import type { WindowState } from '../domain/ttp/engine/windows.ts'
import type { Tx } from '../store/log-table.ts'
import type { TtpWindowTable } from '../store/technique-tables.ts'
import { upsert } from '../store/upsert.ts'

/** Keys of one rule that are asked for at once. */
const AT_ONCE = 200

interface Row {
  readonly rule: string
  readonly key: string
  state: WindowState | undefined
  lastSeq: number
}
const nameOf = (rule: string, key: string): string => `${rule}\u0000${key}`

/** The windows that one transaction touches: read once, written once; a record counts in a window once, however often it is read. */
export class StoredWindows implements WindowStore {
  readonly #rows = new Map<string, Row>()
  readonly #changed = new Set<Row>()
  readonly #space: string
  /** The record that is looked at. */
  seq = 0

  /** `space`: whose windows they are, a few characters; those of the worker that follows the log have none. */
  constructor(space = '') {
    this.#space = space
  }

  /** Forgets what the last transaction knew and reads these. */
  async load(tx: Tx, asked: readonly WindowRow[]): Promise<void> {
    this.#rows.clear()
    this.#changed.clear()
    for (const { rule, key } of asked) this.#rows.set(nameOf(rule, key), { rule, key, state: undefined, lastSeq: 0 })
    for (const [rule, all] of Map.groupBy(this.#rows.values(), (row) => row.rule))
      for (let at = 0; at < all.length; at += AT_ONCE) {
        const keys = all.slice(at, at + AT_ONCE).map(({ key }) => key)
        const found = await tx
          .selectFrom('ttp_windows')
          .selectAll()
          .where('rule', '=', this.#space + rule)
          .where('window_key', 'in', keys)
          .execute()
        for (const { window_key, state, last_seq } of found) {
          const row = this.#rows.get(nameOf(rule, window_key))
          if (row) [row.state, row.lastSeq] = [JSON.parse(state) as WindowState, Number(last_seq)]
        }
      }
  }

  /** Has the record that is looked at counted in a window before this transaction? */
  counted({ rule, key }: WindowRow): boolean {
    return (this.#rows.get(nameOf(rule, key))?.lastSeq ?? 0) >= this.seq
  }

  get(rule: string, key: string): WindowState | undefined {
    return this.#rows.get(nameOf(rule, key))?.state
  }

  put(rule: string, key: string, state: WindowState): void {
    const row = this.#rows.get(nameOf(rule, key)) ?? { rule, key, state, lastSeq: 0 }
    row.state = state
    this.#rows.set(nameOf(rule, key), row)
    this.#changed.add(row)
  }

  /** Writes what was counted, up to a place in the log. */
  async save(tx: Tx, upToSeq: number): Promise<void> {
    const rows = [...this.#changed].flatMap(({ rule, key, state }): TtpWindowTable[] =>
      state ? [{ rule: this.#space + rule, window_key: key, at: state.at, state: JSON.stringify(state), last_seq: upToSeq }] : [],
    )
    if (rows.length > 0) await upsert(tx, 'ttp_windows', ['rule', 'window_key'], rows)
  }
}
