/** One byte range, both ends included. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** RFC 9110 section 14: the ranges of a `Range` value over `size` bytes; null = no valid range header; empty = none can be met. */
export function parseRanges(value: string | undefined, size: number): readonly ByteRange[] | null {
  if (value === undefined || !/^bytes=/iu.test(value)) return null
  const ranges: ByteRange[] = []
  for (const part of value.slice(6).split(',').slice(0, 20)) {
    const match = /^\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/u.exec(part)
    if (!match || (match[1] === '' && match[2] === '')) return null
    const [, first = '', last = ''] = match
    const from = first === '' ? Math.max(0, size - Number(last)) : Number(first)
    const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
    if (first !== '' && last !== '' && Number(first) > Number(last)) return null
    if (from < size && from <= to) ranges.push({ from, to })
  }
  return ranges
}

/** RFC 9110: whether an `If-None-Match` or `If-Match` list names the tag (weak comparison). */
export function namesTag(list: string, tag: string): boolean {
  if (list.trim() === '*') return true
  const bare = (text: string) => text.trim().replace(/^W\//u, '')
  return list.split(',').some((part) => bare(part) === bare(tag))
}

/** `Fri, 02 Jan 2026 03:04:05 GMT` */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString()
}
