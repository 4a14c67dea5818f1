import { z } from 'zod'
import { count, deckyName, sha256, slug, uuid } from '../fields.ts'
import { defineTopic } from './define.ts'
import { attackerUuid } from './fields.ts'

/** Kinds that are worth naming; a name of the sender's own could be anything. */
const extension = z.enum([
  'docm',
  'xlsm',
  'pptm',
  'pdf',
  'html',
  'zip',
  'rar',
  '7z',
  'iso',
  'img',
  'vhd',
  'lnk',
  'exe',
  'js',
  'vbs',
  'hta',
  'other',
])
const domain = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u)
const headerName = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/u)
const answer = z.boolean().nullable()

/**
 * Who writes a mail and who gets it are people: hashes, counts, flags, names of headers and domains of recipients, nothing else, and no
 * field of any other name is taken. Whatever needs text is matched where the mail is kept.
 */
export const emailReceived = defineTopic({
  template: 'email.received',
  summary: 'A mail was received in full, by a mail server or an open relay. Never carries addresses, subject or text.',
  kind: 'record',
  planned: true,
  payload: z.strictObject({
    source_id: uuid.describe('The event of the stored mail.'),
    attacker_uuid: attackerUuid.nullable(),
    attacker_ip: z.union([z.ipv4(), z.ipv6()]).describe('The address that it came from, without a zone.'),
    decky_id: deckyName.describe('Name of the decky.'),
    service: slug.describe('Name of the service on the decky.'),
    stored_as: sha256.describe('The stored mail.'),
    rcpt_count: count.describe('Number of recipients.'),
    rcpt_domains: z.array(domain).max(1_000).describe('Their domains, each once, in lower case.'),
    header_names: z.array(headerName).max(200).describe('Names of its headers, in order.'),
    x_mailer_sha256: sha256.nullable().describe('Hash of what its X-Mailer header says.'),
    from_is_mail_from: answer.describe('The domain of its From header is that of the envelope; null where one is missing.'),
    from_is_return_path: answer.describe('The domain of its From header is that of its Return-Path; null where one is missing.'),
    dkim_signed: answer.describe('It has a DKIM signature.'),
    spf_pass: answer.describe('SPF allows the sender; null where that is unknown.'),
    url_count: count.describe('Links in its text.'),
    idn_url_count: count.describe('Of those, links to internationalised (xn--) names.'),
    attachment_count: count.describe('Attachments.'),
    attachment_sha256s: z.array(sha256).max(100).describe('Their hashes.'),
    attachment_extensions: z.array(extension).max(100).describe('Their kinds, each once.'),
    attachment_macros: z.boolean().describe('One holds macros.'),
    attachment_password_protected: z.boolean().describe('One is a protected archive.'),
    html_smuggling: z.boolean().describe('Its HTML builds a file in the browser.'),
    body_sha256: sha256.describe('Hash of its text.'),
    body_simhash: z
      .string()
      .regex(/^[0-9a-f]{16}$/u)
      .nullable()
      .describe('Similarity hash of its text, 16 hexadecimal digits; null for one that is too short.'),
    body_base64_bytes: count.describe('Bytes of its text that were base64.'),
    mal_hash_match: z.boolean().optional().describe('A hash is a known malicious one.'),
  }),
})
