import type { TtpRuleCheck, TtpRuleDetail } from '@decnet/contracts/api'
import { Check, CircleAlert, X } from 'lucide-react'
import { useState } from 'react'
import { Bytes, Prose } from '../../parts/bytes.tsx'
import { Changes } from '../../parts/code/changes.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { plural } from '../../time/words.ts'
import { exampleText } from '../../words/rule-example.ts'
import type { Finding } from './editor.tsx'

const MOST = 50
type Checked = TtpRuleCheck & { readonly yaml: string }

interface Props {
  readonly check: Checked | undefined
  readonly error: unknown
  /** The text has changed since it was looked at. */
  readonly busy: boolean
  readonly findings: readonly Finding[]
  readonly text: string
  readonly rule: TtpRuleDetail | null
  readonly onJump: (place: Pick<Finding, 'line' | 'column'>) => void
}

/** What the server says of a text: what is wrong and where, how each example comes out, and what changed. */
export function Findings({ check, error, busy, findings, text, rule, onJump }: Props) {
  const [view, setView] = useState<'examples' | 'changes' | 'shipped'>('examples')
  const shipped = rule && rule.shipped_yaml !== rule.yaml ? rule.shipped_yaml : null
  const from = view === 'shipped' && shipped !== null ? shipped : rule?.yaml
  return (
    <aside className="rl-findings" aria-label="What is said of the text">
      <div
        id="rule-findings"
        className="rl-said"
        role="status"
        data-bad={findings.length > 0 || (error !== null && !check) || undefined}
        data-busy={busy || undefined}
      >
        {error !== null && !check ? 'It could not be looked at' : summary(check, findings, busy)}
      </div>
      {error !== null && !check ? <Failed error={error} left /> : null}
      {findings.length > 0 && (
        <ul className="rl-problems">
          {findings.slice(0, MOST).map((finding, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two findings may be the same
            <li key={n}>
              <button type="button" onClick={() => onJump(finding)} title="Go there">
                <CircleAlert aria-hidden />
                <span>
                  <b>Line {finding.line}</b> <Prose text={finding.message} most={500} />
                </span>
              </button>
            </li>
          ))}
          {findings.length > MOST && <li className="faint">and {findings.length - MOST} more</li>}
        </ul>
      )}
      {from !== undefined && (
        <span className="seg">
          <button type="button" aria-pressed={view === 'examples'} onClick={() => setView('examples')}>
            Examples
          </button>
          <button type="button" aria-pressed={view === 'changes'} onClick={() => setView('changes')}>
            Changes
          </button>
          {shipped !== null && (
            <button type="button" aria-pressed={view === 'shipped'} onClick={() => setView('shipped')}>
              Against shipped
            </button>
          )}
        </span>
      )}
      {view !== 'examples' && from !== undefined ? (
        <>
          <p className="faint small">
            {from === shipped
              ? 'Against the text that came with DECNET.'
              : shipped === null
                ? 'Against the text in force.'
                : 'Against your text in force; the texts before it are not kept.'}
          </p>
          <Changes before={from} after={text} label="Changes" />
        </>
      ) : check ? (
        <ExampleResults check={check} onJump={onJump} />
      ) : (
        !error && <SkeletonRows count={6} />
      )}
    </aside>
  )
}

function summary(check: Checked | undefined, findings: readonly Finding[], busy: boolean): string {
  if (!check) return 'Looking at it…'
  const [first] = findings
  if (first)
    return findings.length === 1
      ? `Line ${first.line} is wrong`
      : `${plural(findings.length, 'thing')} wrong, the first in line ${first.line}`
  if (busy) return 'Looking at it…'
  return `All ${plural(check.examples.length, 'example')} come out as the text says`
}

const lists = [
  { list: 'match', title: 'Must fire at', failed: 'does not fire' },
  { list: 'no_match', title: 'Must not fire at', failed: 'fires' },
] as const

function ExampleResults({ check, onJump }: { check: Checked; onJump: Props['onJump'] }) {
  if (check.examples.length === 0) return <p className="faint">Its examples are run as soon as the text can be read.</p>
  return lists.map(({ list, title, failed }) => (
    <section key={list} className="rl-results">
      <h2 className="h">{title}</h2>
      <ul>
        {check.examples
          .filter((example) => example.list === list)
          .map(({ index, line, column, passed, example }) => (
            <li key={index} data-passed={passed}>
              <button type="button" onClick={() => onJump({ line, column })} title={`Line ${line}`}>
                {passed ? <Check aria-hidden /> : <X aria-hidden />}
                <span className="sr">{passed ? 'As it must: ' : `Wrong, it ${failed}: `}</span>
                <span className="cut">
                  <Bytes text={exampleText(example)} most={120} />
                </span>
              </button>
            </li>
          ))}
      </ul>
    </section>
  ))
}
