import { z } from 'zod'
import { bytes, defineEvent } from './define.ts'

/** `headers`: JSON array of [name, value] in wire order and case. */
export const httpRequest = defineEvent({
  type: 'http_request',
  summary: 'An HTTP request was read.',
  kind: 'interaction',
  fields: z.object({
    method: bytes,
    path: bytes,
    version: z.string(),
    status: z.number().int(),
    host: bytes.optional(),
    user_agent: bytes.optional(),
    headers: z.string(),
    body: bytes.optional(),
    body_bytes: z.number().int().optional(),
  }),
})
