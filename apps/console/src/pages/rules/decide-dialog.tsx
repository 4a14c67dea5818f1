import type { TtpRuleDetail } from '@decnet/contracts/api'
import { useId, useState } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/form.tsx'
import { surest } from '../../words/rule.ts'
import type { Decision } from './use-rules.ts'

/** Below it a finding makes no tag. */
const FLOOR = 30
const LONGEST = 500
const HOUR = 3_600_000
const times: readonly { readonly words: string; readonly ms: number | null }[] = [
  { words: 'Until somebody says otherwise', ms: null },
  { words: '1 hour', ms: HOUR },
  { words: '8 hours', ms: 8 * HOUR },
  { words: '1 day', ms: 24 * HOUR },
  { words: '7 days', ms: 7 * 24 * HOUR },
  { words: '30 days', ms: 30 * 24 * HOUR },
]
const means = {
  disabled: 'It makes no tags. What it would have found is told of as suppressed, so that you see what you do without.',
  clipped: 'It goes on, and claims no more than this. Below 30 % no tag is made at all.',
}

/** Disables a rule or clips what it claims: for how long, and why. */
export function DecideDialog({
  rule,
  onClose,
  onDecide,
  busy,
}: {
  rule: TtpRuleDetail
  onClose: () => void
  onDecide: (decision: Decision) => void
  busy: boolean
}) {
  const [state, setState] = useState<'disabled' | 'clipped'>(rule.state === 'clipped' ? 'clipped' : 'disabled')
  const [ceiling, setCeiling] = useState(String(Math.round((rule.confidence_max ?? Math.min(0.5, surest(rule))) * 100)))
  const [time, setTime] = useState(0)
  const [reason, setReason] = useState('')
  const id = useId()
  const most = Number(ceiling)
  const bad = state === 'clipped' && !(ceiling.trim() !== '' && most >= 0 && most <= 100)
  const submit = () => {
    const ms = times[time]?.ms ?? null
    onDecide({
      state,
      ...(state === 'clipped' && { confidence_max: most / 100 }),
      ...(ms !== null && { expires_at: new Date(Date.now() + ms).toISOString() }),
      ...(reason.trim() !== '' && { reason: reason.trim() }),
    })
  }
  return (
    <Dialog open onClose={onClose} title={`Decide about ${rule.id}`} about={rule.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!bad) submit()
        }}
      >
        <div className="field">
          <span className="seg rl-choice">
            <button type="button" aria-pressed={state === 'disabled'} onClick={() => setState('disabled')}>
              Disable
            </button>
            <button type="button" aria-pressed={state === 'clipped'} onClick={() => setState('clipped')}>
              Clip
            </button>
          </span>
          <span className="hint">{means[state]}</span>
        </div>
        {state === 'clipped' && (
          <Field
            label="At most, in per cent"
            inputMode="numeric"
            value={ceiling}
            wrong={bad ? 'A number from 0 to 100.' : undefined}
            hint={`Its text says ${Math.round(surest(rule) * 100)} %.${most < FLOOR ? ' So little makes no tags: the same as to disable it.' : ''}`}
            onChange={(event) => setCeiling(event.target.value)}
          />
        )}
        <div className="field">
          <label htmlFor={`${id}-time`}>For</label>
          <select id={`${id}-time`} className="input" value={time} onChange={(event) => setTime(Number(event.target.value))}>
            {times.map(({ words }, n) => (
              <option key={words} value={n}>
                {words}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-why`}>Why</label>
          <input
            id={`${id}-why`}
            className="input"
            value={reason}
            maxLength={LONGEST}
            placeholder="For whoever reads this later; may stay empty"
            autoComplete="off"
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        <div className="actions">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn primary" disabled={busy || bad}>
            {state === 'disabled' ? 'Disable it' : 'Clip it'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
