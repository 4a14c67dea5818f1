import { z } from 'zod'

/** Any view on bytes, a `Buffer` too, whatever lies beneath it. */
export const octets: z.ZodType<Uint8Array, Uint8Array> = z.instanceof(Uint8Array)
/** Bytes that an attacker chose. UTF-8 text travels under its own name, anything else as `<name>_b64`. */
export const bytes = z.union([z.string(), octets])
export type Bytes = z.infer<typeof bytes>

type FieldValue = string | number | boolean | Uint8Array | undefined

export interface EventType<Type extends string = string, Shape extends z.ZodType = z.ZodType> {
  /** RFC 5424 MSGID: at most 32 printable ASCII characters. */
  readonly type: Type
  readonly summary: string
  /** What the service passes to `session.emit`; on the wire every value is a string. */
  readonly fields: Shape
  /** interaction: a hand on the keyboard; contact: a connection, a probe, a banner; state: about ourselves. */
  readonly kind: 'interaction' | 'contact' | 'state'
}
export type AnyEventType = EventType<string, z.ZodType>
export type FieldsOf<E extends AnyEventType> = z.input<E['fields']>

/** Defines what a service can report. @throws {RangeError} when the type does not fit RFC 5424's MSGID. */
export function defineEvent<const Type extends string, Shape extends z.ZodType<Record<string, FieldValue>>>(
  event: EventType<Type, Shape>,
): EventType<Type, Shape> {
  if (!/^[a-z][a-z0-9_]{0,31}$/u.test(event.type)) throw new RangeError(`not an event type: ${event.type}`)
  return Object.freeze(event)
}
