import type { Page } from '@decnet/contracts/api'
import { events } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import { COMMAND_TYPES, commandText, FILE_TYPES, textField } from '../domain/event-kinds.ts'
import { toRecord } from './log-table.ts'
import type { Db } from './open.ts'
import { iso } from './time.ts'

export interface CommandRow {
  readonly id: string
  readonly seq: number
  readonly timestamp: string
  readonly session_id: string | null
  readonly decky: string
  readonly service: string
  readonly user: string | null
  readonly command: string
  /** Present when the bytes are not UTF-8. */
  readonly command_b64: string | null
}
export interface ArtifactRow {
  readonly id: string
  readonly timestamp: string
  readonly session_id: string | null
  readonly decky: string
  readonly service: string
  readonly kind: 'file' | 'mail'
  readonly path: string | null
  readonly sha256: string
  readonly size: number
  readonly truncated: boolean
}
interface Listing {
  readonly ip: string
  readonly limit: number
  readonly offset: number
  readonly service?: string | undefined
}

async function ofTypes(db: Db, listing: Listing, types: readonly string[]) {
  let query = db
    .selectFrom('log')
    .where('attacker_ip', '=', listing.ip)
    .where('topic', '=', topics.systemLog.pattern)
    .where('type', 'in', types)
  if (listing.service !== undefined) query = query.where('service', '=', listing.service)
  const rows = await query.selectAll().orderBy('seq', 'desc').limit(listing.limit).offset(listing.offset).execute()
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return { total: Number(total), records: rows.map(toRecord) }
}

/** What somebody typed or asked, newest first. */
export async function commandsOf(db: Db, listing: Listing): Promise<Page<CommandRow>> {
  const { total, records } = await ofTypes(db, listing, COMMAND_TYPES)
  const data = records.map((record) => {
    const encoded = record.body.command_b64 ?? record.body.query_b64
    return {
      id: record.id,
      seq: record.seq,
      timestamp: iso(record.ts),
      session_id: record.sessionId,
      decky: record.decky ?? '',
      service: record.service ?? '',
      user: textField(record.body, 'user'),
      command: commandText(record.type, record.body) ?? '',
      command_b64: typeof encoded === 'string' ? encoded : null,
    }
  })
  return { total, limit: listing.limit, offset: listing.offset, data }
}

/** Files and mails that somebody left, newest first. */
export async function artifactsOf(db: Db, listing: Listing): Promise<Page<ArtifactRow>> {
  const { total, records } = await ofTypes(db, listing, FILE_TYPES)
  const data = records.map((record) => ({
    id: record.id,
    timestamp: iso(record.ts),
    session_id: record.sessionId,
    decky: record.decky ?? '',
    service: record.service ?? '',
    kind: record.type === events.messageStored.type ? ('mail' as const) : ('file' as const),
    path: textField(record.body, 'path'),
    sha256: String(record.body.sha256 ?? ''),
    size: Number(record.body.size ?? 0),
    truncated: record.body.truncated === 'true',
  }))
  return { total, limit: listing.limit, offset: listing.offset, data }
}
