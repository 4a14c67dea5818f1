import type { TechniqueTag, TtpRuleDetail } from '@decnet/contracts/api'
import { Check, X } from 'lucide-react'
import { Bytes } from '../../parts/bytes.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { TechniqueName } from '../../parts/techniques/name.tsx'
import { Time } from '../../parts/time.tsx'
import { AttackerValue, TargetChip } from '../../parts/value.tsx'
import { figure } from '../../time/words.ts'
import { peekAt } from '../../url.ts'
import { percent } from '../../words/rule.ts'
import { evidenceOf } from '../../words/technique.ts'
import { useRuleActions, useRuleTags } from './use-rules.ts'

/** Hits that are shown. */
const MOST = 50
const FIELDS = 4
const choices = [
  { verdict: 'right', words: 'Right', Icon: Check },
  { verdict: 'wrong', words: 'Wrong', Icon: X },
] as const

/** What a rule found, newest first, each a click from its record; whoever looked says whether it was right. */
export function Hits({ rule, admin }: { rule: Pick<TtpRuleDetail, 'id' | 'emits' | 'hits'>; admin: boolean }) {
  const tags = useRuleTags(rule.id, MOST)
  const { judge } = useRuleActions(rule.id)
  const many = rule.emits.length > 1
  return (
    <section className="section">
      <h2 className="h">
        Hits
        {tags.data && tags.data.length > 0 && (
          <span className="faint">
            {rule.hits.count > tags.data.length ? `the newest ${MOST} of ${figure(rule.hits.count)}` : 'newest first'}
            {admin && '; say of each whether it is right'}
          </span>
        )}
      </h2>
      {tags.error && !tags.data ? (
        <Failed error={tags.error} retry={() => void tags.refetch()} left />
      ) : !tags.data ? (
        <SkeletonRows count={4} height={44} />
      ) : tags.data.length === 0 ? (
        <p className="faint">It has not fired yet, or what it found is no longer kept.</p>
      ) : (
        <ul className="rows rl-hits">
          {tags.data.map((tag) => (
            <li key={tag.uuid} className="rl-hit">
              <Hit tag={tag} named={many} />
              <Verdict
                tag={tag}
                onJudge={admin ? (verdict) => judge.mutate({ tag: tag.uuid, verdict }) : null}
                busy={judge.isPending && judge.variables.tag === tag.uuid}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** `named`: the technique is said. */
function Hit({ tag, named }: { tag: TechniqueTag; named: boolean }) {
  const { lead, rest } = evidenceOf(tag.evidence)
  const { session_id: session } = tag
  return (
    <div className="rl-hit-what">
      <button type="button" className="rl-evidence" onClick={() => peekAt('event', String(tag.seq))} title="Show the record">
        <span className="cut">
          {lead === '' ? <span className="dim">{tag.source_kind.replaceAll('_', ' ')}</span> : <Bytes text={lead} most={200} />}
        </span>
        <span className="faint">
          <Time at={tag.timestamp} />
        </span>
      </button>
      <div className="rl-facts">
        {tag.attacker_ip !== null && <AttackerValue ip={tag.attacker_ip} uuid={tag.attacker_uuid} />}
        {tag.decky !== null && tag.service !== null && <TargetChip decky={tag.decky} service={tag.service} />}
        {session !== null && (
          <button type="button" className="link small" onClick={() => peekAt('session', session)}>
            session
          </button>
        )}
        {named && (
          <span className="small cut">
            <TechniqueName id={tag.sub_technique_id ?? tag.technique_id} /> <span className="faint">{percent(tag.confidence)}</span>
          </span>
        )}
        {rest
          .filter(([name]) => name !== 'service')
          .slice(0, FIELDS)
          .map(([name, text]) => (
            <span key={name} className="cut small">
              <span className="faint">{name.replaceAll('_', ' ')}</span> <Bytes text={text} most={48} />
            </span>
          ))}
      </div>
    </div>
  )
}

function Verdict({
  tag: { verdict, evidence },
  onJudge,
  busy,
}: {
  tag: TechniqueTag
  /** `null`: somebody who may only look. */
  onJudge: ((verdict: 'right' | 'wrong' | null) => void) | null
  busy: boolean
}) {
  if (!onJudge) return <span className="faint small">{verdict ?? ''}</span>
  const about = evidenceOf(evidence).lead.slice(0, 60)
  return (
    <span className="rl-verdict">
      {choices.map(({ verdict: choice, words, Icon }) => (
        <button
          key={choice}
          type="button"
          className="btn icon"
          data-choice={choice}
          aria-pressed={verdict === choice}
          aria-label={`${words}: ${about}`}
          title={verdict === choice ? `${words}, you say; click to take it back` : words}
          disabled={busy}
          onClick={() => onJudge(verdict === choice ? null : choice)}
        >
          <Icon aria-hidden />
        </button>
      ))}
    </span>
  )
}
