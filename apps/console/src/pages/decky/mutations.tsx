import type { Decky, Mutation } from '@decnet/contracts/api'
import { useState } from 'react'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Time } from '../../parts/time.tsx'
import { causeOf, changeOf, intervalWords, mutationSentence } from '../../words/decky.ts'
import { colourOf } from '../../words/services.ts'

const FEW = 6

/** What a decky was over time, in words. */
export function Mutations({
  decky,
  query,
}: {
  decky: Decky
  query: {
    readonly data: { readonly data: readonly Mutation[] } | undefined
    readonly error: unknown
    readonly refetch: () => unknown
  }
}) {
  const [all, setAll] = useState(false)
  const list = query.data?.data ?? []
  return (
    <section className="section">
      <h2 className="h">
        Mutations <span className="faint">changes {intervalWords(decky.mutate_interval)}</span>
        {list.length > FEW && !all && (
          <button type="button" className="more link" onClick={() => setAll(true)}>
            all {list.length}
          </button>
        )}
      </h2>
      {query.error && !query.data ? (
        <Failed error={query.error} retry={() => void query.refetch()} left />
      ) : !query.data ? (
        <SkeletonRows count={3} height={40} />
      ) : list.length === 0 ? (
        <p className="faint">None so far.</p>
      ) : (
        <ol className="dk-story">
          {(all ? list : list.slice(0, FEW)).map((mutation) => (
            <li key={mutation.id}>
              <span>
                <span>{mutationSentence(mutation)}</span> <Change of={mutation} />
              </span>
              <span className="small faint">
                <Time at={mutation.timestamp} />, {causeOf(mutation)}
                {mutation.reason && `. ${mutation.reason}`}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Change({ of }: { of: Mutation }) {
  const { came, went } = changeOf(of)
  if (of.old_services.length === 0 || of.new_services.length === 0) return null
  return (
    <span className="dk-change" aria-hidden>
      {came.map((name) => (
        <i key={name} className="swatch" style={{ background: colourOf(name) }} />
      ))}
      {went.map((name) => (
        <i key={name} className="swatch gone" style={{ borderColor: colourOf(name) }} />
      ))}
    </span>
  )
}
