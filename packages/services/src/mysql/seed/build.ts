import type { Persona } from '@decnet/persona'
import { stamp } from '../engine/functions/time.ts'
import type { Server } from '../engine/server.ts'
import { type Decimal, isDecimal, type Value } from '../engine/value.ts'
import { defaultCollation } from '../engine/variables.ts'
import { parseStatement } from '../sql/statement.ts'

/** A cell as seeds write it: text is text, numbers are whole or exact. */
export type Cell = string | number | null | Decimal

/** An application's table: how it was created, and its rows. */
export interface SeedTable {
  readonly ddl: string
  readonly rows: readonly (readonly Cell[])[]
}
export interface SeedDatabase {
  readonly name: string
  readonly tables: readonly SeedTable[]
}

export interface Seeding {
  readonly persona: Persona
  /** Epoch milliseconds: data goes on until now. */
  readonly now: number
  /** As the server's tables keep a moment. */
  readonly at: (epoch: number) => string
}

/** Two digits after the point. */
export const money = (cents: number): Decimal => ({ digits: BigInt(Math.round(cents)), scale: 2 })

/** 60 characters that look like bcrypt's. */
export function passwordHash(persona: Persona, what: string): string {
  const letters = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return `$2y$10$${Array.from(persona.bytes(`mysql/bcrypt/${what}`, 53), (byte) => letters.charAt(byte & 63)).join('')}`
}

const cell = (value: Cell): Value => {
  if (value === null || isDecimal(value as Value)) return value as Value
  return typeof value === 'number' ? BigInt(value) : Buffer.from(String(value), 'utf8').toString('latin1')
}

/** Puts databases into a server's catalog. @throws when a seed's own SQL is wrong */
export function plant(server: Server, databases: readonly SeedDatabase[]): void {
  const { product, catalog, persona } = server
  for (const { name, tables } of databases) {
    const database = catalog.create(name, product.charset, defaultCollation(product.charset, product))
    for (const { ddl, rows } of tables) {
      const { statement } = parseStatement(ddl, { version: product.number, mariadb: product.mariadb })
      if (statement.is !== 'create-table') throw new RangeError('a seed creates tables')
      const primary = statement.keys.find(({ kind }) => kind === 'PRIMARY')?.columns ?? []
      const table = {
        name: statement.table.name,
        keys: statement.keys,
        rows: [] as Value[][],
        size: 0,
        engine: 'InnoDB',
        charset: database.charset,
        collation: database.collation,
        comment: '',
        nextId: 1n,
        columns: statement.columns.map((column) => (primary.includes(column.name) ? { ...column, nullable: false } : column)),
        createdAt: persona.installedAt + persona.integer(`mysql/created/${name}`, 3_600_000, 86_400_000),
        updatedAt: server.now() - persona.integer(`mysql/updated/${name}/${statement.table.name}`, 60_000, 7_200_000),
      }
      catalog.add(database, table)
      const counter = table.columns.findIndex(({ autoIncrement }) => autoIncrement)
      for (const row of rows) {
        const values = row.map(cell)
        const id = counter < 0 ? null : values[counter]
        if (typeof id === 'bigint' && id >= table.nextId) table.nextId = id + 1n
        catalog.insert(table, values)
      }
    }
  }
}

export const seedingOf = (server: Server): Seeding => ({
  persona: server.persona,
  now: server.now(),
  at: (epoch) => stamp(server.wallTime(epoch)),
})

/** Moments from the installation until now, about `perDay` each day, the last `limit` of them; each with its number from the start. */
export function moments(
  { persona, now }: Seeding,
  what: string,
  perDay: number,
  limit: number,
): readonly { readonly number: number; readonly at: number }[] {
  const gap = 86_400_000 / perDay
  const from = persona.installedAt + 5 * 86_400_000
  const total = Math.max(0, Math.floor((now - from) / gap))
  const first = Math.max(0, total - limit)
  return Array.from({ length: total - first }, (_, index) => {
    const number = first + index
    return {
      number: number + 1,
      at: Math.floor(from + number * gap + persona.integer(`mysql/${what}/${number}`, 0, Math.floor(gap * 0.9))),
    }
  })
}
