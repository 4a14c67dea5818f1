import { Fragment, useState } from 'react'
import { BytesBox, Prose } from '../../parts/bytes.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/empty.tsx'
import { NamedGroup } from '../../parts/group-link.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { TechniqueLinks } from '../../parts/techniques/name.tsx'
import { Time } from '../../parts/time.tsx'
import { AttackerValue, DeckyValue, ServiceValue, Value } from '../../parts/value.tsx'
import { useLogs } from '../../queries.ts'
import { exact } from '../../time/words.ts'
import { type Peek, type PeekKind, peekAt } from '../../url.ts'
import { tell } from '../../words/event.ts'
import { SYSTEM_LOG } from '../../words/said.ts'
import { valueText } from '../../words/value-text.ts'
import './peek.css'

const long = 90

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u
/** Fields of our own records that name somebody; what an attacker's event says in them is only text. */
const named: readonly (readonly [RegExp, PeekKind])[] = [
  [/^(?:attacker_uuid|observation_uuid|a|b)$/u, 'attacker'],
  [/^(?:prior_)?identity_uuid$/u, 'identity'],
  [/^(?:prior_)?campaign_uuid$/u, 'campaign'],
]
function peekOf(topic: string, name: string, text: string): Peek | undefined {
  const kind = topic !== SYSTEM_LOG && UUID.test(text) ? named.find(([pattern]) => pattern.test(name))?.[1] : undefined
  return kind && { kind, id: text }
}

/** One record, whole: what it says, each of its fields, the line as it was written. */
export function PeekEvent({ id }: { id: string }) {
  const seq = Number(id)
  const logs = useLogs({ after: seq - 1, before: seq + 1, limit: 1 }, Number.isSafeInteger(seq))
  const [raw, setRaw] = useState(false)
  const e = logs.data?.data[0]
  if (logs.error && !logs.data) return <Failed error={logs.error} retry={() => void logs.refetch()} left />
  if (logs.data && !e)
    return (
      <Empty title="This record is gone" left>
        It is older than what is kept.
      </Empty>
    )
  if (!e) return <SkeletonRows count={10} />
  const said = tell(e)
  const session = e.session_id
  const entries = Object.entries(e.fields).map(([name, value]): [string, string] => [name, valueText(value)])
  const fields = entries.filter(([, text]) => text.length <= long)
  const whole = entries.filter(
    ([name, text]) =>
      text.length > long &&
      !said.object.includes(text) &&
      !(name.endsWith('_b64') && `${name.slice(0, -4)}_printable` in e.fields && text.length > 400),
  )
  return (
    <>
      <div className="peek-head">
        <SeverityBadge severity={said.severity} />
        <h2 className="title cut">
          {said.verb}{' '}
          {said.note !== '' && (
            <span className="faint">
              <Prose text={said.note} most={60} />
            </span>
          )}
        </h2>
      </div>
      {said.object !== '' && <BytesBox text={said.object} label="Exactly" />}
      <dl className="facts" style={{ marginTop: 14 }}>
        {said.who && (
          <>
            <dt>Who</dt>
            <dd>
              <NamedGroup of={said.who} />
            </dd>
          </>
        )}
        {said.by !== undefined && (
          <>
            <dt>Who</dt>
            <dd>
              <Prose text={said.by} most={60} /> <span className="faint">here</span>
            </dd>
          </>
        )}
        {said.about?.map((group) => (
          <Fragment key={group.uuid}>
            <dt>{group.kind === 'identity' ? 'Identity' : 'Campaign'}</dt>
            <dd>
              <NamedGroup of={group} />
            </dd>
          </Fragment>
        ))}
        {said.techniques && said.techniques.length > 0 && (
          <>
            <dt>Techniques</dt>
            <dd>
              <TechniqueLinks ids={said.techniques} attacker={e.fields.attacker_uuid} />
            </dd>
          </>
        )}
        <dt>When</dt>
        <dd>
          <Time at={e.timestamp} /> <span className="faint mono">{exact(Date.parse(e.timestamp)).slice(0, 23)}</span>
        </dd>
        {e.attacker_ip && (
          <>
            <dt>Attacker</dt>
            <dd>
              <AttackerValue ip={e.attacker_ip} />
              {e.attacker_port !== null && <span className="faint"> port {e.attacker_port}</span>}
            </dd>
          </>
        )}
        {e.decky && (
          <>
            <dt>Where</dt>
            <dd className="chips">
              <DeckyValue name={e.decky} chip />
              {e.service && <ServiceValue name={e.service} />}
            </dd>
          </>
        )}
        <dt>Event</dt>
        <dd>
          <Value of={{ text: e.event_type, searchKey: 'event' }} /> <span className="faint">record {e.seq.toLocaleString('en-US')}</span>
        </dd>
        {session && (
          <>
            <dt>Session</dt>
            <dd className="cut">
              <button type="button" className="link mono" onClick={() => peekAt('session', session)}>
                {session.slice(0, 18)}
              </button>
            </dd>
          </>
        )}
      </dl>
      <section className="section">
        <h3 className="h">Fields</h3>
        <dl className="facts fields">
          {fields.map(([name, text]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt className="mono cut" title={name}>
                {name}
              </dt>
              <dd className="cut">
                <Value of={{ text, searchKey: name, peek: peekOf(e.topic, name, text) }} most={long} />
              </dd>
            </div>
          ))}
        </dl>
        {whole.map(([name, text]) => (
          <div key={name} style={{ marginTop: 10 }}>
            <BytesBox text={text} label={name} />
          </div>
        ))}
      </section>
      <section className="section">
        {raw ? (
          <BytesBox text={e.raw_line} label="The line as it was written" />
        ) : (
          <button type="button" className="link" onClick={() => setRaw(true)}>
            Show the line as it was written
          </button>
        )}
      </section>
    </>
  )
}
