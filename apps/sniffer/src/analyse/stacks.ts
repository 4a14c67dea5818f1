import { events } from '@decnet/contracts/events'
import { guessOs, type IpPacket, initialTtl, type TcpSegment, type TcpSyn, tcpSynOf, tcpSynPrint } from '@decnet/fingerprint'
import { Recent } from './recent.ts'
import { type Contact, REPEAT_MS, type Report } from './report.ts'

/** Samples that tell how numbers follow each other; a step of an orderly counter is at most this. */
const SAMPLES = 4
const STEP = 0x1000

type SequenceClass = 'unknown' | 'zero' | 'constant' | 'incremental' | 'random'

/** How numbers follow each other (32 or 16 bits wide, they wrap). */
export function sequenceClass(samples: readonly number[], width: 16 | 32): SequenceClass {
  if (samples.length < SAMPLES) return 'unknown'
  if (samples.every((sample) => sample === 0)) return 'zero'
  const steps = samples.slice(1).map((sample, n) => (sample - (samples[n] ?? 0) + 2 ** width) % 2 ** width)
  if (steps.every((step) => step === 0)) return 'constant'
  return steps.every((step) => step >= 1 && step <= STEP) ? 'incremental' : 'random'
}

const LETTERS: Readonly<Record<string, string>> = { mss: 'M', nop: 'N', ws: 'W', sok: 'S', sack: 'K', ts: 'T' }
const signature = (layout: string): string =>
  layout === ''
    ? ''
    : layout
        .split(',')
        .map((name) => LETTERS[name] ?? (name.startsWith('eol') ? 'E' : name))
        .join(',')

/** What was seen of one source's numbers. */
interface Stack {
  readonly since: number
  readonly isn: number[]
  readonly ipid: number[]
}

/** TCP stacks as their SYNs show them. */
export class Stacks {
  readonly #report: Report
  readonly #stacks = new Recent<Stack>(16_384)
  constructor(report: Report) {
    this.#report = report
  }

  /** Takes a SYN; `tos` is the byte of its IP header. Answers what it shows, when asked. */
  take(
    contact: Contact & { readonly ip: string; readonly port: number },
    ip: IpPacket,
    tcp: TcpSegment,
    tos: number,
    ts: number,
  ): () => TcpSyn {
    const source = contact.source ?? ''
    let stack = this.#stacks.get(source)
    if (!stack || ts - stack.since > REPEAT_MS) {
      stack = { since: ts, isn: [], ipid: [] }
      this.#stacks.set(source, stack)
    }
    const { isn, ipid } = stack
    if (isn.length < SAMPLES && isn.push(tcp.sequence) && ip.version === 4) ipid.push(ip.id)
    const isSampled = isn.length === SAMPLES
    // What differs in these differs in the print; most SYNs are none that is new.
    const shape = `${ip.ttl} ${tcp.window} ${tcp.flags} ${ip.id === 0} ${tcp.options.toString('latin1', 0, 8)}${tcp.options.length}`
    const syn = () => synOf(ip, tcp)
    const key = isSampled && isn[SAMPLES - 1] === tcp.sequence ? `sampled ${shape}` : `${contact.decky} ${shape}`
    this.#report.say(events.tcpSynFingerprint, contact, ts, key, () => ({
      ...valuesOf(syn(), tos),
      local_ip: contact.ip,
      local_port: contact.port,
      ipid_class: sequenceClass(ipid, 16),
      ...(isSampled && ipid.length > 0 && { ipid_samples: ipid.join(',') }),
      isn_class: sequenceClass(isn, 32),
      ...(isSampled && { isn_samples: isn.join(',') }),
    }))
    return syn
  }
}

const synOf = (ip: IpPacket, tcp: TcpSegment): TcpSyn =>
  tcpSynOf({
    ip: { ...ip, ipVersion: ip.version, ipOptions: ip.options, destination: ip.version === 4 ? ip.addresses.readUInt32BE(4) : null },
    tcp,
    payload: tcp.payload.length > 0,
  })

function valuesOf(syn: TcpSyn, tos: number) {
  const options = syn.layout.split(',')
  const first = initialTtl(syn.ttl)
  const os = guessOs(syn)
  return {
    tcp: tcpSynPrint(syn).value,
    ttl: syn.ttl,
    initial_ttl: first,
    hop_distance: Math.min(first - syn.ttl, 64),
    window: syn.window,
    ...(syn.mss !== null && { mss: syn.mss }),
    ...(syn.scale !== null && { wscale: syn.scale }),
    options_sig: signature(syn.layout),
    has_sack: options.includes('sok'),
    has_timestamps: options.includes('ts'),
    tos,
    dscp: tos >> 2,
    ecn: tos & 3,
    os_guess: os?.family ?? 'unknown',
    ...(os && { os_confidence: os.confidence }),
  }
}
