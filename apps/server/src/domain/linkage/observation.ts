/** Where and when a command was given, as far as it is known. */
export interface ObservedCommand {
  /** Epoch milliseconds. */
  readonly ts: number | null
  readonly decky: string | null
  readonly text: string
}

/**
 * What is known of one source address, of the lab's during one stay: the unit that identities are made of. An empty list or a null means that nothing
 * was seen, never that there is nothing.
 */
export interface Observation {
  readonly id: string
  readonly ip: string | null
  readonly asn: number | null
  /** Epoch milliseconds. */
  readonly firstSeen: number | null
  readonly lastSeen: number | null
  /** Of the attacker's client programs; never of servers that it runs. */
  readonly fingerprints: Readonly<Record<FingerprintKind, readonly string[]>>
  /** SHA-256 of files left behind, or URLs of files fetched. */
  readonly payloads: readonly string[]
  /** `host` or `host:port` that its payloads and commands name. */
  readonly c2: readonly string[]
  /** Pairs of user and secret, in the order of their use. */
  readonly credentials: readonly (readonly [user: string, secret: string])[]
  /** When each of them was used first, epoch milliseconds, in the same order. Absent = when the stay began. */
  readonly credentialTimes?: readonly number[] | undefined
  /** Those of them that a decky let in: it hands them to everybody who guesses or is told. Absent = not known. */
  readonly accepted?: readonly (readonly [user: string, secret: string])[] | undefined
  readonly commands: readonly ObservedCommand[]
  readonly deckies: readonly string[]
}

export const fingerprintKinds = ['ja3', 'ja4', 'hassh'] as const
export type FingerprintKind = (typeof fingerprintKinds)[number]

/** What a linkage found: each observation in exactly one identity, each identity in at most one campaign. */
export interface Grouping {
  readonly identities: readonly { readonly id: string; readonly members: readonly string[] }[]
  readonly campaigns: readonly { readonly id: string; readonly identities: readonly string[] }[]
}
