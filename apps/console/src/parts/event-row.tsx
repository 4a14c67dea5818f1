import { codeName } from '@decnet/contracts/code-name'
import { memo } from 'react'
import { rank, tell } from '../words/event.ts'
import type { EventLike, Said } from '../words/said.ts'
import { Bytes, Prose } from './bytes.tsx'
import './event-row.css'
import { NamedGroup } from './group-link.tsx'
import { SeverityBadge } from './severity.tsx'
import { TechniqueLinks, TechniqueName } from './techniques/name.tsx'
import { Time } from './time.tsx'
import { AttackerValue, ServiceValue, Value } from './value.tsx'

/** Words that stand out because somebody got somewhere. */
function Note({ text }: { text: string }) {
  if (text === '') return null
  return text === 'got in' ? (
    <SeverityBadge severity="high" word="got in" />
  ) : (
    <span className="faint cut note">
      <Prose text={text} most={60} />
    </span>
  )
}

const names = ({ about = [] }: Said) => about.map(({ uuid }) => codeName(uuid))

/**
 * One record in a list of all: when, who, where, what; in two lines below an element with `data-tall`. `alone`: no list around it takes
 * keys, its time is the button that opens it.
 */
export const EventRow = memo(function EventRow({
  event,
  onOpen,
  alone = false,
}: {
  event: EventLike
  onOpen: (event: EventLike) => void
  alone?: boolean
}) {
  const said = tell(event)
  const time = <Time at={event.timestamp} form="clock" />
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it takes the keys, or the button in it
    // biome-ignore lint/a11y/noStaticElementInteractions: the list around it takes the keys, or the button in it
    <div className="ev" data-s={said.severity} onClick={() => onOpen(event)}>
      <span className="ev-sev">{rank(said.severity) >= 2 && <SeverityBadge severity={said.severity} />}</span>
      <span className="mono faint ev-time">
        {alone ? (
          <button type="button" className="ev-open">
            {time} <span className="sr">{said.verb}</span>
          </button>
        ) : (
          time
        )}
      </span>
      <span className="ev-who">
        {said.who ? (
          <NamedGroup of={said.who} />
        ) : event.attacker_ip ? (
          <AttackerValue ip={event.attacker_ip} />
        ) : (
          <span className="faint cut">{said.by ?? 'us'}</span>
        )}
      </span>
      <span className="ev-where">
        {event.decky && (
          <Value of={{ text: event.decky, searchKey: 'decky', peek: { kind: 'decky', id: event.decky } }}>
            <span className="mono cut">{event.decky}</span>
          </Value>
        )}
      </span>
      <span className="ev-svc">{event.service && <ServiceValue name={event.service} />}</span>
      <span className="ev-did">
        <span className="dim ev-verb">{said.verb}</span>
        <span className="cut ev-what">
          {said.about?.map((group) => (
            <NamedGroup key={group.uuid} of={group} />
          ))}
          {said.techniques && <TechniqueLinks ids={said.techniques} attacker={event.fields.attacker_uuid} />}
          {said.object !== '' && <Bytes text={said.object} most={160} />}
        </span>
        <Note text={said.note} />
      </span>
    </div>
  )
})

/** One record inside its session: who and where stand above. */
export const SessionEvent = memo(function SessionEvent({ event, onOpen }: { event: EventLike; onOpen: (event: EventLike) => void }) {
  const said = tell(event)
  return (
    <button type="button" className="sev-line" data-s={said.severity} onClick={() => onOpen(event)}>
      <span className="mono faint">
        <Time at={event.timestamp} form="clock" />
      </span>
      <span className={said.object === '' && !said.techniques ? 'dim cut alone' : 'dim cut'}>{[said.verb, ...names(said)].join(' ')}</span>
      {said.techniques && (
        <span className="cut">
          {said.techniques.map((id, n) => (
            <span key={id}>
              {n > 0 && ', '}
              <TechniqueName id={id} />
            </span>
          ))}
        </span>
      )}
      {said.object !== '' && (
        <span className="cut">
          <Bytes text={said.object} most={160} />
        </span>
      )}
      <Note text={said.note} />
    </button>
  )
})
