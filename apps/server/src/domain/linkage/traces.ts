import { hash } from 'node:crypto'
import { accountsIn } from './accounts.ts'
import { guessing } from './guessing.ts'
import type { Observation } from './observation.ts'
import { namedValue, type Value } from './profile.ts'

/** When something on a decky was left there first, and when it was used first and last, epoch milliseconds. */
export interface Trace {
  readonly value: Value
  left: number | null
  since: number | null
  used: number | null
  /** A secret that whoever left it made up so that nobody comes upon it. */
  told: boolean
}

const MOST = 64
const MOST_COMMANDS = 1_000
const LONGEST = 512

const written = /(?:>>?\s*|\s-[oO]\s*|\b(?:mkdir|touch)\s+(?:-p\s+)?)(\/[\w./-]{3,128})/g
const named = /(?<![\w./:-])\/[\w./-]{3,128}/g
/** Where everybody writes and reads. */
const common = /^\/(?:dev|etc|proc|sys|bin|sbin|usr\/s?bin|var\/log)\/|^\/(?:tmp|root|home|var\/tmp|dev\/shm|var\/run)\/?$/

const hashed = (word: string): string => hash('sha256', word)
/** Secrets that were tried are kept as their SHA-256; those of the lab stand as they were typed. */
const kept = (word: string): string => (/^[0-9a-f]{64}$/u.test(word) ? word : hashed(word))

/** A list that is tried through hits an account by chance; few tries within an hour of it are knowledge, one's own or that of whoever set the password. */
export function knownLogins({
  credentials,
  credentialTimes,
  firstSeen,
}: Pick<Observation, 'credentials' | 'credentialTimes' | 'firstSeen'>): readonly { readonly login: Login; readonly ts: number }[] {
  const tries = credentials
    .flatMap((login, index) => {
      const ts = credentialTimes?.[index] ?? firstSeen
      return ts === null ? [] : [{ login, ts }]
    })
    .sort((a, b) => a.ts - b.ts)
  let from = 0
  let to = 0
  return tries.filter(({ ts }) => {
    while ((tries[from]?.ts ?? ts) < ts - HOUR) from += 1
    while ((tries[to]?.ts ?? Number.POSITIVE_INFINITY) <= ts + HOUR) to += 1
    return to - from <= FEW
  })
}
type Login = Observation['credentials'][number]
const FEW = 3
const HOUR = 3_600_000

const matches = (pattern: RegExp, text: string) => [...text.matchAll(pattern)]

/**
 * What one left on a decky and what one used there: accounts made and logged in with, files written and named again. Equal values on one
 * decky, left by one and used later by another, are a hand-over.
 */
export function tracesOf(observations: readonly Observation[]): Trace[] {
  const traces = new Map<string, Trace>()
  function note(kind: string, text: string, ts: number, what: 'left' | 'used', told = false): void {
    const value = namedValue(kind, text)
    const known = traces.get(value.key)
    if (!known && traces.size >= MOST) return
    const trace = known ?? { value, left: null, since: null, used: null, told }
    trace.told ||= told
    if (what === 'left') trace.left = Math.min(trace.left ?? ts, ts)
    else {
      trace.since = Math.min(trace.since ?? ts, ts)
      trace.used = Math.max(trace.used ?? ts, ts)
    }
    traces.set(value.key, trace)
  }
  for (const observation of observations) {
    const { commands, deckies } = observation
    for (const { ts, decky, text: whole } of commands.slice(0, MOST_COMMANDS)) {
      // What is left is found at one place, after a time.
      if (ts === null || decky === null) continue
      const text = whole.slice(0, LONGEST)
      const { made, set } = accountsIn(text)
      for (const user of made) note('account', `${user} on ${decky}`, ts, 'left')
      for (const { user, secret, shown } of set) {
        const odds = guessing(user, secret)
        const told = odds === 'told' && !shown && !commands.some((other) => other.text !== whole && other.text.includes(secret))
        if (odds !== 'listed') note('password', JSON.stringify([user, hashed(secret), decky]), ts, 'left', told)
      }
      const files = new Set(matches(written, text).map(([, path]) => path ?? ''))
      for (const [path] of matches(named, text))
        if (!common.test(path)) note('file', `${path} on ${decky}`, ts, files.has(path) ? 'left' : 'used')
    }
    for (const { login, ts } of knownLogins(observation)) {
      const [user, word] = login
      for (const decky of deckies.slice(0, 8)) {
        note('account', `${user} on ${decky}`, ts, 'used')
        note('password', JSON.stringify([user, kept(word), decky]), ts, 'used')
      }
    }
  }
  return [...traces.values()]
}
