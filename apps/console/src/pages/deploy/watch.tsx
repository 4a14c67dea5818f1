import { DECKIES_AT_ONCE, type Lifecycle } from '@decnet/contracts/api'
import { Check, CircleDashed, Loader, X } from 'lucide-react'
import { Link } from 'wouter'
import { useLifecycle } from '../../fleet-queries.ts'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { deckyPath, hrefTo } from '../../url.ts'
import { deploySentence, isOpen, operationWords, tookOf } from '../../words/decky.ts'

const signs = { pending: CircleDashed, running: Loader, succeeded: Check, failed: X } as const

/** Each decky on its way, until all are up or failed. */
export function Watch({ ids, onMore }: { ids: readonly string[]; onMore: () => void }) {
  const operations = useLifecycle({ ids: ids.join(','), limit: DECKIES_AT_ONCE })
  const list = (operations.data?.data ?? []).toSorted((a, b) => a.decky_name.localeCompare(b.decky_name))
  const ended = list.filter((operation) => !isOpen(operation)).length
  const { said, over } = deploySentence(list)
  return (
    <>
      <header className="dp-head">
        <h1 className="lead" aria-live="polite">
          {said}
        </h1>
        <div
          className="dp-progress"
          role="progressbar"
          aria-label="Deployed"
          aria-valuemin={0}
          aria-valuemax={ids.length}
          aria-valuenow={ended}
          data-failed={list.some(({ status }) => status === 'failed') || undefined}
        >
          <i style={{ width: `${ids.length === 0 ? 0 : (ended / ids.length) * 100}%` }} />
        </div>
        <div className="dp-next">
          <Link className={over ? 'btn primary' : 'btn'} href={hrefTo('/fleet', { view: 'map' })}>
            See them on the map
          </Link>
          <Link className="btn" href={hrefTo('/fleet')}>
            The fleet
          </Link>
          <button type="button" className="btn" onClick={onMore}>
            Deploy more
          </button>
        </div>
      </header>
      {operations.error && !operations.data ? (
        <Failed error={operations.error} retry={() => void operations.refetch()} left />
      ) : !operations.data ? (
        <SkeletonRows count={6} height={34} />
      ) : (
        <ol className="dp-watch">
          {list.map((operation) => (
            <One key={operation.id} operation={operation} />
          ))}
        </ol>
      )}
    </>
  )
}

function One({ operation: o }: { operation: Lifecycle }) {
  const Sign = signs[o.status]
  const took = tookOf(o)
  return (
    <li data-status={o.status}>
      <Sign aria-hidden />
      {o.status === 'succeeded' ? (
        <Link className="mono strong link cut" href={hrefTo(deckyPath(o.decky_name))}>
          {o.decky_name}
        </Link>
      ) : (
        <span className="mono strong cut">{o.decky_name}</span>
      )}
      <span className="dim">
        {o.status === 'pending' ? 'waits for its turn' : operationWords(o)}
        {took !== null && <span className="faint"> in {took}</span>}
      </span>
      {o.error && <span className="wrong">{o.error}</span>}
    </li>
  )
}
