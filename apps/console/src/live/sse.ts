/** One event of a server-sent event stream (WHATWG HTML, section 9.2). */
export interface StreamEvent {
  readonly id: string | null
  readonly event: string
  readonly data: string
}

/** Longest event that is kept; one that is longer is dropped whole. */
const longest = 4_000_000

/** Feed it text as it comes, in any cut; it answers with the events that are complete. Comments give no event but count as life. */
export function createParser(): (chunk: string) => StreamEvent[] {
  let rest = ''
  let data: string[] = []
  let length = 0
  let event = ''
  let id: string | null = null
  let sawReturn = false

  const line = (text: string, out: StreamEvent[]) => {
    if (text === '') {
      if (data.length > 0 && length <= longest) out.push({ id, event: event === '' ? 'message' : event, data: data.join('\n') })
      data = []
      length = 0
      event = ''
      return
    }
    const colon = text.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + (text.charAt(colon + 1) === ' ' ? 2 : 1))
    if (field === 'data') {
      length += value.length
      if (length <= longest) data.push(value)
    } else if (field === 'event') event = value
    else if (field === 'id' && !value.includes('\0')) id = value
  }

  return (chunk) => {
    const out: StreamEvent[] = []
    let text = sawReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk
    if (chunk !== '') sawReturn = chunk.endsWith('\r')
    text = rest + text
    let start = 0
    for (const match of text.matchAll(/\r\n|\n|\r/gu)) {
      line(text.slice(start, match.index), out)
      start = match.index + match[0].length
    }
    rest = text.slice(start)
    if (rest.length > longest) {
      rest = ''
      length = longest + 1
    }
    return out
  }
}
