import type { Expression } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import type { Column, Meta } from './meta.ts'
import type { Session } from './session.ts'
import type { Value } from './value.ts'

/** A column that an expression can name. */
export interface Field extends Column {
  /** The table as this query calls it. */
  readonly alias: string
}

/** Where a column's name stands, as errors call the place. */
export type Clause = 'list' | 'where' | 'on' | 'group' | 'having' | 'order'
const WORDS: Readonly<Record<Clause, readonly [mariadb: string, other: string]>> = {
  list: ['SELECT', 'field list'],
  where: ['WHERE', 'where clause'],
  on: ['ON', 'on clause'],
  group: ['GROUP BY', 'group statement'],
  having: ['HAVING', 'having clause'],
  order: ['ORDER BY', 'order clause'],
}

/** What an expression sees while it is looked at or run. */
export class Scope {
  readonly session: Session
  readonly fields: readonly Field[]
  readonly outer: Scope | null
  row: readonly Value[] = []
  /** Rows of the group; null outside of grouping. */
  group: readonly (readonly Value[])[] | null = null
  clause: Clause = 'list'
  /** Names given to the select's items, for ORDER BY, GROUP BY and HAVING. */
  aliases: ReadonlyMap<string, Expression> | null = null
  parameters: readonly Value[] = []
  /** Of INSERT, for VALUES(column). */
  inserted: readonly Value[] | null = null
  readonly #found = new Map<string, number>()

  constructor(session: Session, fields: readonly Field[], outer: Scope | null = null) {
    this.session = session
    this.fields = fields
    this.outer = outer
    if (outer !== null) this.parameters = outer.parameters
  }

  at(clause: Clause): this {
    this.clause = clause
    return this
  }

  #find(path: readonly string[]): number {
    const key = path.join('\0')
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const [name = '', table, database] = path.toReversed()
    const wanted = name.toLowerCase()
    let found = -1
    for (const [index, field] of this.fields.entries()) {
      if (field.name.toLowerCase() !== wanted) continue
      if (table !== undefined && field.alias !== table) continue
      if (database !== undefined && field.database !== database) continue
      if (found >= 0 && table === undefined) throw fail.ambiguous(name, this.word)
      if (found < 0) found = index
    }
    this.#found.set(key, found)
    return found
  }

  get word(): string {
    return WORDS[this.clause][this.session.server.product.clauseWords ? 0 : 1]
  }

  /** Scope and place of a column. @throws {SqlError} 1054, 1052 */
  resolve(path: readonly string[]): { readonly scope: Scope; readonly index: number } | { readonly alias: Expression } {
    for (let scope: Scope | null = this; scope !== null; scope = scope.outer) {
      const index = scope.#find(path)
      if (index >= 0) return { scope, index }
      const [only] = path
      const alias = path.length === 1 && only !== undefined ? scope.aliases?.get(only.toLowerCase()) : undefined
      if (alias) return { alias }
    }
    throw fail.unknownColumn(path.join('.'), this.word)
  }

  metaAt(index: number): Meta {
    const field = this.fields[index]
    if (field === undefined) throw new RangeError('no such field')
    return field
  }
}
