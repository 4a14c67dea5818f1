import { figure } from '../time/words.ts'
import { Value } from './value.tsx'
import type { ValueOf } from './value-menu.tsx'

interface Row {
  readonly value: string
  readonly count: number
  readonly sources: number
}

/** The most frequent of something, with a bar for its share of the first. */
export function BarList({ rows, of, nothing }: { rows: readonly Row[]; of: (row: Row) => ValueOf; nothing: string }) {
  if (rows.length === 0) return <p className="faint">{nothing}</p>
  const top = rows[0]?.count ?? 1
  return (
    <ul>
      {rows.map((row) => (
        <li className="bar-row" key={row.value} title={`${figure(row.count)} times from ${figure(row.sources)} sources`}>
          <span className="cut">
            <Value of={of(row)} most={60} />
          </span>
          <span className="w">
            <i style={{ width: `${Math.max(2, (row.count / Math.max(1, top)) * 100)}%` }} />
          </span>
          <span className="c">{figure(row.count)}</span>
        </li>
      ))}
    </ul>
  )
}
