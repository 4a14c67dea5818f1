import type { ReactNode } from 'react'
import { BarList } from '../../parts/bar-list.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { topValue } from '../../parts/value.tsx'
import { useTopCredentials } from '../../queries.ts'
import { useUrl } from '../../url.ts'

/** What is tried most: passwords, user names, both together. */
export function MostUsed({ toolbar }: { toolbar: ReactNode }) {
  return (
    <div className="dt">
      <div className="dt-bar">{toolbar}</div>
      <div className="dt-scroll">
        <div className="cols three">
          <Top title="Passwords" by="secret" />
          <Top title="User names" by="principal" />
          <Top title="Pairs" by="pair" />
        </div>
      </div>
    </div>
  )
}

function Top({ title, by }: { title: string; by: 'secret' | 'principal' | 'pair' }) {
  const { range } = useUrl()
  const top = useTopCredentials(by, range)
  return (
    <section className="section" style={{ marginTop: 12 }}>
      <h2 className="h">{title}</h2>
      {top.error && !top.data ? (
        <Failed error={top.error} retry={() => void top.refetch()} left />
      ) : top.data ? (
        <BarList rows={top.data} of={topValue} unit="attempt" nothing="None in this period." />
      ) : (
        <SkeletonRows count={10} />
      )}
    </section>
  )
}
