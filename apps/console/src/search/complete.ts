/** What the query box offers while one types the last word. */
export interface Suggestion {
  /** Replaces the word being typed. A key ends with `:` and is not finished yet. */
  readonly insert: string
  readonly label: string
  readonly hint: string
  readonly finished: boolean
}

export const keys: readonly { key: string; hint: string }[] = [
  { key: 'attacker', hint: 'source address' },
  { key: 'decky', hint: 'which fake host' },
  { key: 'service', hint: 'ssh, http, redis …' },
  { key: 'event', hint: 'what happened' },
  { key: 'session', hint: 'one session' },
  { key: 'topic', hint: 'kind of record' },
  { key: 'outcome', hint: 'of a log-in: success, failure' },
  { key: 'severity', hint: 'of an attacker' },
  { key: 'principal', hint: 'user name that was tried' },
  { key: 'secret_sha256', hint: 'one secret, by its hash' },
]
/** Of rules other things are asked. */
export const keysOfRules: typeof keys = [
  { key: 'state', hint: 'enabled, disabled, clipped, broken …' },
  { key: 'tactic', hint: 'what it is done for' },
  { key: 'technique', hint: 'T1059, with its sub-techniques' },
  { key: 'kind', hint: 'of evidence' },
  { key: 'origin', hint: 'shipped, folder, database' },
  { key: 'maturity', hint: 'stable, incubating, sandbox' },
]

export type Values = Readonly<Record<string, readonly string[]>>

/** `word`: what stands between the last space and the cursor. */
export function complete(word: string, values: Values, offered = keys, most = 8): Suggestion[] {
  const minus = word.startsWith('-') ? '-' : ''
  const text = word.slice(minus.length)
  const colon = text.indexOf(':')
  if (colon > 0) {
    const key = text.slice(0, colon).toLowerCase()
    const start = text.slice(colon + 1).toLowerCase()
    return (values[key] ?? [])
      .filter((value) => value.toLowerCase().includes(start) && value.toLowerCase() !== start)
      .sort((a, b) => Number(b.toLowerCase().startsWith(start)) - Number(a.toLowerCase().startsWith(start)))
      .slice(0, most)
      .map((value) => ({ insert: `${minus}${key}:${value}`, label: `${minus}${key}:${value}`, hint: '', finished: true }))
  }
  return offered
    .filter(({ key }) => key.startsWith(text.toLowerCase()))
    .slice(0, most)
    .map(({ key, hint }) => ({ insert: `${minus}${key}:`, label: `${minus}${key}:`, hint, finished: false }))
}
