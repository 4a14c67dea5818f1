/** What a command answers, before it is written as RESP2 or RESP3. */
export type Reply =
  | { readonly type: 'simple'; readonly text: string }
  | { readonly type: 'error'; readonly text: string }
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'double'; readonly text: string }
  | { readonly type: 'bulk'; readonly value: Buffer }
  /** Text that RESP3 marks as text. */
  | { readonly type: 'verbatim'; readonly value: Buffer }
  | { readonly type: 'nil' }
  | { readonly type: 'nil-array' }
  | { readonly type: 'array' | 'set' | 'push'; readonly items: readonly Reply[] }
  | { readonly type: 'map'; readonly pairs: readonly (readonly [Reply, Reply])[] }
  /** Several replies to one command. */
  | { readonly type: 'many'; readonly replies: readonly Reply[] }
  /** Bytes as they are. */
  | { readonly type: 'raw'; readonly value: Buffer }

export const ok: Reply = { type: 'simple', text: 'OK' }
export const nil: Reply = { type: 'nil' }
export const nilArray: Reply = { type: 'nil-array' }
export const simple = (text: string): Reply => ({ type: 'simple', text })
export const fail = (text: string): Reply => ({ type: 'error', text })
export const integer = (value: number): Reply => ({ type: 'integer', value })
export const bulk = (value: Buffer | string): Reply => ({
  type: 'bulk',
  value: typeof value === 'string' ? Buffer.from(value, 'latin1') : value,
})
export const array = (items: readonly Reply[]): Reply => ({ type: 'array', items })
export const set = (items: readonly Reply[]): Reply => ({ type: 'set', items })
export const map = (pairs: readonly (readonly [Reply, Reply])[]): Reply => ({ type: 'map', pairs })
export const verbatim = (text: string): Reply => ({ type: 'verbatim', value: Buffer.from(text, 'latin1') })

/** The lines of a HELP answer. */
export const help = (lines: readonly string[]): Reply => array(lines.map(simple))

function write(reply: Reply, three: boolean, out: (Buffer | string)[]): void {
  const aggregate = (mark: string, items: readonly Reply[]) => {
    out.push(`${mark}${items.length}\r\n`)
    for (const item of items) write(item, three, out)
  }
  switch (reply.type) {
    case 'simple':
      out.push(`+${reply.text}\r\n`)
      return
    case 'error':
      out.push(`-${reply.text.replace(/[\r\n]/gu, ' ')}\r\n`)
      return
    case 'integer':
      out.push(`:${reply.value}\r\n`)
      return
    case 'double':
      out.push(three ? `,${reply.text}\r\n` : `$${reply.text.length}\r\n${reply.text}\r\n`)
      return
    case 'bulk':
      out.push(`$${reply.value.length}\r\n`, reply.value, '\r\n')
      return
    case 'verbatim':
      out.push(three ? `=${reply.value.length + 4}\r\ntxt:` : `$${reply.value.length}\r\n`, reply.value, '\r\n')
      return
    case 'nil':
      out.push(three ? '_\r\n' : '$-1\r\n')
      return
    case 'nil-array':
      out.push(three ? '_\r\n' : '*-1\r\n')
      return
    case 'array':
      aggregate('*', reply.items)
      return
    case 'set':
      aggregate(three ? '~' : '*', reply.items)
      return
    case 'push':
      aggregate(three ? '>' : '*', reply.items)
      return
    case 'map': {
      out.push(three ? `%${reply.pairs.length}\r\n` : `*${reply.pairs.length * 2}\r\n`)
      for (const [key, value] of reply.pairs) {
        write(key, three, out)
        write(value, three, out)
      }
      return
    }
    case 'many':
      for (const each of reply.replies) write(each, three, out)
      return
    case 'raw':
      out.push(reply.value)
  }
}

/** RESP2 or RESP3 bytes. */
export function encodeReply(reply: Reply, protocol: 2 | 3): Buffer {
  const out: (Buffer | string)[] = []
  write(reply, protocol === 3, out)
  return Buffer.concat(out.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
}
