import { decodeEscapes } from '../parser/escapes.ts'
import type { WallTime } from '../zoned-time.ts'
import { strftime } from './strftime.ts'

const TOTAL_MAX = 4_194_304
const CONVERSION = /%([-+ #0']*)(\*|\d{1,7})?(?:\.(\*|-?\d{0,7}))?(?:\(([^)]*)\)T|[hlLjzt]*([a-zA-Z%]))/y

interface Made {
  readonly text: string
  /** Messages without the leading `printf: `. */
  readonly problems: readonly string[]
}

/** printf(1) as bash does it: the format is used again while arguments remain. */
export function formatPrintf(format: string, given: readonly string[], now: number, wall: (epoch: number) => WallTime, once = false): Made {
  const problems: string[] = []
  const args = [...given]
  const decoded = format
  let out = ''
  let used = false
  const next = (): string | undefined => {
    used = true
    return args.shift()
  }
  const integer = (text: string | undefined): bigint => {
    if (text === undefined || text === '') return 0n
    if (/^["']/.test(text)) return BigInt(Buffer.from(text.slice(1), 'latin1').toString().codePointAt(0) ?? 0)
    const found = /^\s*([-+]?)(0[xX][0-9A-Fa-f]+|0[0-7]*|\d+)/.exec(text)
    if (found === null) {
      problems.push(`${text}: invalid number`)
      return 0n
    }
    if (found[0].length < text.length) problems.push(`${text}: invalid number`)
    const digits = found[2] ?? '0'
    const value = /^0\d/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits)
    return found[1] === '-' ? -value : value
  }
  do {
    used = false
    for (let i = 0; i < decoded.length && out.length < TOTAL_MAX; ) {
      const char = decoded[i] ?? ''
      if (char === '\\') {
        const length =
          /^\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}|[\s\S])/.exec(decoded.slice(i, i + 12))?.[0].length ?? 1
        const piece = decodeEscapes(decoded.slice(i, i + length), { octal: 'plain', quotes: true, control: false, stop: true })
        if (piece.stopped) return { text: out, problems }
        out += piece.text
        i += length
        continue
      }
      if (char !== '%') {
        out += char
        i++
        continue
      }
      CONVERSION.lastIndex = i
      const found = CONVERSION.exec(decoded)
      if (found === null) {
        const bad = decoded[i + 1]
        problems.push(bad === undefined ? "`%': missing format character" : `\`${bad}': invalid format character`)
        return { text: out, problems }
      }
      i = CONVERSION.lastIndex
      let [, flags = '', width = '', precision, time, kind = ''] = found
      if (kind === '%') {
        out += '%'
        continue
      }
      if (width === '*') {
        const star = Number(integer(next()))
        if (star < 0) flags += '-'
        width = String(Math.min(Math.abs(star), 100_000))
      }
      if (precision === '*') precision = String(Number(integer(next())))
      const size = Math.min(Number(width === '' ? 0 : width), 100_000)
      const pad = (text: string, zero = false): string =>
        flags.includes('-')
          ? text.padEnd(size)
          : zero && flags.includes('0')
            ? text.replace(/^[-+ ]?(0[xX])?/, (sign) => sign + '0'.repeat(Math.max(0, size - text.length)))
            : text.padStart(size)
      const places = precision === undefined ? undefined : Math.max(0, Math.min(Number(precision), 1000))
      if (time !== undefined) {
        const argument = next()
        const at = argument === undefined || argument === '-1' || argument === '-2' ? now : Number(integer(argument)) * 1000
        out += pad(strftime(time === '' ? '%X' : time, wall(at), at))
        continue
      }
      switch (kind) {
        case 's':
        case 'b':
        case 'q': {
          let text = next() ?? ''
          if (kind === 'b') {
            const piece = decodeEscapes(text, { octal: 'both', quotes: true, control: false, stop: true })
            if (piece.stopped) return { text: out + piece.text, problems }
            text = piece.text
          }
          if (kind === 'q') text = text === '' ? "''" : text.replace(/[^\w@%+=:,./-]/g, '\\$&')
          out += pad(places === undefined ? text : text.slice(0, places))
          break
        }
        case 'c':
          out += pad((next() ?? '').slice(0, 1))
          break
        case 'd':
        case 'i':
        case 'u':
        case 'o':
        case 'x':
        case 'X': {
          const value = integer(next())
          const unsigned = kind === 'd' || kind === 'i' ? value : BigInt.asUintN(64, value)
          let digits = (unsigned < 0n ? -unsigned : unsigned).toString(kind === 'o' ? 8 : kind === 'x' || kind === 'X' ? 16 : 10)
          if (places !== undefined) digits = digits.padStart(places, '0')
          if (kind === 'X') digits = digits.toUpperCase()
          const alternate =
            flags.includes('#') && unsigned !== 0n ? (kind === 'o' ? '0' : kind === 'x' ? '0x' : kind === 'X' ? '0X' : '') : ''
          const sign =
            unsigned < 0n ? '-' : kind === 'd' || kind === 'i' ? (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') : ''
          out += pad(sign + alternate + digits, places === undefined)
          break
        }
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
        case 'a': {
          const argument = next()
          const value = argument === undefined || argument === '' ? 0 : Number(argument)
          if (Number.isNaN(value)) problems.push(`${argument}: invalid number`)
          out += pad((value >= 0 && flags.includes('+') ? '+' : '') + float(Number.isNaN(value) ? 0 : value, kind, places ?? 6), true)
          break
        }
        default:
          problems.push(`\`${kind}': invalid format character`)
          return { text: out, problems }
      }
    }
  } while (!once && used && args.length > 0 && out.length < TOTAL_MAX)
  return { text: out, problems }
}

/** C's `%e`, `%f`, `%g`. */
export function float(value: number, kind: string, places: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : value < 0 ? '-inf' : 'nan'
  const exponential = (digits: number): string => value.toExponential(Math.min(digits, 100)).replace(/e([-+])(\d)$/, 'e$10$2')
  if (kind === 'f' || kind === 'F')
    return Math.abs(value) < 1e21
      ? value.toFixed(Math.min(places, 100))
      : BigInt(Math.trunc(value)).toString() + (places > 0 ? `.${'0'.repeat(places)}` : '')
  if (kind === 'e' || kind === 'E') return kind === 'E' ? exponential(places).toUpperCase() : exponential(places)
  const precision = Math.max(1, places)
  const exponent = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(Number(value.toExponential(precision - 1)))))
  const text =
    exponent < -4 || exponent >= precision
      ? exponential(precision - 1).replace(/\.?0+e/, 'e')
      : value
          .toFixed(Math.min(100, precision - 1 - exponent))
          .replace(/(\.\d*?)0+$/, '$1')
          .replace(/\.$/, '')
  return kind === 'G' ? text.toUpperCase() : text
}
