import { AppError } from '@decnet/kernel'
import { sql } from 'kysely'
import { dialectOf } from './dialect.ts'
import { insertRows } from './insert-rows.ts'
import { type Db, migrate, migratorOf, type Store } from './open.ts'
import { countRows, filledTables, lastRow, type Row, RowSum, rowsOf } from './table-rows.ts'
import { TABLES, type Table, type TableName } from './tables.ts'
import { upsert } from './upsert.ts'

/** Stands among the settings of a database into which another is being copied. */
const UNDER_WAY = 'copy-under-way'

export interface CopyProgress {
  readonly step: 'copy' | 'compare'
  readonly table: TableName
  readonly done: number
  readonly total: number
}
export interface Copied {
  /** Rows of each table, the same on both sides. */
  readonly rows: Readonly<Record<TableName, number>>
}

const underWay = async (db: Db): Promise<string | null> =>
  (await db.selectFrom('settings').select('value').where('key', '=', UNDER_WAY).executeTakeFirst())?.value ?? null

/** @throws {AppError} `database_half_copied`: nobody may work with it until the copy is whole. */
export async function refuseHalfCopied({ db, address }: Store): Promise<void> {
  const from = await underWay(db)
  if (from === null) return
  throw new AppError(`${address.label} holds a copy of ${from} that is not whole.`, {
    code: 'database_half_copied',
    hint: 'Run the same decnet db copy again: it goes on where it was cut off.',
  })
}

async function refuseUnmigrated({ db, address }: Store): Promise<void> {
  const migrations = await migratorOf(db).getMigrations()
  if (migrations.every(({ executedAt }) => executedAt !== undefined)) return
  throw new AppError(`${address.label} does not have this release's shape yet.`, {
    code: 'database_unmigrated',
    hint: 'Bring it there first: decnet db migrate.',
  })
}

/** Makes the target ready: migrated, and empty or half filled from the same source. */
async function claimTarget(from: Store, to: Store): Promise<void> {
  await migrate(to)
  const before = await underWay(to.db)
  if (before === from.address.label) return
  const filled = await filledTables(to.db)
  if (filled.length > 0)
    throw new AppError(`${to.address.label} is not empty: ${filled.join(', ')} ${filled.length === 1 ? 'has' : 'have'} rows.`, {
      code: 'database_not_empty',
      hint: 'Copy into a new, empty database; nothing that is there is overwritten.',
    })
  await to.db.insertInto('settings').values({ key: UNDER_WAY, value: from.address.label }).execute()
}

const known = (table: Table, rows: readonly Row[]) => (table.name === 'settings' ? rows.filter((row) => row.key !== UNDER_WAY) : rows)

async function copyTable(from: Db, to: Db, table: Table, progress: (done: number) => void): Promise<void> {
  if (table.name === 'log_head' || table.name === 'settings') {
    let done = 0
    for await (const rows of rowsOf(from, table)) {
      await upsert(to, table.name, table.key as never, known(table, rows) as never)
      done += rows.length
      progress(done)
    }
    return
  }
  let done = await countRows(to, table.name)
  // Whole batches were committed in the order of the key: what is missing lies behind the last one.
  for await (const rows of rowsOf(from, table, await lastRow(to, table))) {
    const columns = Object.keys(rows[0] ?? {})
    const values = rows.map((row) => columns.map((column) => row[column] ?? null))
    await to.transaction().execute((tx) => insertRows(tx, table.name, columns, values))
    done += rows.length
    progress(done)
  }
}

async function sumOf(db: Db, table: Table, progress: (done: number) => void): Promise<RowSum> {
  const sum = new RowSum()
  for await (const rows of rowsOf(db, table)) {
    for (const row of known(table, rows)) sum.add(row)
    progress(sum.rows)
  }
  return sum
}

/**
 * Copies everything into another database, whatever kind the two are, and compares every row afterwards. Nobody may write to either meanwhile.
 * Cut off anywhere, it goes on where it was when it is run again.
 * @throws {AppError} `database_not_empty`, `database_unmigrated`, `database_half_copied`, `copy_differs`.
 */
export async function copy(from: Store, to: Store, progress: (progress: CopyProgress) => void = () => undefined): Promise<Copied> {
  await refuseUnmigrated(from)
  await refuseHalfCopied(from)
  await claimTarget(from, to)
  for (const table of TABLES) {
    const total = await countRows(from.db, table.name)
    const told = (done: number) => progress({ step: 'copy', table: table.name, done, total })
    told(0)
    await copyTable(from.db, to.db, table, told)
  }
  const count = dialectOf(to.db).countOn('dead_letters', 'id')
  if (count) await sql`${count}`.execute(to.db)
  const rows: Partial<Record<TableName, number>> = {}
  const different: string[] = []
  for (const table of TABLES) {
    const total = await countRows(from.db, table.name)
    const told = (done: number) => progress({ step: 'compare', table: table.name, done, total })
    told(0)
    const [there, here] = [await sumOf(from.db, table, () => undefined), await sumOf(to.db, table, told)]
    if (there.value !== here.value) different.push(table.name)
    rows[table.name] = here.rows
  }
  if (different.length > 0)
    throw new AppError(`The copy is not the same in ${different.join(', ')}.`, {
      code: 'copy_differs',
      hint: 'Was something writing to one of the two? Stop it, empty the target, and copy again.',
    })
  await to.db.deleteFrom('settings').where('key', '=', UNDER_WAY).execute()
  return { rows: rows as Record<TableName, number> }
}
