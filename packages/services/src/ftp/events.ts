import { events } from '@decnet/contracts/events'

export const ftpEvents = [events.authAttempt, events.command, events.fileCaptured, events.forwardAttempt] as const
