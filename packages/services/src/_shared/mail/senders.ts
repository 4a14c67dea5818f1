import { domainToASCII } from 'node:url'
import { type AuthResult, authResult, MAIL_LISTS, mailDomain } from '@decnet/contracts'
import { fieldOf, type HeaderField } from './header-fields.ts'

/** The domain of an address or of a header that holds one, in ASCII and lower case; null where there is none. Binary strings. */
export function domainOf(text: string): string | null {
  const plain = text.slice(0, 4_096)
  const open = plain.lastIndexOf('<')
  const address = open < 0 ? plain : plain.slice(open + 1)
  const named = /^[^>,;\s]*/u.exec(address.slice(address.lastIndexOf('@') + 1))?.[0] ?? ''
  if (!address.includes('@') || named.startsWith('[')) return null
  const domain = domainToASCII(Buffer.from(named, 'latin1').toString('utf8').toLowerCase()).replace(/\.$/u, '')
  return mailDomain.safeParse(domain).success ? domain : null
}

/** Characters that a list may take, so that it is whole in an event. */
const LISTED = 60_000

/** Domains of recipients, each once, in order. */
export function domainsOf(addresses: readonly string[]): string[] {
  const domains = [...new Set(addresses.map(domainOf))].filter((domain) => domain !== null).slice(0, MAIL_LISTS.domains)
  let length = 0
  return domains.filter((domain) => {
    length += domain.length + 1
    return length <= LISTED
  })
}

/** Null where one of the two has no domain. */
const sameDomain = (one: string | null, other: string | null): boolean | null => (one === null || other === null ? null : one === other)

function resultIn(text: string | null, method: string): AuthResult | null {
  const word = new RegExp(`(?:^|[;\\s])${method}\\s{0,8}=\\s{0,8}([a-z]{4,9})\\b`, 'iu').exec(text ?? '')?.[1]?.toLowerCase()
  return authResult.safeParse(word).data ?? null
}

export interface SenderFindings {
  readonly from: string | null
  readonly mailFrom: string | null
  readonly returnPath: string | null
  readonly replyTo: string | null
  readonly fromIsMailFrom: boolean | null
  readonly fromIsReturnPath: boolean | null
  readonly dkimSigned: boolean
  /** Words of Authentication-Results and Received-SPF: what the mail says of itself, for nobody checked it here. */
  readonly spf: AuthResult | null
  readonly dkim: AuthResult | null
  readonly dmarc: AuthResult | null
}

/** Who a mail says it is from, and what it says speaks for it. */
export function sendersIn(header: readonly HeaderField[], mailFrom: string): SenderFindings {
  const addressIn = (name: string) => domainOf(fieldOf(header, name) ?? '')
  const [from, sender, returnPath] = [addressIn('from'), domainOf(mailFrom), addressIn('return-path')]
  const results = fieldOf(header, 'authentication-results')?.slice(0, 8_192) ?? null
  const received = /^[a-z]{4,9}\b/iu.exec(fieldOf(header, 'received-spf') ?? '')?.[0]?.toLowerCase()
  return {
    from,
    mailFrom: sender,
    returnPath,
    replyTo: addressIn('reply-to'),
    fromIsMailFrom: sameDomain(from, sender),
    fromIsReturnPath: sameDomain(from, returnPath),
    dkimSigned: fieldOf(header, 'dkim-signature') !== null,
    spf: resultIn(results, 'spf') ?? authResult.safeParse(received).data ?? null,
    dkim: resultIn(results, 'dkim'),
    dmarc: resultIn(results, 'dmarc'),
  }
}
