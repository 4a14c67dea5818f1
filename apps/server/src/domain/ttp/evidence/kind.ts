import type { LogRecord } from '@decnet/kernel/log'

export type Value = string | number | boolean | readonly string[]
/** Fields by name; what is not known is not there. */
export type Payload = Readonly<Record<string, Value>>

export interface FieldDefinition {
  /** `texts`: a list; a test holds when one of them satisfies it. */
  readonly type: 'text' | 'texts' | 'number' | 'flag'
  readonly says: string
  /** A secret or somebody's own words: rules may look at it, no finding carries it. */
  readonly withheld?: true
  /** Repeats what other fields hold. */
  readonly repeats?: true
}

/** A kind of evidence that rules may name among their sources. */
export interface EvidenceKind {
  readonly name: string
  readonly summary: string
  /** What a bare text in an example stands for. */
  readonly main: string
  readonly fields: Readonly<Record<string, FieldDefinition>>
  /** Names under which others know the same fields. */
  readonly aliases?: Readonly<Record<string, string>>
  /** A payload from outside under the names of this kind; what it does not know stays as it is. Never throws, bounded. */
  accept?(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>
  /** Fields that are made of those given. Never throws, bounded. */
  derive?(given: Payload): Payload
  /** The payloads that a record of the log carries; none where it is about something else. */
  from(record: LogRecord): readonly Payload[]
}

export const defineKind = <const Kind extends EvidenceKind>(kind: Kind): Kind => Object.freeze(kind)

export const text = (says: string): FieldDefinition => ({ type: 'text', says })
export const texts = (says: string): FieldDefinition => ({ type: 'texts', says })
export const number = (says: string): FieldDefinition => ({ type: 'number', says })
export const flag = (says: string): FieldDefinition => ({ type: 'flag', says })
export const withheld = (field: FieldDefinition): FieldDefinition => ({ ...field, withheld: true })
export const repeats = (field: FieldDefinition): FieldDefinition => ({ ...field, repeats: true })

/** The fields of every kind. */
export const commonFields: Readonly<Record<string, FieldDefinition>> = {
  kind: text('kind of evidence'),
  service: text('service on the decky'),
  decky: text('name of the decky'),
  attacker_ip: text('address that it came from'),
}
