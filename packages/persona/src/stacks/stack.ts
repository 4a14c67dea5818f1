import type { OsFamily } from '../port.ts'

/** How the 16-bit identification of IPv4 goes from packet to packet: nmap calls these Z, I, RI and RD. */
export type IdMode = 'zero' | 'increment' | 'stride' | 'random'

/** What an open port does with a segment that nobody sends in earnest; a counted reset acknowledges one byte more than came. */
export type Reaction = 'silence' | 'reset' | 'counted-reset' | 'taken-for-syn'

/**
 * Options of a SYN-ACK by what was agreed (W window scale, S selective acknowledgement, T timestamps), in nmap's letters; M is the segment
 * size, N pads, L ends. What is not here cannot be agreed.
 */
export type Layout = Readonly<Partial<Record<Agreed, string>>>
export type Agreed = '' | 'W' | 'S' | 'T' | 'WS' | 'WT' | 'ST' | 'WST'

/** Who makes the device of a system that runs on nobody else's. */
export type DeviceMaker = 'Cisco' | 'Hewlett Packard' | 'Lantronix'

/** What a Linux kernel can do by its own settings. */
export interface KernelTraits {
  /** First TTL and hop limit of everything. */
  readonly ttl: number
  /** The shift that is offered to a peer that scales; null when this stack never does. */
  readonly windowScale: number | null
  /** `host`: one clock for all connections; `connection`: each begins anywhere. */
  readonly timestamps: 'none' | 'host' | 'connection'
  readonly sack: boolean
  readonly ecn: boolean
  /** Path MTU discovery: data segments forbid fragments. */
  readonly dontFragment: boolean
  /** Milliseconds between two ICMP errors to one peer; 0 for no limit. */
  readonly icmpInterval: number
}

/** What has to be written anew in the packets of a handshake, a refusal or a probe. */
export interface Handwriting {
  /** Of the SYN-ACK, before scaling. */
  readonly window: number
  /** An unscaled window is cut to whole segments of the peer. */
  readonly wholeSegments: boolean
  /** Offered segment size over IPv4; over IPv6 20 bytes less. */
  readonly mss: number
  /** Whether a peer's lower size is offered back: never, where it named one, or always (536 when it named none). */
  readonly mssFollowsPeer: 'never' | 'named' | 'always'
  readonly layout: Layout
  readonly ids: { readonly synAck: IdMode; readonly reset: IdMode; readonly icmp: IdMode }
  readonly reset: {
    readonly dontFragment: boolean
    /** Acknowledgement number of a RST without ACK. */
    readonly bareAck: 'zero' | 'sequence'
    /** Sequence number of a RST with ACK: the probe's own acknowledgement number, whether it meant one or not. */
    readonly sequence: 'zero' | 'probe'
    /** A FIN in the probe is acknowledged. */
    readonly countsFin: boolean
  }
  /** What belongs to no connection and opens none, to any port: refused as RFC 9293 has it, or silence, where a packet filter stands before. */
  readonly strays: 'refused' | 'silence'
  /** To an open port: no flag at all; SYN and FIN together. */
  readonly odd: { readonly none: Reaction; readonly synFin: Reaction }
  readonly unreachable: {
    /** Bytes of the refused datagram that are quoted, after its IP header; 548 is all that fits in 576. */
    readonly quote: number
    readonly dontFragment: boolean
    readonly udpChecksum: 'kept' | 'zero'
  }
  readonly echo: { readonly code: 'kept' | 'zero'; readonly dontFragment: 'never' | 'kept' }
  readonly icmpTtl: number
}

/**
 * How one release of a system writes its packets: the facts behind nmap's tests (nmap.org/book/osdetect-methods.html) and p0f's signatures.
 * `handwriting` is null where the kernel's own hand is the claim.
 */
export interface Stack {
  readonly id: string
  readonly family: OsFamily
  /** Release as an operator would name it. */
  readonly title: string
  /** Absent where it runs on anybody's hardware. */
  readonly maker?: DeviceMaker
  readonly kernel: KernelTraits
  readonly handwriting: Handwriting | null
}
