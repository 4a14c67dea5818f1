import { z } from 'zod'
import { bytes, defineEvent } from './define.ts'

export const query = defineEvent({
  type: 'query',
  summary: 'A database was asked something.',
  kind: 'interaction',
  fields: z.object({ query: bytes, database: bytes.optional(), user: bytes.optional() }),
})
