import type { Stats } from '@decnet/contracts/api'
import { Link } from 'wouter'
import { Skeleton } from '../../parts/empty.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import type { Range } from '../../time/range.ts'
import { figure } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'

type Figure = Stats['sources']

/** Change against the equally long period before: "+18 %", "as before", "new". */
export function changeOf({ value, previous }: { value: number; previous: number }): string {
  if (value === previous) return value === 0 ? 'none' : 'as before'
  if (previous === 0) return 'new'
  const percent = Math.round(((value - previous) / previous) * 100)
  return percent > 999
    ? `× ${Math.round(value / previous)}`
    : percent === 0
      ? 'as before'
      : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`
}

const cells: readonly { title: string; of: (s: Stats) => Figure; path: string; q?: string }[] = [
  { title: 'Sources', of: (s) => s.sources, path: '/attackers' },
  { title: 'Sessions', of: (s) => s.sessions, path: '/live' },
  { title: 'Log-in attempts', of: (s) => s.credentials, path: '/live', q: 'event:auth_attempt' },
  { title: 'Got in', of: (s) => s.logins, path: '/live', q: 'event:auth_attempt outcome:success' },

  { title: 'Commands', of: (s) => s.commands, path: '/live', q: 'event:command -mode:protocol' },
  { title: 'Files captured', of: (s) => s.files, path: '/live', q: 'event:file_captured' },
]

export function StatStrip({ stats, range }: { stats: Stats | undefined; range: Range }) {
  const before = range.kind === 'last' ? 'the same time before' : 'the period before'
  return (
    <section className="stats" aria-label="Figures">
      {cells.map((cell) => {
        const figures = stats && cell.of(stats)
        return (
          <Link
            key={cell.title}
            className="stat"
            href={hrefTo(cell.path, cell.q ? { q: cell.q } : {})}
            title={figures ? `${figure(figures.previous)} in ${before}` : undefined}
          >
            <span className="k">{cell.title}</span>
            <span className="v">{figures ? figure(figures.value) : <Skeleton width={60} height={20} />}</span>
            <span className="d">
              <span>{figures ? changeOf(figures) : ' '}</span>
              {figures && <Sparkline series={figures.series} label={`${cell.title} over the period`} />}
            </span>
          </Link>
        )
      })}
    </section>
  )
}
