import { z } from 'zod'
import { sha256 } from '../fields.ts'
import { authResult } from '../mail.ts'
import { bytes, defineEvent } from './define.ts'

/**
 * The message lies in the evidence folder as `artifacts/<sha256>`. `rcpt_to`: comma list. From `rcpt_domains` on it is what was read in the
 * message while it came: never its subject, text, links or names of files. Lists are comma lists, `attachments` is a JSON array of `mailAttachment`;
 * `cut` names what was longer than is read. What an answer needs and the message lacks is absent.
 */
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
    rcpt_domains: z.string().optional(),
    header_names: z.string().optional(),
    x_mailer_sha256: sha256.optional(),
    from_is_mail_from: z.boolean().optional(),
    from_is_return_path: z.boolean().optional(),
    dkim_signed: z.boolean().optional(),
    spf: authResult.optional(),
    dkim: authResult.optional(),
    dmarc: authResult.optional(),
    url_count: z.number().int().optional(),
    idn_url_count: z.number().int().optional(),
    attachment_count: z.number().int().optional(),
    attachments: z.string().optional(),
    html_smuggling: z.boolean().optional(),
    body_sha256: sha256.optional(),
    body_simhash: z.string().optional(),
    body_base64_bytes: z.number().int().optional(),
    keywords: z.string().optional(),
    cut: z.string().optional(),
  }),
})
