import type { Value } from '../engine/value.ts'

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | 'DIV'
  | '='
  | '<=>'
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'AND'
  | 'OR'
  | 'XOR'
  | '|'
  | '&'
  | '^'
  | '<<'
  | '>>'
  | '||'

/** An expression. Names and strings are bytes. */
export type Expression =
  | { readonly is: 'literal'; readonly value: Value; readonly as?: 'hex' | 'boolean' | 'string' }
  | { readonly is: 'parameter'; readonly index: number }
  | { readonly is: 'column'; readonly path: readonly string[] }
  | { readonly is: 'star'; readonly path: readonly string[] }
  | { readonly is: 'system'; readonly scope: 'GLOBAL' | 'SESSION' | ''; readonly name: string }
  | { readonly is: 'user'; readonly name: string }
  | { readonly is: 'assign'; readonly name: string; readonly value: Expression }
  | { readonly is: 'unary'; readonly operator: '-' | '!' | '~'; readonly value: Expression }
  | { readonly is: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | {
      readonly is: 'like'
      readonly how: 'LIKE' | 'REGEXP'
      readonly value: Expression
      readonly pattern: Expression
      readonly escape: string
      readonly not: boolean
    }
  | { readonly is: 'in'; readonly value: Expression; readonly list: readonly Expression[] | Query; readonly not: boolean }
  | { readonly is: 'between'; readonly value: Expression; readonly low: Expression; readonly high: Expression; readonly not: boolean }
  | { readonly is: 'test'; readonly value: Expression; readonly what: 'NULL' | 'TRUE' | 'FALSE'; readonly not: boolean }
  | {
      readonly is: 'case'
      readonly value: Expression | null
      readonly branches: readonly (readonly [Expression, Expression])[]
      readonly otherwise: Expression | null
    }
  | { readonly is: 'cast'; readonly value: Expression; readonly type: string; readonly length: number | null; readonly scale: number }
  | { readonly is: 'interval'; readonly value: Expression; readonly unit: string }
  | { readonly is: 'exists'; readonly query: Query }
  | { readonly is: 'query'; readonly query: Query }
  | { readonly is: 'row'; readonly values: readonly Expression[] }
  | {
      readonly is: 'call'
      /** Upper case. */
      readonly name: string
      /** As the statement has it. */
      readonly written: string
      readonly args: readonly Expression[]
      readonly distinct: boolean
      readonly order: readonly Order[]
      readonly separator: string
    }

export interface Order {
  readonly value: Expression
  readonly descending: boolean
}
export interface SelectItem {
  readonly value: Expression
  readonly alias: string | null
  /** The expression as written: its name when it has no alias. */
  readonly text: string
}
export interface TableName {
  readonly database: string | null
  readonly name: string
}
export type TableSource =
  | { readonly is: 'table'; readonly table: TableName; readonly alias: string }
  | { readonly is: 'derived'; readonly query: Query; readonly alias: string }
export interface Join {
  readonly source: TableSource
  readonly how: 'inner' | 'left' | 'right'
  readonly on: Expression | null
  readonly using: readonly string[]
}
export interface Limit {
  readonly count: Expression
  readonly offset: Expression | null
}
export interface Destination {
  readonly how: 'OUTFILE' | 'DUMPFILE'
  readonly path: string
  readonly fieldEnd: string
  readonly enclosure: string
  readonly lineStart: string
  readonly lineEnd: string
}
export interface Select {
  readonly distinct: boolean
  readonly foundRows: boolean
  readonly items: readonly SelectItem[]
  readonly from: readonly Join[]
  readonly where: Expression | null
  readonly group: readonly Expression[]
  readonly having: Expression | null
}
/** One SELECT, or several made one; order and limit are those of the whole. */
export interface Query {
  readonly selects: readonly [Select, ...Select[]]
  /** Between the selects: does UNION keep duplicates? */
  readonly all: readonly boolean[]
  readonly order: readonly Order[]
  readonly limit: Limit | null
  readonly into: Destination | readonly string[] | null
}

export interface ColumnType {
  /** Lower case: `int`, `varchar`, `enum`. */
  readonly base: string
  readonly length: number | null
  readonly scale: number | null
  /** Of `enum` and `set`. */
  readonly members: readonly string[]
  readonly unsigned: boolean
}
export interface ColumnDefinition {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
  /** Absent = none; an expression stands as it is written: `current_timestamp()`. */
  readonly default?: { readonly value: Value } | { readonly expression: string }
  readonly onUpdate: boolean
  readonly autoIncrement: boolean
  readonly comment: string
}
export interface KeyDefinition {
  readonly kind: 'PRIMARY' | 'UNIQUE' | 'KEY' | 'FULLTEXT'
  readonly name: string
  readonly columns: readonly string[]
}
export interface TableOptions {
  readonly engine: string | null
  readonly charset: string | null
  readonly collation: string | null
  readonly comment: string | null
  readonly autoIncrement: number | null
}
/** Where a column goes: before all others, behind one, or (null) at the end or where it was. */
export type ColumnPlace = 'first' | { readonly after: string } | null
export type Alteration =
  | { readonly is: 'add'; readonly column: ColumnDefinition; readonly keys: readonly KeyDefinition[]; readonly place: ColumnPlace }
  | { readonly is: 'change'; readonly from: string; readonly column: ColumnDefinition; readonly place: ColumnPlace }
  | { readonly is: 'drop'; readonly column: string }
  | { readonly is: 'drop-key'; readonly name: string }
  | { readonly is: 'key'; readonly key: KeyDefinition }
  | { readonly is: 'rename'; readonly to: TableName }
  | { readonly is: 'options'; readonly options: TableOptions }
  | { readonly is: 'nothing' }

export interface Assignment {
  readonly scope: 'GLOBAL' | 'SESSION' | 'USER' | 'NAMES'
  readonly name: string
  readonly value: Expression | null
}
/** What SHOW shows, with its filter. */
export interface Show {
  readonly is: 'show'
  /** `TABLES`, `CREATE TABLE`, `GLOBAL VARIABLES`… */
  readonly what: string
  readonly full: boolean
  readonly scope: 'GLOBAL' | 'SESSION'
  readonly table: TableName | null
  readonly database: string | null
  readonly user: { readonly name: string; readonly host: string } | null
  readonly like: string | null
  readonly where: Expression | null
  readonly limit: Limit | null
}

export type Statement =
  | { readonly is: 'query'; readonly query: Query }
  | Show
  | { readonly is: 'explain'; readonly statement: Statement }
  | { readonly is: 'use'; readonly database: string }
  | { readonly is: 'set'; readonly assignments: readonly Assignment[] }
  | { readonly is: 'set-password'; readonly user: string | null }
  | {
      readonly is: 'insert'
      readonly replace: boolean
      readonly ignore: boolean
      readonly table: TableName
      readonly columns: readonly string[] | null
      readonly rows: readonly (readonly (Expression | null)[])[] | Query
      readonly onDuplicate: readonly (readonly [string, Expression])[]
    }
  | {
      readonly is: 'update'
      readonly table: TableName
      readonly alias: string
      readonly set: readonly (readonly [string, Expression])[]
      readonly where: Expression | null
      readonly order: readonly Order[]
      readonly limit: Limit | null
    }
  | {
      readonly is: 'delete'
      readonly table: TableName
      readonly alias: string
      readonly where: Expression | null
      readonly order: readonly Order[]
      readonly limit: Limit | null
    }
  | { readonly is: 'truncate'; readonly table: TableName }
  | {
      readonly is: 'create-database'
      readonly name: string
      readonly ifNotExists: boolean
      readonly charset: string | null
      readonly collation: string | null
    }
  | { readonly is: 'drop-database'; readonly name: string; readonly ifExists: boolean }
  | {
      readonly is: 'create-table'
      readonly table: TableName
      readonly ifNotExists: boolean
      readonly columns: readonly ColumnDefinition[]
      readonly keys: readonly KeyDefinition[]
      readonly options: TableOptions
      readonly like: TableName | null
      readonly query: Query | null
    }
  | { readonly is: 'drop-table'; readonly tables: readonly TableName[]; readonly ifExists: boolean }
  | { readonly is: 'rename-table'; readonly pairs: readonly (readonly [TableName, TableName])[] }
  | { readonly is: 'alter-table'; readonly table: TableName; readonly changes: readonly Alteration[] }
  | { readonly is: 'create-function'; readonly name: string; readonly library: string; readonly plugin: boolean }
  | { readonly is: 'drop-routine'; readonly kind: string; readonly name: string; readonly ifExists: boolean }
  | { readonly is: 'call'; readonly path: readonly string[] }
  | { readonly is: 'load-data'; readonly local: boolean; readonly path: string; readonly table: TableName }
  | { readonly is: 'prepare'; readonly name: string; readonly from: Expression }
  | { readonly is: 'execute'; readonly name: string; readonly using: readonly string[] }
  | { readonly is: 'deallocate'; readonly name: string }
  | { readonly is: 'transaction'; readonly what: 'begin' | 'commit' | 'rollback' }
  | { readonly is: 'do'; readonly values: readonly Expression[] }
  | { readonly is: 'kill'; readonly id: Expression }
  | {
      readonly is: 'administer'
      readonly what: 'CHECK' | 'ANALYZE' | 'OPTIMIZE' | 'REPAIR' | 'CHECKSUM'
      readonly tables: readonly TableName[]
    }
  | {
      readonly is: 'account'
      readonly verb: 'CREATE USER' | 'ALTER USER' | 'DROP USER' | 'GRANT' | 'REVOKE'
      readonly users: readonly Grantee[]
      readonly ifExists: boolean
    }
  | { readonly is: 'lock'; readonly tables: readonly TableName[] }
  /** Taken and without effect here; `privilege` is what an account needs for it. */
  | { readonly is: 'accepted'; readonly privilege: string | null }
  | { readonly is: 'shutdown' }
  | { readonly is: 'nothing' }

export interface Grantee {
  readonly name: string
  readonly host: string
  /** In clear, when the statement says it. */
  readonly password: string | null
  /** As the statement names it. */
  readonly plugin: string | null
  /** What stands for a password, when the statement gives a hash. */
  readonly hash: string | null
}
