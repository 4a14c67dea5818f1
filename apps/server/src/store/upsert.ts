import { CompiledQuery, type Selectable } from 'kysely'
import type { Tx } from './log-table.ts'
import type { Schema } from './schema.ts'

/** Rows of one statement. */
const AT_ONCE = 50

/** Writes whole rows by their key, new or known, many in one statement. All rows have the same columns. */
export async function upsert<Table extends keyof Schema & string>(
  tx: Tx,
  table: Table,
  key: keyof Schema[Table] & string,
  rows: readonly Selectable<Schema[Table]>[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}) as (keyof Selectable<Schema[Table]> & string)[]
  const places = `(${columns.map(() => '?').join(', ')})`
  const changes = columns.filter((column) => column !== key).map((column) => `${column} = excluded.${column}`)
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const some = rows.slice(at, at + AT_ONCE)
    const statement = `insert into ${table} (${columns.join(', ')}) values ${some.map(() => places).join(', ')} on conflict (${key}) do update set ${changes.join(', ')}`
    await tx.executeQuery(
      CompiledQuery.raw(
        statement,
        some.flatMap((row) => columns.map((column) => row[column])),
      ),
    )
  }
}
