import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { DeployPlan, DeployRequest } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import type { EventLog } from '@decnet/kernel/log'
import { services } from '@decnet/services'
import {
  changeFleet,
  type DeckyWish,
  deckyUnknown,
  type FleetChange,
  holdFleet,
  homeWord,
  nextRound,
  type Operation,
  wantedFleet,
} from '../store/fleet.ts'
import type { Tx } from '../store/log-table.ts'
import { planDeploy } from './plan-deploy.ts'

export interface DeskOptions {
  readonly log: EventLog<Tx>
  /** First three numbers of the loopback network that this home holds. */
  readonly loopback: () => string
  /** An operation is one step further. */
  readonly told: (operation: Operation) => void
}

interface Asked {
  readonly actor: string | null
  readonly now: number
}

export interface DeployOrder extends Asked {
  readonly request: DeployRequest
  /** Addresses that this machine has, or that somebody answered from. */
  readonly taken: readonly string[]
  /** Nothing is changed. */
  readonly dry?: boolean
  /** What somebody agreed to; where it would come out as something else, nothing is changed. */
  readonly shown?: DeployPlan
}

export interface Accepted {
  readonly ids: readonly string[]
  readonly plan: DeployPlan
  /** The whole fleet that is wanted then, or would be. */
  readonly fleet: readonly DeckyWish[]
}

/** Whoever wants something else of the fleet, over the API or at the command line, asks here: what is looked at and what is changed is one transaction. */
export function fleetDesk({ log, loopback, told }: DeskOptions) {
  const tell = <T extends readonly Operation[]>(operations: T): T => {
    for (const operation of operations) told(operation)
    return operations
  }
  return {
    /** @throws {AppError} what `planDeploy` says; `decky_busy`; `plan_changed`. */
    async 'fleet.deploy'({ request, taken, actor, now, dry = false, shown }: DeployOrder): Promise<Accepted> {
      const seed = randomBytes(8).toString('hex')
      const { plan, fleet, made } = await log.transaction(async (tx) => {
        await holdFleet(tx)
        const wanted = await wantedFleet(tx)
        const {
          plan,
          changes,
          wanted: fleet,
          network,
        } = planDeploy(request, {
          wanted,
          services,
          taken: new Set(taken),
          loopback: loopback(),
          actor,
          seed,
          home: await homeWord(tx, randomBytes(8).toString('hex')),
          now,
        })
        if (shown && !isDeepStrictEqual(plan, shown))
          throw new AppError('The fleet was changed while you looked at the plan.', {
            code: 'plan_changed',
            status: 409,
            hint: 'Look at it again.',
          })
        return { plan, fleet, made: dry ? [] : await changeFleet(tx, changes, now, network) }
      })
      return { plan, fleet, ids: tell(made).map(({ id }) => id) }
    },
    /** Retires these deckies; null: all. @throws {AppError} `decky_unknown`, `decky_busy`. */
    async 'fleet.teardown'({ names, actor, now }: Asked & { readonly names: readonly string[] | null }) {
      const made = await log.transaction(async (tx) => {
        await holdFleet(tx)
        const { deckies } = await wantedFleet(tx)
        for (const name of names ?? []) if (!deckies.some((decky) => decky.name === name)) throw deckyUnknown(name)
        const leaving = deckies.filter(({ name }) => names === null || names.includes(name))
        const retired = (before: (typeof deckies)[number]): FleetChange => ({
          operation: 'teardown',
          trigger: 'retirement',
          actor,
          before,
          after: null,
        })
        return leaving.length === 0 ? [] : changeFleet(tx, leaving.map(retired), now)
      })
      return tell(made).map(({ id, decky }) => ({ id, decky }))
    },
    /** Makes every host of the wanted fleet anew, as it is. @throws {AppError} `fleet_empty`, `decky_busy`. */
    async 'fleet.redeploy'({ actor, now }: Asked) {
      const made = await log.transaction(async (tx) => {
        await holdFleet(tx)
        const { deckies } = await wantedFleet(tx)
        if (deckies.length === 0)
          throw new AppError('There is no decky to be made anew.', { code: 'fleet_empty', status: 409, hint: 'Make some: decnet deploy' })
        await nextRound(tx)
        const again = (decky: (typeof deckies)[number]): FleetChange => ({
          operation: 'deploy',
          trigger: 'operator',
          actor,
          before: decky,
          after: decky,
        })
        return changeFleet(tx, deckies.map(again), now)
      })
      return tell(made).map(({ id, decky }) => ({ id, decky }))
    },
  }
}
export type FleetDesk = ReturnType<typeof fleetDesk>
