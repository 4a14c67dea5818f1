/** A value within a list from outside as text; an object has no text that a rule could mean (and may refuse to become one). */
export function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? '' : String(value)
}
