import type { LongLines } from '../_shared/line-reader/line-reader.ts'
import type { FileError } from '../_shared/shell/port.ts'
import type { WallTime } from '../_shared/shell/zoned-time.ts'
import type { Entry } from './listing.ts'
import type { Unescaped } from './telnet.ts'

/** What a reply may depend on. Strings of the protocol are binary: one character, one byte. */
export interface View {
  readonly version: string
  readonly serverName: string
  readonly fqdn: string
  readonly peer: string
  readonly local: string
  readonly user: string | null
  readonly type: 'A' | 'I'
  readonly umask: number
}

/** What went wrong while moving a file. */
export type TransferFailure = 'connect' | 'network' | 'full'

/** One daemon's way of speaking: its texts, its rules, its delays. Replies are whole lines without the last CRLF. */
export interface Dialect {
  readonly terminator: '\n' | '\r\n'
  readonly lineLimit: number
  readonly longLines: LongLines
  /** Answered to a line beyond the limit, before the connection is closed; null = it is ignored after a while, the fourth in a row closes. */
  readonly tooLong: string | null
  /** Whether what came before the end of a half-closed connection is a line. */
  readonly lastLineCounts: boolean
  /** What the daemon reads in the bytes of a line. */
  unescape(line: Buffer): Unescaped
  /** Verb and argument of an unescaped line. */
  split(text: string): { readonly given: string; readonly argument: string }
  readonly emptyLine: string | null
  readonly umask: number
  /** Local time in listings, or UTC. */
  readonly localTime: boolean
  /** Milliseconds before a refused login is answered. `known`: the account exists and may use FTP. */
  failureDelay(known: boolean, random: () => number): number
  /** Seconds of silence; the answer when they are over. */
  readonly loginTimeout: { readonly seconds: number; readonly reply: string }
  readonly idleTimeout: { readonly seconds: number; readonly reply: string }
  greeting(view: View): string
  /** Verbs that are answered before a login; all others get `notLoggedIn` or, where the daemon looks first, `unknown`. */
  readonly open: ReadonlySet<string>
  readonly verbs: ReadonlySet<string>
  readonly unknownFirst: boolean
  /** Verbs of another protocol: the connection is closed without a word. */
  readonly foreign: ReadonlySet<string>
  readonly notLoggedIn: string
  unknown(verb: string): string
  /** A reply that the number of arguments alone decides, or null. */
  arity(verb: string, argument: string): string | null
  /** Replies without a state behind them, by verb. */
  fixed(verb: string, argument: string, view: View): string | null
  passwordWanted(user: string): string
  readonly passwordFirst: string
  readonly wrong: string
  loggedIn(user: string): string
  again(same: boolean, user: string): string
  readonly passwordAgain: string
  readonly goodbye: string

  pwd(path: string): string
  readonly cwd: (verb: string) => string
  made(path: string): string
  readonly done: (verb: string) => string
  renameReady: string
  /** Answered between RNFR and RNTO to all but a few verbs; null = anything may come. */
  readonly renamePending: string | null
  renamed: string
  renameFirst: string
  size(size: number): string
  /** Refusal of SIZE in ASCII mode; null where the daemon answers. */
  readonly sizeInAscii: string | null
  readonly timeSet: string | null
  notPlain(verb: string, path: string): string
  failed(verb: string, path: string, error: FileError): string
  type(argument: string): { readonly reply: string; readonly type?: 'A' | 'I' }
  rest(argument: string, type: 'A' | 'I'): { readonly reply: string; readonly offset: number }
  /** RANG: first and last byte of the next download. */
  range(argument: string, type: 'A' | 'I'): { readonly reply: string; readonly first?: number; readonly last?: number }
  site(
    argument: string,
    view: View,
  ):
    | { readonly reply: string }
    | { readonly chmod: { readonly mode: (before: number) => number; readonly path: string } }
    | { readonly umask: number; readonly reply: string }

  passive(address: string, port: number): string
  extendedPassive(port: number): string
  epsv(argument: string): { readonly reply: string } | { readonly all: string } | null
  readonly passiveAfterEpsvAll: string
  /** The answer to PORT and EPRT, which are never obeyed. */
  active(verb: string): string
  readonly noChannel: string
  /** RETR and STOR: is the file opened before the data connection is looked for? */
  readonly fileFirst: boolean
  opening(verb: string, name: string, size: number | null, type: 'A' | 'I'): string
  readonly complete: (verb: string) => string
  failure(kind: TransferFailure): string
  /** APPE and STOR after REST on a file that exists; null = allowed. */
  resumeRefused(path: string): string | null
  readonly convertsAscii: boolean
  uniqueName(path: string, taken: (path: string) => boolean, letters: () => string): string

  line(entry: Entry, time: WallTime, recent: boolean, nameOf: (uid: number, group: boolean) => string): string
  /** What follows a listing whose path does not exist; null = the ordinary end. */
  missing(path: string, error: FileError): string | null
  readonly nothingFound: string | null
  stat(view: View): string
  statPath(path: string, lines: readonly string[], directory: boolean): string
  statMissing(path: string, error: FileError): string
}
