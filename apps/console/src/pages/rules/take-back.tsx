import type { TtpRuleDetail } from '@decnet/contracts/api'
import { Changes } from '../../parts/code/changes.tsx'
import { Dialog } from '../../parts/dialog.tsx'

/** Asks before a text of one's own goes, and shows what that changes. */
export function TakeBack({
  rule,
  busy,
  onClose,
  onConfirm,
}: {
  rule: TtpRuleDetail
  busy: boolean
  onClose: () => void
  onConfirm: () => void
}) {
  const { beneath_yaml: beneath } = rule
  const about =
    beneath === null
      ? 'No rule of this id came with DECNET or stands in your folder: the rule is gone. What it found stays.'
      : beneath === rule.shipped_yaml
        ? 'What came with DECNET is in force again. What your text found stays.'
        : 'What stands in your folder is in force again. What your text found stays.'
  return (
    <Dialog open onClose={onClose} title={`Take back your text of ${rule.id}?`} about={about} wide>
      {beneath !== null && <Changes before={rule.yaml} after={beneath} label="What taking it back changes" />}
      <p className="faint small">
        Earlier texts of yours are not kept: there is none to compare with or to go back to. Copy this one if you may want it again.
      </p>
      <div className="actions">
        <button type="button" className="btn" onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="btn danger" disabled={busy} onClick={onConfirm}>
          Take it back
        </button>
      </div>
    </Dialog>
  )
}
