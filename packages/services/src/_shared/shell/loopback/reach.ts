import type { Session } from '../interpreter/session.ts'
import type { Machine } from '../machine.ts'
import { httpPeer } from './http.ts'
import type { Peer } from './peer.ts'
import { redisPeer } from './redis.ts'
import { ftpPeer, mysqlPeer, smtpPeer, sshPeer, telnetPeer } from './talkers.ts'

const PEERS: Readonly<Record<string, (machine: Machine) => Peer>> = {
  ssh: sshPeer,
  http: httpPeer,
  ftp: ftpPeer,
  smtp: smtpPeer,
  mysql: mysqlPeer,
  redis: redisPeer,
  telnet: telnetPeer,
}

/** The address of this host that a name or address stands for; null when it is another host. */
export function ownAddress(session: Session, host: string): string | null {
  const { persona } = session.machine
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '')
  if (bare === 'localhost' || bare === '0' || bare === '0.0.0.0') return '127.0.0.1'
  if (/^127(\.\d{1,3}){1,3}$/.test(bare)) return bare
  if (bare === '::1' || bare === 'ip6-localhost' || bare === '::ffff:127.0.0.1') return '::1'
  if (bare === persona.ip || bare === session.options.local.address) return bare
  return bare === persona.hostname.toLowerCase() || bare === persona.fqdn.toLowerCase() ? '127.0.1.1' : null
}

/** Who listens on a port of this host, as `ss` shows it. */
export const serviceAt = (machine: Machine, port: number): string | undefined =>
  machine.listening().some((socket) => socket.port === port)
    ? Object.keys(PEERS).find((service) => machine.offers(service) === port)
    : undefined

/** A connection to a port of this host; undefined when nobody listens there. */
export function dial(machine: Machine, port: number): { readonly service: string; readonly peer: Peer } | undefined {
  const service = serviceAt(machine, port)
  const make = Object.entries(PEERS).find(([name]) => name === service)?.[1]
  return service === undefined || make === undefined ? undefined : { service, peer: make(machine) }
}
