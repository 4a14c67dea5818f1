import type { TtpBenchRequest } from '@decnet/contracts/api'
import { kindOf } from '../../words/evidence-kind.ts'

/** Items that are looked at in one go. */
export const MOST_ITEMS = 100
/** Lines of JSON are a kind of their own: each names what it is. */
export const JSON_LINES = 'json'

export interface BenchItem {
  /** Where it begins in what was pasted, from 1. */
  readonly line: number
  /** The same, as it is named in lists. */
  readonly text: string
  readonly item: TtpBenchRequest['items'][number]
}
export interface BenchInput {
  readonly items: readonly BenchItem[]
  /** Lines that are no evidence. */
  readonly problems: readonly { readonly line: number; readonly message: string }[]
}

type Entries = Readonly<Record<string, unknown>>
const isMapping = (value: unknown): value is Entries => typeof value === 'object' && value !== null && !Array.isArray(value)

function jsonItem(text: string): BenchItem['item'] | string {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return 'This line is no JSON.'
  }
  if (!isMapping(given) || typeof given.source_kind !== 'string' || given.source_kind === '' || given.source_kind.length > 32)
    return 'It has no source_kind, such as {"source_kind": "command", "payload": {…}}.'
  if (!isMapping(given.payload)) return 'It has no payload: an object of fields.'
  return { source_kind: given.source_kind, payload: given.payload }
}

/** A line for the main field of its kind; of a log-in, `user:password`. */
function lineItem(kind: string, text: string): BenchItem['item'] {
  const colon = kind === 'auth_attempt' ? text.indexOf(':') : -1
  if (colon > 0)
    return {
      source_kind: kind,
      payload: { username: text.slice(0, colon), password: text.slice(colon + 1), success: false, method: 'password' },
    }
  return { source_kind: kind, payload: { [kindOf(kind)?.main ?? 'command_text']: text } }
}

const requestLine = /^(?<method>[A-Z]{3,10}) (?<target>\S+)(?: HTTP\/\d(?:\.\d)?)?$/u
const headerLine = /^[\w-]+:/u

/** Requests as they are on the wire, or a bare target a line; headers and body belong to the request above. */
function requests(lines: readonly string[]): BenchItem[] {
  const items: BenchItem[] = []
  for (let n = 0; n < lines.length; n += 1) {
    const text = lines[n] ?? ''
    const found = requestLine.exec(text.trim())
    const target = found?.groups?.target ?? text.trim()
    if (target === '') continue
    const line = n + 1
    const headers: string[] = []
    while (found && headerLine.test(lines[n + 1] ?? '')) headers.push((lines[++n] ?? '').trim())
    const body: string[] = []
    // Without headers an empty line only keeps requests apart.
    if (headers.length > 0 && lines[n + 1]?.trim() === '')
      for (n += 1; n + 1 < lines.length && !requestLine.test((lines[n + 1] ?? '').trim()); ) body.push(lines[++n] ?? '')
    const sent = body.join('\n').trimEnd()
    const method = found?.groups?.method ?? 'GET'
    const payload = { method, raw_url: target, ...(headers.length > 0 && { headers }), ...(sent !== '' && { body: sent }) }
    items.push({ line, text: `${method} ${target}`, item: { source_kind: 'http_request', payload } })
  }
  return items
}

/** What was pasted, as evidence of a kind. Never throws. */
export function benchItems(kind: string, pasted: string): BenchInput {
  const lines = pasted.split(/\r\n|\r|\n/u)
  const all: BenchItem[] = []
  const problems: { line: number; message: string }[] = []
  if (kind === 'http_request') all.push(...requests(lines))
  else
    for (const [n, text] of lines.entries()) {
      if (text.trim() === '') continue
      const item = kind === JSON_LINES ? jsonItem(text) : lineItem(kind, text)
      if (typeof item === 'string') problems.push({ line: n + 1, message: item })
      else all.push({ line: n + 1, text: kind === JSON_LINES ? textOf(item) : text, item })
    }
  const beyond = all[MOST_ITEMS]
  if (beyond) problems.push({ line: beyond.line, message: `Only the first ${MOST_ITEMS} are looked at.` })
  return { items: all.slice(0, MOST_ITEMS), problems }
}

/** Evidence in a line: its main field where it has it. */
function textOf({ source_kind: kind, payload }: BenchItem['item']): string {
  const main = payload[kindOf(kind)?.main ?? '']
  return typeof main === 'string' && main !== '' ? main : JSON.stringify(payload)
}
