import { z } from 'zod'
import { bytes, defineEvent } from './define.ts'

/** What the sniffer says: of packets that came to a decky's address, whether anything listens there or not. Its service is `sniffer`. */
const here = { local_ip: z.string().optional(), local_port: z.number().int().optional() }
const count = z.number().int().min(0)
const milliseconds = z.number().min(0)

/** How numbers follow each other from packet to packet; `unknown` below four. */
const sequence = z.enum(['unknown', 'zero', 'constant', 'incremental', 'random'])

/** `tcp`: the SYN in p0f's notation, by which stacks are compared. `options_sig`: M mss, N nop, W scale, S sack permitted, T timestamps, E end. */
export const tcpSynFingerprint = defineEvent({
  type: 'tcp_syn_fingerprint',
  summary: "An address opened a connection; this is its TCP stack's way to do so.",
  kind: 'contact',
  fields: z.object({
    ...here,
    tcp: z.string(),
    ttl: count,
    initial_ttl: count,
    hop_distance: count,
    window: count,
    mss: count.optional(),
    wscale: count.optional(),
    options_sig: z.string(),
    has_sack: z.boolean(),
    has_timestamps: z.boolean(),
    tos: count,
    dscp: count,
    ecn: count,
    ipid_class: sequence,
    ipid_samples: z.string().optional(),
    isn_class: sequence,
    isn_samples: z.string().optional(),
    os_guess: z.string(),
    os_confidence: z.number().optional(),
  }),
})

/** `bytes`: of both sides' payload; times between packets are the client's. `rtt_ms`: from the decky's SYN-ACK to the client's answer. */
export const tcpFlowTiming = defineEvent({
  type: 'tcp_flow_timing',
  summary: 'A connection is over; this was its rhythm.',
  kind: 'contact',
  fields: z.object({
    ...here,
    packets: count,
    bytes: count,
    duration_s: z.number().min(0),
    mean_iat_ms: milliseconds,
    min_iat_ms: milliseconds,
    max_iat_ms: milliseconds,
    retransmits: count,
    rtt_ms: milliseconds.optional(),
  }),
})

const scanKind = z.enum(['syn', 'connect', 'null', 'fin', 'xmas', 'ack', 'udp', 'sweep'])

/**
 * Said twice of one scan: `begun` as soon as it is told from noise, `ended` with the numbers of the whole. Many ports of one decky, or with
 * the kind `sweep` the same few of several (`protocol` icmp: none). `ports` and `deckies` name the first of them, `1-1000,3306`, the counts
 * count all. `open`: ports that answered with a service; `closed`: with a refusal.
 */
export const portScan = defineEvent({
  type: 'port_scan',
  summary: 'An address looked for open ports, or for hosts.',
  kind: 'contact',
  fields: z.object({
    kind: scanKind,
    protocol: z.enum(['tcp', 'udp', 'icmp']),
    state: z.enum(['begun', 'ended']),
    ports: z.string(),
    port_count: count,
    deckies: z.string(),
    decky_count: count,
    open: count,
    closed: count,
    packets: count,
    /** Epoch milliseconds. */
    first: count,
    last: count,
    os_guess: z.string().optional(),
  }),
})

const offer = { ja3: z.string(), sni: bytes.optional(), alpn: bytes.optional() }
const offered = { raw_ciphers: z.string(), raw_extensions: z.string(), resumption: z.boolean() }

/** `tls_version`: the newest that is offered. Lists are numbers with dashes, as JA3 writes them. */
export const tlsClientHello = defineEvent({
  type: 'tls_client_hello',
  summary: 'A TLS client made its offer.',
  kind: 'contact',
  fields: z.object({ ...here, ...offer, ja4: z.string(), tls_version: z.string(), ...offered }),
})

/** `tls_version`: the one agreed on. */
export const tlsSession = defineEvent({
  type: 'tls_session',
  summary: 'A decky answered a TLS client.',
  kind: 'contact',
  fields: z.object({ ...here, ...offer, ja4: z.string(), ja3s: z.string(), tls_version: z.string(), cipher: z.number().int() }),
})

/** Its JA4 has a name of its own: what was taken over UDP is never compared with what was taken over TCP. */
export const quicClientHello = defineEvent({
  type: 'quic_client_hello',
  summary: 'A QUIC client made its offer.',
  kind: 'contact',
  fields: z.object({ ...here, sni: bytes.optional(), alpn: bytes.optional(), ja4_quic: z.string(), ...offered }),
})

/** `ssh_version`: its identification line. HASSH is absent where it said no more than that. */
export const sshClientBanner = defineEvent({
  type: 'ssh_client_banner',
  summary: 'An SSH client said what it is.',
  kind: 'contact',
  fields: z.object({ ...here, ssh_version: bytes, hassh: z.string().optional(), hassh_algorithms: z.string().optional() }),
})

const icmp = { local_ip: z.string().optional(), ttl: count, size: count }

export const icmpEcho = defineEvent({
  type: 'icmp_echo',
  summary: 'A decky was pinged.',
  kind: 'contact',
  fields: z.object({ ...icmp, icmp_id: count, sequence: count }),
})

/** Questions that no ping asks: timestamp, address mask, information; numbers as ICMP or ICMPv6 has them. */
export const icmpProbe = defineEvent({
  type: 'icmp_probe',
  summary: 'A decky was asked something unusual over ICMP.',
  kind: 'contact',
  fields: z.object({ ...icmp, icmp_type: count, icmp_code: count }),
})

/** `protocol` ndp: the same question in IPv6. `targets`: the first addresses asked for. */
export const arpScan = defineEvent({
  type: 'arp_scan',
  summary: 'A machine on the same network asked for the cards of many addresses.',
  kind: 'contact',
  fields: z.object({
    protocol: z.enum(['arp', 'ndp']),
    state: z.enum(['begun', 'ended']),
    src_mac: z.string(),
    targets: z.string(),
    target_count: count,
    decky_count: count,
    packets: count,
    first: count,
    last: count,
  }),
})

/** `stable_privacy`: nothing can be read from it (RFC 7217). `src_mac`: of the frame. */
export const ipv6LinkLocalLeak = defineEvent({
  type: 'ipv6_link_local_leak',
  summary: 'A machine on the same network gave away its own IPv6 address.',
  kind: 'contact',
  fields: z.object({
    local_ip: z.string().optional(),
    iid_kind: z.enum(['eui64', 'stable_privacy']),
    mac_oui: z.string().optional(),
    src_mac: z.string(),
  }),
})

/** `dropped`: packets that the kernel had no room for; `suppressed`: events that were too many. Since the last such event. */
export const captureLoss = defineEvent({
  type: 'capture_loss',
  summary: 'More came than could be looked at.',
  kind: 'state',
  fields: z.object({ dropped: count, suppressed: count }),
})
