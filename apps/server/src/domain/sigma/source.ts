import type { SigmaDocument } from './document.ts'
import { audit, database, files, login, network, process, shell } from './host-sources.ts'
import { proxy, web } from './web-sources.ts'

/** How a field of Sigma stands in our evidence. */
export type Target =
  /** A field of the same meaning. */
  | { readonly as: 'field'; readonly field: string }
  /** A field that is a number, or true or false: `words` says which is which. */
  | { readonly as: 'number'; readonly field: string }
  | { readonly as: 'flag'; readonly field: string; readonly words: Readonly<Record<string, boolean>> }
  /** The command that a process was started with, its program, or one of its words. */
  | { readonly as: 'command' }
  | { readonly as: 'program' }
  | { readonly as: 'word'; readonly position: number }
  /** `bash -c` and what it was given. */
  | { readonly as: 'shell line' }
  /** That of a process whose parent is a shell. */
  | { readonly as: 'parent line' }
  /** A header line of a request. */
  | { readonly as: 'header'; readonly name: string }
  /** Part of a text: what stands between two patterns, and what it may be made of. */
  | { readonly as: 'part'; readonly field: string; readonly before: string; readonly any: string; readonly after: string }
  /** The tool that made a connection, as the path of a program. */
  | { readonly as: 'tool'; readonly field: string }
  /** The same of all events here, under several spellings. `untold`: values of which nobody here can say whether they hold. */
  | { readonly as: 'fixed'; readonly values: readonly string[]; readonly says: string; readonly untold?: RegExp }

/** One way in which a piece of evidence is an event of a log source. */
export interface Reading {
  /** Names in lower case. */
  readonly fields: Readonly<Record<string, Target>>
  /** Where keywords are looked for; null: nothing like the log's own line is kept. */
  readonly keywords: Target | null
  /** What of the evidence must hold besides, as rules write it. */
  readonly only?: Readonly<Record<string, unknown>>
}

/** Where events of a log source come from here. */
export interface Source {
  readonly kind: string
  /** All of them are asked. */
  readonly readings: readonly [Reading, ...Reading[]]
  /** Why a field is none of ours, where more can be said than that; names in lower case. */
  readonly unseen?: Readonly<Record<string, string>>
  /** Fields that a finding carries. */
  readonly evidence: readonly string[]
  /** A payload that no careful rule recognises. */
  readonly harmless: readonly Readonly<Record<string, unknown>>[]
}

const CATEGORIES: Readonly<Record<string, Source>> = {
  process_creation: process,
  webserver: web,
  proxy,
  authentication: login,
  network_connection: network,
  firewall: network,
  file_event: files,
  database,
}
const SERVICES: Readonly<Record<string, Source>> = {
  auditd: audit,
  sshd: login,
  auth: login,
  bash: shell,
  shell,
  apache: web,
  nginx: web,
  access: web,
}
/** Products whose events a decoy of ours can bring. */
const PRODUCTS = new Set(['linux', 'unix', 'apache', 'nginx', 'sql', ''])

/** Our evidence for a log source; or why there is none. */
export function sourceOf({ logsource }: SigmaDocument): Source | string {
  const [category, product, service] = [logsource.category, logsource.product, logsource.service].map((each) => (each ?? '').toLowerCase())
  const named = Object.entries(logsource).flatMap(([name, value]) =>
    typeof value === 'string' && name !== 'definition' ? [`${name}: ${value}`] : [],
  )
  const none = `(${named.join(', ')}): nothing of this log source is seen on a decoy.`
  if (product === 'zeek' && service === 'http') return web
  if (product === undefined || !PRODUCTS.has(product)) return none
  const found = category ? CATEGORIES[category] : service ? SERVICES[service] : product === 'linux' ? shell : SERVICES[product]
  return found ?? none
}
