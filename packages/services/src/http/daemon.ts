import type { Grammar } from './grammar.ts'
import type { Head, Refusal, Reply } from './message.ts'
import type { Site } from './site.ts'

/** What a web server says about itself. */
export interface ServerIdentity {
  readonly version: string
  readonly distro: 'debian' | 'ubuntu'
  /** Name it gives itself when the client names none. */
  readonly serverName: string
  readonly address: string
  readonly port: number
  /** What separates the ranges of the next answer that has several. */
  readonly boundary: () => string
}

/** A request whose body was read, as far as the daemon reads it. */
export interface Turn {
  readonly head: Head
  readonly body: Buffer
  readonly now: number
  readonly site: Site
  /** How many requests this connection answered before. */
  readonly turn: number
  readonly token: (digits: number, base?: number) => string
}

/** What is known of a request before its body. */
export interface Outlook {
  readonly body: 'none' | 'chunked' | { readonly length: number }
  /** The daemon answers before it reads the body, then throws the body away. */
  readonly answersFirst: boolean
  /** `100 Continue` goes out before the body is read. */
  readonly sendsContinue: boolean
  /** The body is refused unread. */
  readonly tooLarge: boolean
}

/** Silences in milliseconds after which the daemon gives up. */
export interface Patience {
  readonly firstByte: number
  readonly header: number
  readonly body: number
  readonly keepAlive: number
  /** Reading what it will not use, after a close was announced. */
  readonly linger: number
}

/** One web server product: what it accepts, how it looks, when it gives up. Pure. */
export interface Daemon {
  readonly grammar: Grammar
  readonly patience: Patience
  outlook(head: Head, site: Site): Outlook
  reply(turn: Turn): Reply
  refuse(refusal: Refusal, now: number): Reply
  /** The body ended the wrong way; `overflow`: a chunk's size has too many digits. Null when the daemon says nothing and closes. */
  badBody(turn: Turn, overflow: boolean): Reply | null
  tooLarge(head: Head, now: number): Reply
  /** Silence in the middle of a request; null = closes without a word. */
  timedOut(head: Head, hostTaken: boolean, now: number): Reply | null
}
