import { isDeepStrictEqual } from 'node:util'
import { topics } from '@decnet/contracts/topics'
import { AppError } from '@decnet/kernel'
import type { EventLog, LogRecord, NewLogRecord } from '@decnet/kernel/log'
import { changeFleet, type DeckyWish, deckyUnknown, holdFleet, type Operation, wantedFleet } from '../store/fleet.ts'
import type { Tx } from '../store/log-table.ts'
import { checkConfig } from './check-config.ts'
import { fleetRecord } from './fleet-record.ts'
import { serviceNamed } from './service-schema.ts'

type Config = Readonly<Record<string, unknown>>

export interface LiveOrder {
  readonly decky: string
  readonly service: string
  readonly actor: string | null
  /** Epoch milliseconds. */
  readonly now: number
}

export interface LiveDeskOptions {
  readonly log: EventLog<Tx>
  /** An operation is one step further. */
  readonly told: (operation: Operation) => void
  /** Records were committed. */
  readonly announce: (records: readonly LogRecord[]) => void
}

/** A configuration that was given for a service. @throws {AppError} `config_invalid` 422, every setting that is wrong by name. */
function checked(service: string, given: Config): Config {
  const { config, faults } = checkConfig(serviceNamed(service, 422), given)
  if (faults.length === 0) return config
  throw new AppError(faults.map(({ message }) => message).join(' '), {
    code: 'config_invalid',
    status: 422,
    hint: `\`decnet services show ${service}\` lists its settings.`,
    fields: faults.map(({ field, message }) => ({ field: `config.${field}`, message })),
  })
}

/** @throws {AppError} `decky_unknown` 404. */
export async function deckyNamed(tx: Tx, name: string): Promise<DeckyWish> {
  const { deckies } = await wantedFleet(tx)
  const found = deckies.find((decky) => decky.name === name)
  if (found) return found
  throw deckyUnknown(name)
}

/** @throws {AppError} `service_absent` 409. */
export function serviceOf(decky: DeckyWish, service: string): DeckyWish['services'][number] {
  const found = decky.services.find(({ name }) => name === service)
  if (found) return found
  throw new AppError(`${decky.name} has no ${service}.`, {
    code: 'service_absent',
    status: 409,
    hint: `It has ${decky.services.map(({ name }) => name).join(', ')}.`,
  })
}

/** What a service is to be configured with from its next start on; null: as it is. */
async function savedConfig(tx: Tx, decky: string, service: string): Promise<Config | null> {
  const query = tx.selectFrom('decky_services').select('saved_config').where('decky', '=', decky).where('name', '=', service)
  const saved = (await query.executeTakeFirst())?.saved_config ?? null
  return saved === null ? null : (JSON.parse(saved) as Config)
}

const savedRecord = (decky: string, service_name: string, service_config: Config, now: number): NewLogRecord => {
  const saved = { decky_name: decky, topology_id: null, service_name, service_config, recreated: false }
  const { name, payload } = topics.deckyServiceConfigChanged
  return fleetRecord(name(decky), decky, 'service_config_changed', now, payload.parse(saved))
}

/**
 * Services of deckies that stand come, go and are configured: what is wanted is changed in one transaction, and whoever plays the fleet goes
 * there; no other service of the decky notices. Everything is checked before anything is written.
 * All may throw {AppError} `decky_unknown` 404, `service_unknown` 422, `config_invalid` 422, `decky_busy` 409, and what each says.
 */
export function liveDesk({ log, told, announce }: LiveDeskOptions) {
  async function change(
    order: LiveOrder,
    operation: Operation['operation'],
    to: (decky: DeckyWish, tx: Tx) => DeckyWish | Promise<DeckyWish>,
  ): Promise<Operation> {
    const { decky, service, actor, now } = order
    const [made] = await log.transaction(async (tx) => {
      await holdFleet(tx)
      const before = await deckyNamed(tx, decky)
      return changeFleet(tx, [{ operation, trigger: 'operator', actor, before, after: await to(before, tx), detail: { service } }], now)
    })
    if (!made) throw new Error('a change makes an operation')
    told(made)
    return made
  }
  return {
    /** @throws {AppError} `service_present` 409. */
    async 'fleet.addService'({ config: given, ...order }: LiveOrder & { readonly config: Config }): Promise<Operation> {
      const { name, ports } = serviceNamed(order.service, 422)
      const config = checked(name, given)
      return change(order, 'add_service', (decky) => {
        if (decky.services.some((service) => service.name === name))
          throw new AppError(`${decky.name} has ${name} already.`, { code: 'service_present', status: 409, hint: 'Configure it instead.' })
        return { ...decky, services: [...decky.services, { name, port: ports[0]?.port ?? 0, config }] }
      })
    },
    /** @throws {AppError} `service_absent`, `last_service` 409. */
    async 'fleet.removeService'(order: LiveOrder): Promise<Operation> {
      const { name } = serviceNamed(order.service, 422)
      return change(order, 'remove_service', (decky) => {
        serviceOf(decky, name)
        if (decky.services.length === 1)
          throw new AppError(`${name} is all that ${decky.name} has.`, {
            code: 'last_service',
            status: 409,
            hint: `Add another first, or retire the decky: decnet teardown --id ${decky.name}`,
          })
        return { ...decky, services: decky.services.filter((service) => service.name !== name) }
      })
    },
    /** Kept for the next start of the service, which goes on as it is. @throws {AppError} `service_absent` 409. */
    async 'fleet.saveConfig'({
      config: given,
      decky,
      service,
      now,
    }: Omit<LiveOrder, 'actor'> & { readonly config: Config }): Promise<Config> {
      const config = checked(service, given)
      const records = await log.transaction(async (tx, log) => {
        await holdFleet(tx)
        const { config: used } = serviceOf(await deckyNamed(tx, decky), service)
        await tx
          .updateTable('decky_services')
          .set({ saved_config: isDeepStrictEqual(used, config) ? null : JSON.stringify(config) })
          .where('decky', '=', decky)
          .where('name', '=', service)
          .execute()
        return log.append([savedRecord(decky, service, config, now)])
      })
      announce(records)
      return config
    },
    /** Starts the service anew with this configuration; null: with what was saved, or as it is. @throws {AppError} `service_absent` 409. */
    async 'fleet.applyConfig'({ config: given, ...order }: LiveOrder & { readonly config: Config | null }): Promise<Operation> {
      const { service } = order
      serviceNamed(service, 422)
      const config = given === null ? null : checked(service, given)
      return change(order, 'configure', async (decky, tx) => {
        const { config: now } = serviceOf(decky, service)
        const used = config ?? (await savedConfig(tx, decky.name, service)) ?? now
        const anew = ({ revision = 0, ...rest }: DeckyWish['services'][number]) => ({ ...rest, config: used, revision: revision + 1 })
        return { ...decky, services: decky.services.map((each) => (each.name === service ? anew(each) : each)) }
      })
    },
    /** What a service is configured with, and what it will be from its next start on; null: the same. */
    async 'fleet.configOf'({ decky, service }: { readonly decky: string; readonly service: string }) {
      serviceNamed(service, 404)
      return log.transaction(async (tx) => {
        const { config } = serviceOf(await deckyNamed(tx, decky), service)
        return { config, saved: await savedConfig(tx, decky, service) }
      })
    },
  }
}
