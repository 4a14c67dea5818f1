import { hash } from 'node:crypto'
import { MAIL_LISTS, mailHeaderName } from '@decnet/contracts'
import type { events, FieldsOf } from '@decnet/contracts/events'
import { decodedWords } from './charset.ts'
import { fieldOf } from './header-fields.ts'
import { base64Bytes, linksIn } from './links.ts'
import { MailPartsReader } from './mail-parts.ts'
import type { MailText } from './match-text.ts'
import { domainsOf, sendersIn } from './senders.ts'
import { textSimhash, wordsOf } from './simhash.ts'

/** What the transaction said; addresses are binary strings without angle brackets. */
export interface Envelope {
  readonly mailFrom: string
  readonly recipients: readonly string[]
}
export type MailManifest = Omit<
  FieldsOf<typeof events.messageStored>,
  'sha256' | 'size' | 'mail_from' | 'rcpt_to' | 'rcpt_count' | 'helo' | 'queue_id' | 'truncated'
>

/** What stands before the address in From. */
const nameIn = (from: string): string => (from.includes('<') ? from.slice(0, Math.min(from.indexOf('<'), 1_000)) : '')

/** Reads one message while it comes: `push` its bytes, then `end`. Bounded in time and memory; never throws on what it is given. */
export class MailReader {
  readonly #parts = new MailPartsReader()

  push(chunk: Buffer): void {
    this.#parts.push(chunk)
  }

  /** `manifest`: hashes, counts, flags and names for whoever asks; `text`: what was said, for rules here and now. */
  end({ mailFrom, recipients }: Envelope): { readonly manifest: MailManifest; readonly text: MailText } {
    const { header, text, attachments, attachmentNames, attachmentCount, cut } = this.#parts.end()
    const xMailer = fieldOf(header, 'x-mailer')
    const senders = sendersIn(header, mailFrom)
    const links = linksIn(text.source)
    const limits = links.cut ? [...cut, 'links'] : cut
    const simhash = textSimhash(wordsOf(text.shown))
    const manifest: MailManifest = {
      rcpt_domains: domainsOf(recipients).join(','),
      header_names: header
        .map(({ name }) => name)
        .filter((name) => mailHeaderName.safeParse(name).success)
        .slice(0, MAIL_LISTS.headerNames)
        .join(','),
      ...(xMailer !== null && { x_mailer_sha256: hash('sha256', Buffer.from(xMailer, 'latin1')) }),
      ...(senders.fromIsMailFrom !== null && { from_is_mail_from: senders.fromIsMailFrom }),
      ...(senders.fromIsReturnPath !== null && { from_is_return_path: senders.fromIsReturnPath }),
      dkim_signed: senders.dkimSigned,
      ...(senders.spf !== null && { spf: senders.spf }),
      ...(senders.dkim !== null && { dkim: senders.dkim }),
      ...(senders.dmarc !== null && { dmarc: senders.dmarc }),
      url_count: links.count,
      idn_url_count: links.idn,
      attachment_count: attachmentCount,
      attachments: JSON.stringify(attachments),
      html_smuggling: text.smuggling || attachments.some(({ flags }) => flags.includes('smuggling')),
      body_sha256: text.sha256,
      ...(simhash !== null && { body_simhash: simhash }),
      body_base64_bytes: base64Bytes(text.source),
      ...(limits.length > 0 && { cut: limits.join(',') }),
    }
    return {
      manifest,
      text: {
        subject: decodedWords(fieldOf(header, 'subject') ?? ''),
        body_text: text.shown,
        x_mailer: decodedWords(xMailer ?? ''),
        // Only who asks for all of them pays for it.
        get headers() {
          return header.map(({ name, value }) => `${name}: ${decodedWords(value)}`)
        },
        urls: links.urls,
        url_hosts: links.hosts,
        attachment_names: attachmentNames,
        from_domain: senders.from,
        mail_from_domain: senders.mailFrom,
        return_path_domain: senders.returnPath,
        from_name: nameIn(decodedWords(fieldOf(header, 'from') ?? '')),
        reply_to_domain: senders.replyTo,
      },
    }
  }
}
