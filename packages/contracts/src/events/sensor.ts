import { z } from 'zod'
import { defineEvent } from './define.ts'

/** Moves the clock of everything that waits for silence: folds never read the wall clock. Every 10 s. */
export const tick = defineEvent({
  type: 'tick',
  summary: 'The sensor is alive at this time.',
  kind: 'state',
  fields: z.object({ connections: z.number().int(), rss_mb: z.number() }),
})

export const sensorStarted = defineEvent({
  type: 'sensor_started',
  summary: 'A sensor began to serve.',
  kind: 'state',
  fields: z.object({
    deckies: z.number().int(),
    services: z.number().int(),
    /** When its process began, epoch milliseconds: the first connections come in before the last service listens. */
    since: z.number().int(),
  }),
})

export const spoolLoss = defineEvent({
  type: 'spool_loss',
  summary: 'Events had to be dropped: the quota or the disk was full.',
  kind: 'state',
  fields: z.object({ lost: z.number().int(), reason: z.string() }),
})
