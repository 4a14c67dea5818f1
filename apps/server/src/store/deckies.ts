import type { Decky } from '@decnet/contracts/api'
import { cardMaker, makePersona } from '@decnet/persona'
import { wantedFleet } from './fleet.ts'
import type { Db } from './open.ts'
import { iso, isoOrNull } from './time.ts'

/** The fleet as operators see it, in the order of its planning. `titles`: what each service calls itself. */
export async function listDeckies(db: Db, titles: ReadonlyMap<string, string>): Promise<Decky[]> {
  const { deckies: plans } = await wantedFleet(db)
  const states = new Map((await db.selectFrom('deckies').select(['name', 'state']).execute()).map((row) => [row.name, row.state]))
  const bound = await db.selectFrom('decky_services').selectAll().orderBy('position').execute()
  const contacts = new Map(
    (
      await db
        .selectFrom('sessions')
        .select((eb) => [
          'decky',
          eb.fn.sum<number>('event_count').as('events'),
          eb.fn.count<number>('attacker_uuid').distinct().as('attackers'),
          eb.fn.max<number>('last_at').as('last'),
        ])
        .groupBy('decky')
        .execute()
    ).map((row) => [row.decky, row]),
  )
  return plans.map((plan) => {
    const persona = makePersona(plan)
    const contact = contacts.get(plan.name)
    return {
      name: plan.name,
      ip: plan.ip,
      ip6: plan.ip6 ?? null,
      mac: persona.mac,
      mac_vendor: cardMaker(persona.mac),
      hostname: persona.hostname,
      distro: persona.os.prettyName,
      archetype: plan.archetype,
      os_family: persona.os.family,
      kernel: persona.os.kernel,
      state: states.get(plan.name) as Decky['state'],
      services: bound
        .filter((service) => service.decky === plan.name)
        .map((service) => ({
          name: service.name,
          title: titles.get(service.name) ?? service.name,
          port: service.port ?? service.wanted_port,
          address: plan.ip,
          wanted_port: service.wanted_port,
          state: service.state as Decky['services'][number]['state'],
          detail: service.detail,
        })),
      logins: persona.users.flatMap(({ name, password }) => (password === null ? [] : [{ user: name, password }])),
      event_count: Number(contact?.events ?? 0),
      attacker_count: Number(contact?.attackers ?? 0),
      last_contact: isoOrNull(contact?.last ?? null),
      created_at: iso(plan.createdAt),
      mutate_interval: plan.mutateMinutes,
      last_mutated: isoOrNull(plan.lastMutated),
    }
  })
}
