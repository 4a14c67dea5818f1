import { osFamilies, type Stack } from '@decnet/persona'
import { z } from 'zod'

const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u)
/** As the kernel takes it: 15 bytes, no slash, no blank. */
const link = z.string().regex(/^[\w.@-]{1,15}$/u)
const mac = z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/u)

const port = z.number().int().min(1).max(65_535)
const mark = z.string().regex(/^[0-9a-f]{8}$/u)

/** Where the hosts hang. */
export const wire = z.discriminatedUnion('link', [
  /** A card of its own for each host, on this machine's interface. */
  z.object({ link: z.literal('macvlan'), interface: link }),
  /** A cable from each host into this machine's bridge. */
  z.object({ link: z.literal('bridge'), interface: link }),
])
export type WireTo = z.infer<typeof wire>

/** A host as it is to stand on the network. */
export const host = z.object({
  name: slug,
  mac,
  /** Null: asked for by DHCP. */
  ip: z.ipv4().nullable(),
  /** What it calls itself there, and whose manner of asking it has. */
  hostname: z.string().min(1).max(255),
  osFamily: z.enum(osFamilies),
  /** Length of the network's prefix. */
  prefix: z.number().int().min(1).max(32),
  gateway: z.ipv4().nullable(),
  ip6: z.ipv6().nullable(),
  prefix6: z.number().int().min(1).max(128),
  gateway6: z.ipv6().nullable(),
  /** How its packets are written. */
  stack: z.custom<Stack>((value) => typeof value === 'object' && value !== null && 'kernel' in value && 'handwriting' in value),
  /** TCP ports that are open already: of a host that another helper made. */
  openTcp: z.array(port).max(1_024),
})
export type HostWish = z.infer<typeof host>

/** What the helper does for the supervisor; nothing else. Each order has an answer with its number. */
export const order = z.discriminatedUnion('do', [
  /** Whose hosts these are, where they hang, and which of those that stand are to stay; others with this mark go. First of all. */
  z.object({ do: z.literal('begin'), mark, wire, keep: z.array(slug) }),
  /** Makes the host, or takes on one that stands already as it is wished. */
  z.object({ do: z.literal('raise'), host }),
  z.object({ do: z.literal('lower'), name: slug }),
  /** A bound socket in the host's namespace; it rides on the answer. Listening is for whoever gets it. */
  z.object({
    do: z.literal('open'),
    name: slug,
    transport: z.enum(['tcp', 'udp']),
    address: z.string(),
    port,
  }),
  /** The socket of a TCP port has been closed. */
  z.object({ do: z.literal('shut'), name: slug, port }),
  /** Hosts with this mark that stand. */
  z.object({ do: z.literal('inspect') }),
  /** Which of these addresses somebody on a network has; may come before `begin`. */
  z.object({ do: z.literal('taken'), wire, addresses: z.array(z.union([z.ipv4(), z.ipv6()])).max(4_096) }),
  /** Removes every host with this mark. */
  z.object({ do: z.literal('sweep') }),
])
export type Order = z.infer<typeof order>
export const numbered = z.object({ id: z.number().int(), order })

/** A host as it stands. */
export interface StandingHost {
  readonly name: string
  readonly mac: string
  readonly ip: string | null
  readonly ip6: string | null
}

interface Answers {
  /** What packets cannot be written like on this machine, and why. */
  readonly begin: { readonly missing: readonly string[] }
  readonly raise: StandingHost
  readonly lower: null
  readonly open: { readonly port: number }
  readonly shut: null
  readonly inspect: readonly StandingHost[]
  readonly taken: readonly string[]
  readonly sweep: { readonly removed: number }
}
export type AnswerTo<O extends Order> = Answers[O['do']]

/** helper → supervisor; the handle of an `open` rides along. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: string; readonly hint: string | null } }
