interface Knob {
  readonly default: number
  readonly low: number
  readonly high: number
  readonly whole: boolean
  readonly says: string
}
const share = (value: number, says: string): Knob => ({ default: value, low: 0, high: 1, whole: false, says })
const count = (value: number, low: number, high: number, says: string): Knob => ({ default: value, low, high, whole: true, says })

/** What a synthetic campaign can be made of. The defaults are the lab's default noise. */
export const knobs = {
  identities: count(200, 1, 100_000, 'how many identities there are in truth'),
  days: count(30, 1, 365, 'how long it lasts'),
  deckies: count(12, 1, 500, 'how many decoys watch'),
  staysPerOperator: count(5, 1, 100, 'how often an operator comes, on average'),
  noiseFloor: share(0.35, 'identities that come once and leave next to nothing'),
  bots: share(0.5, 'of the others: infected machines that follow a script'),
  steered: share(0.25, 'bots that one host steers, each herd one campaign; the rest is a worm that nobody steers'),
  teams: share(0.4, 'operators that work in a team of two to four, one hands access over to the other'),
  shortSecrets: share(1, 'accounts opened for a team whose password is so short that lists may have it'),
  missingFingerprints: share(0.3, 'stays whose SSH or TLS fingerprint was not seen'),
  commonFingerprints: share(0.6, 'tools of operators that are built on a popular client library'),
  toolSwitch: share(0.1, 'stays at which an operator changes to another tool'),
  vpnHopping: share(0.4, 'operators who come from another exit of a VPN each time'),
  sharedNat: share(0.1, 'identities behind an address of an access provider that many share'),
  ipReuse: share(0.03, 'stays from an address that a stranger had before'),
  pauses: share(0.15, 'stays after which an operator is away for one to two weeks'),
  clockSkew: count(30, 0, 86_400, 'seconds by which the clocks of the decoys differ, as a standard deviation'),
} as const satisfies Record<string, Knob>

export type KnobName = keyof typeof knobs
export type Knobs = Readonly<Record<KnobName, number>>

export const knobNames = Object.keys(knobs) as readonly KnobName[]
export const defaultKnobs = Object.fromEntries(knobNames.map((name) => [name, knobs[name].default])) as Knobs
