/** What somebody types into a rule's text, kept in this tab until it is saved: going elsewhere and back loses nothing. */
export interface Draft {
  readonly text: string
  /** The text that it began from. */
  readonly base: string
}

const nameOf = (id: string | null) => `rule-draft:${id ?? ''}`

export function readDraft(id: string | null): Draft | null {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(nameOf(id)) ?? 'null')
    if (typeof read !== 'object' || read === null || !('text' in read) || !('base' in read)) return null
    return typeof read.text === 'string' && typeof read.base === 'string' ? { text: read.text, base: read.base } : null
  } catch {
    return null
  }
}

/** `null`, or a text that changes nothing: nothing is kept. */
export function keepDraft(id: string | null, draft: Draft | null): void {
  if (draft && draft.text !== draft.base) sessionStorage.setItem(nameOf(id), JSON.stringify(draft))
  else sessionStorage.removeItem(nameOf(id))
}
