import { TCP_INFO_BYTES, tcpOfferHash, tcpOfferOf } from '../domain/probe/tcp-info.ts'
import { type SocketOption, socketOption } from '../socket-option.ts'
import { open } from './connection.ts'
import type { Probe } from './probe.ts'

// tcp(7): as Linux numbers them.
const IPPROTO_TCP = 6
const TCP_INFO = 11

const askInfo = async (): Promise<SocketOption | null> =>
  process.platform === 'linux' ? socketOption({ level: IPPROTO_TCP, name: TCP_INFO, bytes: TCP_INFO_BYTES }) : null
let asking: ReturnType<typeof askInfo> | undefined

/**
 * The TCP stack as a connection without rights sees it: what Linux keeps of the SYN-ACK. TTL, window and the order of the options need a raw
 * socket, which this process has not; a machine without Linux tells nothing.
 */
export const tcpfp: Probe = {
  family: 'tcpfp',
  title: 'TCP',
  ports: [22, 80, 443, 8080, 8443, 445, 3389],
  async ask(target, means) {
    asking ??= askInfo()
    const ask = await asking
    const socket = ask ? await open(target, means) : 'silent'
    if (!ask || typeof socket === 'string') return null
    const info = ask(socket)
    socket.destroy()
    const offer = info && tcpOfferOf(info)
    if (!offer) return null
    const { mss, windowScale, sack, timestamps } = offer
    const hash = tcpOfferHash(offer)
    return {
      hash,
      payload: { tcpfp_hash: hash, ttl: null, mss },
      facts: {
        tcpfp_hash: hash,
        mss: String(mss),
        window_scale: windowScale === null ? 'none' : String(windowScale),
        sack: String(sack),
        timestamps: String(timestamps),
      },
    }
  },
}
