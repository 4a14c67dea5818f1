import type { AnyEventType } from '@decnet/contracts/events'

/** What an event needs of files that lie beside the log. */
export type Wish =
  /** A terminal recording, in the honeypot's own format. The event is only told when it is there. */
  | { readonly kind: 'recording'; readonly file: string; readonly columns: number; readonly rows: number; readonly title: string }
  /** A file that was left; the event is told whether it is there or not. */
  | { readonly kind: 'artifact'; readonly sha256: string; readonly file: string }

/** An event that a line of a foreign log tells of. */
export interface Told {
  readonly ts: number
  readonly decky: string
  readonly service: string
  readonly sessionId: string | null
  readonly ip: string | null
  readonly port: number | null
  readonly event: AnyEventType
  readonly values: Readonly<Record<string, unknown>>
  /** Fields beside the event's own: what the other system called it. */
  readonly origin?: Readonly<Record<string, string>>
  readonly wish?: Wish
}

/** A line of ours already. */
export interface Ready {
  readonly ts: number
  readonly type: string
  /** The attacker's address; null where the line names none. */
  readonly ip: string | null
  readonly line: string
}

/** What one line was: events, something that is known and tells no event, or nothing that this format knows. */
export type Reading = { readonly events: readonly (Told | Ready)[] } | { readonly unused: string } | { readonly unknown: string }

/** Reads the lines of one format, in their order. Pure of clock, disk and chance; what it remembers is bounded and can be written down. */
export interface Reader {
  /** `ended`: a line break stood behind it, or the end of a file that nobody writes, as is so unless it is said; otherwise its end may be missing. */
  read(line: Buffer, ended?: boolean): Reading
  /** Plain data: a reader that is made of it goes on as this one would. */
  state(): unknown
  /** Sessions that are remembered and were not seen to end. */
  readonly open: number
}
export type MakeReader = (state?: unknown) => Reader

export const FIRST_MOMENT = 0
export const LAST_MOMENT = 253_402_300_799_999

/** `Date.parse` takes 30 February for 2 March. */
const isDay = (iso: string): boolean =>
  Number(iso.slice(8, 10)) <= 28 ||
  Number(iso.slice(8, 10)) <= new Date(Date.UTC(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)), 0)).getUTCDate()

/** Epoch milliseconds of `2026-11-21T21:48:05.123456Z`; with a space for the T, and UTC where no zone stands. Null for what is no time. */
export function moment(text: string | undefined): number | null {
  if (text === undefined || text.length > 40) return null
  const iso = text.trim().replace(' ', 'T').replace(',', '.')
  const ts = Math.floor(Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`))
  return ts >= FIRST_MOMENT && ts <= LAST_MOMENT && isDay(iso) ? ts : null
}

/** A foreign name as the name of a decky: small letters, digits and `-`. */
export const deckyOf = (name: string | undefined, otherwise: string): string =>
  (name ?? '')
    .slice(0, 255)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 63)
    .replace(/-$/, '') || otherwise
