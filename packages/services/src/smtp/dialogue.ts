import type { LongLines } from '../_shared/line-reader/line-reader.ts'
import type { Policy } from './policy.ts'
import type { Exchange, Mechanism, Step } from './sasl.ts'

/** Where one SMTP conversation stands. Changed by the MTA's `command` and by the conversation around it. */
export interface Dialogue {
  helo: string | null
  extended: boolean
  login: string | null
  sender: string | null
  recipients: string[]
  /** The last refusal of a recipient in this transaction. */
  refusal: string | null
  /** Bytes of chunks (BDAT) of this transaction. */
  chunked: number
  errors: number
  unknown: number
}

export const newDialogue = (): Dialogue => ({
  helo: null,
  extended: false,
  login: null,
  sender: null,
  recipients: [],
  refusal: null,
  chunked: 0,
  errors: 0,
  unknown: 0,
})

export function resetTransaction(dialogue: Dialogue): void {
  dialogue.sender = null
  dialogue.recipients = []
  dialogue.refusal = null
  dialogue.chunked = 0
}

/** What the host says about itself. */
export interface MailView {
  readonly fqdn: string
  readonly distribution: 'Debian' | 'Ubuntu'
  readonly version: string
  readonly peer: string
  /** `Sat, 21 Nov 2026 22:39:09 +0000` */
  readonly date: string
  readonly policy: Policy
}

export type Next =
  | 'command'
  | 'close'
  | 'data'
  | { readonly mechanism: Mechanism; readonly initial: string | null }
  | { readonly chunk: number; readonly last: boolean }

/** The answer to a command: whole lines without the last CRLF, or null when it comes later. */
export interface Answer {
  readonly reply: string | null
  readonly next: Next
  /** A recipient elsewhere that was refused. */
  readonly relay?: string
}

/** One mail server's way of speaking. */
export interface Mta {
  /** Bytes of a command line, its line feed not counted. */
  readonly commandLimit: number
  readonly longLines: LongLines
  readonly sizeLimit: number
  readonly lineLimit: number | null
  readonly timeout: { readonly seconds: number; readonly reply: (view: MailView) => string }
  /** Said when the client ends its side without QUIT; null = nothing. */
  readonly lost: ((view: MailView) => string) | null
  greeting(view: MailView): string
  /** `pending`: the client has already sent more. `line` is a binary string without its end, cut at the limit; null = a piece of a longer one. */
  command(dialogue: Dialogue, line: string | null, view: MailView, pending: boolean): Answer
  /** Milliseconds before the next reply. */
  delay(dialogue: Dialogue): number
  readonly auth: {
    readonly aborted: string
    readonly failed: string
    readonly succeeded: string
    /** Where an exchange stands after what was said so far. */
    step(exchange: Exchange): Step
  }
  accepted(id: string): string
  chunkAccepted(bytes: number): string
  lastChunkAccepted(bytes: number, total: number, id: string): string
  readonly noRecipients: string
  readonly tooBig: string
  readonly tooLong: (octets: number) => string
  queueId(version: string, epochMs: number, microseconds: number, serial: number): string
}
