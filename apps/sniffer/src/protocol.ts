import { z } from 'zod'

/** Flags for Node with which a sniffer is started: under a flood its garbage would else be let lie until it fills hundreds of megabytes. */
export const snifferFlags: readonly string[] = ['--max-old-space-size=192', '--max-semi-space-size=4']

/** A decky as the sniffer knows it: by its addresses. */
export const watchedDecky = z.object({
  name: z.string().min(1).max(63),
  ip: z.string().min(2).max(64),
  ip6: z.string().min(2).max(64).optional(),
  /** Lower case with colons. What its card sends is never an attacker's. */
  mac: z.string().optional(),
})
export type WatchedDecky = z.infer<typeof watchedDecky>

/** Whom it watches, and whom it does not listen to. */
const watched = {
  deckies: z.array(watchedDecky).readonly(),
  /** Addresses and cards (lower case with colons) that are ours: this host, the gateway's card. What they send is no attacker's. */
  ignore: z.array(z.string()).readonly().default([]),
}

/** supervisor → sniffer. `watch` first; `deckies` whenever the fleet changes. */
export const toSniffer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('watch'),
    /** Absolute; holds `spool/`, owned by `uid`. */
    directory: z.string().min(1),
    /** Who to become; needed when started as root, ignored otherwise. */
    uid: z.number().int().positive().optional(),
    gid: z.number().int().positive().optional(),
    /** Where the deckies' packets pass: the LAN interface, a bridge, `lo`. */
    interface: z.string().min(1).max(15),
    ...watched,
  }),
  z.object({ type: z.literal('deckies'), ...watched }),
  z.object({ type: z.literal('stop') }),
])
/** As it is sent: `ignore` may be absent. */
export type ToSniffer = z.input<typeof toSniffer>

/** Since the start of the sniffer, except what is now. */
export const snifferStats = z.object({
  /** Packets that were looked at. */
  packets: z.number().int(),
  /** Packets that the kernel had no room for. */
  dropped: z.number().int(),
  events: z.number().int(),
  /** Events that were not said because there were too many at once. */
  suppressed: z.number().int(),
  /** Connections followed now. */
  flows: z.number().int(),
  rss_mb: z.number(),
})
export type SnifferStats = z.infer<typeof snifferStats>

/** sniffer → supervisor. Without its interface it says `failed` and ends; `stats` every 10 s. */
export const fromSniffer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), reason: z.string() }),
  snifferStats.extend({ type: z.literal('stats') }),
])
export type FromSniffer = z.infer<typeof fromSniffer>
