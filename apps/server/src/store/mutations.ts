import { type MutationSettings, mutationSettings } from '@decnet/contracts/api'
import { deckyUnknown } from './fleet.ts'
import type { Tx } from './log-table.ts'
import type { Db } from './open.ts'
import { upsert } from './upsert.ts'

const SETTINGS = 'fleet.mutation'
/** Deckies keep their address: operators' own lists name them by it. */
const DEFAULT: MutationSettings = { mutate_minutes: 0, strategies: ['shuffle', 'drift', 'behavioral'] }

/** How deckies change by themselves; not at all unless an operator said so. */
export async function mutationSettingsOf(db: Db | Tx): Promise<MutationSettings> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', SETTINGS).executeTakeFirst()
  return row ? mutationSettings.parse(JSON.parse(row.value)) : DEFAULT
}

export const setMutationSettings = (db: Db | Tx, settings: MutationSettings): Promise<void> =>
  upsert(db, 'settings', 'key', [{ key: SETTINGS, value: JSON.stringify(settings) }])

/** Somebody wants a decky changed. */
export interface MutateRequest {
  readonly decky: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly by: string | null
}

/** Writes down that somebody wants a decky changed now. @throws {AppError} `decky_unknown`. */
export async function requestMutation(db: Db | Tx, { decky, at, by }: MutateRequest): Promise<void> {
  if (!(await db.selectFrom('deckies').select('name').where('name', '=', decky).executeTakeFirst())) throw deckyUnknown(decky)
  await db.updateTable('deckies').set({ mutate_requested: at, mutate_requested_by: by }).where('name', '=', decky).execute()
}

/** Minutes between two changes of a decky; 0 = never, null = the fleet's own. @throws {AppError} `decky_unknown`. */
export async function setMutateMinutes(db: Db | Tx, decky: string, minutes: number | null): Promise<void> {
  if (!(await db.selectFrom('deckies').select('name').where('name', '=', decky).executeTakeFirst())) throw deckyUnknown(decky)
  await db.updateTable('deckies').set({ mutate_minutes: minutes }).where('name', '=', decky).execute()
}

export async function mutateRequests(db: Db | Tx): Promise<MutateRequest[]> {
  const rows = await db
    .selectFrom('deckies')
    .select(['name as decky', 'mutate_requested as at', 'mutate_requested_by as by'])
    .where('mutate_requested', 'is not', null)
    .orderBy('mutate_requested')
    .execute()
  return rows.flatMap(({ decky, at, by }) => (at === null ? [] : [{ decky, at, by }]))
}

/** It is answered, one way or another; one that came later stays. */
export const answerRequest = async (db: Db | Tx, { decky, at }: Pick<MutateRequest, 'decky' | 'at'>): Promise<void> => {
  await db
    .updateTable('deckies')
    .set({ mutate_requested: null, mutate_requested_by: null })
    .where('name', '=', decky)
    .where('mutate_requested', '<=', at)
    .execute()
}

/** When each decky was last tried to be changed, and when it last grew what attackers asked for; epoch milliseconds. */
export async function mutationAttempts(
  db: Db | Tx,
): Promise<{ readonly tried: ReadonlyMap<string, number>; readonly grown: ReadonlyMap<string, number> }> {
  const last = async (strategy: string | null) => {
    let query = db
      .selectFrom('decky_operations')
      .select((eb) => ['decky', eb.fn.max<number>('created_at').as('at')])
      .where('operation', '=', 'mutate')
      .groupBy('decky')
    if (strategy !== null) query = query.where('detail', 'like', `%"strategy":"${strategy}"%`)
    return new Map((await query.execute()).map(({ decky, at }) => [decky, Number(at)]))
  }
  return { tried: await last(null), grown: await last('behavioral') }
}

/** What attackers did, as far as it may say what they looked for: newest first. */
export interface Asking {
  readonly decky: string
  readonly attackerIp: string
  readonly type: string
  readonly body: Readonly<Record<string, unknown>>
}
const ASKED_MOST = 5_000
const ASKING_TYPES = ['port_scan', 'tcp_syn_fingerprint', 'command', 'auth_attempt', 'connect_attempt', 'forward_attempt']

export async function askings(db: Db | Tx, since: number): Promise<Asking[]> {
  const rows = await db
    .selectFrom('log')
    .select(['decky', 'attacker_ip', 'type', 'body'])
    .where('ts', '>=', since)
    .where('topic', '=', 'system.log')
    .where('type', 'in', ASKING_TYPES)
    .orderBy('ts', 'desc')
    .limit(ASKED_MOST)
    .execute()
  return rows.flatMap(({ decky, attacker_ip: attackerIp, type, body }) =>
    decky === null || attackerIp === null ? [] : [{ decky, attackerIp, type, body: JSON.parse(body) as Asking['body'] }],
  )
}
