/** As a number of so many bits. */
interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
}

function ipv4(text: string): bigint | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/u.exec(text)?.slice(1).map(Number)
  if (!parts || parts.some((part) => part > 255)) return null
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n)
}

function ipv6(text: string): bigint | null {
  if (text.length > 45 || !/^[0-9a-f:.]+$/iu.test(text)) return null
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/u.exec(text)
  const low = dotted ? ipv4(dotted[2] ?? '') : null
  if (dotted && low === null) return null
  const plain = dotted && low !== null ? `${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}` : text
  const [head = '', tail, more] = plain.split('::')
  if (more !== undefined) return null
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const all = [...before, ...Array<string>(missing).fill('0'), ...after]
  if (all.some((group) => !/^[0-9a-f]{1,4}$/iu.test(group))) return null
  return all.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n)
}

/** An IPv4 or IPv6 address, without a zone; IPv4 in IPv6 (`::ffff:1.2.3.4`) is IPv4. Null for anything else. */
export function addressOf(text: string): Address | null {
  const four = ipv4(text)
  if (four !== null) return { bits: 32, value: four }
  const six = ipv6(text)
  if (six === null) return null
  return six >> 32n === 0xffffn ? { bits: 32, value: six & 0xffffffffn } : { bits: 128, value: six }
}

/** The eight groups of an IPv6 address, hexadecimal, without leading zeros. */
export const groupsOf = (value: bigint): string[] =>
  Array.from({ length: 8 }, (_, n) => ((value >> BigInt(112 - 16 * n)) & 0xffffn).toString(16))

/** The four numbers of an IPv4 address. */
export const octetsOf = (value: bigint): number[] => [24n, 16n, 8n, 0n].map((shift) => Number((value >> shift) & 0xffn))
