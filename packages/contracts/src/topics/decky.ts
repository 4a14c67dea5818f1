import { z } from 'zod'
import { defineTopic } from './define.ts'

export const deckyState = defineTopic({
  template: 'decky.{decky}.state',
  summary: 'A decky changed its state or its services came up.',
  kind: 'record',
  payload: z.object({
    name: z.string(),
    state: z.enum(['running', 'degraded', 'stopped']),
    previous_state: z.string().nullable(),
    services: z.array(z.string()),
    source: z.literal('fleet'),
  }),
})
