import { charsetOfCollation, isCharsetName } from '../charset.ts'
import { fail } from '../sql-error.ts'
import type { Cursor } from './cursor.ts'

const word = (cursor: Cursor): string => (cursor.token().kind === 'string' ? cursor.text() : cursor.anyName())

/** The name of a character set, which the parser itself looks up. @throws {SqlError} 1115 */
export function parseCharset(cursor: Cursor): string {
  const name = word(cursor)
  if (!isCharsetName(name)) throw fail.unknownCharset(name)
  return name.toLowerCase()
}

/** The name of a collation. @throws {SqlError} 1273 */
export function parseCollation(cursor: Cursor): string {
  const name = word(cursor)
  if (charsetOfCollation(name, cursor.server === 'MariaDB') === null) throw fail.unknownCollation(name)
  return name.toLowerCase()
}
