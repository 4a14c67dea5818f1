import { mailAttachment } from '@decnet/contracts'
import { z } from 'zod'

type Given = Readonly<Record<string, unknown>>
type Fields = Record<string, unknown>

const LIST = 1_000
const JSON_CHARACTERS = 262_144

const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null)

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > JSON_CHARACTERS) return value
  try {
    return JSON.parse(value)
  } catch {
    return null
  }
}

/** A list, also where it stands as JSON or with commas. */
function listed(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value.slice(0, LIST)
  const text = asText(value)
  if (text === null) return null
  const list = text.startsWith('[') ? parsed(text) : text === '' ? [] : text.split(',', LIST)
  return Array.isArray(list) ? list.slice(0, LIST) : null
}

/** The domain of an address, in lower case. */
function domainOf(value: unknown): string | null {
  const address = asText(value)?.slice(0, 4_096) ?? ''
  const at = address.lastIndexOf('@')
  const domain = at < 0 ? '' : (/^[\w.-]+/u.exec(address.slice(at + 1))?.[0] ?? '')
  return domain === '' ? null : domain.toLowerCase()
}

/** What SPF, DKIM or DMARC said, as a flag; no answer where it neither vouches nor warns. */
function verdict(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  const word = asText(value)?.toLowerCase()
  if (word === 'pass' || word === 'true') return true
  return word !== undefined && /^(?:fail|softfail|permerror|policy|false)$/u.test(word) ? false : null
}

/** Whether there was a signature for DKIM to say something of. */
const signed = (value: unknown): boolean | null => (asText(value)?.toLowerCase() === 'none' ? false : verdict(value) === null ? null : true)

/** Attachments as other systems list them: by name, with flags for macros and passwords. */
const foreign = z.object({
  filename: z.string().optional(),
  name: z.string().optional(),
  sha256: z.string().optional(),
  macro_indicator: z.unknown().optional(),
  macros: z.unknown().optional(),
  encrypted: z.unknown().optional(),
})
const isSet = (value: unknown): boolean => value === true || value === 1 || value === 'true' || value === '1'

function attachmentFields(value: unknown): Fields {
  const list = listed(value)
  if (list === null) return {}
  const ours = z.array(mailAttachment).safeParse(list).data
  if (ours) {
    const one = (flag: (typeof ours)[number]['flags'][number]) => ours.some(({ flags }) => flags.includes(flag))
    return {
      attachment_sha256s: ours.map(({ sha256 }) => sha256),
      attachment_extensions: ours.map(({ extension }) => extension),
      attachment_types: ours.map(({ type }) => type),
      attachment_inner_extensions: ours.flatMap(({ inside }) => inside),
      attachment_macros: one('macros'),
      attachment_password_protected: one('protected'),
      attachment_nested_archive: one('nested'),
      attachment_disguised: one('disguised'),
    }
  }
  const theirs = list.flatMap((each) => foreign.safeParse(each).data ?? [])
  const names = theirs.flatMap(({ filename, name }) => filename ?? name ?? [])
  return {
    attachment_count: list.length,
    attachment_names: names,
    attachment_extensions: names.flatMap((name) => /\.([a-z0-9]{1,8})$/iu.exec(name)?.[1] ?? []),
    attachment_sha256s: theirs.flatMap(({ sha256 }) => sha256 ?? []),
    attachment_macros: theirs.some(({ macro_indicator, macros }) => isSet(macro_indicator) || isSet(macros)),
    attachment_password_protected: theirs.some(({ encrypted }) => isSet(encrypted)),
  }
}

const present = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

/**
 * Fields of a mail under the names that rules know, from those of the event `message_stored` (texts of the wire, words of SPF and DKIM, attachments
 * as JSON) and of other systems' manifests (`attachments_json`, `urls_json`, addresses). What already has its name stays. Never throws, bounded.
 */
export function fromManifest(given: Given): Given {
  const recipients = listed(given.rcpt_to ?? given.recipients)
  return {
    ...present({
      ...attachmentFields(given.attachments ?? given.attachments_json),
      spf_pass: verdict(given.spf),
      dkim_pass: verdict(given.dkim),
      dkim_signed: signed(given.dkim),
      dmarc_pass: verdict(given.dmarc),
      from_domain: domainOf(given.from ?? given.from_hdr),
      mail_from_domain: domainOf(given.mail_from),
      return_path_domain: domainOf(given.return_path),
      rcpt_count: recipients?.length ?? null,
      rcpt_domains: recipients && [...new Set(recipients.map(domainOf))].filter((domain) => domain !== null),
      urls: listed(given.urls_json),
      stored_as: asText(given.sha256),
      body_text: asText(given.body ?? given.text),
    }),
    ...given,
    ...present({
      ...(typeof given.rcpt_domains === 'string' && { rcpt_domains: listed(given.rcpt_domains) }),
      ...(typeof given.header_names === 'string' && { header_names: listed(given.header_names) }),
      ...(typeof given.keywords === 'string' && { keywords: listed(given.keywords) }),
    }),
  }
}
