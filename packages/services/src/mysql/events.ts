import { events } from '@decnet/contracts/events'
import type { Session } from '@decnet/kernel/service'

export const mysqlEvents = [events.clientHello, events.authAttempt, events.query, events.fileCaptured, events.protocolError] as const
export type MysqlSession = Session<(typeof mysqlEvents)[number]>
