import { fail } from '../sql-error.ts'
import { type Reading, type Token, tokensOf } from './lexer.ts'

const DEPTH_LIMIT = 120

/** Words that are no names unless quoted: those that statements here turn on. */
const RESERVED: ReadonlySet<string> = new Set(
  `ADD ALL ALTER ANALYZE AND AS ASC BETWEEN BY CALL CASE CHANGE CHECK COLLATE COLUMN CONSTRAINT CREATE CROSS CURRENT_DATE CURRENT_TIME
  CURRENT_TIMESTAMP CURRENT_USER DATABASE DATABASES DEFAULT DELETE DESC DESCRIBE DISTINCT DISTINCTROW DIV DROP ELSE ENCLOSED ESCAPED EXISTS
  EXPLAIN FALSE FOR FORCE FOREIGN FROM FULLTEXT GRANT GROUP HAVING IF IGNORE IN INDEX INFILE INNER INSERT INTERVAL INTO IS JOIN KEY KEYS KILL
  LEFT LIKE LIMIT LINES LOAD LOCALTIME LOCALTIMESTAMP LOCK MATCH MOD NATURAL NOT NULL ON OPTIMIZE OR ORDER OUTER OUTFILE PRIMARY PROCEDURE
  REFERENCES REGEXP RENAME REPLACE REVOKE RIGHT RLIKE SCHEMA SCHEMAS SELECT SEPARATOR SET SHOW SQL_CALC_FOUND_ROWS SQL_SMALL_RESULT
  SQL_BIG_RESULT STARTING STRAIGHT_JOIN TABLE TERMINATED THEN TO TRIGGER TRUE UNION UNIQUE UNLOCK UNSIGNED UPDATE USAGE USE USING UTC_DATE
  UTC_TIME UTC_TIMESTAMP VALUES WHEN WHERE WITH WRITE XOR ZEROFILL INT INTEGER BIGINT SMALLINT TINYINT MEDIUMINT CHAR VARCHAR DECIMAL
  NUMERIC FLOAT DOUBLE REAL BLOB TINYBLOB MEDIUMBLOB LONGBLOB TINYTEXT MEDIUMTEXT LONGTEXT VARBINARY BINARY CONVERT`
    .split(/\s+/u)
    .filter((word) => word !== ''),
)

/** Walks over the tokens of one statement. Every `expect` that is not met is the server's syntax error at that place. */
export class Cursor {
  readonly sql: string
  readonly server: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0
  parameters = 0

  constructor(sql: string, reading: Reading, from = 0) {
    this.sql = sql
    this.server = reading.mariadb ? 'MariaDB' : 'MySQL'
    this.#tokens = tokensOf(from === 0 ? sql : `${' '.repeat(from)}${sql.slice(from)}`, reading)
  }

  token(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] ?? { kind: 'end', text: '', key: '', from: 0, to: 0 }
  }

  /** Where the last taken token ended. */
  get end(): number {
    return this.#tokens[this.#at - 1]?.to ?? 0
  }

  get done(): boolean {
    return this.token().kind === 'end' || this.token().key === ';'
  }

  take(): Token {
    const token = this.token()
    if (token.kind !== 'end') this.#at += 1
    return token
  }

  /** At most 80 characters from the place that is not understood. */
  wrong(token: Token = this.token()): never {
    const line = 1 + (this.sql.slice(0, token.from).match(/\n/gu)?.length ?? 0)
    throw fail.syntax(this.server, this.sql.slice(token.from, token.from + 80), line)
  }

  /** No type has this name; MariaDB says so of any word that could be one. */
  wrongType(): never {
    const { kind, text } = this.token()
    if (this.server === 'MariaDB' && kind === 'word' && this.isName) throw fail.unknownType(text)
    return this.wrong()
  }

  is(...keys: readonly string[]): boolean {
    const { key } = this.token()
    return key !== '' && keys.includes(key)
  }

  /** Does the cursor stand at these words, in this order? */
  follows(...keys: readonly string[]): boolean {
    return keys.every((key, index) => this.token(index).key === key)
  }

  /** Takes the words when all of them follow. */
  accept(...keys: readonly string[]): boolean {
    if (!this.follows(...keys)) return false
    this.#at += keys.length
    return true
  }

  acceptOne(...keys: readonly string[]): string | null {
    return this.is(...keys) ? this.take().key : null
  }

  expect(...keys: readonly string[]): void {
    for (const key of keys) if (!this.accept(key)) this.wrong()
  }

  /** Back to where a look-ahead began. */
  mark(): () => void {
    const at = this.#at
    return () => {
      this.#at = at
    }
  }

  get isName(): boolean {
    const { kind, key } = this.token()
    return kind === 'quoted' || (kind === 'word' && !RESERVED.has(key))
  }

  name(): string {
    if (!this.isName) this.wrong()
    return this.take().text
  }

  /** After a dot every word is a name. */
  anyName(): string {
    const { kind } = this.token()
    if (kind !== 'word' && kind !== 'quoted') this.wrong()
    return this.take().text
  }

  text(): string {
    if (this.token().kind !== 'string') this.wrong()
    return this.take().text
  }

  integer(): number {
    if (this.token().kind !== 'number' || !/^\d+$/u.test(this.token().text)) this.wrong()
    return Number(this.take().text)
  }

  /** `one, two, three` */
  list<T>(one: () => T): readonly T[] {
    const all = [one()]
    while (this.accept(',')) all.push(one())
    return all
  }

  parenthesised<T>(inside: () => T): T {
    this.expect('(')
    const value = inside()
    this.expect(')')
    return value
  }

  /** Bounds recursion: deeper than any real statement is refused as the server refuses what its stack does not hold. */
  deeper<T>(inside: () => T): T {
    this.#depth += 1
    if (this.#depth > DEPTH_LIMIT) this.wrong()
    const value = inside()
    this.#depth -= 1
    return value
  }

  /** Everything up to the end of the statement, unread. */
  skip(): void {
    while (!this.done) this.take()
  }
}
