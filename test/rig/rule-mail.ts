import { hash } from 'node:crypto'
import type { Payload } from '../../apps/server/src/domain/ttp/evidence/kind.ts'
import { mailKeywords } from '../../packages/services/src/_shared/mail/keywords.ts'
import { attached, base64Lines, mixed, zipOf } from '../../packages/services/src/_shared/mail/mail.fixture.ts'
import { matchText } from '../../packages/services/src/_shared/mail/match-text.ts'
import { MailReader } from '../../packages/services/src/_shared/mail/read-mail.ts'

const OURS = 'origin.example'
const OTHERS = 'elsewhere.example'
/** Long enough for a similarity hash; without links, base64 and words that anybody looks for. */
const CHAPTER =
  'A page about old lighthouses along the northern coast and about the people who kept their lamps burning through long winters. '
const SMUGGLED = '<script>const b = new Blob([atob("eA==")]); a.href = URL.createObjectURL(b); a.download = "x"; a.click()</script>'

const textOf = (value: Payload[string] | undefined): string | null => (typeof value === 'string' ? value : null)
const listOf = (value: Payload[string] | undefined): readonly string[] =>
  Array.isArray(value) ? value : typeof value === 'string' ? [value] : []

/** What a sender's domain is there, so that it is, is not, or may or may not be that of the From header. */
const senderAt = (same: Payload[string] | undefined, domain: string): string | null =>
  same === undefined ? null : `sender@${same === true ? domain : domain === OTHERS ? OURS : OTHERS}`

function attachments(payload: Payload): readonly string[] {
  const extensions = listOf(payload.attachment_extensions).map((each) => each.toLowerCase())
  const named = [...listOf(payload.attachment_names), ...extensions.map((extension, n) => `file-${n}.${extension}`)]
  const wanted = Math.max(named.length, Number(payload.attachment_count ?? 0), payload.attachment_macros === true ? 1 : 0)
  const encrypted = payload.attachment_password_protected === true
  const inside = [
    ...listOf(payload.attachment_inner_extensions).map((extension, n) => ({ name: `inner-${n}.${extension}`, content: 'x', encrypted })),
    ...(payload.attachment_nested_archive === true ? [{ name: 'inner.zip', content: zipOf([]), encrypted }] : []),
    ...(payload.attachment_macros === true ? [{ name: 'word/vbaProject.bin', content: 'x', encrypted }] : []),
  ]
  const packed = inside.length > 0 || encrypted
  const special = payload.attachment_disguised === true ? Buffer.from('MZ\x90\0', 'latin1') : null
  return Array.from({ length: wanted }, (_, n) => {
    const archive = packed ? zipOf(inside.length > 0 ? inside : [{ name: 'a.txt', content: 'x', encrypted }]) : null
    const content = (n === 0 ? (special ?? archive) : null) ?? `file ${n}`
    return attached(named[n] ?? `notes-${n}.txt`, content)
  })
}

/** What SPF, DKIM and DMARC are said to have found. */
function results(payload: Payload): readonly string[] {
  const said = ['spf', 'dkim', 'dmarc'].flatMap((method) => {
    const passed = payload[`${method}_pass`]
    return passed === undefined ? [] : `${method}=${passed === true ? 'pass' : 'fail'}`
  })
  return said.length === 0 ? [] : [`Authentication-Results: mx.target.example; ${said.join('; ')}`]
}

/** The message that a mail's payload describes; what it leaves open is as an honest sender has it. */
function messageOf(payload: Payload): { readonly bytes: Buffer; readonly from: string } {
  const domain = textOf(payload.from_domain) ?? OURS
  const urls = listOf(payload.urls)
  const idn = Number(payload.idn_url_count ?? 0)
  const links = Array.from({ length: Math.max(0, Math.max(Number(payload.url_count ?? 0), idn) - urls.length) }, (_, n) =>
    n < idn ? `https://xn--micrsoft-qbh.example/${n}` : `https://www.origin.example/${n}`,
  )
  const bytes = Number(payload.body_base64_bytes ?? 0)
  const simhash = textOf(payload.body_simhash)
  const body = [
    textOf(payload.body_text) ?? '',
    simhash === null ? '' : `${CHAPTER}${CHAPTER}${simhash.replaceAll(/\d/gu, ' ')}`,
    // Where a reader sees nothing of them: they are no words.
    ...[...urls, ...links].map((url) => `<a href="${url}"></a>`),
    bytes > 0 ? 'A'.repeat(Math.ceil((bytes * 4) / 3)) : '',
  ]
  const returnPath = senderAt(payload.from_is_return_path, domain)
  const known = ['from', 'to', 'subject', 'date', 'x-mailer']
  const header = [
    `From: sender@${domain}`,
    'To: reader@target.example',
    `Subject: ${textOf(payload.subject) ?? 'hello'}`,
    ...(returnPath === null ? [] : [`Return-Path: <${returnPath}>`]),
    ...(payload.dkim_signed === false ? [] : [`DKIM-Signature: v=1; a=rsa-sha256; d=${domain}; s=s; b=AAAA`]),
    ...results(payload),
    ...(textOf(payload.x_mailer) === null ? [] : [`X-Mailer: ${textOf(payload.x_mailer)}`]),
    ...listOf(payload.headers).filter((line) => !known.includes(line.split(':', 1)[0]?.toLowerCase() ?? '')),
    ...listOf(payload.header_names)
      .filter((name) => !known.includes(name.toLowerCase()))
      .map((name) => `${name}: x`),
    'MIME-Version: 1.0',
  ]
  const smuggles = payload.html_smuggling === true
  const text = `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(
    Buffer.from(`${body.join('\r\n')}${smuggles ? SMUGGLED : ''}`),
  )}`
  const parts = attachments(payload)
  return { bytes: Buffer.from(`${header.join('\r\n')}\r\n${parts.length === 0 ? text : mixed(text, ...parts)}\r\n`), from: domain }
}

/** What the mail service would report of the mail that a payload describes: the message is written, and read by the service's own reader. */
export function mailSeen(payload: Payload): object {
  const { bytes, from } = messageOf(payload)
  const mailFrom = textOf(payload.mail_from_domain)
    ? `sender@${textOf(payload.mail_from_domain)}`
    : (senderAt(payload.from_is_mail_from, from) ?? '')
  const domains = listOf(payload.rcpt_domains)
  const count = Math.max(Number(payload.rcpt_count ?? 1), domains.length)
  const recipients = Array.from({ length: count }, (_, n) => `reader-${n}@${domains[n % Math.max(1, domains.length)] ?? 'target.example'}`)
  const reader = new MailReader()
  reader.push(bytes)
  const { manifest, text } = reader.end({ mailFrom, recipients })
  return {
    sha256: hash('sha256', bytes),
    size: bytes.length,
    mail_from: mailFrom,
    rcpt_to: recipients.join(','),
    rcpt_count: count,
    queue_id: '4XyZ12abcdEFGH',
    ...manifest,
    keywords: matchText(text, mailKeywords).join(','),
  }
}
