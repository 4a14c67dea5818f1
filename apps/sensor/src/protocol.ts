import { z } from 'zod'

/** A decky as the supervisor plans it (the shape of `DeckyPlan`). */
export const deckyPlan = z.object({
  name: z.string().min(1).max(63),
  seed: z.string(),
  archetype: z.string(),
  ip: z.string(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  services: z
    .array(z.object({ name: z.string(), port: z.number().int(), config: z.record(z.string(), z.unknown()).readonly() }))
    .readonly(),
})

/** supervisor → sensor. `serve` first, then one `listener` for each bound service (its raw TCP handle rides along), then `listening`. */
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
  z.object({ type: z.literal('listening') }),
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

/** sensor → supervisor. `failed` for each service that does not listen, before `ready`; `stats` every 10 s. */
export const fromSensor = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), decky: z.string(), service: z.string(), reason: z.string() }),
  sensorStats.extend({ type: z.literal('stats') }),
])
export type FromSensor = z.infer<typeof fromSensor>
