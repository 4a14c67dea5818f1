import type { Statement } from '../sql/ast.ts'
import { type Answer, rowsOf } from './answer.ts'
import type { Session } from './session.ts'
import { explainColumns } from './show.ts'
import type { Value } from './value.ts'

/** EXPLAIN: one row for each table, read whole, or by its primary key where one row is asked for. */
export function explain(statement: Statement, session: Session): Answer {
  const { mariadb } = session.server.product
  const columns = explainColumns(mariadb)
  const line = (values: {
    readonly id: bigint
    readonly type: string
    readonly table: string | null
    readonly access: string | null
    readonly rows: string | null
    readonly extra: string
  }): Value[] => {
    const { id, type, table, access, rows, extra } = values
    if (mariadb) return [id, type, table, access, null, null, null, null, rows, extra]
    return [id, type, table, null, access, null, null, null, null, rows, rows === null ? null : 100, extra === '' ? null : extra]
  }
  if (statement.is !== 'query') return rowsOf(columns, [line({ id: 1n, type: 'SIMPLE', table: null, access: null, rows: null, extra: '' })])
  session.server.queries.describe(statement.query, session, null)
  const many = statement.query.selects.length > 1
  const rows = statement.query.selects.flatMap((select, index) => {
    const type = many ? (index === 0 ? 'PRIMARY' : 'UNION') : 'SIMPLE'
    const id = BigInt(index + 1)
    if (select.from.length === 0) return [line({ id, type, table: null, access: null, rows: null, extra: 'No tables used' })]
    return select.from.map(({ source }) => {
      const count = source.is === 'table' ? session.server.openTable(session, source.table, 'SELECT').rows.length : 1
      return line({
        id,
        type,
        table: source.alias,
        access: 'ALL',
        rows: String(Math.max(1, count)),
        extra: select.where === null ? '' : 'Using where',
      })
    })
  })
  return rowsOf(columns, rows)
}
