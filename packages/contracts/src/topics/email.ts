import { z } from 'zod'
import { count, deckyName, sha256, slug, uuid } from '../fields.ts'
import { MAIL_LISTS, mailDomain, mailExtension, mailFileType, mailHeaderName, mailKeyword } from '../mail.ts'
import { defineTopic } from './define.ts'
import { attackerUuid } from './fields.ts'

const answer = z.boolean().nullable()

/**
 * Who writes a mail and who gets it are people: hashes, counts, flags, names of headers and domains of recipients, nothing else, and no
 * field of any other name is taken. Whatever needs text is matched where the mail is kept.
 */
export const emailReceived = defineTopic({
  template: 'email.received',
  summary: 'A mail was received in full, by a mail server or an open relay. Never carries addresses, subject or text.',
  kind: 'record',
  payload: z.strictObject({
    source_id: uuid.describe('The event of the stored mail.'),
    attacker_uuid: attackerUuid.nullable(),
    attacker_ip: z.union([z.ipv4(), z.ipv6()]).describe('The address that it came from, without a zone.'),
    decky_id: deckyName.describe('Name of the decky.'),
    service: slug.describe('Name of the service on the decky.'),
    stored_as: sha256.describe('The stored mail.'),
    rcpt_count: count.describe('Number of recipients.'),
    rcpt_domains: z.array(mailDomain).max(MAIL_LISTS.domains).describe('Their domains, each once, in lower case.'),
    header_names: z.array(mailHeaderName).max(MAIL_LISTS.headerNames).describe('Names of its headers, in order.'),
    x_mailer_sha256: sha256.nullable().describe('Hash of what its X-Mailer header says.'),
    from_is_mail_from: answer.describe('The domain of its From header is that of the envelope; null where one is missing.'),
    from_is_return_path: answer.describe('The domain of its From header is that of its Return-Path; null where one is missing.'),
    dkim_signed: answer.describe('It has a DKIM signature.'),
    spf_pass: answer.describe('SPF allows the sender; null where that is unknown.'),
    url_count: count.describe('Links in its text.'),
    idn_url_count: count.describe('Of those, links to internationalised (xn--) names.'),
    attachment_count: count.describe('Attachments.'),
    attachment_sha256s: z.array(sha256).max(MAIL_LISTS.attachments).describe('Their hashes.'),
    attachment_extensions: z.array(mailExtension).max(100).describe('Their kinds by their names, each once.'),
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
    dkim_pass: answer.optional().describe('DKIM vouches for it, as its own headers say; null where they do not.'),
    dmarc_pass: answer.optional().describe('DMARC vouches for it, as its own headers say; null where they do not.'),
    attachment_types: z.array(mailFileType).max(100).optional().describe('Their kinds by their bytes, each once.'),
    attachment_inner_extensions: z.array(mailExtension).max(100).optional().describe('Kinds of the files in its archives, each once.'),
    attachment_nested_archive: z.boolean().optional().describe('One is an archive with an archive in it.'),
    attachment_disguised: z.boolean().optional().describe('One is something else than its name says.'),
    keywords: z
      .array(mailKeyword)
      .max(100)
      .optional()
      .describe('What was found in subject, text, links, headers and senders, by names from a closed list; never the words themselves.'),
    mal_hash_match: z.boolean().optional().describe('A hash is a known malicious one.'),
  }),
})
