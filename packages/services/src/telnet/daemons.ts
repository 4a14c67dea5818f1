import type { Persona } from '@decnet/persona'
import { negotiate, OPTION, subnegotiate, type Verb } from './codec.ts'

/** One step of a daemon's opening: bytes, and what of the client it waits for before the next. */
export interface Step {
  /** Null: not sent, for what the client has declined. */
  bytes(client: ClientOptions): Buffer
  /** Options whose WILL/WONT (or DO/DONT) must be in. */
  readonly answers: readonly number[]
  /** Options whose subnegotiation must be in, when the client said WILL. */
  readonly details: readonly number[]
}
/** What the client has said so far. */
export interface ClientOptions {
  /** WILL of the client, by option. */
  will(option: number): boolean
}
/** A telnet daemon as its first bytes show it. */
export interface Daemon {
  readonly name: 'inetutils' | 'netkit' | 'busybox'
  readonly steps: readonly Step[]
  /** Options of ours that a client may ask for. */
  readonly offers: readonly number[]
  /** Options of the client's that we take. */
  readonly takes: readonly number[]
  /** Before the first `login:`; CR LF at line ends. */
  banner(persona: Persona, tty: string): string
}

const say = (...pairs: readonly (readonly [Verb, number])[]) => Buffer.concat(pairs.map(([verb, option]) => negotiate(verb, option)))
const fixed = (bytes: Buffer, answers: readonly number[] = [], details: readonly number[] = []): Step => ({
  bytes: () => bytes,
  answers,
  details,
})
const { TERMINAL_TYPE, TERMINAL_SPEED, X_DISPLAY, NEW_ENVIRON, OLD_ENVIRON, AUTHENTICATION, ENCRYPT } = OPTION
const { SGA, ECHO, LINEMODE, NAWS, STATUS, LFLOW, BINARY } = OPTION
const SEND = 1
const DETAILS = [TERMINAL_SPEED, X_DISPLAY, NEW_ENVIRON, TERMINAL_TYPE]

/** SEND for each of what the client is willing to tell. */
const askDetails: Step = {
  bytes: (client) => Buffer.concat(DETAILS.filter((option) => client.will(option)).map((option) => subnegotiate(option, SEND))),
  answers: [],
  details: DETAILS,
}

/** The special characters of a Linux terminal, as telnetd states them when it leaves line mode. */
const SPECIAL_CHARACTERS = [
  3, 3, 0xe2, 3, 4, 0x82, 15, 7, 0xe2, 28, 8, 0x82, 4, 9, 0xc2, 26, 10, 0x82, 127, 11, 0x82, 21, 12, 0x82, 23, 13, 0x82, 18, 14, 0x82, 22,
  15, 0x82, 17, 16, 0x82, 19,
]

/** GNU inetutils 2.4, Debian 12 and Ubuntu 24.04, from its wire. */
const inetutils: Daemon = {
  name: 'inetutils',
  steps: [
    fixed(
      say(
        ['WILL', AUTHENTICATION],
        ['WILL', ENCRYPT],
        ['DO', TERMINAL_TYPE],
        ['DO', TERMINAL_SPEED],
        ['DO', X_DISPLAY],
        ['DO', NEW_ENVIRON],
        ['DO', OLD_ENVIRON],
      ),
      [AUTHENTICATION, ENCRYPT, TERMINAL_TYPE, TERMINAL_SPEED, X_DISPLAY, NEW_ENVIRON, OLD_ENVIRON],
    ),
    askDetails,
    fixed(say(['WILL', SGA], ['DO', ECHO], ['DO', LINEMODE], ['DO', NAWS], ['WILL', STATUS], ['DO', LFLOW]), [ECHO, LINEMODE, NAWS, LFLOW]),
    {
      bytes: (client) => (client.will(LINEMODE) ? Buffer.concat([subnegotiate(LINEMODE, 1, 3), Buffer.of(0)]) : Buffer.alloc(0)),
      answers: [],
      details: [LINEMODE],
    },
    {
      bytes(client) {
        const flow = client.will(LFLOW) ? [subnegotiate(LFLOW, 3), Buffer.of(0)] : []
        const lines = client.will(LINEMODE) ? [negotiate('DONT', LINEMODE), subnegotiate(LINEMODE, ...SPECIAL_CHARACTERS)] : []
        return Buffer.concat([...flow, negotiate('WILL', ECHO), negotiate('DO', BINARY), ...lines])
      },
      answers: [],
      details: [],
    },
  ],
  offers: [SGA, STATUS, ECHO, BINARY],
  takes: [TERMINAL_TYPE, TERMINAL_SPEED, X_DISPLAY, NEW_ENVIRON, NAWS, LFLOW, LINEMODE, SGA, BINARY],
  banner: (persona, tty) => `\r\nLinux ${persona.os.kernel} (${persona.hostname}) (${tty})\r\n\r\n`,
}

/** netkit-telnet 0.17, Ubuntu 22.04. */
const netkit: Daemon = {
  name: 'netkit',
  steps: [
    fixed(say(['DO', TERMINAL_TYPE], ['DO', TERMINAL_SPEED], ['DO', X_DISPLAY], ['DO', NEW_ENVIRON]), [
      TERMINAL_TYPE,
      TERMINAL_SPEED,
      X_DISPLAY,
      NEW_ENVIRON,
    ]),
    askDetails,
    fixed(say(['WILL', SGA], ['DO', ECHO], ['DO', NAWS], ['WILL', STATUS], ['DO', LFLOW]), [ECHO, NAWS, LFLOW]),
    fixed(say(['WILL', ECHO])),
  ],
  offers: [SGA, STATUS, ECHO, BINARY],
  takes: [TERMINAL_TYPE, TERMINAL_SPEED, X_DISPLAY, NEW_ENVIRON, NAWS, LFLOW, SGA, BINARY],
  banner: (persona) => `${persona.os.prettyName}\r\n`,
}

/** BusyBox, which asks and goes on without waiting. */
const busybox: Daemon = {
  name: 'busybox',
  steps: [fixed(say(['DO', ECHO], ['DO', NAWS], ['DO', LFLOW], ['WILL', ECHO], ['WILL', SGA]))],
  offers: [SGA, ECHO],
  takes: [NAWS, LFLOW],
  banner: () => '',
}

/** The daemon that this system would run. */
export function daemonOf(persona: Persona): Daemon {
  if (persona.os.family === 'embedded') return busybox
  return persona.os.distro === 'ubuntu22' ? netkit : inetutils
}
