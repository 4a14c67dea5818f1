import type { GroupEvidence, LinkEdge } from '@decnet/contracts/api'
import { useState } from 'react'
import { SayDialog } from './say-dialog.tsx'
import type { Say } from './use-say.ts'

const asked = {
  confirm: { action: 'They are one', means: 'They stay together whatever is seen later, until it is taken back.' },
  forbid: { action: 'They are not', means: 'They part, and stay apart whatever is seen later, until it is taken back.' },
} as const

/** What an operator knows better of two attackers. Whoever may not say it sees no button. */
export function SayOfPair({ edge, links, say }: { edge: LinkEdge; links: GroupEvidence['operator_links']; say: Say }) {
  const { a, b, a_label, b_label } = edge
  const [asking, setAsking] = useState<'confirm' | 'forbid' | null>(null)
  const held = links.find((link) => (link.a === a && link.b === b) || (link.a === b && link.b === a))
  if (held)
    return (
      <span className="dim">
        {held.by} said that they {held.kind === 'confirm' ? 'are one' : 'are not'}.
      </span>
    )
  if (!say.may) return null
  return (
    <>
      {(['confirm', 'forbid'] as const).map((kind) => (
        <button key={kind} type="button" className="btn" disabled={say.say.isPending} onClick={() => setAsking(kind)}>
          {asked[kind].action}
        </button>
      ))}
      {asking && (
        <SayDialog
          title={`${a_label} and ${b_label} ${asking === 'confirm' ? 'are one' : 'are not one'}?`}
          about={<p>{asked[asking].means}</p>}
          action={asked[asking].action}
          onClose={() => setAsking(null)}
          onSay={(reason) => say.say.mutate({ kind: asking, a, b, a_label, b_label, reason })}
        />
      )}
    </>
  )
}
