import { deterministicId } from '@decnet/kernel'
import { primitives } from './primitives/index.ts'
import type { Measured } from './primitives/primitive.ts'
import type { ShellSession } from './session.ts'

/** One trait as it was measured, field for field as it is stored and told. Instants are epoch milliseconds. */
export interface BehaviourObservation {
  /** 32 hexadecimal digits; the same evidence and primitive give the same. */
  readonly id: string
  readonly v: 1
  /** The end of the window: measuring has no clock of its own. */
  readonly ts: number
  readonly primitive: string
  readonly value: string
  readonly confidence: number
  readonly window: { readonly start_ts: number; readonly end_ts: number }
  readonly source: string
  readonly evidence_ref: string
  readonly identity_ref: null
}

const SOURCE = 'decnet.behaviour'

/** What was measured of a stretch of time, in its envelope. */
export const observationOf = (
  primitive: string,
  { value, confidence }: Measured,
  window: { readonly from: number; readonly to: number },
  evidenceRef: string,
): BehaviourObservation => ({
  id: deterministicId('observation', evidenceRef, primitive).replaceAll('-', ''),
  v: 1,
  ts: window.to,
  primitive,
  value,
  confidence,
  window: { start_ts: window.from, end_ts: window.to },
  source: SOURCE,
  evidence_ref: evidenceRef,
  identity_ref: null,
})

/**
 * Every trait that a session shows. `evidenceRef` names the recording, one observation for each recording and trait. Nothing that was typed
 * is in it: classes, counts, one hash, a language tag.
 */
export function observe(session: ShellSession, evidenceRef: string): BehaviourObservation[] {
  const window = { from: session.startedAt, to: session.endedAt }
  return primitives.flatMap((primitive) => {
    const measured = primitive.measure(session)
    return measured === null ? [] : [observationOf(primitive.name, measured, window, evidenceRef)]
  })
}

/** Its value a vector instead of a word. */
export type VectorObservation = Omit<BehaviourObservation, 'value'> & { readonly value: number[] }

/** It says something: a trait of which too little was seen is kept as unknown, but told to nobody. */
export const isTold = ({ value }: BehaviourObservation | VectorObservation): boolean => value !== 'unknown'

/** The same as it is announced: in seconds, with whose it is. */
export const announcementOf = ({ ts, window, ...observation }: BehaviourObservation | VectorObservation, attacker: string) => ({
  ...observation,
  ts: ts / 1000,
  window: { start_ts: window.start_ts / 1000, end_ts: window.end_ts / 1000 },
  attacker_uuid: attacker,
})
