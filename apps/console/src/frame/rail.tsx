import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { Link } from 'wouter'
import { useDeckies, useHealth, useWorkers } from '../queries.ts'
import { plural } from '../time/words.ts'
import { hrefTo, useUrl } from '../url.ts'
import { workerState } from '../words/worker.ts'
import { useConnection } from './live-context.tsx'
import { isOn, pages } from './pages.ts'

/** One line on our own state: is anything of ours in the way of knowing? */
export function useOwnHealth(): { dot: string; text: string } {
  const connection = useConnection()
  const health = useHealth()
  const workers = useWorkers()
  const list = workers.data?.workers ?? []
  const now = workers.data ? Date.parse(workers.data.generated_at) / 1000 : 0
  const are = (word: string) => list.filter((w) => workerState(w, workers.data?.bus_connected ?? true, now).word === word)
  const [quarantined, silent] = [are('Quarantined'), are('Silent')]
  if (connection.phase === 'offline' || (health.isError && !health.data)) return { dot: 'dot bad', text: 'Server not reached' }
  if (!health.data) return { dot: 'dot off', text: 'Checking' }
  const failing = Object.entries(health.data.components).filter(([, c]) => c.status === 'failing')
  if (health.data.status === 'unhealthy') return { dot: 'dot bad', text: `${failing[0]?.[0] ?? 'Server'} is failing` }
  if (quarantined.length > 0) return { dot: 'dot bad', text: `${quarantined.length} in quarantine` }
  if (silent.length > 0) return { dot: 'dot warn', text: `${plural(silent.length, 'worker')} silent` }
  const worst = failing.find(([, { detail }]) => !detail?.startsWith('stopped')) ?? failing[0]
  const stopped = list.filter((w) => w.desired === 'stopped')
  if (stopped[0] && (worst === undefined || stopped.some((w) => w.name === worst[0])))
    return { dot: 'dot warn', text: stopped.length === 1 ? `${stopped[0].name} is stopped` : `${plural(stopped.length, 'worker')} stopped` }
  if (health.data.status === 'degraded') return { dot: 'dot warn', text: `${worst?.[0] ?? 'Something'} is failing` }
  const lag = Math.max(0, ...list.map((w) => w.lag ?? 0))
  return lag > 500 ? { dot: 'dot warn', text: `${plural(lag, 'record')} behind` } : { dot: 'dot', text: 'All well' }
}

export function Rail({ narrow, onToggle }: { narrow: boolean; onToggle: () => void }) {
  const { path } = useUrl()
  const own = useOwnHealth()
  const deckies = useDeckies()
  let group = ''
  return (
    <nav className="rail" aria-label="Pages">
      <div className="brand">
        <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.8" aria-hidden="true">
          <path d="M10 2l7 4v8l-7 4-7-4V6z" />
          <circle cx="10" cy="10" r="2.4" fill="currentColor" stroke="none" />
        </svg>
        <span className="label">DECNET</span>
      </div>
      {pages.map((page) => {
        const head = page.group !== group && page.group !== '' ? <h2 key={page.group}>{page.group}</h2> : null
        group = page.group
        return [
          head,
          <Link
            key={page.path}
            href={hrefTo(page.path)}
            className="rail-link"
            aria-current={isOn(page, path) ? 'page' : undefined}
            title={narrow ? page.title : undefined}
          >
            <page.icon aria-hidden />
            <span className="label">{page.title}</span>
            {page.path === '/fleet' && deckies.data && <span className="n">{deckies.data.length}</span>}
          </Link>,
        ]
      })}
      <div className="rail-foot">
        <Link href={hrefTo('/workers')} className="rail-health" title={own.text}>
          <span className={own.dot} />
          <span className="label cut">{own.text}</span>
        </Link>
        <button
          type="button"
          className="btn quiet icon"
          onClick={onToggle}
          aria-label={narrow ? 'Widen the rail' : 'Narrow the rail'}
          title="["
        >
          {narrow ? <PanelLeftOpen aria-hidden /> : <PanelLeftClose aria-hidden />}
        </button>
      </div>
    </nav>
  )
}
