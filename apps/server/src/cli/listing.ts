import { AppError } from '@decnet/kernel'
import pc from 'picocolors'
import { type Reads, reads } from '../store/reads.ts'
import { type CommandDefinition, type CommandOptions, commonOptions, databaseOption } from './command.ts'
import { wholeNumber } from './numbers.ts'
import { print, printJson } from './output.ts'
import { openStored } from './stored.ts'
import { printTable } from './table.ts'

interface Asked<Sort> {
  readonly sortBy: Sort
  readonly order: 'asc' | 'desc'
  readonly limit: number
  readonly offset: 0
  readonly search: string | undefined
}

export interface Listing<Sort extends string, Row> {
  /** The first is the default. */
  readonly sorts: readonly [Sort, ...Sort[]]
  /** What the search looks in. */
  readonly searched: string
  readonly also?: CommandDefinition['options']
  readonly examples: CommandDefinition['examples']
  read(read: Reads, asked: Asked<Sort>, options: CommandOptions): Promise<{ readonly total: number; readonly data: readonly Row[] }>
  readonly head: readonly string[]
  row(row: Row, now: number): readonly (string | number)[]
  /** Said where there is none. */
  readonly none: string
}

/** A command that prints the first of many, and how many more there are. */
export const listing = <Sort extends string, Row>(what: Listing<Sort, Row>): CommandDefinition => ({
  options: [
    ...commonOptions,
    databaseOption,
    { flags: '--sort <by>', description: what.sorts.join(', '), default: what.sorts[0] },
    { flags: '--search <text>', description: what.searched },
    ...(what.also ?? []),
    { flags: '--limit <n>', description: 'at most this many', default: '50' },
  ],
  examples: what.examples,
  async run({ options }) {
    const { store } = await openStored(options)
    try {
      const sortBy = what.sorts.find((sort) => sort === options.sort)
      if (!sortBy) throw new AppError(`--sort ${String(options.sort)} is none of ${what.sorts.join(', ')}.`, { code: 'bad_option' })
      const limit = wholeNumber(options.limit, '--limit', 1, 1000)
      const search = options.search as string | undefined
      const page = await what.read(reads(store), { sortBy, order: sortBy === 'ip' ? 'asc' : 'desc', limit, offset: 0, search }, options)
      if (options.json) {
        printJson(page)
        return 0
      }
      const now = Date.now()
      printTable(
        what.head,
        page.data.map((row) => what.row(row, now)),
        what.none,
      )
      if (page.total > page.data.length) print(pc.dim(`${page.total - page.data.length} more: --limit ${page.total}`))
      return 0
    } finally {
      await store.close()
    }
  },
})
