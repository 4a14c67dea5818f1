import type { OperatorLinkPage } from '@decnet/contracts/api'
import { type PayloadOf, topics } from '@decnet/contracts/topics'
import { deterministicId, newId } from '@decnet/kernel'
import type { EventLog, LogRecord } from '@decnet/kernel/log'
import type { Order } from '../domain/contradicted-orders.ts'
import { addressesOf, canonicalOf } from './groups.ts'
import type { Tx } from './log-table.ts'
import type { Db } from './open.ts'
import { iso } from './time.ts'
import { upsert } from './upsert.ts'

export type LinkStatement = Omit<PayloadOf<typeof topics.identityLinkStated>, 'id'>

/** The same for a pair, whoever is named first: what was said of it last counts. */
const pairOf = ({ a, b }: Pick<LinkStatement, 'a' | 'b'>) => [a, b].sort() as [string, string]
export const linkId = (pair: Pick<LinkStatement, 'a' | 'b'>): string => deterministicId('operator-link', ...pairOf(pair))

/** Writes down what an operator said of pairs of attackers, as evidence like any other: in the event log. Returns the records, committed. */
export function stateLinks(log: EventLog<Tx>, statements: readonly LinkStatement[], now: number): Promise<LogRecord[]> {
  const records = statements.map((statement) => ({
    id: newId(),
    topic: topics.identityLinkStated.name(),
    ts: now,
    source: 'operator',
    type: 'link.stated',
    decky: null,
    service: null,
    attackerIp: null,
    attackerPort: null,
    sessionId: null,
    body: topics.identityLinkStated.payload.parse({ ...statement, id: linkId(statement) }),
    msg: null,
  }))
  return log.transaction((_tx, log) => log.append(records))
}

/** Keeps what a statement leaves: one row for a pair, or none once it was taken back. */
export async function keepStatement(tx: Tx, { body, ts }: LogRecord): Promise<void> {
  const statement = topics.identityLinkStated.payload.parse(body)
  const id = linkId(statement)
  if (statement.kind === 'withdraw') {
    await tx.deleteFrom('operator_links').where('id', '=', id).execute()
    return
  }
  const [a, b] = pairOf(statement)
  await upsert(tx, 'operator_links', 'id', [{ id, kind: statement.kind, a, b, said_by: statement.by, at: ts, reason: statement.reason }])
}

/** Who is named by a statement that holds; null when nothing was said under that id. */
export const findLink = async (db: Db, id: string): Promise<{ a: string; b: string } | null> =>
  (await db.selectFrom('operator_links').select(['a', 'b']).where('id', '=', id).executeTakeFirst()) ?? null

/** Everything that holds, oldest first. */
export const operatorLinks = (db: Db) => db.selectFrom('operator_links').select(['kind', 'a', 'b']).orderBy('at').orderBy('id').execute()

/** Everything that was said and not taken back, also what `reader`, who keeps it, has yet to read in the log. */
export async function statedOrders(db: Db, reader: string): Promise<Order[]> {
  const rows = await db.selectFrom('operator_links').select(['id', 'kind', 'a', 'b']).execute()
  const orders = new Map(rows.map((row) => [row.id, { ...row, kind: row.kind as Order['kind'] }]))
  const reached = await db
    .selectFrom('cursors')
    .select((eb) => eb.fn.min<number | null>('seq').as('seq'))
    .where('name', '=', reader)
    .executeTakeFirst()
  const unread = await db
    .selectFrom('log')
    .select('body')
    .where('seq', '>', Number(reached?.seq ?? 0))
    .where('topic', '=', topics.identityLinkStated.name())
    .orderBy('seq')
    .execute()
  for (const { body } of unread) {
    const { id, kind, a, b } = topics.identityLinkStated.payload.parse(JSON.parse(body))
    if (kind === 'withdraw') orders.delete(id)
    else orders.set(id, { id, kind, a, b })
  }
  return [...orders.values()]
}

/** What operators said, latest first, and whether the identities are so. */
export async function listLinks(db: Db, { limit, offset }: { limit: number; offset: number }): Promise<OperatorLinkPage> {
  const all = db.selectFrom('operator_links')
  const total = await all.select((eb) => eb.fn.countAll<number>().as('rows')).executeTakeFirst()
  const rows = await all.selectAll().orderBy('at', 'desc').orderBy('id').limit(limit).offset(offset).execute()
  const attackers = [...new Set(rows.flatMap(({ a, b }) => [a, b]))]
  const [addresses, identities] = [await addressesOf(db, attackers), await canonicalOf(db, 'identity', attackers)]
  const label = (attacker: string) => addresses.get(attacker) ?? attacker.slice(0, 8)
  return {
    total: Number(total?.rows ?? 0),
    limit,
    offset,
    data: rows.map(({ id, kind, a, b, said_by, at, reason }) => ({
      ...{ id, kind: kind as Order['kind'], a, b, a_label: label(a), b_label: label(b), by: said_by, at: iso(at), reason },
      followed: (identities.has(a) && identities.get(a) === identities.get(b)) === (kind === 'confirm'),
    })),
  }
}
