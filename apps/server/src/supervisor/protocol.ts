import type { FleetNetwork } from '@decnet/contracts'
import type { DeckyPlan } from '@decnet/persona'
import { z } from 'zod'
import type { TarpitWish } from '../store/fleet.ts'

/** One service as it came to listen, or why it did not. */
export const boundService = z.object({
  decky: z.string(),
  service: z.string(),
  address: z.string(),
  wantedPort: z.number().int(),
  port: z.number().int().nullable(),
  detail: z.string().nullable(),
})
export type BoundService = z.infer<typeof boundService>

/** The fleet as it stands, after the supervisor has done what it could for the plan of that number. */
export const fleetReport = z.object({
  /** Of the plan that it stands for; 0 before the first one, and while something is still being repaired: nothing has come to its end then. */
  generation: z.number().int(),
  /** False while the sensor is away. */
  serving: z.boolean(),
  hosts: z.array(z.object({ name: z.string(), ip: z.string(), ip6: z.string().nullable(), mac: z.string().nullable() })),
  services: z.array(boundService),
  /** What could not be done, and the way out; `decky` null: nothing could. */
  problems: z.array(z.object({ decky: z.string().nullable(), message: z.string(), code: z.string(), hint: z.string().nullable() })),
  /** What was found dead or missing and is there again: the whole host, or some of its services. */
  repaired: z.array(z.object({ decky: z.string(), host: z.boolean(), services: z.array(z.string()) })),
})
export type FleetReport = z.infer<typeof fleetReport>

/** supervisor → server */
export const toServer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    home: z.string(),
    subnet: z.string(),
    listen: z.object({ host: z.string(), port: z.number().int() }),
    consoleFolder: z.string().nullable(),
  }),
  z.object({ type: z.literal('fleet'), ...fleetReport.shape }),
  /** The sensor has written something. */
  z.object({ type: z.literal('ring') }),
  /** The supervisor is there, and has started its children again so often since it was started. */
  z.object({
    type: z.literal('alive'),
    pid: z.number().int(),
    restarts: z.object({ server: z.number().int(), sensor: z.number().int() }),
    /** Who watches the network, and how it is; null: nobody. */
    sniffer: z.looseObject({ pid: z.number().int().optional(), restarts: z.number().int() }).nullable(),
  }),
  z.object({ type: z.literal('stop') }),
])
export type ToServer = z.infer<typeof toServer>

/** server → supervisor */
export type FromServer =
  /** The whole fleet as it is to be; a later one replaces it. The same one again asks whether it still stands. */
  | {
      readonly type: 'plan'
      readonly generation: number
      /** Another one than before: every host is made anew. */
      readonly round?: number
      readonly network: FleetNetwork
      readonly plan: readonly DeckyPlan[]
      /** Services that hold up whoever comes; absent: none. */
      readonly tarpits?: readonly TarpitWish[]
    }
  | {
      readonly type: 'ready'
      /** Null: an agent has none. */
      readonly console: string | null
      readonly adminPassword: string | null
      /** Of an agent: NATS, where its events go, answered at the start. */
      readonly natsAnswers?: boolean
    }
  | { readonly type: 'failed'; readonly error: { readonly message: string; readonly code: string; readonly hint: string | null } }
