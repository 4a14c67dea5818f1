import type { AnyEventType } from '@decnet/contracts/events'
import { newId } from '../id.ts'
import type { SensorEvent } from './define.ts'
import { wireFields } from './wire-fields.ts'

const GRAVE: ReadonlySet<string> = new Set(['file_captured', 'download_attempt', 'message_stored'])

/** RFC 5424 severity: 3 our own loss, 4 a successful login or something left behind, 5 a hand on the keyboard, 6 the rest. */
function severityOf(event: AnyEventType, fields: Readonly<Record<string, string>>): SensorEvent['severity'] {
  if (event.type === 'spool_loss') return 3
  if (GRAVE.has(event.type) || (event.type === 'auth_attempt' && fields.outcome === 'success')) return 4
  return event.kind === 'interaction' ? 5 : 6
}

/** What makes one event: who saw it, when, its type and values. `bound` fields come first and cannot be overwritten. */
export interface SensorEventSource {
  /** A new UUIDv7 where absent. */
  readonly id?: string
  readonly decky: string
  readonly service: string
  readonly ts: number
  readonly event: AnyEventType
  readonly values: object
  readonly bound?: Readonly<Record<string, string>>
}

/** An event ready for the spool; `problem` says how its values broke the schema, null when they did not. */
export function sensorEvent(source: SensorEventSource): { readonly event: SensorEvent; readonly problem: string | null } {
  const wire = wireFields(source.event, source.values)
  const fields = { ...source.bound, ...wire.fields, ...source.bound }
  return {
    event: {
      id: source.id ?? newId(),
      ts: source.ts,
      decky: source.decky,
      service: source.service,
      type: source.event.type,
      severity: severityOf(source.event, fields),
      fields,
    },
    problem: wire.ok ? null : wire.reason,
  }
}
