import type { TtpDeletedRule, TtpRuleDetail } from '@decnet/contracts/api'
import { ChevronLeft, FlaskConical, PencilLine, TriangleAlert } from 'lucide-react'
import { Link } from 'wouter'
import { ApiError } from '../../api.ts'
import { Page } from '../../frame/page.tsx'
import { Prose } from '../../parts/bytes.tsx'
import { Code } from '../../parts/code/code-lines.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Time } from '../../parts/time.tsx'
import { useMe, useRules } from '../../queries.ts'
import { figure, plural } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'
import { kindList } from '../../words/evidence-kind.ts'
import { asCatalogueRule, type CatalogueRule, judged, maturityWords, percent, precisionOf } from '../../words/rule.ts'
import { Clauses } from './clauses.tsx'
import { Standing } from './columns.tsx'
import { Examples, FalsePositives, References, TechniquesOf } from './facts.tsx'
import { Hits } from './hits.tsx'
import { Decided } from './state.tsx'
import { useRule } from './use-rules.ts'

const origins: Readonly<Record<TtpRuleDetail['origin'], string>> = {
  shipped: 'came with DECNET',
  folder: 'from your folder',
  database: 'edited here',
}

/** The way back, and what can be done from any page of a rule. */
export function RuleNav({ children }: { children?: React.ReactNode }) {
  return (
    <nav className="rl-nav" aria-label="Rules">
      <Link className="link" href={hrefTo('/rules')}>
        <ChevronLeft aria-hidden /> Rules
      </Link>
      {children}
    </nav>
  )
}

/** One rule: what it says, what it found, how often it was right, and what somebody decided about it. */
export function RulePage({ id }: { id: string }) {
  const rule = useRule(id)
  const gone = rule.error instanceof ApiError && rule.error.status === 404
  const deleted = useRules(gone).data?.deleted.find((each) => each.id === id)
  return (
    <Page title={rule.data?.title ?? id}>
      <RuleNav />
      {rule.data ? (
        <Shown rule={rule.data} />
      ) : gone && deleted ? (
        <Deleted rule={deleted} />
      ) : gone ? (
        <>
          <h1 className="sr">No such rule</h1>
          <Empty
            title="There is no such rule"
            actions={
              <Link className="btn" href={hrefTo('/rules')}>
                All rules
              </Link>
            }
          >
            It may have been taken back, or its file is gone.
          </Empty>
        </>
      ) : rule.error ? (
        <Failed error={rule.error} retry={() => void rule.refetch()} />
      ) : (
        <>
          <h1 className="sr">Rule</h1>
          <SkeletonRows count={12} height={30} />
        </>
      )}
    </Page>
  )
}

/** A rule that there is no longer: what it found stays, until it is too old. */
function Deleted({ rule }: { rule: TtpDeletedRule }) {
  const admin = useMe().data?.role === 'admin'
  const row = asCatalogueRule(rule)
  return (
    <>
      <header className="rl-head">
        <div>
          <h1 className="lead">
            <Prose text={rule.id} most={64} />
          </h1>
          <p className="sub">
            deleted; its text and title are not kept · looked at {kindList(rule.sources)} · last version {rule.version}
          </p>
        </div>
      </header>
      <Figures rule={row} />
      <div className="cols wide">
        <Hits rule={row} admin={admin} />
        <TechniquesOf rule={row} />
      </div>
    </>
  )
}

function Shown({ rule }: { rule: TtpRuleDetail }) {
  const admin = useMe().data?.role === 'admin'
  const { id, title, version, sources, description, origin, saved_by: by, saved_at: at } = rule
  const here = `/rules/${encodeURIComponent(id)}`
  return (
    <>
      <header className="rl-head">
        <div>
          <h1 className="lead">
            <Prose text={title} most={200} />
          </h1>
          <p className="sub">
            <span className="mono">{id}</span> · looks at {kindList(sources)} · {maturityWords[rule.maturity].toLowerCase()}, version{' '}
            {version} · {origins[origin]}
            {by !== null && ` by ${by}`}
            {at !== null && (
              <>
                {' '}
                <Time at={at} />
              </>
            )}
          </p>
        </div>
        <div className="rl-do">
          <Link className="btn" href={hrefTo('/rules/bench', { rule: id, kind: sources[0] ?? null })}>
            <FlaskConical aria-hidden /> Try it
          </Link>
          <Link className="btn" href={hrefTo(`${here}/edit`)}>
            <PencilLine aria-hidden /> {admin ? 'Edit' : 'Text'}
          </Link>
        </div>
      </header>
      {description !== null && (
        <p className="rl-about">
          <Prose text={description} most={2_000} />
        </p>
      )}
      {rule.problem && <BrokenText rule={rule} />}
      <Decided rule={rule} admin={admin} />
      <Figures rule={rule} />
      <div className="cols wide">
        <div>
          <section className="section">
            <h2 className="h">It fires when</h2>
            <Clauses when={rule.when} />
          </section>
          <Hits rule={rule} admin={admin} />
        </div>
        <div>
          <TechniquesOf rule={rule} />
          <FalsePositives rule={rule} />
          <Examples rule={rule} />
          <References rule={rule} />
        </div>
      </div>
      <section className="section">
        <h2 className="h">
          Text
          <span className="faint">
            {rule.path === null ? 'in the database' : rule.origin === 'shipped' ? (rule.path.split('/').at(-1) ?? '') : rule.path}
          </span>
        </h2>
        <Code text={rule.yaml} label={`Text of ${id}`} />
      </section>
    </>
  )
}

/** How it stands, how often it fired and how often it was right, in one line. */
function Figures({ rule }: { rule: CatalogueRule }) {
  const { hits, verdicts } = rule
  const part = precisionOf(verdicts)
  return (
    <dl className="rl-figures">
      <div>
        <dt>State</dt>
        <dd>
          <Standing rule={rule} />
        </dd>
      </div>
      <div>
        <dt>Hits</dt>
        <dd>{figure(hits.count)}</dd>
      </div>
      <div>
        <dt>Last hit</dt>
        <dd>{hits.last_at === null ? <span className="faint">never</span> : <Time at={hits.last_at} />}</dd>
      </div>
      <div>
        <dt>Right, of those looked at</dt>
        <dd>
          {part === null ? (
            <span className="faint">nobody looked yet</span>
          ) : (
            <>
              {percent(part)} <span className="faint small">of {plural(judged(verdicts), 'hit')}</span>
            </>
          )}
        </dd>
      </div>
    </dl>
  )
}

function BrokenText({ rule: { problems, origin, path: own } }: { rule: TtpRuleDetail }) {
  const unfit = origin === 'shipped' && problems.every(({ path }) => path === own)
  return (
    <div className="notice" role="status">
      <TriangleAlert aria-hidden />
      <span>
        {unfit
          ? 'This rule is not asked: ATT&CK as it is used here does not know what it claims.'
          : 'A newer text of this rule cannot be taken up; the one below stays in force.'}
        <ul>
          {problems.map(({ path, line, column, message }) => (
            <li key={`${path} ${line} ${column} ${message}`}>
              <span className="mono">
                <Prose text={path} most={80} />:{line}:{column}
              </span>{' '}
              <Prose text={message} most={400} />
            </li>
          ))}
        </ul>
      </span>
    </div>
  )
}
