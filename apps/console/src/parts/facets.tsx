import type { ReactNode } from 'react'
import { type Term, toggled } from '../search/grammar.ts'
import { figure } from '../time/words.ts'
import { setTerms } from '../url.ts'
import './facets.css'

interface Facet {
  readonly value: string
  readonly count: number
}

const shown = 12

/** Values with their counts; a click filters to one, another click lets it go. One that is chosen stands there, however rare. */
export function Facets({
  title,
  searchKey,
  rows,
  terms,
  show,
}: {
  title: string
  searchKey: string
  rows: readonly Facet[] | undefined
  terms: readonly Term[]
  show?: (value: string) => ReactNode
}) {
  if (rows?.length === 0) return null
  const top = Math.max(1, ...(rows ?? []).map((r) => r.count))
  const on = (value: string) => terms.some((t) => t.key === searchKey && t.value === value && !t.negated)
  return (
    <section className="facet" aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {(rows ?? [])
          .filter((row, i) => i < shown || on(row.value))
          .map((row) => (
            <li key={row.value}>
              <button
                type="button"
                aria-pressed={on(row.value)}
                onClick={() =>
                  setTerms(
                    toggled(
                      terms.filter((t) => t.key !== searchKey || t.value === row.value),
                      { negated: false, key: searchKey, value: row.value },
                    ),
                  )
                }
              >
                <span className="cut">{show ? show(row.value) : row.value}</span>
                <span className="c">{figure(row.count)}</span>
                <i style={{ width: `${(row.count / top) * 100}%` }} />
              </button>
            </li>
          ))}
      </ul>
    </section>
  )
}
