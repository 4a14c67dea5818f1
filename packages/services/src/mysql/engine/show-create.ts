import type { Product } from '../product.ts'
import type { ColumnDefinition } from '../sql/ast.ts'
import type { Table } from './catalog.ts'
import { typeText } from './column-type.ts'
import { textOf } from './value.ts'

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

function columnText(column: ColumnDefinition, { mariadb }: Product): string {
  const parts = [quoted(column.name), typeText(column.type, mariadb)]
  if (!column.nullable) parts.push('NOT NULL')
  else if (column.type.base === 'timestamp') parts.push('NULL')
  const blob = /blob|text|json/u.test(column.type.base)
  if (column.default === undefined) {
    if (column.nullable && (mariadb || !blob)) parts.push('DEFAULT NULL')
  } else if ('expression' in column.default) {
    parts.push(
      `DEFAULT ${mariadb ? column.default.expression : column.default.expression.replace('current_timestamp()', 'CURRENT_TIMESTAMP')}`,
    )
  } else {
    const text = textOf(column.default.value)
    // MariaDB prints numbers as numbers, MySQL everything as text.
    const number = mariadb && /int|decimal|double|float|year/u.test(column.type.base)
    parts.push(`DEFAULT ${text === null ? 'NULL' : number ? numberText(text, column) : literal(text)}`)
  }
  if (column.onUpdate) parts.push(`ON UPDATE ${mariadb ? 'current_timestamp()' : 'CURRENT_TIMESTAMP'}`)
  if (column.autoIncrement) parts.push('AUTO_INCREMENT')
  if (column.comment !== '') parts.push(`COMMENT ${literal(column.comment)}`)
  return `  ${parts.join(' ')}`
}
const numberText = (text: string, column: ColumnDefinition): string =>
  column.type.base === 'decimal' && /^\d+$/u.test(text) && column.type.scale ? `${text}.${'0'.repeat(column.type.scale)}` : text

/** What SHOW CREATE TABLE prints. */
export function createTableText(table: Table, product: Product): string {
  const keys = table.keys.map((key) => {
    const columns = `(${key.columns.map(quoted).join(',')})`
    if (key.kind === 'PRIMARY') return `  PRIMARY KEY ${columns}`
    return `  ${key.kind === 'KEY' ? '' : `${key.kind} `}KEY ${quoted(key.name)} ${columns}`
  })
  const next = table.nextId > 1n && table.columns.some(({ autoIncrement }) => autoIncrement) ? ` AUTO_INCREMENT=${table.nextId}` : ''
  const comment = table.comment === '' ? '' : ` COMMENT=${literal(table.comment)}`
  const lines = [...table.columns.map((column) => columnText(column, product)), ...keys].join(',\n')
  return `CREATE TABLE ${quoted(table.name)} (\n${lines}\n) ENGINE=${table.engine}${next} DEFAULT CHARSET=${table.charset} COLLATE=${table.collation}${comment}`
}
