import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { type BusMessage, BusMessageError } from './port.ts'

/** Largest encoded envelope, bytes, inclusive. */
export const MAX_BODY = 1_048_576

const ID_BYTES = 16
let pool = ''
let used = 0

/** 32 lowercase hex digits, unpredictable. */
export function newMessageId(): string {
  if (used === pool.length) {
    pool = randomBytes(ID_BYTES * 256).toString('hex')
    used = 0
  }
  used += ID_BYTES * 2
  return pool.slice(used - ID_BYTES * 2, used)
}

/** A message on its way: its payload is already text, so that what the publisher changes later changes nothing. */
export interface Draft {
  readonly id: string
  /** Epoch seconds. */
  readonly ts: number
  readonly type: string
  /** JSON of an object. */
  readonly payload: string
}

function payloadText(payload: object): string {
  let text: string | undefined
  try {
    text = JSON.stringify(payload)
  } catch (cause) {
    throw new BusMessageError('the payload cannot be written as JSON', { cause })
  }
  if (text?.[0] !== '{') throw new BusMessageError('a payload is a JSON object')
  return text
}

/** @throws {BusMessageError} for a payload that is no JSON object (an array, a cycle, a bigint inside). */
export function draftMessage(payload: object, type = '', now: number = Date.now()): Draft {
  return { id: newMessageId(), ts: now / 1000, type, payload: payloadText(payload) }
}

/** The body of a frame. The topic stands in the frame's header only. @throws {BusMessageError} over {@link MAX_BODY} bytes. */
export function encodeDraft(draft: Draft): string {
  const type = draft.type === '' ? '""' : JSON.stringify(draft.type)
  const body = `{"v":1,"id":"${draft.id}","type":${type},"ts":${draft.ts},"payload":${draft.payload}}`
  if (body.length * 3 > MAX_BODY && Buffer.byteLength(body) > MAX_BODY) throw new BusMessageError('a message is at most 1 MiB')
  return body
}

/** The message as receivers will see it. */
export const draftedMessage = (topic: string, draft: Draft): BusMessage => ({
  v: 1,
  id: draft.id,
  topic,
  type: draft.type,
  ts: draft.ts,
  payload: JSON.parse(draft.payload),
})

/** A new message with its own id and time. @throws {BusMessageError} as {@link draftMessage}. */
export const makeMessage = (topic: string, payload: object, type = '', now: number = Date.now()): BusMessage =>
  draftedMessage(topic, draftMessage(payload, type, now))

/** @throws {BusMessageError} over {@link MAX_BODY} bytes, for a payload that is no JSON object, an id or a time that is none. */
export function encodeMessage({ id, ts, type, payload }: BusMessage): string {
  if (!isMessageId(id) || !Number.isFinite(ts)) throw new BusMessageError('an id is 32 lowercase hex digits, a time is a finite number')
  return encodeDraft({ id, ts, type, payload: payloadText(payload) })
}

/** `minted`: the body lacked id or time, so they are this decoder's own. */
export type Decoded =
  | { readonly ok: true; readonly message: BusMessage; readonly minted: boolean }
  | { readonly ok: false; readonly reason: 'not utf-8' | 'not json' | 'not an envelope' }

function isMessageId(text: string): boolean {
  if (text.length !== ID_BYTES * 2) return false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x30 || (code > 0x39 && code < 0x61) || code > 0x66) return false
  }
  return true
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function fromValue(topic: string, value: unknown): Decoded {
  const bad = { ok: false, reason: 'not an envelope' } as const
  if (!isObject(value)) return bad
  const { v = 1, id, type = '', ts, payload = {} } = value
  if (v !== 1 || typeof type !== 'string' || !isObject(payload)) return bad
  if (id !== undefined && (typeof id !== 'string' || !isMessageId(id))) return bad
  if (ts !== undefined && (typeof ts !== 'number' || !Number.isFinite(ts))) return bad
  const message: BusMessage = { v: 1, id: id ?? newMessageId(), topic, type, ts: ts ?? Date.now() / 1000, payload }
  return { ok: true, message, minted: id === undefined || ts === undefined }
}

/**
 * Reads a frame's body, bytes `start` to `end`. Nothing at all is an empty message; members may be missing, none may have a wrong
 * shape; unknown ones, `topic` among them, are ignored. Never throws.
 */
export function decodeMessage(topic: string, bytes: Buffer, start = 0, end: number = bytes.length): Decoded {
  if (start === end) return fromValue(topic, {})
  const text = bytes.toString('utf8', start, end)
  if (text.includes('\uFFFD') && !isUtf8(bytes.subarray(start, end))) return { ok: false, reason: 'not utf-8' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, reason: 'not json' }
  }
  return fromValue(topic, value)
}
