import lists from './recorded/lists.json' with { type: 'json' }

/** A collation as the protocol knows it. */
export interface Collation {
  readonly id: number
  readonly charset: string
  /** Bytes that one character may take. */
  readonly width: number
}

const widths = new Map(lists.charsets.map(([name = '', , , width]) => [name, Number(width ?? 1)]))
const byId = new Map<number, Collation>()
const byCharset = new Map<string, Collation>()
for (const [, charset = '', id, standard] of lists.collations) {
  const number = Number(id)
  if (!Number.isInteger(number) || number <= 0 || number > 255) continue
  const collation = { id: number, charset, width: widths.get(charset) ?? 1 }
  byId.set(number, collation)
  if (standard === 'Yes') byCharset.set(charset, collation)
}
export const BINARY: Collation = { id: 63, charset: 'binary', width: 1 }
const UTF8MB4: Collation = { id: 45, charset: 'utf8mb4', width: 4 }
/** MySQL 8's default, which MariaDB does not know. */
const MYSQL_DEFAULT: Collation = { id: 255, charset: 'utf8mb4', width: 4 }

/** What a client's number stands for; the server's own where it stands for nothing. */
export const collationOf = (id: number, mariadb: boolean): Collation =>
  id === 255 && !mariadb ? MYSQL_DEFAULT : (byId.get(id) ?? (mariadb ? UTF8MB4 : MYSQL_DEFAULT))
export const collationOfCharset = (charset: string, mariadb: boolean): Collation =>
  charset === 'utf8mb4' && !mariadb ? MYSQL_DEFAULT : charset === 'binary' ? BINARY : (byCharset.get(charset) ?? UTF8MB4)

const charsetByCollation = new Map<string, string>(lists.collations.map(([name = '', charset]) => [name.toLowerCase(), charset ?? '']))
/** `utf8` is a name of utf8mb3. */
const proper = (name: string): string => name.toLowerCase().replace(/^utf8(?=_|$)/u, 'utf8mb3')

export const isCharsetName = (name: string): boolean => widths.has(proper(name))
/** The character set of a collation; '' where it serves several, null where nothing has that name. */
export const charsetOfCollation = (name: string, mariadb: boolean): string | null =>
  charsetByCollation.get(proper(name)) ??
  (/^uca1400_/iu.test(name) && mariadb ? '' : !mariadb && /^utf8mb4_\w*0900_\w+$/iu.test(name) ? 'utf8mb4' : null)
/** Whether a collation belongs to a character set. */
export const fits = (collation: string, charset: string, mariadb: boolean): boolean =>
  ['', proper(charset)].includes(charsetOfCollation(collation, mariadb) ?? '-')
