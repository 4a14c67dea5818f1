import { figure, plural } from '../time/words.ts'
import { Value } from './value.tsx'
import type { ValueOf } from './value-menu.tsx'

interface Row {
  readonly count: number
  readonly sources: number
}

/** The most frequent of something, with a bar for its share of the first. */
export function BarList<R extends Row>({
  rows,
  of,
  colour,
  unit = 'time',
  nothing,
}: {
  rows: readonly R[]
  of: (row: R) => ValueOf
  /** Where the values have colours of their own. */
  colour?: (row: R) => string
  /** What is counted, in the singular. */
  unit?: string
  nothing: string
}) {
  if (rows.length === 0) return <p className="faint">{nothing}</p>
  const top = rows[0]?.count ?? 1
  return (
    <ul>
      {rows.map((row) => {
        const value = of(row)
        return (
          <li
            className="bar-row"
            key={`${value.searchValue} ${value.text}`}
            title={`${plural(row.count, unit)} from ${plural(row.sources, 'source')}`}
          >
            <span className="cut">
              {colour && <i className="swatch" style={{ background: colour(row), marginRight: 8 }} />}
              <Value of={value} most={60} />
            </span>
            <span className="w">
              <i
                style={{
                  width: `${Math.max(2, (row.count / Math.max(1, top)) * 100)}%`,
                  ...(colour ? { background: colour(row) } : {}),
                }}
              />
            </span>
            <span className="c">{figure(row.count)}</span>
          </li>
        )
      })}
    </ul>
  )
}
