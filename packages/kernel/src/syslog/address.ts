/** An address that a log line names, with the port that stood behind it. */
export interface PeerAddress {
  readonly ip: string
  readonly port: number | null
}

const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

/** RFC 5952 text of an IPv6 address, IPv4 when it is a mapped one, null when it is neither. */
function canonicalV6(text: string): string | null {
  if (text.length > 45 || !text.includes(':') || !/^[0-9a-fA-F:.]+$/.test(text)) return null
  const url = URL.parse(`http://[${text}]/`)
  if (url === null) return null
  const address = url.hostname.slice(1, -1)
  const mapped = MAPPED.exec(address)
  if (mapped === null) return address
  const high = Number.parseInt(mapped[1] ?? '', 16)
  const low = Number.parseInt(mapped[2] ?? '', 16)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}

const canonical = (text: string): string | null => (V4.test(text) ? text : canonicalV6(text))

/** 0 to 65535 in plain digits. */
export function readPort(text: string): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null
}

/** Reads `192.0.2.1`, `192.0.2.1:22`, `::1`, `[::1]` and `[::1]:22`; one spelling for each address. Null for anything else. */
export function readAddress(text: string): PeerAddress | null {
  if (text.length > 64) return null
  const whole = canonical(text)
  if (whole !== null) return { ip: whole, port: null }
  const split = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text)
  if (split === null) return null
  const ip = split[1] === undefined ? canonical(split[2] ?? '') : canonicalV6(split[1])
  const port = split[3] === undefined ? null : readPort(split[3])
  return ip === null || (split[3] !== undefined && port === null) ? null : { ip, port }
}
