import type { TtpRuleDetail } from '@decnet/contracts/api'
import { FlaskConical } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { toast } from 'sonner'
import { Link } from 'wouter'
import { ApiError } from '../../api.ts'
import { Prose } from '../../parts/bytes.tsx'
import { CodeEditor, jumpTo } from '../../parts/code/code-editor.tsx'
import type { LineMarks } from '../../parts/code/code-lines.tsx'
import { useSettled } from '../../parts/use-settled.ts'
import { go, hrefTo } from '../../url.ts'
import { keepDraft, readDraft } from './draft.ts'
import { Findings } from './findings.tsx'
import { RuleNav } from './rule-page.tsx'
import { TakeBack } from './take-back.tsx'
import { useRuleActions, useRuleCheck } from './use-rules.ts'

const TYPED_MS = 300
/** As the server takes it. */
const LONGEST = 65_536
/** So many errors are marked at their lines. */
const MARKED = 200

export interface Finding {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** A refusal by the server, as what is wrong with the text. */
const refused = (error: unknown): Finding[] =>
  error instanceof ApiError ? (error.problem?.errors ?? []).map(({ line = 1, column = 1, message }) => ({ line, column, message })) : []

/** The text of a rule: errors stand at their lines while one types, its examples are run, and only what is right can be saved. */
export function Editor({ id, rule, begin }: { id: string | null; rule: TtpRuleDetail | null; begin: string }) {
  const [draft, setDraft] = useState(() => readDraft(id) ?? { text: begin, base: begin })
  const area = useRef<HTMLTextAreaElement>(null)
  const [asked, setAsked] = useState(false)
  const { save, takeBack } = useRuleActions(id ?? '')
  const settled = useSettled(draft.text, TYPED_MS)
  const check = useRuleCheck(settled)
  const current = check.data?.yaml === draft.text ? check.data : undefined
  const changed = rule === null || draft.text !== rule.yaml
  const named = current?.rule?.id
  const renamed = id !== null && named !== undefined && named !== id
  const findings = useMemo((): readonly Finding[] => {
    const line = 1 + (check.data?.yaml.split('\n').findIndex((each) => /^id:/u.test(each)) ?? 0)
    const other = renamed
      ? [{ line: Math.max(1, line), column: 1, message: `id: this is the text of ${id}; another id is another rule.` }]
      : []
    return [...other, ...(check.data?.problems ?? []), ...refused(save.error)]
  }, [check.data, renamed, id, save.error])
  const marks = useMemo(
    (): LineMarks => new Map(findings.slice(0, MARKED).map(({ line, message }) => [line, { kind: 'bad', says: message }])),
    [findings],
  )
  const ready = current !== undefined && findings.length === 0 && named !== undefined && changed && !save.isPending

  useEffect(() => keepDraft(id, draft), [id, draft])
  useEffect(() => {
    // Untouched, it follows what is in force.
    if (rule) setDraft((now) => (now.text === now.base && now.base !== rule.yaml ? { text: rule.yaml, base: rule.yaml } : now))
  }, [rule])

  const type = (text: string) => {
    if (save.error) save.reset()
    setDraft((now) => ({ ...now, text }))
  }
  const store = () => {
    if (!ready || named === undefined) return
    const { text } = draft
    save.mutate(
      { rule: named, yaml: text },
      {
        onSuccess() {
          keepDraft(id, null)
          setDraft({ text, base: text })
          toast.success('Saved. Every worker obeys from now on.')
          if (id === null) go(hrefTo(`/rules/${encodeURIComponent(named)}`))
        },
        onError: (error) => void toast.error(error.message),
      },
    )
  }
  return (
    <>
      <RuleNav>
        {id !== null && (
          <Link className="link" href={hrefTo(`/rules/${encodeURIComponent(id)}`)}>
            {id}
          </Link>
        )}
      </RuleNav>
      <div className="rl-edit-bar">
        <h1 className="page-title cut">{rule ? <Prose text={rule.title} most={120} /> : 'A new rule'}</h1>
        <span className="faint small rl-saved">{wordsOf(changed, rule)}</span>
        <span className="rl-do">
          <Link className="btn quiet" href={hrefTo('/rules/bench', { rule: id ?? 'new' })}>
            <FlaskConical aria-hidden /> Try it
          </Link>
          {rule?.origin === 'database' && (
            <button type="button" className="btn" onClick={() => setAsked(true)}>
              Take back…
            </button>
          )}
          {changed && rule && (
            <button type="button" className="btn" onClick={() => setDraft({ text: rule.yaml, base: rule.yaml })}>
              Discard
            </button>
          )}
          <button type="button" className="btn primary" disabled={!ready} title="Ctrl-S" onClick={store}>
            Save
          </button>
        </span>
      </div>
      {rule && draft.base !== rule.yaml && draft.text !== rule.yaml && (
        <div className="notice" role="status">
          <span>
            Somebody saved another text since you began{rule.saved_by !== null && <>: {rule.saved_by}</>}. Saving yours takes its place.
          </span>
        </div>
      )}
      <div className="rl-panes">
        <CodeEditor
          area={area}
          text={draft.text}
          onChange={type}
          label="Text of the rule"
          marks={marks}
          onSave={store}
          invalid={findings.length > 0}
          describedBy="rule-findings"
          longest={LONGEST}
        />
        <Findings
          check={check.data}
          error={check.error}
          busy={current === undefined && !check.error}
          findings={findings}
          text={draft.text}
          rule={rule}
          onJump={({ line, column }) => jumpTo(area.current, line, column)}
        />
      </div>
      {asked && rule && (
        <TakeBack
          rule={rule}
          busy={takeBack.isPending}
          onClose={() => setAsked(false)}
          onConfirm={() =>
            takeBack.mutate(undefined, {
              onSuccess() {
                setAsked(false)
                keepDraft(id, null)
                if (rule.beneath_yaml === null) go(hrefTo('/rules'))
                else setDraft({ text: rule.beneath_yaml, base: rule.beneath_yaml })
              },
            })
          }
        />
      )}
    </>
  )
}

const wordsOf = (changed: boolean, rule: TtpRuleDetail | null): string =>
  changed ? 'Not saved yet' : rule?.origin === 'database' ? 'Saved, and in force' : 'As it came; saving makes a text of your own'
