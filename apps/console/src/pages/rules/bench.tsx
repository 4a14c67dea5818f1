import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { Page } from '../../frame/page.tsx'
import { CodeEditor, jumpTo } from '../../parts/code/code-editor.tsx'
import type { LineMark, LineMarks } from '../../parts/code/code-lines.tsx'
import { Empty, Failed } from '../../parts/empty.tsx'
import { useSettled } from '../../parts/use-settled.ts'
import { useMe, useRules } from '../../queries.ts'
import { plural } from '../../time/words.ts'
import { setParams, useUrl } from '../../url.ts'
import { evidenceKinds, kindOf } from '../../words/evidence-kind.ts'
import { benchItems, JSON_LINES } from './bench-items.ts'
import { BenchResults } from './bench-results.tsx'
import { readDraft } from './draft.ts'
import { NEW_RULE } from './new-rule.ts'
import { RuleNav } from './rule-page.tsx'
import { useBench, useRule } from './use-rules.ts'

const TYPED_MS = 300
const LONGEST = 100_000
const JSON_EXAMPLE = '{"source_kind": "command", "payload": {"command_text": "uname -a", "user": "root"}}'
const kept = (kind: string) => `bench:${kind}`

/** Evidence goes in, and what recognises it comes out; nothing of it is kept. */
export function Bench() {
  const { params } = useUrl()
  const kind = params.get('kind') ?? 'command'
  const ruleId = params.get('rule') ?? ''
  return (
    <Page title="Test bench" fill>
      <div className="pad rl-edit">
        <RuleNav />
        <div className="rl-edit-bar">
          <h1 className="page-title">Test bench</h1>
          <Chosen kind={kind} rule={ruleId} />
        </div>
        <Panes key={kind} kind={kind} ruleId={ruleId} />
      </div>
    </Page>
  )
}

/** The kind of what is pasted, and the rule that one wonders about. */
function Chosen({ kind, rule }: { kind: string; rule: string }) {
  const rules = useRules().data?.data ?? []
  const admin = useMe().data?.role === 'admin'
  const id = useId()
  return (
    <div className="rl-chosen">
      <select
        className="input"
        aria-label="Kind of evidence"
        value={kind}
        onChange={(event) => setParams({ kind: event.target.value }, true)}
      >
        {evidenceKinds.map(({ name, many }) => (
          <option key={name} value={name}>
            {many.replace(/^[a-z]/u, (first) => first.toUpperCase())}
          </option>
        ))}
        <option value={JSON_LINES}>Lines of JSON, of any kind</option>
      </select>
      {/* Trying a text is for those who may write one. */}
      <input
        hidden={!admin}
        className="input"
        list={id}
        aria-label="A rule to ask why"
        placeholder="Why not this rule? Its id…"
        value={rule}
        autoComplete="off"
        onChange={(event) => setParams({ rule: event.target.value.trim() }, true)}
      />
      <datalist id={id}>
        {rules.map((each) => (
          <option key={each.id} value={each.id}>
            {each.title}
          </option>
        ))}
      </datalist>
    </div>
  )
}

function Panes({ kind, ruleId }: { kind: string; ruleId: string }) {
  const example = kind === JSON_LINES ? JSON_EXAMPLE : (kindOf(kind)?.example ?? '')
  const [pasted, setPasted] = useState(() => sessionStorage.getItem(kept(kind)) ?? '')
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => sessionStorage.setItem(kept(kind), pasted), [kind, pasted])
  const rules = useRules()
  const known = rules.data?.data.some(({ id }) => id === ruleId) === true
  const rule = useRule(known ? ruleId : null)
  const draft = useMemo(() => readDraft(ruleId === 'new' ? null : ruleId), [ruleId])
  const admin = useMe().data?.role === 'admin'
  const tried = admin ? (draft?.text ?? (ruleId === 'new' ? NEW_RULE : rule.data?.yaml)) : undefined
  const settled = useSettled(pasted, TYPED_MS)
  const input = useMemo(() => benchItems(kind, settled), [kind, settled])
  const bench = useBench(input.items, tried)
  const current = bench.isPlaceholderData ? undefined : bench.data
  const marks = useMemo((): LineMarks => {
    const bad = input.problems.map(({ line, message }) => [line, { kind: 'bad', says: message }] as const)
    const hit = input.items.flatMap(({ line }, n): [number, LineMark][] => {
      const count = current?.results[n]?.matches.length ?? 0
      return count > 0 ? [[line, { kind: 'hit', says: `${plural(count, 'match', 'matches')}` }]] : []
    })
    return new Map<number, LineMark>([...hit, ...bad])
  }, [input, current])
  return (
    <div className="rl-panes">
      <CodeEditor
        area={area}
        text={pasted}
        onChange={setPasted}
        label="Evidence"
        language="plain"
        marks={marks}
        longest={LONGEST}
        placeholder={example}
      />
      <section className="rl-findings" aria-label="What fires" aria-busy={bench.isFetching}>
        {input.problems.length > 0 && (
          <ul className="rl-problems">
            {input.problems.slice(0, 5).map(({ line, message }) => (
              <li key={line}>
                <button type="button" onClick={() => jumpTo(area.current, line)}>
                  <span>
                    <b>Line {line}</b> {message}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {ruleId !== '' && rules.data && !known && tried === undefined && admin && <p className="faint">There is no rule {ruleId}.</p>}
        {draft && (
          <p className="faint small">{ruleId === 'new' ? 'The new rule' : ruleId} is tried with your text that is not saved yet.</p>
        )}
        {input.items.length === 0 ? (
          <Empty
            title="Paste what somebody did"
            actions={
              example !== '' && (
                <button type="button" className="btn" onClick={() => setPasted(example)}>
                  Take an example
                </button>
              )
            }
          >
            {advice(kind)} What each rule makes of it appears here, as it will for attackers. Nothing is kept.
          </Empty>
        ) : bench.error && !bench.data ? (
          <Failed error={bench.error} retry={() => void bench.refetch()} left />
        ) : (
          <BenchResults bench={bench.data} tried={tried === undefined ? null : ruleId} onJump={(line) => jumpTo(area.current, line)} />
        )}
      </section>
    </div>
  )
}

function advice(kind: string): string {
  if (kind === JSON_LINES) return 'One object a line, with source_kind and payload.'
  if (kind === 'http_request') return 'Requests as they are sent, or one target a line.'
  if (kind === 'auth_attempt') return 'One user:password a line.'
  return `One a line; for other fields than ${kindOf(kind)?.main ?? 'the main one'}, take lines of JSON.`
}
