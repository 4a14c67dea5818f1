import { authResult, type MailFileFlag, mailAttachment, mailKeyword } from '@decnet/contracts'
import { events } from '@decnet/contracts/events'
import { type PayloadOf, topics } from '@decnet/contracts/topics'
import { attackerId } from '@decnet/kernel'
import type { LogRecord } from '@decnet/kernel/log'
import { z } from 'zod'

export type EmailReceived = PayloadOf<typeof topics.emailReceived>

const whole = z
  .string()
  .regex(/^\d{1,15}$/u)
  .transform(Number)
const flag = z.enum(['true', 'false']).transform((word) => word === 'true')
const list = z.string().transform((text) => (text === '' ? [] : text.split(',')))
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue('not JSON')
    return z.NEVER
  }
})
/** The fields of the event, as they stand on the wire, that go into what is derived; those of a message that was not read are missing. */
const wire = z.object({
  sha256: z.string(),
  rcpt_count: whole,
  rcpt_domains: list,
  header_names: list,
  x_mailer_sha256: z.string().optional(),
  from_is_mail_from: flag.optional(),
  from_is_return_path: flag.optional(),
  dkim_signed: flag,
  spf: authResult.optional(),
  dkim: authResult.optional(),
  dmarc: authResult.optional(),
  url_count: whole,
  idn_url_count: whole,
  attachment_count: whole,
  attachments: json.pipe(z.array(mailAttachment)),
  html_smuggling: flag,
  body_sha256: z.string(),
  body_simhash: z.string().optional(),
  body_base64_bytes: whole,
  keywords: list,
})

type Word = z.infer<typeof authResult> | undefined
/** A word that neither vouches nor warns is no answer. */
const passes = (word: Word): boolean | null =>
  word === 'pass' ? true : word === 'fail' || word === 'softfail' || word === 'permerror' || word === 'policy' ? false : null
const each = <T>(values: readonly T[]): T[] => [...new Set(values)]

/**
 * What is told of a mail that a decky took: hashes, counts, flags, names of headers, domains of recipients. Null for every other record, and
 * for a mail of whose contents nothing, or nothing that can be so, is said.
 */
export function receivedFrom(record: LogRecord): EmailReceived | null {
  if (record.type !== events.messageStored.type) return null
  const { data: mail } = wire.safeParse(record.body)
  const { attackerIp, decky, service } = record
  if (!mail || attackerIp === null || decky === null || service === null) return null
  const { attachments } = mail
  const one = (flag: MailFileFlag) => attachments.some(({ flags }) => flags.includes(flag))
  const received = topics.emailReceived.payload.safeParse({
    source_id: record.id,
    attacker_uuid: attackerId(attackerIp),
    attacker_ip: attackerIp.replace(/%.*$/su, ''),
    decky_id: decky,
    service,
    stored_as: mail.sha256,
    rcpt_count: mail.rcpt_count,
    rcpt_domains: mail.rcpt_domains,
    header_names: mail.header_names,
    x_mailer_sha256: mail.x_mailer_sha256 ?? null,
    from_is_mail_from: mail.from_is_mail_from ?? null,
    from_is_return_path: mail.from_is_return_path ?? null,
    dkim_signed: mail.dkim_signed,
    spf_pass: passes(mail.spf),
    dkim_pass: passes(mail.dkim),
    dmarc_pass: passes(mail.dmarc),
    url_count: mail.url_count,
    idn_url_count: mail.idn_url_count,
    attachment_count: mail.attachment_count,
    attachment_sha256s: attachments.map(({ sha256 }) => sha256),
    attachment_extensions: each(attachments.map(({ extension }) => extension)),
    attachment_types: each(attachments.map(({ type }) => type)),
    attachment_inner_extensions: each(attachments.flatMap(({ inside }) => inside)),
    attachment_macros: one('macros'),
    attachment_password_protected: one('protected'),
    attachment_nested_archive: one('nested'),
    attachment_disguised: one('disguised'),
    html_smuggling: mail.html_smuggling,
    body_sha256: mail.body_sha256,
    body_simhash: mail.body_simhash ?? null,
    body_base64_bytes: mail.body_base64_bytes,
    // A newer sensor may know more names.
    keywords: each(mail.keywords.filter((name) => mailKeyword.safeParse(name).success)),
  })
  return received.data ?? null
}
