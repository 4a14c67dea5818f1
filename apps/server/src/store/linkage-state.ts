import type { Layer } from './groups.ts'
import type { Tx } from './log-table.ts'
import type { Db } from './open.ts'
import { upsert } from './upsert.ts'

const key = (layer: Layer) => `linkage.${layer}`

/** Where the linking of a layer stands. */
export interface LinkageState {
  /** Counts the commits of whoever links it: what is kept in memory belongs to one of them. */
  readonly revision: number
  /** Its groups follow from what is known alone, not from the order in which that came. */
  readonly settled: boolean
}

const SETTLED = ' settled'

export async function linkageState(db: Db, layer: Layer): Promise<LinkageState> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', key(layer)).executeTakeFirst()
  const value = row?.value ?? `0${SETTLED}`
  return { revision: Number.parseInt(value, 10), settled: value.endsWith(SETTLED) }
}
export const keepLinkageState = (tx: Tx, layer: Layer, { revision, settled }: LinkageState): Promise<void> =>
  upsert(tx, 'settings', 'key', [{ key: key(layer), value: `${revision}${settled ? SETTLED : ''}` }])
