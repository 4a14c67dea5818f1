import type { MailText } from './match-text.ts'
import { wordsOf } from './simhash.ts'

/** Names that people trust, each with a word that the domains of its owner hold. */
const BRANDS: readonly (readonly [name: string, domain: RegExp])[] = [
  ['microsoft', /microsoft|office|outlook|live\.com|sharepoint/u],
  ['office 365', /microsoft|office/u],
  ['paypal', /paypal/u],
  ['amazon', /amazon|aws/u],
  ['apple', /apple|icloud/u],
  ['google', /google|gmail|youtube/u],
  ['facebook', /facebook|meta/u],
  ['linkedin', /linkedin/u],
  ['netflix', /netflix/u],
  ['docusign', /docusign/u],
  ['dropbox', /dropbox/u],
  ['adobe', /adobe/u],
  ['dhl', /dhl/u],
  ['fedex', /fedex/u],
  ['ups', /ups/u],
  ['coinbase', /coinbase/u],
  ['binance', /binance/u],
]
/** `http://user@host/` */
const USER_PART = /^[a-z]{2,8}:\/\/[^/?#\s@]{1,256}@/iu

/** An answer goes to another domain than that of From. */
export const repliesElsewhere = ({ from_domain: from, reply_to_domain: to }: MailText): boolean =>
  from !== null && to !== null && from !== to

/** The name in From is one that people trust, its domain is not of whose name it is. */
export function isForeignBrand({ from_domain: domain, from_name }: MailText): boolean {
  const name = ` ${wordsOf(from_name).join(' ')} `
  return domain !== null && BRANDS.some(([brand, own]) => name.includes(` ${brand} `) && !own.test(domain))
}

/** What stands before the `@` of a link is not where it leads. */
export const hasUserPart = ({ urls }: MailText): boolean => urls.some((url) => USER_PART.test(url))
