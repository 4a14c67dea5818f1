import { createHash } from 'node:crypto'

/** What a web server answered to a request for /. */
export interface HttpAnswer {
  readonly version: string
  readonly status: number
  /** Names and values in turn, as sent. */
  readonly rawHeaders: readonly string[]
  /** The beginning of the page. */
  readonly page: string
}

/** What of it is worth knowing. */
export interface HttpFacts {
  readonly hash: string
  readonly status: number
  readonly server: string | null
  readonly title: string | null
  /** Names of the headers in their order, as written. */
  readonly order: string
  /** Where it sends one; nobody goes there. */
  readonly location: string | null
}

const LONGEST = 255
const LONGEST_ORDER = 1_000
const TITLE = /<title(?:\s[^>]{0,200})?>([^<]{0,500})/iu

const tidy = (text: string) => text.replaceAll(/\s+/gu, ' ').trim().slice(0, LONGEST)

/** The fingerprint is over the version, the `Server` header and the names of all headers in their order: what a page shows may change daily. */
export function httpFacts({ version, status, rawHeaders, page }: HttpAnswer): HttpFacts {
  const names = rawHeaders.filter((_, n) => n % 2 === 0)
  const headerNamed = (wanted: string) => {
    const at = names.findIndex((name) => name.toLowerCase() === wanted)
    return at < 0 ? null : tidy(rawHeaders[2 * at + 1] ?? '')
  }
  const order = names.join(',')
  const server = headerNamed('server')
  const title = tidy(TITLE.exec(page)?.[1] ?? '')
  return {
    hash: createHash('sha256')
      .update(`${version}|${server ?? ''}|${order}`)
      .digest('hex')
      .slice(0, 32),
    status,
    server,
    title: title === '' ? null : title,
    order: order.slice(0, LONGEST_ORDER),
    location: headerNamed('location'),
  }
}
