import type { TtpRuleDetail } from '@decnet/contracts/api'
import { useState } from 'react'
import { Prose } from '../../parts/bytes.tsx'
import { Time } from '../../parts/time.tsx'
import { percent } from '../../words/rule.ts'
import { DecideDialog } from './decide-dialog.tsx'
import { useRuleActions } from './use-rules.ts'

/** What somebody decided about a rule, until when and why; and the buttons to decide otherwise. */
export function Decided({ rule, admin }: { rule: TtpRuleDetail; admin: boolean }) {
  const { decide } = useRuleActions(rule.id)
  const [asked, setAsked] = useState(false)
  const { state, confidence_max: ceiling, expires_at: until, reason, set_by: by, set_at: at } = rule
  const decided = at !== null && by !== null
  const what = state === 'disabled' ? 'disabled it' : state === 'clipped' ? `clipped it to ${percent(ceiling ?? 1)}` : 'enabled it'
  return (
    <div className="rl-decided">
      <p>
        {decided ? (
          <>
            <b>{by}</b> {what}, <Time at={at} />
            {until !== null && (
              <>
                ; that ends <Time at={until} form="until" />
              </>
            )}
            {reason !== null && (
              <>
                : “<Prose text={reason} most={500} />”
              </>
            )}
            {reason === null && '.'}
          </>
        ) : rule.maturity === 'sandbox' ? (
          'An experiment: it is checked, but not asked.'
        ) : (
          <span className="faint">Nobody decided anything about it: it runs, and claims what its text says.</span>
        )}
      </p>
      {admin && (
        <span className="rl-do">
          {decided && (
            <button type="button" className="btn" disabled={decide.isPending} onClick={() => decide.mutate(null)}>
              {state === 'enabled' ? 'Forget that' : 'Enable again'}
            </button>
          )}
          <button type="button" className="btn" disabled={decide.isPending} onClick={() => setAsked(true)}>
            {state === 'enabled' ? 'Disable or clip…' : 'Decide anew…'}
          </button>
        </span>
      )}
      {asked && (
        <DecideDialog
          rule={rule}
          onClose={() => setAsked(false)}
          busy={decide.isPending}
          onDecide={(decision) => decide.mutate(decision, { onSuccess: () => setAsked(false) })}
        />
      )}
    </div>
  )
}
