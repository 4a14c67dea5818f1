import type { TechniqueTag } from '@decnet/contracts/api'
import { ExternalLink } from 'lucide-react'
import { Link } from 'wouter'
import { Bytes } from '../../parts/bytes.tsx'
import { Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Time } from '../../parts/time.tsx'
import { AttackerValue, TargetChip } from '../../parts/value.tsx'
import { useKnownTechnique, useTechniqueTags } from '../../queries.ts'
import { describeRange } from '../../time/range.ts'
import { plural } from '../../time/words.ts'
import { hrefTo, peekAt, useUrl } from '../../url.ts'
import { confidenceWords, evidenceOf } from '../../words/technique.ts'
import './peek.css'

/** Tags that are asked for, and shown of each rule. */
const MOST = 200
const OF_RULE = 25
const GROUPS = 12

/** `T1003.008`: of everybody in the period; `attacker/<uuid>/T1003.008`: of that one at any time. */
function readId(id: string): { readonly technique: string; readonly whose: string | null } {
  const parts = id.split('/')
  const technique = parts.at(-1) ?? ''
  return { technique, whose: parts.length === 3 ? parts.slice(0, 2).map(encodeURIComponent).join('/') : null }
}

/** One technique: by which rules and in what it was recognised. A line leads to its record. */
export function PeekTechnique({ id }: { id: string }) {
  const { range } = useUrl()
  const { technique, whose } = readId(id)
  const known = useKnownTechnique(technique)
  const tags = useTechniqueTags(technique, whose ?? range, MOST)
  if (tags.error && !tags.data) return <Failed error={tags.error} retry={() => void tags.refetch()} left />
  if (!tags.data) return <SkeletonRows count={10} />
  const { name = technique, parent = null, tactics = [], groups = [], url } = known.data ?? {}
  const attackers = new Set(tags.data.flatMap(({ attacker_uuid }) => attacker_uuid ?? [])).size
  const often = tags.data.length === MOST ? `the newest ${MOST} times` : tags.data.length === 1 ? 'once' : plural(tags.data.length, 'time')
  const rules = [...Map.groupBy(tags.data, ({ rule_id }) => rule_id).values()]
  return (
    <>
      <div className="peek-head">
        <h2 className="title">{name}</h2>
      </div>
      <p className="faint">
        {parent && (
          <>
            A kind of{' '}
            <button type="button" className="link" onClick={() => peekAt('technique', id.replace(technique, parent.id))}>
              {parent.name}
            </button>
            {' · '}
          </>
        )}
        {url ? (
          <a className="link nowrap" href={url} target="_blank" rel="noreferrer">
            {technique} <ExternalLink className="peek-out" aria-label="at MITRE" />
          </a>
        ) : (
          technique
        )}
        {tactics.length > 0 && ` · ${tactics.map((tactic) => tactic.name).join(', ')}`}
      </p>
      <p className="say" style={{ marginTop: 10 }}>
        {tags.data.length === 0
          ? `Not seen${whose === null ? ` in ${describeRange(range)}` : ''}.`
          : whose === null
            ? `Seen ${often} in ${describeRange(range)}, by ${plural(attackers, 'attacker')}.`
            : `Seen ${often}${attackers > 1 ? ` by ${plural(attackers, 'address', 'addresses')}` : ''}.`}
      </p>
      {rules.map((some) => (
        <Rule key={some[0]?.rule_id} tags={some} named={whose === null || attackers > 1} />
      ))}
      {groups.length > 0 && (
        <section className="section">
          <h3 className="h">Groups known to use it</h3>
          <p className="dim">
            {groups
              .slice(0, GROUPS)
              .map((group) => group.name)
              .join(', ')}
            {groups.length > GROUPS && ` and ${groups.length - GROUPS} more`}
          </p>
          <p className="faint small">What is known of the technique; no hint who this attacker is.</p>
        </section>
      )}
    </>
  )
}

/** What one rule saw. `named`: who did it is said at each line. */
function Rule({ tags, named }: { tags: readonly TechniqueTag[]; named: boolean }) {
  const [first] = tags
  if (!first) return null
  return (
    <section className="section">
      <h3 className="h">
        {first.rule_title === null ? (
          <span>{first.rule_id}</span>
        ) : (
          <Link className="rule-link" href={hrefTo(`/rules/${encodeURIComponent(first.rule_id)}`)} title="What the rule says">
            {first.rule_title}
          </Link>
        )}
        <span className="faint">
          {first.rule_title !== null && `${first.rule_id} · `}
          {confidenceWords(Math.max(...tags.map(({ confidence }) => confidence)))} sure
        </span>
      </h3>
      <ul className="peek-tags">
        {tags.slice(0, OF_RULE).map((tag) => (
          <li key={tag.uuid}>
            <Tag tag={tag} named={named} />
          </li>
        ))}
      </ul>
      {tags.length > OF_RULE && <p className="faint small">and {tags.length - OF_RULE} more</p>}
    </section>
  )
}

function Tag({ tag, named }: { tag: TechniqueTag; named: boolean }) {
  const { lead, rest } = evidenceOf(tag.evidence)
  const also = rest.filter(([name]) => name !== 'service').slice(0, 6)
  const { session_id: session } = tag
  return (
    <>
      <button type="button" className="peek-cmd" onClick={() => peekAt('event', String(tag.seq))} title="Show the record">
        <span className="cut">
          {lead === '' ? <span className="dim">{tag.source_kind.replaceAll('_', ' ')}</span> : <Bytes text={lead} most={160} />}
        </span>
        <span className="faint">
          <Time at={tag.timestamp} />
        </span>
      </button>
      <div className="peek-tag-facts">
        {named && tag.attacker_ip !== null && <AttackerValue ip={tag.attacker_ip} uuid={tag.attacker_uuid} />}
        {tag.decky !== null && tag.service !== null && <TargetChip decky={tag.decky} service={tag.service} />}
        {session !== null && (
          <button type="button" className="link small" onClick={() => peekAt('session', session)}>
            session
          </button>
        )}
        {also.map(([name, text]) => (
          <span key={name} className="cut small">
            <span className="faint">{name.replaceAll('_', ' ')}</span> <Bytes text={text} most={48} />
          </span>
        ))}
      </div>
    </>
  )
}
