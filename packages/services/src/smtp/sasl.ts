/** AUTH PLAIN (RFC 4616) and LOGIN, as the daemons read them and as a person reads them. Text is binary: one character, one byte. */
export type Mechanism = 'PLAIN' | 'LOGIN'

/** What the client said in one exchange: the initial response of the command line, if any, then a line for each prompt. */
export interface Exchange {
  readonly mechanism: Mechanism
  readonly initial: string | null
  readonly responses: readonly string[]
}

/** What comes next: a prompt (base64), the final reply, or a pair to be looked up. */
export type Step = { readonly prompt: string } | { readonly reply: string } | { readonly name: string; readonly password: string }

export const PROMPTS: Readonly<Record<Mechanism, readonly string[]>> = { PLAIN: [''], LOGIN: ['VXNlcm5hbWU6', 'UGFzc3dvcmQ6'] }

/** What a person would see in an exchange. `whole`: these fields give back every byte that was sent. */
export interface Seen {
  readonly principal?: string
  readonly secret?: string
  readonly whole: boolean
}

/** Base64 whatever its padding, white space or alphabet (RFC 4648 sections 4 and 5); null when it is something else. */
function decodeAnyhow(text: string): string | null {
  const digits = text.replace(/\s/gu, '').replace(/=+$/u, '')
  return /^[\w+/-]*$/u.test(digits) && digits.length % 4 !== 1 ? Buffer.from(digits, 'base64').toString('latin1') : null
}

const exact = (text: string, decoded: string | null): boolean =>
  decoded !== null && Buffer.from(decoded, 'latin1').toString('base64') === text

function seenInPlain(text: string): Seen {
  const decoded = decodeAnyhow(text)
  const parts = (decoded ?? '').split('\0')
  const [first = '', second = '', ...rest] = parts
  if (parts.length === 1) return { ...(/^[ -~]+$/u.test(first) && { principal: first }), whole: false }
  if (rest.length === 0) return first === '' ? { principal: second, whole: false } : { principal: first, secret: second, whole: false }
  return { principal: second, secret: rest.join('\0'), whole: rest.length === 1 && first === '' && exact(text, decoded) }
}

function seenInLogin([first, second]: readonly string[]): Seen {
  if (first === undefined) return { whole: false }
  const name = decodeAnyhow(first)
  const password = second === undefined ? undefined : (decodeAnyhow(second) ?? second)
  const [before, ...after] = (name ?? '').split('\0')
  if (password === undefined && before !== undefined && after.length > 0)
    return { principal: before, secret: after.join('\0'), whole: false }
  return {
    ...(name !== null && { principal: name }),
    ...(password !== undefined && { secret: password }),
    whole: exact(first, name) && (second === undefined || exact(second, password ?? null)),
  }
}

/** The credential that a person sees, also where a daemon sees none: no leading NUL, no padding, a part too many, words on one line. */
export function seenIn({ mechanism, initial, responses }: Exchange): Seen {
  const answers = responses.at(-1) === '*' ? responses.slice(0, -1) : responses
  if (mechanism === 'PLAIN') {
    const text = initial ?? answers[0]
    return text === undefined ? { whole: false } : seenInPlain(text)
  }
  const seen = seenInLogin([...(initial ?? '').split(/\s+/u).filter((word) => initial !== null && word !== ''), ...answers])
  return answers.length === responses.length ? seen : { ...seen, whole: false }
}

/** An AUTH command line as far as it is one of ours; null = another command or mechanism. */
export function exchangeOf(line: string): Exchange | null {
  const [, mechanism = '', initial] = /^\s*auth\s+(plain|login)(?:\s+(\S.*?))?\s*$/isu.exec(line) ?? []
  if (mechanism === '') return null
  return { mechanism: mechanism.toUpperCase() === 'PLAIN' ? 'PLAIN' : 'LOGIN', initial: initial ?? null, responses: [] }
}

/** A password that `auth_attempt` holds to the last byte is kept there only; a line of which anything would be lost stays as it is. */
export function withoutSecret(line: string): string {
  const [, command = '', data = ''] = /^(auth plain) (\S+)$/iu.exec(line) ?? []
  return data !== '' && seenInPlain(data).whole ? command : line
}

/** Base64 as Cyrus SASL 2.1 decodes it; a fault is its own text for it. */
export function cyrusDecode(text: string): { readonly bytes: string } | { readonly fault: string } {
  const whole = text.length - (text.length % 4)
  // Quanta are looked at before their number.
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:[A-Za-z0-9+/]=|==))?$/u.test(text.slice(0, whole))) return { fault: BAD_PROTOCOL }
  if (whole < text.length) return { fault: text[whole - 1] === '=' ? BAD_PROTOCOL : 'another step is needed in authentication' }
  return { bytes: Buffer.from(text, 'base64').toString('latin1') }
}
export const BAD_PROTOCOL = 'bad protocol / cancel'

/** Base64 as Exim decodes it: white space is nothing; null = invalid. */
export function eximDecode(text: string): string | null {
  const digits = text.replace(/\s/gu, '')
  return /^[A-Za-z0-9+/]*={0,2}$/u.test(digits) && digits.length % 4 === 0 ? Buffer.from(digits, 'base64').toString('latin1') : null
}
