import type { Stack } from '@decnet/persona'

/** The queue of each namespace. */
export const QUEUE = 0
const TO_QUEUE = `-j NFQUEUE --queue-num ${QUEUE} --queue-bypass`

/**
 * What iptables-restore and ip6tables-restore are given: only packets of a handshake, a refusal or a probe go to user space, and nobody
 * waits for it when it is gone. Null for a stack in the kernel's own hand.
 */
export function rules({ handwriting }: Stack, device: string): { readonly ip4: string; readonly ip6: string } | null {
  if (handwriting === null) return null
  const { odd, reset, strays, echo, mssFollowsPeer, wholeSegments } = handwriting
  const notes = mssFollowsPeer !== 'never' || wholeSegments || reset.sequence === 'probe' || !reset.countsFin
  const incoming = notes
    ? ['--tcp-flags ACK,RST NONE']
    : [
        ...(odd.none === 'silence' ? [] : ['--tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE']),
        ...(odd.synFin === 'silence' ? [] : ['--tcp-flags FIN,SYN,RST,ACK FIN,SYN']),
      ]
  // A RST without ACK is what the kernel says to a segment of no connection.
  const silence = [
    `-A INPUT -i ${device} -p tcp --tcp-flags SYN,RST,ACK NONE -j DROP`,
    `-A POSTROUTING -o ${device} -p tcp --tcp-flags RST,ACK RST -j DROP`,
  ]
  const tcp = [
    ...(strays === 'silence' ? silence : []),
    ...['--tcp-flags SYN,ACK SYN,ACK', '--tcp-flags RST RST'].map((flags) => `-A POSTROUTING -o ${device} -p tcp ${flags} ${TO_QUEUE}`),
    ...incoming.map((flags) => `-A INPUT -i ${device} -p tcp ${flags} ${TO_QUEUE}`),
  ]
  const icmp = [
    ...['echo-reply', 'destination-unreachable'].map((type) => `-A POSTROUTING -o ${device} -p icmp --icmp-type ${type} ${TO_QUEUE}`),
    ...(echo.dontFragment === 'kept' ? [`-A INPUT -i ${device} -p icmp --icmp-type echo-request ${TO_QUEUE}`] : []),
  ]
  const table = (lines: readonly string[]): string =>
    `*mangle\n:INPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`
  return { ip4: table([...tcp, ...icmp]), ip6: table(tcp) }
}
