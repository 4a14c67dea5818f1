import { isLeased, LEASED } from '@decnet/contracts'
import type { Logger } from '@decnet/kernel/logging'
import type { DeckyPlan } from '@decnet/persona'
import type { DeckyWish, WantedFleet } from '../store/fleet.ts'
import type { FleetReport } from '../supervisor/protocol.ts'
import type { Pipeline } from '../threads/operations.ts'
import type { Call } from '../threads/rpc.ts'

/** How soon a change is seen that another process made. */
const LOOK_MS = 500

/** What the supervisor needs to know of a decky. */
export const planOf = ({ mutateMinutes: _mutate, lastMutated: _last, ...plan }: DeckyWish): DeckyPlan => plan

export interface FollowOptions {
  readonly pipeline: Call<Pipeline>
  readonly say: (wanted: WantedFleet) => void
  readonly logger: Logger
}

/** Between the database, which knows what is wanted, and the supervisor, which makes it: each is told what the other says. */
export function followFleet({ pipeline, say, logger }: FollowOptions) {
  let generation = -1
  let looking: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const pass = (wanted: WantedFleet | null) => {
    if (wanted === null) return
    generation = wanted.generation
    const { network, deckies } = wanted
    // The lease fills in the address.
    say(isLeased(network) ? { ...wanted, deckies: deckies.map((decky) => ({ ...decky, ip: LEASED })) } : wanted)
  }
  const look = () => {
    looking ??= pipeline('fleet.wanted', { after: generation, now: Date.now() })
      .then(pass)
      .catch((err: unknown) => logger.warn({ err }, 'the fleet that is wanted cannot be read now'))
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  const follow = () => {
    timer = setTimeout(() => void look().then(follow), LOOK_MS)
    timer.unref()
  }

  return {
    /** The fleet as it starts. */
    async begin(subnet: string) {
      pass(await pipeline('fleet.plan', { subnet, now: Date.now() }))
      follow()
    },
    /** Somebody changed it: not to be waited for. */
    look,
    async reported(report: FleetReport) {
      if (await pipeline('fleet.record', { report, now: Date.now() })) await look()
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
