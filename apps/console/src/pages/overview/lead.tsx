import type { Stats } from '@decnet/contracts/api'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Prose } from '../../parts/bytes.tsx'
import { Skeleton } from '../../parts/empty.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { describeRange, type Range } from '../../time/range.ts'
import { plural } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function joined(parts: ReactNode[]): ReactNode {
  return parts.map((part, i) => [i === 0 ? '' : i === parts.length - 1 ? (parts.length > 2 ? ', and ' : ' and ') : ', ', part])
}

/** One sentence of the period, then whether somebody has to do something. */
export function Lead({ stats, range }: { stats: Stats | undefined; range: Range }) {
  if (!stats)
    return (
      <div style={{ height: 84 }} aria-busy="true">
        <Skeleton width="62%" height={18} />
      </div>
    )
  const { sources, logins, reuse, files } = stats
  const when = range.kind === 'last' ? `In ${describeRange(range)}` : capital(describeRange(range))
  const deckies = plural(stats.deployed_deckies, 'decky', 'deckies')
  if (sources.value === 0)
    return (
      <header className="verdict">
        <h1 className="lead">
          {when}
          {range.kind === 'fixed' && ':'} nobody touched your {deckies}.
        </h1>
        <p className="sub">
          <span className="dot" /> Nothing needs you.
        </p>
      </header>
    )
  const facts: ReactNode[] = []
  if (logins.value > 0) facts.push(<b key="in">{plural(logins.value, 'log-in')} succeeded</b>)
  if (reuse.value > 0)
    facts.push(
      <b key="reuse" className="crit">
        {plural(reuse.value, 'secret')} {reuse.value === 1 ? 'was' : 'were'} reused
      </b>,
    )
  if (files.value > 0)
    facts.push(
      <b key="file">
        {plural(files.value, 'file')} {files.value === 1 ? 'was' : 'were'} left
      </b>,
    )
  return (
    <header className="verdict">
      <h1 className="lead">
        {when}
        {range.kind === 'fixed' && ':'} <b>{plural(sources.value, 'source')}</b> touched your {deckies}.{' '}
        {facts.length === 0 ? 'Nobody got in.' : <>{joined(facts)}.</>}
      </h1>
      <Verdict stats={stats} />
    </header>
  )
}

/** "Exploit Public-Facing Application": who tried one made no ordinary noise. */
const EXPLOIT = 'T1190'
const noise = (attempts: number) =>
  attempts === 0 ? 'Nobody tried to log in' : `${plural(attempts, 'log-in attempt')} ${attempts === 1 ? 'was' : 'were'} refused`

/** Do I have to do something? */
function Verdict({ stats }: { stats: Stats }) {
  const { top_attackers: all, stories } = stats
  const serious = all.filter((a) => a.severity === 'critical' || a.severity === 'high')
  const got = stats.logins.value + stats.reuse.value + stats.files.value > 0
  const tried = stories.find(({ technique }) => technique === EXPLOIT)?.attacker_uuid
  const worst = serious[0] ?? (got ? all[0] : all.find(({ uuid }) => uuid === tried))
  if (!worst)
    return (
      <p className="sub">
        <span className="dot" /> Nothing needs you. {noise(stats.credentials.value)}, all of it ordinary noise.
      </p>
    )
  const others = Math.max(0, serious.length - 1)
  return (
    <p className="sub">
      <SeverityBadge severity={worst.severity} />
      <span>
        Look at{' '}
        <Link className="link mono" href={hrefTo(`/attackers/${worst.uuid}`)}>
          {worst.ip}
        </Link>{' '}
        first: it <Prose text={worst.headline} most={160} />.
        {others > 0 && (
          <>
            {' '}
            Then look at{' '}
            <Link className="link" href={hrefTo('/attackers', { sort: 'score' })}>
              {others === 1 ? 'one more' : `${others} more`}
            </Link>
            .
          </>
        )}
        {stats.sources.value > others + 1 && ' The others are less urgent.'}
      </span>
    </p>
  )
}
