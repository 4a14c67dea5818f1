/** Where a line stands among all that a sensor sends: each life of its counting begins with 1; a later life has a greater name. */
export interface Count {
  readonly life: string
  readonly number: number
}

const COUNT = /^([0-9a-z]{1,16})\.(\d{1,15})$/

export const formatCount = ({ life, number }: Count): string => `${life}.${number}`

/** Null for what is no count. */
export function parseCount(text: string | null | undefined): Count | null {
  const match = COUNT.exec(text ?? '')
  return match === null ? null : { life: match[1] ?? '', number: Number(match[2]) }
}

/** The name of a life that begins now; names sort by their time. */
export function newLife(after = ''): string {
  const now = Date.now().toString(36).padStart(10, '0')
  return now > after ? now : (Number.parseInt(after, 36) + 1).toString(36).padStart(10, '0')
}

/** What a server has of one sensor's lines, told to the sensor: all up to `number`; `gap`: later ones too, so many that one in between is no longer on its way. */
export interface Receipt extends Count {
  readonly gap: boolean
}

export const encodeReceipt = ({ life, number, gap }: Receipt): string => JSON.stringify({ life, number, gap })

/** Whoever wrote it is not trusted: null for what is no receipt. */
export function decodeReceipt(text: string): Receipt | null {
  try {
    const { life, number, gap } = JSON.parse(text) as Record<string, unknown>
    const count = parseCount(`${life}.${number}`)
    return count && typeof gap === 'boolean' ? { ...count, gap } : null
  } catch {
    // somebody else's
    return null
  }
}

/** Lines beyond a gap are kept in mind as spans; those beyond so many are taken for missing and come again. */
const SPANS = 1_000

/** Which lines of a sensor have come: all up to one, and spans beyond a gap. Lines of earlier lives are of no interest any more. */
export class Arrivals {
  #upTo: Count | null
  readonly #spans: { from: number; to: number }[] = []

  constructor(upTo: Count | null) {
    this.#upTo = upTo
  }

  /** All up to it have come; null before the first. */
  get upTo(): Count | null {
    return this.#upTo
  }

  /** Whether later ones have come. */
  get gap(): boolean {
    return this.#spans.length > 0
  }

  /** How far the latest that came is ahead of a gap; 0 without one. */
  get ahead(): number {
    const last = this.#spans.at(-1)
    return last ? last.to - (this.#upTo?.number ?? 0) : 0
  }

  note({ life, number }: Count): void {
    if (this.#upTo === null || life > this.#upTo.life) {
      this.#upTo = { life, number: 0 }
      this.#spans.length = 0
    }
    if (life < this.#upTo.life || number <= this.#upTo.number) return
    if (number === this.#upTo.number + 1) this.#advance(number)
    else this.#remember(number)
  }

  #advance(number: number): void {
    const [next] = this.#spans
    const reached = next?.from === number + 1
    if (reached) this.#spans.shift()
    this.#upTo = { life: this.#upTo?.life ?? '', number: reached ? next.to : number }
  }

  #remember(number: number): void {
    // mostly the one behind the last
    let at = this.#spans.length
    while (at > 0 && (this.#spans[at - 1]?.from ?? 0) > number) at--
    const [before, behind] = [this.#spans[at - 1], this.#spans[at]]
    if (before && number <= before.to) return
    const joins = behind?.from === number + 1
    if (before?.to === number - 1) {
      before.to = joins ? behind.to : number
      if (joins) this.#spans.splice(at, 1)
    } else if (joins) behind.from = number
    else if (this.#spans.length < SPANS) this.#spans.splice(at, 0, { from: number, to: number })
  }
}
