import type { GroupDecision, GroupEvidence } from '@decnet/contracts/api'
import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Prose } from '../../parts/bytes.tsx'
import { SkeletonRows } from '../../parts/empty.tsx'
import { GroupLink } from '../../parts/group-link.tsx'
import { SharedThing } from '../../parts/shared-thing.tsx'
import { Time } from '../../parts/time.tsx'
import { figure } from '../../time/words.ts'
import { featureTitle, weightWord } from '../../words/evidence.ts'

const verbs = { formed: 'Formed', linked: 'Joined', released: 'Left', merged: 'Merged', unmerged: 'Parted' } as const
const AT_FIRST = 8
const MOST = 200
/** Reasons that are named in the line, and things that are named of each; the other reasons stand below it. */
const NAMED = 2

/** How it came so, newest first: a line for each step, its reasons where they are asked for. */
export function Decisions({ evidence, to }: { evidence: GroupEvidence | undefined; to: 'identities' | 'campaigns' }) {
  const [all, setAll] = useState(false)
  const steps = evidence?.decisions ?? []
  return (
    <section className="section">
      <h2 className="h">
        How it came so<span className="faint">newest first</span>
      </h2>
      {!evidence ? (
        <SkeletonRows count={3} height={28} />
      ) : (
        <ol className="grp-steps">
          {steps.slice(0, all ? MOST : AT_FIRST).map((step) => (
            <Step key={step.id} step={step} to={to} />
          ))}
        </ol>
      )}
      {steps.length > AT_FIRST && !all && (
        <button type="button" className="link small" onClick={() => setAll(true)}>
          All {figure(steps.length)} steps
        </button>
      )}
    </section>
  )
}

function Step({ step, to }: { step: GroupDecision; to: 'identities' | 'campaigns' }) {
  const { kind, member, other, sentence, reasons, at } = step
  const because = reasons.filter(({ weight }) => weight > 0)
  const where = { formed: '', linked: 'from', released: 'for', merged: '', unmerged: 'from' }[kind]
  return (
    <li>
      <details data-kind={kind}>
        <summary>
          <ChevronRight aria-hidden />
          <span className="grp-verb">{verbs[kind]}</span>
          <span className="cut">
            {member && <span className={to === 'identities' ? 'mono' : undefined}>{member.label} </span>}
            {other && (
              <>
                {where !== '' && <span className="dim">{where} </span>}
                <b title={other.uuid}>{other.code_name}</b>{' '}
              </>
            )}
            {!member && !other && because.length === 0 && <span className="dim">as somebody new</span>}
            {because.length > 0 && (
              <span className="dim">
                {(member ?? other) && '· '}
                {because
                  .slice(0, NAMED)
                  .map(({ feature }) => featureTitle(feature))
                  .join(', ')}
                {because.length > NAMED && ` and ${because.length - NAMED} more`}
              </span>
            )}
          </span>
          <span className="faint num">
            <Time at={at} />
          </span>
        </summary>
        {other && (
          <p className="grp-step-why">
            Look at <GroupLink menu={false} to={to} of={other} />
          </p>
        )}
        {reasons.length === 0 ? (
          <p className="grp-step-why">
            <Prose text={sentence} most={240} />
          </p>
        ) : (
          <ul className="grp-step-why">
            {reasons.map((reason) => (
              <li key={`${reason.feature} ${reason.why}`}>
                <b>{featureTitle(reason.feature)}</b>
                <span>
                  <Prose text={reason.why} most={160} />
                  {reason.values.slice(0, NAMED).map((value, n) => (
                    <SharedThing key={value} value={value} secret={reason.secrets[n] ?? null} />
                  ))}
                </span>
                <span className="faint nowrap">
                  {reason.weight < 0 ? 'against, ' : ''}
                  {weightWord(reason)}
                </span>
              </li>
            ))}
          </ul>
        )}
      </details>
    </li>
  )
}
