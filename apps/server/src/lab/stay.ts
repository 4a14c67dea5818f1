import type { Observation } from '../domain/linkage/observation.ts'
import { type Client, shownBy } from './clients.ts'
import type { Knobs } from './knobs.ts'
import type { Address, Network } from './network.ts'
import type { Random } from './random.ts'
import type { Credential } from './wordlists.ts'

/** What all actors of one campaign share. */
export interface World {
  readonly knobs: Knobs
  readonly network: Network
  /** Epoch milliseconds. */
  readonly start: number
  readonly end: number
  readonly deckies: readonly string[]
  /** Milliseconds by which a decky's clock is ahead. */
  readonly skew: ReadonlyMap<string, number>
  readonly wordlists: readonly (readonly Credential[])[]
  /** Tools that several strangers have, be it for money. */
  readonly toolkits: readonly Client[]
  /** Files that strangers fetch alike: miners, scanners, rootkits. */
  readonly commodities: readonly string[]
  /** Where anyone puts files: paste bins, code hosts, file drops. */
  readonly sharedHosts: readonly string[]
}

/** An observation and who is behind it. */
export interface Stay {
  readonly identity: string
  readonly observation: Observation
}

/** Who did what, before anything of it is lost on the way into the observation. */
export interface Visit {
  readonly identity: string
  readonly address: Address
  /** Epoch milliseconds, true time. */
  readonly at: number
  /** Milliseconds. */
  readonly lasts: number
  readonly client: Client | null
  /** The service tells which face of the client is seen: telnet shows none. */
  readonly over: 'ssh' | 'https' | 'telnet'
  readonly deckies: readonly string[]
  readonly credentials?: readonly Credential[]
  readonly commands?: readonly string[]
  readonly payloads?: readonly string[]
  readonly c2?: readonly string[]
}

const MINUTE = 60_000
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]

/** What the decoys make of a visit: their clocks differ, and fingerprints go missing. */
export function observe(visit: Visit, { knobs, skew }: World, random: Random): Stay {
  const { deckies, lasts, commands = [], credentials = [] } = visit
  const at = Math.round(visit.at)
  const ahead = (decky: string) => skew.get(decky) ?? 0
  const seen = visit.client === null || random.chance(knobs.missingFingerprints) ? null : shownBy(visit.client, random)
  const given: { ts: number; decky: string; text: string }[] = []
  // Commands are given on the last decky: where they got in.
  const shell = deckies.at(-1)
  let offset = lasts * 0.2
  for (const text of shell === undefined ? [] : commands) {
    offset = Math.min(lasts, offset + random.exponential((lasts * 0.8) / commands.length))
    given.push({ ts: Math.round(at + offset + ahead(shell as string)), decky: shell as string, text })
  }
  const first = at + ahead(deckies[0] ?? '')
  return {
    identity: visit.identity,
    observation: {
      id: `o-${random.hex(12)}`,
      ip: visit.address.ip,
      asn: visit.address.asn,
      firstSeen: first,
      lastSeen: Math.max(first, Math.round(at + lasts + ahead(shell ?? '')), ...given.map(({ ts }) => ts)),
      fingerprints: {
        ja3: visit.over === 'https' ? (seen?.ja3 ?? []) : [],
        ja4: visit.over === 'https' ? (seen?.ja4 ?? []) : [],
        hassh: visit.over === 'ssh' ? (seen?.hassh ?? []) : [],
      },
      payloads: unique(visit.payloads ?? []),
      c2: unique(visit.c2 ?? []),
      credentials,
      commands: given,
      deckies: unique(deckies),
    },
  }
}

/** A stay of a few minutes for a machine, of an hour for a person. */
export const lengthOf = (random: Random, minutes: number): number => Math.round(MINUTE * Math.max(0.05, random.exponential(minutes)))
