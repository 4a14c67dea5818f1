import { hash } from 'node:crypto'
import { events } from '@decnet/contracts/events'
import type { LogRecord } from '@decnet/kernel/log'
import { commandText, isHandsOn, textField } from '../event-kinds.ts'
import { hostOf, hostsIn } from './hosts.ts'

/**
 * Distinct features of an attacker that are kept, by kind: the first so many. What comes beyond is counted. `ip`: the address, seen once.
 * `payload`: SHA-256 of files left, URLs that were to be fetched. `c2`: hosts that downloads, connections and commands name.
 * `asn`: autonomous systems that another system's log says the address was in. `credential`: `[user, SHA-256 of the secret]`, or the fingerprint of a public key, in JSON;
 * `account`: those with a secret that were let in. `headers`: names of HTTP headers in their order. `day`: days (UTC) on which it was there, each with
 * the time at which the day begins.
 */
export const FEATURES = {
  ip: 1,
  day: 1_024,
  asn: 4,
  hassh: 32,
  ja3: 32,
  ja4: 32,
  tcp: 32,
  client: 32,
  user_agent: 64,
  headers: 32,
  payload: 128,
  c2: 128,
  credential: 256,
  account: 256,
  command: 256,
  decky: 256,
} as const
export type FeatureKind = keyof typeof FEATURES

/** Longer values are cut; what they are told apart by is the hash of the whole. */
export const VALUE_CHARACTERS = 1_024
/** SHA-256 of nothing: an empty file is no payload. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const HEADERS = 64

export interface Feature {
  readonly kind: FeatureKind
  readonly value: string
}

/** Fingerprints that sensors and imports compute; hashes and codes, never free text. */
const FINGERPRINTS = ['hassh', 'ja3', 'ja4', 'tcp'] as const
const CODE = /^[\x21-\x7e]{4,128}$/u
const ASN = /^[1-9]\d{0,9}$/u

function headerNames(text: unknown): string | null {
  if (typeof text !== 'string') return null
  try {
    const headers: unknown = JSON.parse(text)
    if (!Array.isArray(headers)) return null
    const names = headers
      .slice(0, HEADERS)
      .flatMap((pair: unknown) => (Array.isArray(pair) && typeof pair[0] === 'string' ? [pair[0]] : []))
    return names.length === 0 ? null : names.join(',')
  } catch {
    return null
  }
}

function credential(body: LogRecord['body']): string | null {
  const user = textField(body, 'principal') ?? ''
  const { secret_b64: secret, secret_kind: kind, key_fingerprint: key } = body
  if (typeof key === 'string' && key !== '') return JSON.stringify([user, key])
  // What answers a challenge is different each time.
  if (typeof secret !== 'string' || (kind !== undefined && kind !== 'plaintext')) return null
  return JSON.stringify([user, hash('sha256', Buffer.from(secret, 'base64'))])
}

/** What a web server is asked may carry a command, in its own spelling. */
const unquoted = (text: string) =>
  text.replace(/%([0-9a-f]{2})/giu, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))).replaceAll('+', ' ')

/** What an event tells of whoever caused it, besides the address. Values may be long and hold anything; the same may stand there twice. */
export function featuresOf(record: LogRecord): readonly Feature[] {
  const { type, body } = record
  const found: Feature[] = []
  const add = (kind: FeatureKind, value: string | null) => {
    if (value !== null && value !== '') found.push({ kind, value })
  }
  for (const kind of FINGERPRINTS) {
    const value = body[kind]
    if (typeof value === 'string' && CODE.test(value)) add(kind, value)
  }
  if (typeof body.src_asn === 'string' && ASN.test(body.src_asn)) add('asn', body.src_asn)
  add('decky', record.decky)
  switch (type) {
    case events.clientHello.type:
      add('client', textField(body, 'client_version'))
      break
    case events.httpRequest.type:
      add('user_agent', textField(body, 'user_agent'))
      add('headers', headerNames(body.headers))
      for (const name of ['path', 'body'])
        for (const host of hostsIn(unquoted((textField(body, name) ?? '').slice(0, 8_192)), false)) add('c2', host)
      break
    case events.authAttempt.type:
      add('credential', credential(body))
      // A key is its owner's, whoever lets it in.
      if (body.outcome === 'success' && typeof body.key_fingerprint !== 'string') add('account', credential(body))
      break
    case events.fileCaptured.type:
      if (typeof body.sha256 === 'string' && /^[0-9a-f]{64}$/u.test(body.sha256) && body.sha256 !== EMPTY) add('payload', body.sha256)
      break
    case events.downloadAttempt.type: {
      const url = textField(body, 'url') ?? ''
      add('payload', url)
      for (const host of hostsIn(url)) add('c2', host)
      break
    }
    case events.connectAttempt.type:
      for (const host of hostsIn(textField(body, 'target') ?? '')) add('c2', host)
      break
    case events.forwardAttempt.type:
      if (body.kind === 'direct-tcpip' || body.kind === 'relay') add('c2', hostOf((textField(body, 'target') ?? '').slice(0, 300)))
      break
    default: {
      const text = isHandsOn(type, body) ? commandText(type, body) : null
      add('command', text)
      if (text !== null) for (const host of hostsIn(text)) add('c2', host)
    }
  }
  return found
}
