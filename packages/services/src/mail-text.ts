import type { MailKeyword } from '@decnet/contracts'
import { mailKeywords } from './_shared/mail/keywords.ts'
import { linksIn } from './_shared/mail/links.ts'
import { type MailText, matchText } from './_shared/mail/match-text.ts'

export type { MailText } from './_shared/mail/match-text.ts'

const SILENT: MailText = {
  subject: '',
  body_text: '',
  x_mailer: '',
  headers: [],
  urls: [],
  url_hosts: [],
  attachment_names: [],
  from_domain: null,
  mail_from_domain: null,
  return_path_domain: null,
  from_name: '',
  reply_to_domain: null,
}

/**
 * What the mail service finds in a message, for whoever has only parts of its text: names from a closed list, and how many links there are. Links
 * of the text count where `urls` says none.
 */
export function findInMailText(known: Partial<MailText>): {
  readonly keywords: readonly MailKeyword[]
  readonly urlCount: number
  readonly idnUrlCount: number
} {
  const text = { ...SILENT, ...known }
  const links = linksIn(text.urls.length > 0 ? text.urls.join(' ') : text.body_text)
  return {
    keywords: matchText({ ...text, urls: links.urls, url_hosts: links.hosts }, mailKeywords),
    urlCount: links.count,
    idnUrlCount: links.idn,
  }
}
