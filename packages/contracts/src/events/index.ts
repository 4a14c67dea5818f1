import * as auth from './auth.ts'
import * as connection from './connection.ts'
import type { AnyEventType } from './define.ts'
import * as http from './http.ts'
import * as ics from './ics.ts'
import * as mail from './mail.ts'
import * as query from './query.ts'
import * as sensor from './sensor.ts'
import * as shell from './shell.ts'
import * as traffic from './traffic.ts'

export * from './define.ts'

/** Everything that a sensor can report. */
export const events = { ...auth, ...connection, ...http, ...ics, ...mail, ...query, ...sensor, ...shell, ...traffic } as const
export const allEvents: readonly AnyEventType[] = Object.values(events)
export const eventByType: ReadonlyMap<string, AnyEventType> = new Map(allEvents.map((event) => [event.type, event]))
