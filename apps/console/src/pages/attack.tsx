import type { AttackDomain } from '@decnet/contracts/api'
import { Download } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { urlOf } from '../api.ts'
import { Page } from '../frame/page.tsx'
import { Empty, Failed, SkeletonRows } from '../parts/empty.tsx'
import { periodOf, useKnownTechniques, useObservedTechniques, useTactics } from '../queries.ts'
import { describeRange } from '../time/range.ts'
import { figure, plural } from '../time/words.ts'
import { hrefTo, setParams, useUrl } from '../url.ts'
import { type TacticColumn, tacticColumns } from '../words/technique.ts'
import { Matrix } from './attack/matrix.tsx'
import './attackers.css'
import './attack/attack.css'

const domains: Readonly<Record<string, AttackDomain>> = { enterprise: 'enterprise-attack', ics: 'ics-attack' }
const titles: Readonly<Record<string, string>> = { enterprise: 'Enterprise', ics: 'Industrial' }
/** At least so sure. */
const floors = ['', '0.6', '0.8'] as const

/** The matrix of ATT&CK: what attackers were seen to do in a period, tactic by tactic. */
export default function Attack() {
  const { params, range } = useUrl()
  const name = params.get('domain') === 'ics' ? 'ics' : 'enterprise'
  const domain = domains[name] ?? 'enterprise-attack'
  const all = params.get('all') === '1'
  const floor = floors.find((value) => value === params.get('sure')) ?? ''
  const tactics = useTactics()
  const observed = useObservedTechniques(range, Number(floor))
  const known = useKnownTechniques(domain, all)
  const rows = observed.data
  const columns = useMemo(() => {
    if (!tactics.data || !rows || (all && !known.data)) return undefined
    const own = tactics.data.data.filter((tactic) => tactic.domain === domain)
    return tacticColumns(own, rows, all ? known.data?.data : undefined)
  }, [tactics.data, rows, known.data, all, domain])
  const elsewhere = (of: string) => rows?.filter((row) => row.domain === domains[of]).length ?? 0
  const failed = [tactics, observed, ...(all ? [known] : [])].find(({ error, data }) => error && !data)
  /** For MITRE’s ATT&CK Navigator. */
  const layer = (kind = '') => urlOf(`/ttp/export/navigator${kind}`, { ...periodOf(range), domain, confidence: floor })
  return (
    <Page title="ATT&CK" fill>
      <div className="pad">
        <div className="atk-bar">
          <h1 className="page-title">ATT&CK</h1>
          <span className="seg">
            {Object.keys(domains).map((of) => (
              <button
                key={of}
                type="button"
                aria-pressed={of === name}
                onClick={() => setParams({ domain: of === 'enterprise' ? null : of }, true)}
              >
                {titles[of]}
                {elsewhere(of) > 0 && <span className="dim"> {elsewhere(of)} seen</span>}
              </button>
            ))}
          </span>
          <span className="seg">
            <button type="button" aria-pressed={!all} onClick={() => setParams({ all: null }, true)}>
              Seen
            </button>
            <button type="button" aria-pressed={all} onClick={() => setParams({ all: '1' }, true)}>
              All there are
            </button>
          </span>
          <select
            className="input atk-sure"
            aria-label="How sure"
            value={floor}
            onChange={(event) => setParams({ sure: event.target.value || null }, true)}
          >
            {floors.map((value) => (
              <option key={value} value={value}>
                {value === '' ? 'However sure' : `${Number(value) * 100} % sure or more`}
              </option>
            ))}
          </select>
          {columns?.some(({ count }) => count > 0) && (
            <span className="atk-get">
              <a className="btn" href={layer()} download title="This period, this domain">
                <Download aria-hidden /> Navigator layer
              </a>
              <a
                className="btn quiet"
                href={layer('/difference')}
                download
                title="More or less often than in the same length of time before"
              >
                What changed
              </a>
            </span>
          )}
        </div>
        {failed ? (
          <Failed error={failed.error} retry={() => void failed.refetch()} />
        ) : !columns ? (
          <SkeletonRows count={10} />
        ) : columns.length === 0 ? (
          <Nothing period={describeRange(range)} other={elsewhere(name === 'ics' ? 'enterprise' : 'ics') > 0} floor={floor !== ''} />
        ) : (
          <>
            <p className="say atk-say">{sentence(columns, describeRange(range))}</p>
            <Matrix columns={columns} />
          </>
        )}
      </div>
    </Page>
  )
}

/** What stands out, in a sentence. */
function sentence(columns: readonly TacticColumn[], period: string): string {
  const cells = columns.flatMap((column) => column.cells)
  const totals = new Map<string, { name: string; count: number }>()
  for (const { id, name, count } of cells) totals.set(id, { name, count: count + (totals.get(id)?.count ?? 0) })
  const seen = [...totals.values()].filter(({ count }) => count > 0).sort((a, b) => b.count - a.count)
  const [first] = seen
  if (!first) return `None of these was seen in ${period}.`
  const tactics = columns.filter(({ count }) => count > 0).length
  return `${plural(seen.length, 'technique')} for ${plural(tactics, 'tactic')} in ${period}; most often ${first.name}, ${figure(first.count)}×.`
}

function Nothing({ period, other, floor }: { period: string; other: boolean; floor: boolean }) {
  return (
    <Empty
      title={`Nothing was recognised in ${period}`}
      actions={
        floor ? (
          <button type="button" className="btn" onClick={() => setParams({ sure: null }, true)}>
            However sure
          </button>
        ) : (
          <>
            <button type="button" className="btn" onClick={() => setParams({ all: '1' }, true)}>
              Show all there are
            </button>
            <Link className="btn" href={hrefTo('/live')}>
              Watch live
            </Link>
          </>
        )
      }
    >
      When somebody does what a rule knows, such as guessing passwords, reading /etc/shadow or fetching a program, the technique stands here
      under the tactic it serves. A click shows the very commands and requests.
      {other && ' There is something under the other domain.'}
    </Empty>
  )
}
