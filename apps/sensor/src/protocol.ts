import { distroIds, osFamilies } from '@decnet/persona'
import { z } from 'zod'

/** A decky as the supervisor plans it (the shape of `DeckyPlan`). */
export const deckyPlan = z.object({
  name: z.string().min(1).max(63),
  seed: z.string(),
  archetype: z.string(),
  ip: z.string(),
  ip6: z.string().exactOptional(),
  mac: z.string().exactOptional(),
  distro: z.enum(distroIds).exactOptional(),
  osFamily: z.enum(osFamilies).exactOptional(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  patchedAt: z.number().exactOptional(),
  services: z
    .array(z.object({ name: z.string(), port: z.number().int(), config: z.record(z.string(), z.unknown()).readonly() }))
    .readonly(),
})

/**
 * supervisor → sensor. `serve` first, then one `listener` for each bound service (its raw TCP handle rides along), then `listening`.
 * Later changes come as `decky`, `drop`, `unlisten` and `listener`, with `listening` behind the last of them; orders are obeyed one by one.
 */
export const toSensor = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('serve'),
    /** Absolute; holds `spool/`, `artifacts/`, `replays/`, owned by `uid`. */
    directory: z.string().min(1),
    /** Who to become; needed when started as root, ignored otherwise. */
    uid: z.number().int().positive().optional(),
    gid: z.number().int().positive().optional(),
    plan: z.array(deckyPlan).readonly(),
  }),
  z.object({ type: z.literal('listener'), decky: z.string(), service: z.string(), port: z.number().int() }),
  /** Everything so far is done when the answer, `ready`, comes. */
  z.object({ type: z.literal('listening') }),
  /** A new decky, or what it is from now on; its services that listen stay as they are. */
  z.object({ type: z.literal('decky'), plan: deckyPlan }),
  /** The decky is gone, with every session on it. */
  z.object({ type: z.literal('drop'), decky: z.string() }),
  /** One service ends, with its sessions; the others of its decky do not notice. */
  z.object({ type: z.literal('unlisten'), decky: z.string(), service: z.string() }),
  /** Services that hold up whoever comes; all others hold up nobody, from now on. */
  z.object({
    type: z.literal('tarpits'),
    tarpits: z
      .array(z.object({ decky: z.string(), service: z.string(), accept_ms: z.number().int(), bytes_per_second: z.number().int() }))
      .readonly(),
  }),
  z.object({ type: z.literal('stop') }),
])
export type ToSensor = z.infer<typeof toSensor>

/** Since the start of the sensor, except what is now. */
export const sensorStats = z.object({
  /** Services that listen now. */
  services: z.number().int(),
  /** Open now. */
  connections: z.number().int(),
  accepted: z.number().int(),
  refused: z.number().int(),
  /** Times that a service threw. */
  faults: z.number().int(),
  /** Exceptions and rejections that nobody caught. */
  uncaught: z.number().int(),
  rss_mb: z.number(),
})
export type SensorStats = z.infer<typeof sensorStats>

/** sensor → supervisor. `failed` for each service that does not listen, before the `ready` that answers `listening`; `stats` every 10 s. */
export const fromSensor = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), decky: z.string(), service: z.string(), reason: z.string() }),
  sensorStats.extend({ type: z.literal('stats') }),
])
export type FromSensor = z.infer<typeof fromSensor>
