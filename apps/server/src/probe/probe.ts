import type { PayloadOf, topics } from '@decnet/contracts/topics'

/** Families of active probes; the type of what they announce. */
export const FAMILIES = ['tcpfp', 'tls_certificate', 'jarm', 'hassh', 'http'] as const
export type Family = (typeof FAMILIES)[number]

/** Where to ask: an address that was checked, never a name that would be looked up again; and by which name the server is to be called. */
export interface Target {
  readonly address: string
  readonly host: string
  readonly port: number
}
export interface Means {
  /** For each connection, milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

type Without<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never

/** What a probe found: one fingerprint, and what else is to be shown of it. */
export interface Finding {
  /** What the next one is compared with. */
  readonly hash: string
  /** Members of `attacker.fingerprinted` beside the address and the port. */
  readonly payload: Without<PayloadOf<typeof topics.attackerFingerprinted>, 'attacker_ip' | 'port'>
  /** For eyes: short texts that the server may have chosen. */
  readonly facts: Readonly<Record<string, string>>
}

/** One kind of active probe. */
export interface Probe {
  readonly family: Family
  readonly title: string
  /** Tried where nobody says otherwise. */
  readonly ports: readonly number[]
  /** Asks an open port; null where it has no such fingerprint: it speaks something else, says nothing or hangs up. Never throws for what it is told. */
  ask(target: Target, means: Means): Promise<Finding | null>
}

/** Where TLS is usual. */
export const TLS_PORTS = [443, 8443, 8080, 4443, 50050, 2222, 993, 995, 8888, 9001] as const
