import { plural } from './plural.ts'
import type { Conduct } from './scoring.ts'

const list = (parts: readonly string[]) => (parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`)

const TIMES: Readonly<Record<number, string>> = { 1: 'once', 2: 'twice' }

/**
 * What somebody did, as a person would say it: "made 214 log-in attempts on 3 deckies, got in once and gave 12 commands".
 * Attempts are counted one by one; a credential tried twice is two of them.
 */
export function headline(conduct: Conduct, deckies: readonly string[]): string {
  const where = deckies.length === 1 ? `on ${deckies[0]}` : `on ${plural(conduct.deckyCount, 'decky', 'deckies')}`
  const did: string[] = []
  if (conduct.credentialCount > 0) did.push(`made ${plural(conduct.credentialCount, 'log-in attempt')} ${where}`)
  if (conduct.loginCount > 0) did.push(`got in ${TIMES[conduct.loginCount] ?? `${conduct.loginCount.toLocaleString('en')} times`}`)
  if (conduct.commandCount > 0) did.push(`gave ${plural(conduct.commandCount, 'command')}`)
  if (conduct.fileCount > 0) did.push(`left ${plural(conduct.fileCount, 'file')}`)
  if (did.length === 0) return `looked at ${plural(conduct.serviceCount, 'service')} ${where} and did nothing more`
  if (conduct.credentialCount === 0) did[0] = `${did[0]} ${where}`
  return list(did)
}
