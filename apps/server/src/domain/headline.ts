import { plural } from './plural.ts'
import type { Conduct } from './scoring.ts'

const list = (parts: readonly string[]) => (parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`)

const TIMES: Readonly<Record<number, string>> = { 1: 'once', 2: 'twice' }

/** "Exploit Public-Facing Application". */
export const EXPLOIT = 'T1190'
/** What is named of many; the others are counted. */
const NAMED = 2

/** Something that somebody was seen at, as often as a rule recognised it. */
export interface Shown {
  /** `T1190`, `T1595.002`. */
  readonly technique: string
  /** In few words: "Log4Shell"; null where only the technique is known. */
  readonly name: string | null
  readonly count: number
}

/** What more is told than counts say: "Log4Shell, SQL injection and 2 other exploits (T1190)". */
function exploits(shown: readonly Shown[]): string | null {
  const tried = byName(shown.filter(({ technique }) => technique === EXPLOIT))
  if (tried.length === 0) return null
  const named = tried.flatMap(({ name }) => name ?? []).slice(0, NAMED)
  const rest = tried.length - named.length
  if (named.length === 0) return `tried ${rest === 1 ? 'an exploit' : plural(rest, 'exploit')} (${EXPLOIT})`
  return `tried ${list([...named, ...(rest > 0 ? [plural(rest, 'other exploit')] : [])])} (${EXPLOIT})`
}
const techniques = (shown: readonly Shown[]): string[] =>
  byName(shown)
    .slice(0, NAMED)
    .map(({ technique, name }) => (name === null ? technique : `${name} (${technique})`))

/** The most frequent first; one name once. */
function byName(shown: readonly Shown[]): readonly Shown[] {
  const once = new Map<string, Shown>()
  for (const one of shown) {
    const key = one.name ?? one.technique
    once.set(key, { ...one, count: one.count + (once.get(key)?.count ?? 0) })
  }
  return [...once.values()].sort((a, b) => b.count - a.count || (a.name ?? a.technique).localeCompare(b.name ?? b.technique, 'en'))
}

/** Whether counts tell nothing but that somebody was there. */
export const isIdle = ({ credentialCount, loginCount, commandCount, fileCount }: Conduct): boolean =>
  credentialCount + loginCount + commandCount + fileCount === 0

/**
 * What somebody did, as a person would say it: "made 214 log-in attempts on 3 deckies, got in once and gave 12 commands", "tried Log4Shell (T1190) on
 * web01". Attempts are counted one by one; a credential tried twice is two of them.
 */
export function headline(conduct: Conduct, deckies: readonly string[], shown: readonly Shown[] = []): string {
  const where = deckies.length === 1 ? `on ${deckies[0]}` : `on ${plural(conduct.deckyCount, 'decky', 'deckies')}`
  const did: string[] = []
  if (conduct.credentialCount > 0) did.push(`made ${plural(conduct.credentialCount, 'log-in attempt')} ${where}`)
  if (conduct.loginCount > 0) did.push(`got in ${TIMES[conduct.loginCount] ?? `${conduct.loginCount.toLocaleString('en')} times`}`)
  const tried = exploits(shown)
  if (tried !== null) did.push(tried)
  if (conduct.commandCount > 0) did.push(`gave ${plural(conduct.commandCount, 'command')}`)
  if (conduct.fileCount > 0) did.push(`left ${plural(conduct.fileCount, 'file')}`)
  if (did.length === 0) {
    const seen = techniques(shown)
    return `looked at ${plural(conduct.serviceCount, 'service')} ${where}${seen.length > 0 ? `, seen at ${list(seen)}` : ' and did nothing more'}`
  }
  if (conduct.credentialCount === 0) did[0] = `${did[0]} ${where}`
  return list(did)
}

/** The technique of which a headline speaks. */
export const techniqueIn = (headline: string): string | null => /\((T\d{4}(?:\.\d{3})?)\)/u.exec(headline)?.[1] ?? null
