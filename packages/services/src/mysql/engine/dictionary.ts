import type { ColumnDefinition } from '../sql/ast.ts'
import { columnMeta } from './column-type.ts'
import { accountRows, grantRows } from './dictionary/accounts.ts'
import { listRows } from './dictionary/lists.ts'
import { dictionaryColumns } from './dictionary/names.ts'
import { objectRows } from './dictionary/objects.ts'
import type { DictionaryRow } from './dictionary/row.ts'
import { type Column, FLAG, isNumeric, TYPE } from './meta.ts'
import type { Session } from './session.ts'
import type { Value } from './value.ts'

/** Whether a column of information_schema's is declared so in results: its blobs count otherwise. */
function metaOf(
  column: ColumnDefinition,
  database: string,
  primary: boolean,
): Omit<Column, 'name' | 'originalName' | 'database' | 'table' | 'originalTable'> {
  const meta = columnMeta(column, '')
  // Their names compare as bytes; every other column has a default.
  const own = primary ? FLAG.primary | FLAG.partKey | FLAG.binary : 0
  if (database !== 'information_schema') return { ...meta, flags: (meta.flags & ~FLAG.noDefault) | own }
  const declared = { ...meta, flags: (meta.flags & ~FLAG.primary) | FLAG.noDefault }
  return meta.type === TYPE.blob ? { ...declared, length: column.name === 'COLUMN_DEFAULT' ? 196_596 : 196_605 } : declared
}

function complete(column: ColumnDefinition, row: DictionaryRow): Value {
  const given = row[column.name]
  if (given !== undefined) return given
  if (column.nullable) return null
  return isNumeric(columnMeta(column, '')) ? 0n : column.type.members[0] === 'N' ? 'N' : ''
}

/** A table of information_schema, mysql, performance_schema or sys with what it holds for this session; null when there is none. */
export function dictionaryTable(
  session: Session,
  database: string,
  table: string,
): { readonly columns: readonly Column[]; readonly rows: readonly (readonly Value[])[] } | null {
  const { product } = session.server
  const schema = database.toLowerCase() === 'information_schema' ? 'information_schema' : database
  const found = dictionaryColumns(product.mariadb, schema, table)
  if (found === null || found.columns.length === 0) return null
  const columns = found.columns.map((column) => ({
    ...metaOf(column, schema, found.primary.includes(column.name)),
    name: column.name,
    originalName: column.name,
    database: schema,
    table: found.name,
    originalTable: found.name,
  }))
  const rows =
    (schema === 'mysql'
      ? accountRows(session, found.name)
      : (objectRows(session, found.name) ?? grantRows(session, found.name) ?? listRows(session, found.name))) ?? []
  return { columns, rows: rows.map((row) => found.columns.map((column) => complete(column, row))) }
}
