import { useLifecycle } from '../../fleet-queries.ts'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Time } from '../../parts/time.tsx'
import { causeOf, operationWords, tookOf } from '../../words/decky.ts'

const FEW = 8
const dots = { pending: 'dot off', running: 'dot moving', succeeded: 'dot', failed: 'dot bad' } as const

/** What was asked of a decky, and what became of it. */
export function Operations({ name }: { name: string }) {
  const operations = useLifecycle({ decky: name, limit: FEW })
  const list = operations.data?.data ?? []
  return (
    <section className="section">
      <h2 className="h">Operations</h2>
      {operations.error && !operations.data ? (
        <Failed error={operations.error} retry={() => void operations.refetch()} left />
      ) : !operations.data ? (
        <SkeletonRows count={2} height={40} />
      ) : list.length === 0 ? (
        <p className="faint">None yet.</p>
      ) : (
        <ol className="dk-story">
          {list.map((operation) => {
            const took = tookOf(operation)
            return (
              <li key={operation.id}>
                <span>
                  <i className={dots[operation.status]} /> It {operationWords(operation)}
                  {operation.status === 'pending' && ', soon'}
                </span>
                <span className="small faint">
                  <Time at={operation.created_at} />, {causeOf(operation)}
                  {took !== null && `, in ${took}`}
                </span>
                {operation.error && <span className="wrong">{operation.error}</span>}
              </li>
            )
          })}
        </ol>
      )}
    </section>
  )
}
