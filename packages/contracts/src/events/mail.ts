import { z } from 'zod'
import { sha256 } from '../fields.ts'
import { bytes, defineEvent } from './define.ts'

/** The message lies in the evidence folder as `artifacts/<sha256>`. `rcpt_to`: comma list. */
export const messageStored = defineEvent({
  type: 'message_stored',
  summary: 'A mail was taken and kept.',
  kind: 'interaction',
  fields: z.object({
    sha256,
    size: z.number().int(),
    mail_from: bytes,
    rcpt_to: bytes,
    rcpt_count: z.number().int(),
    helo: bytes.optional(),
    queue_id: z.string(),
    truncated: z.boolean().default(false),
  }),
})
