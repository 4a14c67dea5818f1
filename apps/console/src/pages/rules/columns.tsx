import { Link } from 'wouter'
import { Prose } from '../../parts/bytes.tsx'
import type { Column } from '../../parts/data-table.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { Time } from '../../parts/time.tsx'
import { figure, plural } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'
import { kindList } from '../../words/evidence-kind.ts'
import { type CatalogueRule, judged, maturityWords, originWords, percent, precisionOf, ruleStanding, surest } from '../../words/rule.ts'
import type { Techniques } from './find-rules.ts'

/** Names of techniques below a title. */
const NAMED = 3

export function Standing({ rule }: { rule: CatalogueRule }) {
  const { standing, word, dot } = ruleStanding(rule)
  return (
    <span className="rl-standing" data-standing={standing}>
      <span className={dot} />
      <span className="cut">{word}</span>
    </span>
  )
}

function Title({ rule, techniques }: { rule: CatalogueRule; techniques: Techniques }) {
  const { id, title, emits, problem, problems } = rule
  const names = emits.slice(0, NAMED).map(({ technique }) => techniques.get(technique)?.name ?? technique)
  const claims = [...names, ...(emits.length > NAMED ? [`${emits.length - NAMED} more`] : [])].join(', ')
  return (
    <div className="rl-title">
      <Link
        className="cut strong"
        href={hrefTo(`/rules/${encodeURIComponent(id)}`)}
        title={title}
        onClick={(event) => event.stopPropagation()}
      >
        <Prose text={title} most={120} />
      </Link>
      <span className="cut small faint">
        <span className="mono">{id}</span>{' '}
        {problem ? (
          <span className="rl-wrong" title={problems.map(({ line, message }) => `line ${line}: ${message}`).join('\n')}>
            line {problem.line}: <Prose text={problem.message} most={160} />
            {problems.length > 1 && ` and ${problems.length - 1} more`}
          </span>
        ) : (
          claims
        )}
      </span>
    </div>
  )
}

function Precision({ verdicts }: Pick<CatalogueRule, 'verdicts'>) {
  const part = precisionOf(verdicts)
  if (part === null) return <span className="faint">–</span>
  return (
    <span title={`${plural(judged(verdicts), 'hit')} looked at: ${verdicts.right} right, ${verdicts.wrong} wrong`}>
      {percent(part)} <span className="faint small">of {figure(judged(verdicts))}</span>
    </span>
  )
}

/** The columns of the catalogue. */
export const ruleColumns = (
  techniques: Techniques,
  hitsOf: (rule: string) => readonly number[] | undefined,
): readonly Column<CatalogueRule>[] => [
  { id: 'title', title: 'Rule', sort: 'title', least: 300, cell: (rule) => <Title rule={rule} techniques={techniques} /> },
  { id: 'state', title: 'State', width: 104, from: 'tablet', cell: (rule) => <Standing rule={rule} /> },
  {
    id: 'kinds',
    title: 'Looks at',
    width: 168,
    from: 'desktop',
    yields: 1,
    cell: ({ sources }) => <span className="dim">{kindList(sources)}</span>,
  },
  { id: 'sure', title: 'Sure', width: 64, align: 'right', sort: 'confidence', from: 'tablet', cell: (rule) => percent(surest(rule)) },
  {
    id: 'hits',
    title: 'Hits',
    width: 64,
    align: 'right',
    sort: 'hits',
    cell: ({ hits }) => (hits.count === 0 ? <span className="faint">0</span> : figure(hits.count)),
  },
  {
    id: 'trend',
    title: 'Over time',
    width: 80,
    from: 'desktop',
    yields: 3,
    cell: ({ id }) => {
      const series = hitsOf(id)
      return series ? <Sparkline series={series} width={64} label={`Hits of ${id} over the period`} /> : <span className="faint">–</span>
    },
  },
  {
    id: 'last',
    title: 'Last hit',
    width: 92,
    align: 'right',
    sort: 'last',
    from: 'tablet',
    cell: ({ hits }) => (hits.last_at === null ? <span className="faint">never</span> : <Time at={hits.last_at} />),
  },
  {
    id: 'right',
    title: 'Right',
    width: 92,
    align: 'right',
    sort: 'precision',
    from: 'tablet',
    cell: (rule) => <Precision verdicts={rule.verdicts} />,
  },
  {
    id: 'origin',
    title: 'From',
    width: 96,
    from: 'desktop',
    yields: 2,
    cell: ({ origin, deleted }) => (
      <span className={origin === 'shipped' || deleted ? 'faint' : ''}>{deleted ? '–' : originWords[origin]}</span>
    ),
  },
  {
    id: 'maturity',
    title: 'Maturity',
    width: 92,
    from: 'wide',
    cell: ({ maturity, deleted }) => <span className="dim">{deleted ? '–' : maturityWords[maturity]}</span>,
  },
  { id: 'id', title: 'Id', width: 80, sort: 'id', hidden: true, cell: ({ id }) => <span className="mono">{id}</span> },
  { id: 'version', title: 'Version', width: 72, align: 'right', hidden: true, cell: ({ version }) => version },
]
