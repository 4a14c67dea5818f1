import { topics } from '@decnet/contracts/topics'
import { findInMailText, type MailText } from '@decnet/services/mail-text'
import { defineKind, flag, number, type Payload, text, texts, type Value, withheld } from '../kind.ts'
import * as read from '../read-body.ts'
import { fromManifest } from './mail-manifest.ts'

const FIELDS = topics.emailReceived.payload.shape

/** Values of a record that are what the topic says they are: nothing that somebody put in their place. */
const told = (body: Readonly<Record<string, unknown>>): Payload =>
  read.values(
    body,
    Object.entries(FIELDS).flatMap(([name, shape]) => (shape.safeParse(body[name]).success ? name : [])),
  )

const CHARACTERS = 65_536
const asText = (value: Value | undefined): string | undefined => (typeof value === 'string' ? value.slice(0, CHARACTERS) : undefined)
const asList = (value: Value | undefined): readonly string[] => (typeof value === 'string' ? [value] : Array.isArray(value) ? value : [])
const known = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** What the mail service would say of the texts that a payload holds; nothing where it holds none. */
function found(given: Payload): Payload {
  const words = known({
    subject: asText(given.subject),
    body_text: asText(given.body_text),
    x_mailer: asText(given.x_mailer),
    from_domain: asText(given.from_domain)?.toLowerCase(),
    headers: given.headers === undefined ? undefined : asList(given.headers),
    urls: given.urls === undefined ? undefined : asList(given.urls),
  }) as Partial<MailText>
  if (Object.keys(words).length === 0) return {}
  const { keywords, urlCount, idnUrlCount } = findInMailText(words)
  const isCounted = words.urls !== undefined || words.body_text !== undefined
  return {
    keywords: [...new Set([...asList(given.keywords), ...keywords])],
    ...(isCounted && given.url_count === undefined && { url_count: urlCount }),
    ...(isCounted && given.idn_url_count === undefined && { idn_url_count: idnUrlCount }),
  }
}

/** Whether From has the domain of another field; nothing where that was said, or one is missing. */
function sameAsFrom(given: Payload, flagName: string, other: Value | undefined): Payload {
  const [from, sender] = [asText(given.from_domain), asText(other)]
  if (given[flagName] !== undefined || from === undefined || sender === undefined) return {}
  return { [flagName]: from.toLowerCase() === sender.toLowerCase() }
}

/** A mail; what is withheld is known only where the mail is kept. */
export const email = defineKind({
  name: 'email',
  summary: 'a mail that was received in full; its words are matched where it is kept and go nowhere else',
  main: 'subject',
  fields: {
    subject: withheld(text('its subject')),
    body_text: withheld(text('its text')),
    from_domain: withheld(text('domain of its From header')),
    mail_from_domain: withheld(text('domain of the envelope')),
    return_path_domain: withheld(text('domain of its Return-Path')),
    x_mailer: withheld(text('its X-Mailer header')),
    headers: withheld(texts('each header line: `Name: value`')),
    urls: withheld(texts('links in its text')),
    attachment_names: withheld(texts('names of its attachments')),
    rcpt_count: number('recipients'),
    rcpt_domains: texts('their domains'),
    header_names: texts('names of its headers, in order'),
    x_mailer_sha256: text('hash of its X-Mailer header'),
    from_is_mail_from: flag('the domain of From is that of the envelope'),
    from_is_return_path: flag('the domain of From is that of Return-Path'),
    dkim_signed: flag('it has a DKIM signature'),
    spf_pass: flag('SPF allows the sender'),
    dkim_pass: flag('DKIM vouches for it, by its own headers'),
    dmarc_pass: flag('DMARC vouches for it, by its own headers'),
    keywords: texts(
      'what was found in its words, links and senders where it is kept, by names from a closed list: `subject.urgent`, `body.transfer`, `url.shortener`, `mailer.gophish`, …',
    ),
    url_count: number('links'),
    idn_url_count: number('links to `xn--` names'),
    attachment_count: number('attachments'),
    attachment_sha256s: texts('their hashes'),
    attachment_extensions: texts('their kinds: `docm`, `iso`, `lnk`, …'),
    attachment_types: texts('their kinds by their bytes: `ooxml`, `ole`, `exe`, `zip`, …'),
    attachment_inner_extensions: texts('kinds of the files in its archives'),
    attachment_macros: flag('one holds macros'),
    attachment_password_protected: flag('one is a protected archive'),
    attachment_nested_archive: flag('one is an archive with an archive in it'),
    attachment_disguised: flag('one is something else than its name says'),
    html_smuggling: flag('its HTML builds a file in the browser'),
    stored_as: text('hash of the stored mail'),
    body_sha256: text('hash of its text'),
    body_simhash: text('similarity hash of its text'),
    body_base64_bytes: number('bytes of its text that were base64'),
    mal_hash_match: flag('a hash is a known malicious one'),
  },
  accept: fromManifest,
  derive: (given) => ({
    ...sameAsFrom(given, 'from_is_mail_from', given.mail_from_domain),
    ...sameAsFrom(given, 'from_is_return_path', given.return_path_domain),
    ...found(given),
  }),
  from: ({ topic, body }) => (topic === topics.emailReceived.pattern ? [told(body)] : []),
})
