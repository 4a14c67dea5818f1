import { randomBytes } from 'node:crypto'
import { type DeckyPlan, type KnownService, planFleet } from '@decnet/persona'
import type { Db } from './open.ts'

/** The fleet as the database wants it, in order. */
export async function storedPlan(db: Db): Promise<DeckyPlan[]> {
  const deckies = await db.selectFrom('deckies').selectAll().orderBy('position').execute()
  const services = await db.selectFrom('decky_services').selectAll().orderBy('position').execute()
  return deckies.map((decky) => ({
    name: decky.name,
    seed: decky.seed,
    archetype: decky.archetype,
    ip: decky.ip,
    createdAt: decky.created_at,
    services: services
      .filter((service) => service.decky === decky.name)
      .map((service) => ({ name: service.name, port: service.wanted_port, config: JSON.parse(service.config) as Record<string, unknown> })),
  }))
}

export interface PlanOptions {
  readonly subnet: string
  readonly now: number
  readonly knownServices: readonly KnownService[]
}

/** Plans a fleet on the first start; afterwards only its addresses follow the subnet. One transaction. */
export async function ensurePlan(db: Db, { subnet, now, knownServices }: PlanOptions): Promise<DeckyPlan[]> {
  const stored = await storedPlan(db)
  if (stored.length > 0) {
    const moved = stored.map((decky) => ({ ...decky, ip: `${subnet}.${decky.ip.split('.')[3]}` }))
    await db.transaction().execute(async (tx) => {
      for (const decky of moved) await tx.updateTable('deckies').set({ ip: decky.ip }).where('name', '=', decky.name).execute()
    })
    return moved
  }
  const plan = planFleet({ seed: randomBytes(16).toString('hex'), subnet, now, knownServices })
  await db.transaction().execute(async (tx) => {
    for (const [position, decky] of plan.entries()) {
      await tx
        .insertInto('deckies')
        .values({
          name: decky.name,
          position,
          seed: decky.seed,
          archetype: decky.archetype,
          ip: decky.ip,
          created_at: decky.createdAt,
          state: 'stopped',
        })
        .execute()
      for (const [place, service] of decky.services.entries()) {
        await tx
          .insertInto('decky_services')
          .values({
            decky: decky.name,
            name: service.name,
            position: place,
            wanted_port: service.port,
            config: JSON.stringify(service.config),
            port: null,
            state: 'stopped',
            detail: null,
          })
          .execute()
      }
    }
  })
  return plan
}
