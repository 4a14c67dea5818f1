import { useCallback, useMemo, useRef, useSyncExternalStore } from 'react'
import { useLocation, useSearch } from 'wouter'
import { navigate } from 'wouter/use-browser-location'
import { format, parse, type Term } from './search/grammar.ts'
import { type Range, rangeParams, readRange } from './time/range.ts'
import { usual } from './time/usual.ts'

export type Patch = Readonly<Record<string, string | null | undefined>>

/** Parameters that stay when one goes to another page. */
const lasting = ['range', 'from', 'to']

function patched(search: string, patch: Patch): string {
  const params = new URLSearchParams(search)
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined || value === '') params.delete(name)
    else params.set(name, value)
  }
  const text = params.toString().replace(/%3A/gu, ':').replace(/%2C/gu, ',')
  return text === '' ? '' : `?${text}`
}

/** A link to another page that keeps the period. */
export function hrefTo(path: string, patch: Patch = {}): string {
  const now = new URLSearchParams(window.location.search)
  const kept = new URLSearchParams()
  for (const name of lasting) {
    const value = now.get(name)
    if (value !== null) kept.set(name, value)
  }
  return `${path}${patched(kept.toString(), patch)}`
}

const OF_DECKY = 'decky/'
/** The page of a decky. */
export const deckyPath = (name: string): string => `/fleet/${OF_DECKY}${encodeURIComponent(name)}`
/** The decky whose page this is, by what stands behind `/fleet/`; null of any other. */
export function deckyAt(rest: string): string | null {
  if (!rest.startsWith(OF_DECKY)) return null
  const name = rest.slice(OF_DECKY.length)
  try {
    return decodeURIComponent(name)
  } catch {
    // Somebody wrote a `%` of their own.
    return name
  }
}

export const go = (href: string) => navigate(href)

/** Changes parameters of this page. `replace`: without a step for the back button. */
export function setParams(patch: Patch, replace = false): void {
  navigate(`${window.location.pathname}${patched(window.location.search, patch)}`, { replace })
}

/** The state of the page as its address says it. */
export function useUrl() {
  const search = useSearch()
  const [path] = useLocation()
  const params = useMemo(() => new URLSearchParams(search), [search])
  const range = useStableRange(params)
  const query = params.get('q') ?? ''
  const terms = useMemo(() => parse(query), [query])
  return { path, params, range, query, terms }
}

function useStableRange(params: URLSearchParams): Range {
  const range = readRange(params, useSyncExternalStore(usual.watch, usual.get))
  const held = useRef(range)
  if (JSON.stringify(held.current) !== JSON.stringify(range)) held.current = range
  return held.current
}

/** `null`: the usual one. */
export const setRange = (range: Range | null) => setParams({ ...rangeParams(range), page: null })
/** Dragging over a chart lands here. */
export const zoomTo = (start: number, end: number) => setRange({ kind: 'fixed', start: Math.floor(start), end: Math.ceil(end) })

/** Pages whose list the query box filters; elsewhere a query opens Live. */
const searchable = ['/live', '/attackers', '/identities', '/campaigns', '/credentials', '/rules']
/** Of these an address or a name is all that is asked. */
const groups = ['/identities', '/campaigns']
export function setTerms(terms: readonly Term[]): void {
  const path = window.location.pathname
  const here =
    searchable.includes(path) && (!groups.includes(path) || terms.every(({ key, negated }) => !negated && (!key || key === 'attacker')))
  const q = format(terms) || null
  if (here) setParams({ q })
  else go(hrefTo('/live', { q }))
}

/** What is open in the panel on the right: `attacker:<uuid>`, `identity:<uuid>`, `campaign:<uuid>`, `session:<id>`, `event:<seq>`, `secret:<sha256>`, `decky:<name>`, `technique:<id>` of everybody in the period or `technique:<whose>/<uuid>/<id>`. */
export type PeekKind = 'attacker' | 'identity' | 'campaign' | 'session' | 'event' | 'secret' | 'decky' | 'technique'
export interface Peek {
  kind: PeekKind
  id: string
}
const kinds: readonly PeekKind[] = ['attacker', 'identity', 'campaign', 'session', 'event', 'secret', 'decky', 'technique']

export function readPeek(params: URLSearchParams): Peek | null {
  const text = params.get('peek') ?? ''
  const colon = text.indexOf(':')
  const kind = kinds.find((k) => k === text.slice(0, colon))
  return kind ? { kind, id: text.slice(colon + 1) } : null
}
/** Opens the panel; from one open panel to the next there is no new step for the back button. */
export function peekAt(kind: PeekKind, id: string): void {
  setParams({ peek: `${kind}:${id}` }, new URLSearchParams(window.location.search).has('peek'))
}
export const closePeek = () => setParams({ peek: null }, true)

export function usePeek(): { peek: Peek | null; close: () => void } {
  const { params } = useUrl()
  const peek = useMemo(() => readPeek(params), [params])
  return { peek, close: useCallback(closePeek, []) }
}
