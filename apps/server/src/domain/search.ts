import { parseWords } from '@decnet/contracts/search'
import { own } from '@decnet/kernel'

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

/**
 * The search grammar of `/logs`. `decky:` `service:` `event:` `attacker:` `session:` `topic:` equal a column; any other `key:value`
 * equals a field of the event; a bare word occurs anywhere; a `-` in front negates. Pure; never throws; at most 32 terms.
 */
export function parseSearch(query: string): SearchTerm[] {
  return parseWords(query)
    .slice(0, MAX_TERMS)
    .map(({ key, value, negated }): SearchTerm => {
      if (key === null) return { kind: 'text', value, negated }
      const column = own(COLUMNS, key)
      return column ? { kind: 'column', column, value, negated } : { kind: 'field', field: key, value, negated }
    })
}
