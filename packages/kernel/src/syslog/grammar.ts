/** Lengths and alphabets of RFC 5424 §6, used by both directions. */
export const HEADER_LIMITS = { hostname: 255, appName: 48, procId: 128, msgId: 32 } as const
export const NAME_LIMIT = 32

const TIMESTAMP =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** RFC 5424 §6.2.3: RFC 3339 with capital T and Z, at most six digits of a second, no leap second. */
export const isTimestamp = (text: string): boolean => TIMESTAMP.test(text)

/** 1 to `limit` characters of PRINTUSASCII (`!` to `~`); a lone `-` is the NILVALUE and so no member. */
export function isHeaderMember(text: string, limit: number): boolean {
  if (text.length === 0 || text.length > limit || text === '-') return false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 33 || code > 126) return false
  }
  return true
}

/** SD-NAME: PRINTUSASCII without `=`, `]` and `"`. */
export const isNameCode = (code: number): boolean => code > 32 && code < 127 && code !== 34 && code !== 61 && code !== 93

/** SD-ID or PARAM-NAME: 1 to 32 characters. */
export function isName(text: string): boolean {
  if (text.length === 0 || text.length > NAME_LIMIT) return false
  for (let index = 0; index < text.length; index++) if (!isNameCode(text.charCodeAt(index))) return false
  return true
}
