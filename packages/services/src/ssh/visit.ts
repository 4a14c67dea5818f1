import { events } from '@decnet/contracts/events'
import { VISIT_EMITS, type Visit } from '../_shared/visit/visit.ts'

/** What an SSH session can report. */
export const EMITS = [...VISIT_EMITS, events.authAttempt, events.clientHello, events.forwardAttempt, events.protocolError] as const
export type Emits = (typeof EMITS)[number]

/** Memory that uploads of one decky may hold before they are closed, as large as its disk. */
export interface UploadBudget {
  left: number
}
/** One SSH connection past authentication. */
export interface SshVisit extends Visit {
  readonly budget: UploadBudget
}
