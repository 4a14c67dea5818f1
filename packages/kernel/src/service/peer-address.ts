/** An address as it stands in events: IPv4 in IPv6 (`::ffff:192.0.2.1`) as IPv4, without a zone. */
export function peerAddress(address: string): string {
  const zone = address.indexOf('%')
  const plain = (zone < 0 ? address : address.slice(0, zone)).toLowerCase()
  return /^::ffff:\d{1,3}(?:\.\d{1,3}){3}$/u.test(plain) ? plain.slice(7) : plain
}
