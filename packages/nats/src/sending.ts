import { type Count, formatCount, newLife, parseCount, type Receipt } from './count.ts'

/** A place in the spool: the position behind line `number` of this life; null for the beginning. */
export interface Mark {
  readonly number: number
  readonly position: string | null
}

/** How far a sensor is: the stream took everything up to `sent`; the spool keeps everything behind `held`. */
export interface Sending {
  readonly life: string
  readonly sent: Mark
  readonly held: Mark
}

/** Two lines, `<count> <position>` of `sent` and of `held`. */
export const formatSending = ({ life, sent, held }: Sending): string =>
  [sent, held].map(({ number, position }) => `${formatCount({ life, number })} ${position ?? ''}\n`).join('')

/** What an earlier release kept was the position alone: a new life begins there. Null: at the beginning of the spool. */
export function parseSending(text: string | null): Sending {
  const marks = (text ?? '').split('\n').map((line) => {
    const space = line.indexOf(' ')
    const count = parseCount(line.slice(0, Math.max(0, space)))
    return count && { life: count.life, mark: { number: count.number, position: line.slice(space + 1) || null } }
  })
  const [sent, held] = marks
  if (sent && held?.life === sent.life) return { life: sent.life, sent: sent.mark, held: held.mark }
  const begin: Mark = { number: 0, position: text?.trim() || null }
  return { life: newLife(), sent: begin, held: begin }
}

/** What is kept of lines that the stream took and that no server has confirmed: an hour, and so many bytes. */
const HOLD = { ms: 3_600_000, bytes: 256 * 1024 * 1024 }
/** One mark a second is enough to go back to. */
const MARK_MS = 1_000
/** A gap that stays so long is no line that is still on its way. */
const GAP_MS = 3_000
/** Going back so often to one place brings nothing: the spool no longer has what is missing. */
const TRIES = 3
/** Two homes with one name would outbid each other without end. */
const NAMESAKE_MS = 60_000

/**
 * What a receipt asks for. `again`: lines are sent again from a mark on. `over`: the spool no longer has what is missing; what it has is counted anew. `namesake`:
 * the server knows a later life, of another home with this name or of one whose clock was ahead; what the spool has is counted in a later one still.
 */
export type Rewind =
  | { readonly kind: 'again' | 'namesake'; readonly to: Sending }
  | { readonly kind: 'over'; readonly to: Sending; readonly missing: Count }

/**
 * What was sent and is not known to be in the log: to let the spool go of it when it is, and to go back when it never came. A stream that has taken a line
 * can lose it all the same: a node that dies, a disk that is made anew, a follower that becomes leader without it.
 */
export class Unconfirmed {
  readonly #marks: (Mark & { readonly from: number; readonly until: number; readonly bytes: number })[] = []
  #confirmed: number
  #gap: { readonly number: number; readonly since: number } | null = null
  #tried = { number: -1, times: 0 }
  #outbid = Number.NEGATIVE_INFINITY

  constructor(sending: Sending) {
    this.#confirmed = sending.held.number
  }

  /** Lines that the stream took up to now; `bytes` of them. */
  sent(mark: Mark, bytes: number, now: number): void {
    const last = this.#marks.at(-1)
    const joined = last !== undefined && now < last.from + MARK_MS ? this.#marks.pop() : undefined
    this.#marks.push({ ...mark, from: joined?.from ?? now, until: now, bytes: bytes + (joined?.bytes ?? 0) })
  }

  /** Lines that the stream took and no server confirmed. */
  count({ sent }: Sending): number {
    return sent.number - Math.min(this.#confirmed, sent.number)
  }

  /** How much of it may go now. */
  release({ life, sent, held }: Sending, now: number): Sending {
    let released: Mark = held
    let bytes = this.#marks.reduce((sum, mark) => sum + mark.bytes, 0)
    for (let mark = this.#marks[0]; mark; mark = this.#marks[0]) {
      // while a gap is open, what may have to fill it stays
      if (mark.number > this.#confirmed && (this.#gap !== null || (now < mark.until + HOLD.ms && bytes <= HOLD.bytes))) break
      bytes -= mark.bytes
      released = mark
      this.#marks.shift()
    }
    // after a restart there are no marks of what was sent before it
    if (this.#marks.length === 0 && this.#confirmed >= sent.number) released = sent
    return { life, sent, held: { number: released.number, position: released.position } }
  }

  /** Null while there is nothing to go back for. */
  heard({ life, number, gap }: Receipt, sending: Sending, now: number): Rewind | null {
    if (life > sending.life) return this.#outbidBy(life, sending, now)
    if (life < sending.life) return null
    this.#confirmed = Math.max(this.#confirmed, Math.min(number, sending.sent.number))
    if (!gap || number >= sending.sent.number) this.#gap = null
    else if (this.#gap?.number !== number) this.#gap = { number, since: now }
    else if (now >= this.#gap.since + GAP_MS) return this.#back(number, sending)
    return null
  }

  #back(number: number, { life, held }: Sending): Rewind {
    this.#gap = null
    this.#tried = { number, times: this.#tried.number === number ? this.#tried.times + 1 : 1 }
    if (number < held.number || this.#tried.times > TRIES) return { kind: 'over', missing: { life, number }, to: this.#anew(life, held) }
    const to = this.#marks.findLast((mark) => mark.number <= number) ?? held
    this.#marks.splice(0, this.#marks.length, ...this.#marks.filter((mark) => mark.number <= to.number))
    return { kind: 'again', to: { life, sent: { number: to.number, position: to.position }, held } }
  }

  #outbidBy(life: string, { held }: Sending, now: number): Rewind | null {
    if (now < this.#outbid + NAMESAKE_MS) return null
    this.#outbid = now
    return { kind: 'namesake', to: this.#anew(life, held) }
  }

  /** What the spool has, counted in a life after this one. */
  #anew(life: string, { position }: Mark): Sending {
    this.#marks.length = 0
    this.#confirmed = 0
    this.#gap = null
    this.#tried = { number: -1, times: 0 }
    const begin: Mark = { number: 0, position }
    return { life: newLife(life), sent: begin, held: begin }
  }
}
