import type { Contacts } from '@decnet/contracts/api'
import type { Db } from './open.ts'
import { iso } from './time.ts'

/** How many attackers are told of one by one, and between how many pairs of attacker and decky. */
const MOST_ATTACKERS = 40
const MOST_LINKS = 2_000

interface Sums {
  readonly sessions: number
  readonly events: number | null
  readonly entered: number | null
  readonly last: number
}
const shown = ({ sessions, events, entered, last }: Sums) => ({
  sessions: Number(sessions),
  events: Number(events ?? 0),
  logged_in: Number(entered ?? 0) === 1,
  last: iso(Number(last)),
})

/** Who touched which decky in a span of time, epoch milliseconds, both ends included. */
export async function readContacts(db: Db, { from, to }: { readonly from: number; readonly to: number }): Promise<Contacts> {
  const sums = () =>
    db
      .selectFrom('sessions')
      .select((eb) => [
        eb.fn.countAll<number>().as('sessions'),
        eb.fn.sum<number>('sessions.event_count').as('events'),
        eb.fn.max<number>('sessions.logged_in').as('entered'),
        eb.fn.max<number>('sessions.last_at').as('last'),
      ])
      .where('sessions.last_at', '>=', from)
      .where('sessions.started_at', '<=', to)
  const attackers = await sums()
    .leftJoin('attackers', 'attackers.uuid', 'sessions.attacker_uuid')
    .select(['sessions.attacker_uuid as uuid', 'sessions.attacker_ip as ip', 'attackers.severity'])
    .groupBy(['sessions.attacker_uuid', 'sessions.attacker_ip', 'attackers.severity'])
    .orderBy('entered', 'desc')
    .orderBy('events', 'desc')
    .orderBy('ip')
    .limit(MOST_ATTACKERS)
    .execute()
  const deckies = await sums()
    .select((eb) => ['sessions.decky', eb.fn.count<number>('sessions.attacker_uuid').distinct().as('attackers')])
    .groupBy('sessions.decky')
    .orderBy('sessions.decky')
    .execute()
  const { count } = await db
    .selectFrom('sessions')
    .select((eb) => eb.fn.count<number>('attacker_uuid').distinct().as('count'))
    .where('last_at', '>=', from)
    .where('started_at', '<=', to)
    .executeTakeFirstOrThrow()
  const uuids = attackers.map(({ uuid }) => uuid)
  const links =
    uuids.length === 0
      ? []
      : await sums()
          .select(['sessions.attacker_ip as ip', 'sessions.decky'])
          .where('sessions.attacker_uuid', 'in', uuids)
          .groupBy(['sessions.attacker_ip', 'sessions.decky'])
          .orderBy('entered', 'desc')
          .orderBy('events', 'desc')
          .limit(MOST_LINKS)
          .execute()
  return {
    period: { start_time: iso(from), end_time: iso(to) },
    attacker_count: Number(count),
    attackers: attackers.map(({ ip, uuid, severity, ...row }) => ({
      ip,
      uuid,
      severity: severity as Contacts['attackers'][number]['severity'],
      ...shown(row),
    })),
    links: links.map(({ ip, decky, ...row }) => ({ ip, decky, ...shown(row) })),
    deckies: deckies.map(({ decky, attackers, ...row }) => ({ decky, attackers: Number(attackers), ...shown(row) })),
  }
}
