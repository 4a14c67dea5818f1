/** Addresses of a network as a pattern of their text, for parts of texts; null for IPv6 networks that are not a whole first group. */
export function networkPattern(network: string): string | null {
  const [base = '', length] = network.trim().toLowerCase().split('/')
  return four(base, length === undefined ? 32 : Number(length)) ?? six(base, length === undefined ? 128 : Number(length))
}

function four(base: string, prefix: number): string | null {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/u.exec(base)?.slice(1).map(Number)
  if (!octets || octets.some((octet) => octet > 255) || !(Number.isInteger(prefix) && prefix >= 0 && prefix <= 32)) return null
  return octets
    .map((octet, index) => {
      const bits = Math.min(8, Math.max(0, prefix - index * 8))
      if (bits === 8) return String(octet)
      if (bits === 0) return '[0-9]+'
      const first = octet & (0xff << (8 - bits))
      return `(?:${Array.from({ length: 1 << (8 - bits) }, (_, n) => first + n).join('|')})`
    })
    .join('\\.')
}

/** `fe80::/10`, `fc00::/7`, `::1/128`. */
function six(base: string, prefix: number): string | null {
  if (!/^[0-9a-f:]{2,39}$/u.test(base) || !Number.isInteger(prefix)) return null
  if (prefix === 128) return base
  const head = /^([0-9a-f]{4})::?/u.exec(base)?.[1]
  if (head === undefined || prefix < 4 || prefix > 16) return null
  const value = Number.parseInt(head, 16)
  const digits = Array.from({ length: 4 }, (_, index) => {
    const bits = Math.min(4, Math.max(0, prefix - index * 4))
    const first = (value >> (12 - index * 4)) & 0xf & (0xf << (4 - bits))
    return bits === 0 ? '[0-9a-f]' : `[${Array.from({ length: 1 << (4 - bits) }, (_, n) => (first + n).toString(16)).join('')}]`
  })
  return `${digits.join('')}:[0-9a-f:.]*`
}
