import type { TtpBench } from '@decnet/contracts/api'
import { Link } from 'wouter'
import { Bytes, Prose } from '../../parts/bytes.tsx'
import { plural } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'
import { percent } from '../../words/rule.ts'
import type { BenchItem } from './bench-items.ts'

type Result = TtpBench['results'][number]
type Match = Result['matches'][number]

const why: Readonly<Record<string, string>> = {
  confidence_floor: 'too unsure for a tag',
  clipped: 'clipped: no tag',
  rate_limited: 'often enough: no further tag',
  disabled: 'disabled: no tag',
}
const words = (value: unknown): string =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.map(words).join(', ') : (JSON.stringify(value) ?? '')

interface Props {
  readonly bench: (TtpBench & { readonly items: readonly BenchItem[] }) | undefined
  /** The rule that one wonders about. */
  readonly tried: string | null
  readonly onJump: (line: number) => void
}

/** What each item is recognised as: by which rules, how surely, in which fields. */
export function BenchResults({ bench, tried, onJump }: Props) {
  if (!bench) return <p className="faint">Looking at it…</p>
  const { items, results, problems } = bench
  const fired = results.filter(({ matches }) => matches.length > 0).length
  return (
    <>
      <p className="say" role="status">
        {fired} of {plural(results.length, 'item')} recognised.
      </p>
      {problems.length > 0 && (
        <p className="rl-wrong">
          {tried} is not asked: line {problems[0]?.line}, <Prose text={problems[0]?.message ?? ''} most={300} />
        </p>
      )}
      <ol className="rl-bench">
        {items.map(({ line, text }, n) => {
          const result = results[n]
          return (
            <li key={line}>
              <button type="button" className="rl-item" onClick={() => onJump(line)} title="Go to the line">
                <span className="faint num">{line}</span>
                <span className="cut">
                  <Bytes text={text} most={200} />
                </span>
              </button>
              {result && <Outcome result={result} tried={tried} />}
            </li>
          )
        })}
      </ol>
    </>
  )
}

function Outcome({ result: { matches, missed, error }, tried }: { result: Result; tried: string | null }) {
  if (error !== null)
    return (
      <p className="rl-outcome rl-wrong">
        <Prose text={error} most={300} />
      </p>
    )
  const rules = [...Map.groupBy(matches, ({ rule }) => rule).values()]
  return (
    <div className="rl-outcome">
      {rules.length === 0 && <p className="faint">Nothing fires.</p>}
      {rules.map((some) => (
        <Fired key={some[0]?.rule} matches={some} chosen={some[0]?.rule === tried} />
      ))}
      {missed && tried !== null && <Missed missed={missed} rule={tried} />}
    </div>
  )
}

/** One rule that fired: what it claims, and the fields it saw it in. */
function Fired({ matches, chosen }: { matches: readonly Match[]; chosen: boolean }) {
  const [first] = matches
  if (!first) return null
  const seen = Object.entries(first.evidence).flatMap(([name, value]) => (words(value) === '' ? [] : [[name, words(value)] as const]))
  return (
    <div className="rl-fired" data-chosen={chosen || undefined}>
      <p>
        <Link className="strong" href={hrefTo(`/rules/${encodeURIComponent(first.rule)}`)}>
          <Prose text={first.title} most={120} />
        </Link>{' '}
        <span className="faint mono">{first.rule}</span>
      </p>
      <ul>
        {[...new Map(matches.map((match) => [match.technique, match])).values()].map(
          ({ technique, technique_name: name, confidence, suppressed }) => (
            <li key={technique} className="rl-claimed">
              <span>{name ?? technique}</span> <span className="faint mono">{technique}</span>
              <span className="num">{percent(confidence)}</span>
              {suppressed !== null && <span className="rl-wrong small">{why[suppressed] ?? suppressed}</span>}
            </li>
          ),
        )}
      </ul>
      <dl className="rl-fields">
        {seen.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <mark>
                <Bytes text={text} most={240} />
              </mark>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function Missed({ missed: { reason, parts }, rule }: { missed: NonNullable<Result['missed']>; rule: string }) {
  return (
    <p className="rl-missed">
      <b className="mono">{rule}</b>{' '}
      {reason === 'other_kind' ? (
        'does not look at this kind of evidence.'
      ) : reason === 'window' ? (
        'agrees, and waits for more of it: it counts over time.'
      ) : (
        <>
          does not fire:{' '}
          {parts.map((part, n) => (
            <span key={`${part.part} ${part.line}`}>
              {n > 0 && '; '}
              <Part {...part} />
            </span>
          ))}
          {parts.length === 0 && 'its condition does not hold'}.
        </>
      )}
    </p>
  )
}

/** A part of a condition that does not hold, as it is written. */
function Part({ part, line }: { part: string; line: number }) {
  const name = (
    <>
      <code className="rl-code">
        <Bytes text={part} most={80} />
      </code>{' '}
      <span className="faint">(line {line})</span>
    </>
  )
  if (part === 'any') return <>nothing of {name} holds</>
  if (part === 'not') return <>what {name} keeps out is there</>
  return <>{name} does not hold</>
}
