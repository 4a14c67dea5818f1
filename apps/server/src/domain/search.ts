/** One word of a search: all words of a query must hold. */
export type SearchTerm =
  | { readonly kind: 'column'; readonly column: SearchColumn; readonly value: string; readonly negated: boolean }
  | { readonly kind: 'field'; readonly field: string; readonly value: string; readonly negated: boolean }
  | { readonly kind: 'text'; readonly value: string; readonly negated: boolean }
export type SearchColumn = 'decky' | 'service' | 'type' | 'attacker_ip' | 'session_id' | 'topic' | 'id'

const COLUMNS: Readonly<Record<string, SearchColumn>> = {
  decky: 'decky',
  service: 'service',
  event: 'type',
  event_type: 'type',
  attacker: 'attacker_ip',
  'attacker-ip': 'attacker_ip',
  attacker_ip: 'attacker_ip',
  session: 'session_id',
  session_id: 'session_id',
  topic: 'topic',
  id: 'id',
}
const MAX_TERMS = 32

/** Splits as a shell does: white space separates, quotes hold together, a backslash takes the next character as it is. Open quotes end with the text. */
function words(query: string): string[] {
  const found: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < query.length; at += 1) {
    const char = query[at] ?? ''
    if (char === '\\' && quote !== "'" && at + 1 < query.length) {
      at += 1
      word = (word ?? '') + query[at]
    } else if (quote !== '') {
      if (char === quote) quote = ''
      else word = (word ?? '') + char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/u.test(char)) {
      if (word !== undefined) found.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (word !== undefined) found.push(word)
  return found
}

/**
 * The search grammar of `/logs`. `decky:` `service:` `event:` `attacker:` `session:` `topic:` equal a column; any other `key:value`
 * equals a field of the event; a bare word occurs anywhere; a `-` in front negates. Pure; never throws; at most 32 terms.
 */
export function parseSearch(query: string): SearchTerm[] {
  return words(query)
    .slice(0, MAX_TERMS)
    .flatMap((word): SearchTerm[] => {
      const negated = word.length > 1 && word.startsWith('-')
      const bare = negated ? word.slice(1) : word
      if (bare === '') return []
      const key = /^([A-Za-z][\w-]*):(.+)$/su.exec(bare)
      if (!key?.[1] || !key[2] || bare.includes('://')) return [{ kind: 'text', value: bare, negated }]
      const column = COLUMNS[key[1].toLowerCase()]
      return column ? [{ kind: 'column', column, value: key[2], negated }] : [{ kind: 'field', field: key[1], value: key[2], negated }]
    })
}
