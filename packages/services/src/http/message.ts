/** Shapes of the HTTP server. Bytes stand as latin1 strings: one character, one byte, nothing lost. */

export type Header = readonly [name: string, value: string]

export interface Head {
  readonly method: string
  /** As sent. */
  readonly target: string
  /** 9, 10, 11, 12…: major × 10 + minor. */
  readonly version: number
  /** As sent; empty for HTTP/0.9. */
  readonly versionText: string
  /** Wire order, case kept, also those that the daemon ignores. */
  readonly headers: readonly Header[]
}

/** A request that the daemon turns away while reading it. */
export interface Refusal {
  readonly status: number
  /** Which text of several the page carries. */
  readonly page?: 'header-too-large' | 'too-many-headers'
  /** What was read of it. */
  readonly head: Head
  /** The name that the page may carry: Host was already taken. */
  readonly hostTaken: boolean
}

/** What goes back. `head` is empty for HTTP/0.9. */
export interface Reply {
  readonly status: number
  readonly head: string
  readonly body: Buffer
  readonly close: boolean
}

/** The first value of a header, name in lower case; undefined when absent. */
export function headerOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1]
}

/** Whether a comma list holds a token, whatever its case. */
export function hasToken(value: string | undefined, token: string): boolean {
  return (value ?? '').split(',').some((part) => part.trim().toLowerCase() === token)
}
