import { z } from 'zod'
import { deckyName, slug, timestamp } from '../fields.ts'
import { fleetNetwork } from '../network.ts'
import { given, optionalText, page, paging } from './common.ts'

/** How many deckies one request may add. */
export const DECKIES_AT_ONCE = 250
export const osFamily = z.enum(['linux', 'windows', 'windows_server', 'bsd', 'embedded', 'cisco'])
const macAddress = z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/u, 'is a MAC address such as 52:54:00:12:34:56')
/** Two years: who wants it more seldom wants it never. */
export const MOST_MUTATE_MINUTES = 1_051_200
/** Minutes between changes of a decky's services; 0 = never, null = the fleet's own interval. */
export const mutateInterval = z.number().int().min(0).max(MOST_MUTATE_MINUTES).nullable()

/** What is wanted of one decky, or of several alike; what is not said is chosen by the seed. */
export const deckyOrder = z.strictObject({
  /** Of several: `name-01`, `name-02`, … */
  name: slug
    .regex(/[a-z0-9]$/u, 'must end with a letter or a digit')
    .max(59, 'must be at most 59 characters')
    .exactOptional(),
  amount: z.number().int().min(1).max(DECKIES_AT_ONCE).default(1),
  ip: z.ipv4().exactOptional(),
  ip6: z.ipv6().exactOptional(),
  mac: macAddress.exactOptional(),
  archetype: z.string().max(64).exactOptional(),
  distro: z.string().max(64).exactOptional(),
  os_family: osFamily.exactOptional(),
  services: z.array(z.string().max(64)).min(1).max(64).exactOptional(),
  /** For each service what differs from its defaults; texts are taken as the setting's own type. */
  service_config: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  mutate_interval: mutateInterval.default(null),
})
export type DeckyOrder = z.output<typeof deckyOrder>

export const deployRequest = z.strictObject({
  /** Absent: where the fleet stands already. */
  network: fleetNetwork.exactOptional(),
  /** True: the deckies that are there are retired first. */
  replace_fleet: z.boolean().default(false),
  /** The same seed and order give the same deckies; absent: a new one. */
  seed: z.string().min(1).max(128).exactOptional(),
  /** Addresses are given from this one upward; absent: from the eleventh of the subnet. */
  ip_start: z.ipv4().exactOptional(),
  deckies: z.array(deckyOrder).min(1).max(DECKIES_AT_ONCE),
})
export type DeployRequest = z.output<typeof deployRequest>

/** A decky as it would come to be. */
export const plannedDecky = z.object({
  name: z.string(),
  ip: z.string(),
  ip6: z.string().nullable(),
  mac: z.string(),
  hostname: z.string(),
  archetype: z.string(),
  distro: z.string(),
  os_family: osFamily,
  services: z.array(z.object({ name: z.string(), port: z.number().int() })),
  mutate_interval: mutateInterval,
})
/** What would happen, before it does. */
export const deployPlan = z.object({
  network: fleetNetwork,
  seed: z.string(),
  added: z.array(plannedDecky),
  retired: z.array(z.string()),
  kept: z.array(z.string()),
  /** What is possible, and may give somebody away: sentences. */
  notes: z.array(z.string()),
})
export type DeployPlan = z.infer<typeof deployPlan>

/** Something that was wanted of a decky, and how far it is; once it succeeded or failed it stays as it is. */
export const lifecycle = z.object({
  id: z.string(),
  decky_name: z.string(),
  operation: z.enum(['deploy', 'teardown', 'mutate', 'add_service', 'remove_service', 'configure']),
  status: z.enum(['pending', 'running', 'succeeded', 'failed']),
  error: z.string().nullable(),
  trigger: z.string(),
  actor: z.string().nullable(),
  old_services: z.array(z.string()),
  new_services: z.array(z.string()),
  created_at: timestamp,
  started_at: timestamp.nullable(),
  finished_at: timestamp.nullable(),
})
export type Lifecycle = z.infer<typeof lifecycle>

/** In a query: `?dry_run=true`, or nothing. */
const yes = given(z.enum(['true', 'false']).optional()).transform((value) => (value === undefined ? undefined : value === 'true'))
export const deployQuery = z.object({
  /** Answers the plan, and changes nothing. */
  dry_run: yes,
  /** Stronger than what the body says. */
  replace_fleet: yes,
})
/** Accepted: each operation is followed by its id; of a dry run there are none. */
export const deployAccepted = z.object({
  lifecycle_ids: z.array(z.string()),
  plan: deployPlan,
  /** What was written down and concerns nobody. */
  warnings: z.array(z.string()),
})

export const lifecyclePage = page(lifecycle)
export const lifecycleQuery = paging.extend({
  /** Of operations, with commas. */
  ids: optionalText(40 * DECKIES_AT_ONCE),
  decky: given(deckyName.optional()),
  status: given(lifecycle.shape.status.optional()),
})

export const teardownRequest = z.union([
  z.strictObject({ names: z.array(deckyName).min(1).max(1_000) }),
  z.strictObject({ all: z.literal(true) }),
])
export const teardownAccepted = z.object({ lifecycle_ids: z.array(z.string()), retired: z.array(z.string()) })
export const redeployAccepted = z.object({ lifecycle_ids: z.array(z.string()) })

export const fleetArchetypes = z.array(
  z.object({
    name: z.string(),
    os_family: osFamily,
    /** Every host of this kind has these. */
    services: z.array(z.string()),
    /** It may have these besides, likeliest first. */
    likely_services: z.array(z.string()),
    distros: z.array(z.string()),
    hardware: z.enum(['server', 'appliance']),
  }),
)
export type FleetArchetype = z.infer<typeof fleetArchetypes>[number]
export const fleetDistros = z.array(z.object({ name: z.string(), title: z.string(), archetypes: z.array(z.string()) }))
export type FleetDistro = z.infer<typeof fleetDistros>[number]

/** Where the fleet stands, and where the machine that plays it could put one. */
export const fleetNetworks = z.object({
  now: fleetNetwork,
  deckies: z.number().int(),
  /** Hosts on a real network need root, and Linux. */
  root: z.boolean(),
  linux: z.boolean(),
  interfaces: z.array(
    z.object({
      name: z.string(),
      bridge: z.boolean(),
      /** Of its first address; null where it has none. */
      subnet: z.string().nullable(),
      gateway: z.string().nullable(),
      subnet6: z.string().nullable(),
      gateway6: z.string().nullable(),
      /** The way out of this machine leads through it. */
      default_route: z.boolean(),
    }),
  ),
})
export type FleetNetworks = z.infer<typeof fleetNetworks>
