import { z } from 'zod'
import { count, sha256 } from './fields.ts'

/** Words for what is found in a mail. All are closed lists: whatever the sender chose for a name, only these leave the sensor. */

/** What the name of a file says it is; a name of the sender's own could be anything. */
export const mailExtension = z.enum([
  ...(['docm', 'xlsm', 'pptm', 'pdf', 'html', 'zip', 'rar', '7z', 'iso', 'img', 'vhd', 'lnk', 'exe', 'js', 'vbs', 'hta', 'other'] as const),
  ...(['doc', 'xls', 'ppt', 'docx', 'xlsx', 'pptx', 'rtf', 'one', 'xll', 'svg', 'gz', 'tar', 'cab', 'wsf', 'bat', 'ps1', 'scr'] as const),
  ...(['msi', 'dll', 'jar', 'apk', 'sh', 'chm', 'url', 'eml', 'ics', 'image', 'text'] as const),
])
export type MailExtension = z.infer<typeof mailExtension>

/** What the bytes of a file say it is. */
export const mailFileType = z.enum([
  ...(['ooxml', 'ole', 'onenote', 'rtf', 'pdf', 'zip', 'rar', '7z', 'gzip', 'cab', 'iso', 'vhd'] as const),
  ...(['exe', 'elf', 'lnk', 'script', 'html', 'image', 'text', 'empty', 'unknown'] as const),
])
export type MailFileType = z.infer<typeof mailFileType>

export const mailFileFlag = z.enum([
  'macros',
  /** An archive or document that asks for a password. */
  'protected',
  /** An archive within an archive. */
  'nested',
  /** HTML that builds a file in the browser. */
  'smuggling',
  /** The bytes are something else than the name says. */
  'disguised',
])
export type MailFileFlag = z.infer<typeof mailFileFlag>

export const mailAttachment = z.object({
  sha256,
  size: count,
  extension: mailExtension,
  type: mailFileType,
  flags: z.array(mailFileFlag),
  /** Kinds of the files in an archive, by their names; one level down. */
  inside: z.array(mailExtension),
})
export type MailAttachment = z.infer<typeof mailAttachment>

/** What SPF, DKIM and DMARC can say (RFC 8601 section 2.7). */
export const authResult = z.enum(['pass', 'fail', 'softfail', 'neutral', 'none', 'policy', 'temperror', 'permerror'])
export type AuthResult = z.infer<typeof authResult>

/** Names of what is looked for in subject, text, links, headers and senders; the sensor keeps the words themselves. */
export const mailKeyword = z.enum([
  ...(['subject.urgent', 'subject.wire', 'subject.invoice', 'subject.payroll', 'subject.gift_card', 'subject.payment'] as const),
  ...(['subject.password', 'subject.account', 'subject.delivery', 'subject.voicemail', 'subject.signature'] as const),
  ...(['body.send', 'body.transfer', 'body.update_banking', 'body.confidential', 'body.gift_card', 'body.verify_account'] as const),
  ...(['body.password', 'body.enable_macros', 'body.archive_password', 'body.cryptocurrency', 'body.extortion', 'body.ransom'] as const),
  ...(['body.paste_command', 'url.ip_address', 'url.shortener', 'url.tunnel', 'url.file_host', 'url.free_host', 'url.chat_app'] as const),
  ...(['mailer.swaks', 'mailer.phpmailer', 'mailer.gophish', 'mailer.king_phisher', 'mailer.leafmailer'] as const),
  ...(['mailer.sendemail', 'mailer.mass_mailer', 'mailer.script', 'mailer.phishing_kit', 'header.kit_script'] as const),
  ...(['url.user_part', 'sender.free_mail', 'sender.reply_elsewhere', 'sender.brand_name'] as const),
])
export type MailKeyword = z.infer<typeof mailKeyword>

/** What was longer than the sensor reads: `headers`, `parts`, `depth`, `text`, `attachments`, `links`. */
export const mailLimit = z.enum(['headers', 'parts', 'depth', 'text', 'attachments', 'links'])
export type MailLimit = z.infer<typeof mailLimit>

export const mailDomain = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u)
export const mailHeaderName = z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/u)
/** Longest lists that leave the sensor. */
export const MAIL_LISTS = { domains: 1_000, headerNames: 200, attachments: 100, hosts: 64 } as const
