import type { AlterTableColumnAlteringBuilder } from 'kysely'
import type { Dialect } from './dialect.ts'

/** Adds a column within a migration. Where changing a table is no part of a transaction, what was cut off in the middle is gone through again. */
export const columnAdder =
  ({ name: engine }: Dialect) =>
  async (altered: AlterTableColumnAlteringBuilder): Promise<void> => {
    try {
      await altered.execute()
    } catch (error) {
      if (engine !== 'mysql' || !(error instanceof Error && 'code' in error && error.code === 'ER_DUP_FIELDNAME')) throw error
    }
  }
