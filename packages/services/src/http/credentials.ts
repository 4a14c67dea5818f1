import { type Header, headerOf } from './message.ts'

/** A credential as it stood in a request. Bytes are exact. */
export interface HttpCredential {
  readonly principal?: Buffer
  readonly secret: Buffer
  readonly secretKind: string
  readonly method: string
}

const bytes = (text: string) => Buffer.from(text, 'latin1')

/** RFC 7617, 6750, 7616: what an `Authorization` value holds; null when it holds no credential. */
export function authorizationCredential(value: string | undefined): HttpCredential | null {
  const parts = /^\s*([A-Za-z][A-Za-z0-9-]*)\s+(.*?)\s*$/su.exec(value ?? '')
  if (!parts) return null
  const [, scheme = '', rest = ''] = parts
  switch (scheme.toLowerCase()) {
    case 'basic': {
      // A person reads it without its padding, too.
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/u.test(rest)) return null
      const decoded = Buffer.from(rest, 'base64')
      const colon = decoded.indexOf(0x3a)
      if (colon < 0) return null
      return { principal: decoded.subarray(0, colon), secret: decoded.subarray(colon + 1), secretKind: 'plaintext', method: 'basic' }
    }
    case 'bearer':
    case 'token':
      return rest === '' ? null : { secret: bytes(rest), secretKind: 'http_bearer', method: scheme.toLowerCase() }
    case 'digest': {
      const field = (name: string) => new RegExp(`(?:^|[\\s,])${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,]*))`, 'iu').exec(rest)
      const user = field('username')
      const response = field('response')
      if (!user || !response) return null
      return {
        principal: bytes(user[1] ?? user[2] ?? ''),
        secret: bytes(response[1] ?? response[2] ?? ''),
        secretKind: 'http_digest_md5',
        method: 'digest',
      }
    }
    default:
      return null
  }
}

const PRINCIPALS = ['username', 'user', 'email', 'login', 'userid', 'account', 'log', 'user_login', 'uname', 'pma_username']
const SECRETS = ['password', 'pass', 'pwd', 'passwd', 'passwort', 'mot_de_passe', 'user_password', 'pma_password']

/** application/x-www-form-urlencoded, at most 1,000 pairs; exact bytes as latin1. */
export function parseForm(body: Buffer): readonly (readonly [string, string])[] {
  const decode = (text: string) =>
    text.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return body
    .toString('latin1')
    .split('&', 1000)
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
    })
}

/** A login form's content; null without a secret. A secret without a principal counts. */
export function formCredential(headers: readonly Header[], body: Buffer): HttpCredential | null {
  if (!/^application\/x-www-form-urlencoded\b/iu.test(headerOf(headers, 'content-type') ?? '')) return null
  const fields = parseForm(body)
  const first = (names: readonly string[]) => fields.find(([name]) => names.includes(name.toLowerCase()))?.[1]
  const secret = first(SECRETS)
  if (secret === undefined) return null
  const principal = first(PRINCIPALS)
  return { ...(principal !== undefined && { principal: bytes(principal) }), secret: bytes(secret), secretKind: 'plaintext', method: 'form' }
}

const unescapeXml = (text: string) =>
  text.replace(/&(lt|gt|quot|apos|amp);/gu, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'" })[name] ?? '&')

/** Name and password pairs of an XML-RPC call (`wp.getUsersBlogs` and, inside `system.multicall`, many): at most 500. */
export function xmlRpcCredentials(body: Buffer): readonly HttpCredential[] {
  const text = body.toString('latin1')
  const found: HttpCredential[] = []
  const calls = text.split(/<(?:methodName|name)>\s*methodName\s*<\/name>|<methodName>/iu).slice(1)
  for (const call of calls) {
    const method = /^\s*(?:<value>\s*)?(?:<string>)?\s*([A-Za-z0-9_.]+)/u.exec(call)?.[1] ?? ''
    if (!/^(?:wp|metaWeblog|blogger|mt)\./u.test(method)) continue
    const strings = [...call.matchAll(/<value>\s*(?:<string>([^<]*)<\/string>|([^<\s][^<]*))\s*<\/value>/giu)]
      .map((match) => unescapeXml(match[1] ?? match[2] ?? ''))
      .filter((value) => value !== method)
    const at = strings.length >= 3 && method !== 'wp.getUsersBlogs' ? strings.length - 2 : 0
    const [principal, secret] = strings.slice(at)
    if (principal === undefined || secret === undefined) continue
    found.push({ principal: bytes(principal), secret: bytes(secret), secretKind: 'plaintext', method: 'xmlrpc' })
    if (found.length >= 500) break
  }
  return found
}
