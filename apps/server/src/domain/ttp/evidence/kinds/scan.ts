import { events } from '@decnet/contracts/events'
import { defineKind, number, text } from '../kind.ts'
import * as read from '../read-body.ts'

/** Somebody looked for hosts or for open ports; told once, when it is over. */
export const scan = defineKind({
  name: 'scan',
  summary: 'an address looked for hosts or open ports, and is done',
  main: 'scan_kind',
  fields: {
    scan_kind: text(
      '`syn`, `connect`, `null`, `fin`, `xmas`, `ack`, `udp`, `sweep` (few ports of many hosts), `arp` or `ndp` (who is there)',
    ),
    protocol: text('`tcp`, `udp`, `icmp`, `arp`, `ndp`'),
    ports: text('the first of them: `1-1000,3306`'),
    port_count: number('different ports'),
    decky_count: number('deckies that were asked'),
    target_count: number('addresses that were asked for, of `arp` and `ndp`'),
    open_count: number('ports that answered with a service'),
    closed_count: number('ports that answered with a refusal'),
    os_guess: text('what the packets look like: `nmap`, `linux`, …'),
  },
  from({ type, body }) {
    if (body.state !== 'ended') return []
    const counts = {
      port_count: 'port_count',
      decky_count: 'decky_count',
      target_count: 'target_count',
      open_count: 'open',
      closed_count: 'closed',
    }
    if (type === events.portScan.type)
      return [
        {
          ...read.texts(body, { scan_kind: 'kind', protocol: 'protocol', ports: 'ports', os_guess: 'os_guess' }),
          ...read.numbers(body, counts),
        },
      ]
    if (type === events.arpScan.type)
      return [{ ...read.texts(body, { scan_kind: 'protocol', protocol: 'protocol' }), ...read.numbers(body, counts) }]
    return []
  },
})
