import type { CommandKind, Page } from '@decnet/contracts/api'
import { events } from '@decnet/contracts/events'
import { topics } from '@decnet/contracts/topics'
import { type SqlBool, sql } from 'kysely'
import { COMMAND_TYPES, commandText, FILE_TYPES, isHandsOn, textField } from '../domain/event-kinds.ts'
import { handsOn } from './hands-on.ts'
import { toRecord } from './log-table.ts'
import type { Db } from './open.ts'
import { iso } from './time.ts'

export interface CommandRow {
  readonly kind: CommandKind
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
  /** Present when the bytes are not UTF-8. */
  readonly path_b64: string | null
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

function matching(db: Db, listing: Listing, types: readonly string[]) {
  const query = db
    .selectFrom('log')
    .where('attacker_ip', '=', listing.ip)
    .where('topic', '=', topics.systemLog.pattern)
    .where('type', 'in', types)
  return listing.service === undefined ? query : query.where('service', '=', listing.service)
}
type Matching = ReturnType<typeof matching>

async function recordsOf(query: Matching, { limit, offset }: Listing) {
  const rows = await query.selectAll().orderBy('seq', 'desc').limit(limit).offset(offset).execute()
  return rows.map(toRecord)
}
async function countOf(query: Matching): Promise<number> {
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  return Number(total)
}

/** Commands that somebody gave (`kind` absent or `command`), requests of a protocol, or both; newest first. Both are counted. */
export async function commandsOf(
  db: Db,
  listing: Listing & { readonly kind?: CommandKind | 'all' | undefined },
): Promise<Page<CommandRow> & { commands: number; requests: number }> {
  const { kind = 'command' } = listing
  const lines = matching(db, listing, COMMAND_TYPES)
  const all = await countOf(lines)
  const commands = await countOf(lines.where(handsOn(db)))
  const totals = { command: commands, request: all - commands, all }
  const listed = kind === 'all' ? lines : lines.where(kind === 'command' ? handsOn(db) : sql<SqlBool>`not (${handsOn(db)})`)
  const records = await recordsOf(listed, listing)
  const data = records.map((record) => {
    const encoded = record.body.command_b64 ?? record.body.query_b64
    return {
      kind: isHandsOn(record.type, record.body) ? ('command' as const) : ('request' as const),
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
  return { total: totals[kind], limit: listing.limit, offset: listing.offset, data, commands, requests: totals.request }
}

/** Files and mails that somebody left, newest first. */
export async function artifactsOf(db: Db, listing: Listing): Promise<Page<ArtifactRow>> {
  const files = matching(db, listing, FILE_TYPES)
  const total = await countOf(files)
  const records = await recordsOf(files, listing)
  const data = records.map((record) => ({
    id: record.id,
    timestamp: iso(record.ts),
    session_id: record.sessionId,
    decky: record.decky ?? '',
    service: record.service ?? '',
    kind: record.type === events.messageStored.type ? ('mail' as const) : ('file' as const),
    path: textField(record.body, 'path'),
    path_b64: typeof record.body.path_b64 === 'string' ? record.body.path_b64 : null,
    sha256: String(record.body.sha256 ?? ''),
    size: Number(record.body.size ?? 0),
    truncated: record.body.truncated === 'true',
  }))
  return { total, limit: listing.limit, offset: listing.offset, data }
}
