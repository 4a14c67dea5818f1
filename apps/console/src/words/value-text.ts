/** Any value of an answer as a text: a string as it is, nothing as nothing, anything else as JSON. Never throws. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    // It is nested deeper than the stack.
    return '…'
  }
}

/** The same, several values one after the other. */
export const listText = (value: unknown): string => (Array.isArray(value) ? value.map(valueText).join(', ') : valueText(value))
