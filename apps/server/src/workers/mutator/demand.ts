import type { DeckyPlan } from '@decnet/persona'
import { addressOf } from '../../domain/address.ts'
import { commandText, textField } from '../../domain/event-kinds.ts'
import type { Asking } from '../../store/mutations.ts'

/** A service that attackers asked for where it was not. */
export interface Demand {
  readonly service: string
  /** Different addresses. */
  readonly attackers: number
  /** Where. */
  readonly deckies: ReadonlySet<string>
  /** How, in words, and how many attackers so. */
  readonly ways: ReadonlyMap<string, number>
}

/** A scan of more ports than that asks for nothing in particular. */
const POINTED = 64
const PORT_GROUPS = 200
/** Programs and accounts that belong to a service, besides those that have its name. */
const CLIENTS: ReadonlyMap<string, string> = new Map([
  ['mysqldump', 'mysql'],
  ['mysqladmin', 'mysql'],
  ['mariadb', 'mysql'],
  ['redis-cli', 'redis'],
  ['lftp', 'ftp'],
  ['ncftp', 'ftp'],
  ['scp', 'ssh'],
  ['sftp', 'ssh'],
  ['swaks', 'smtp'],
  ['dba', 'mysql'],
  ['ftpuser', 'ftp'],
  ['postmaster', 'smtp'],
  ['mail', 'smtp'],
])
const WORDS = 32

/** Ports as a scan lists them: `22,1000-1010`. */
function listed(ports: string): (port: number) => boolean {
  const groups = ports.split(',', PORT_GROUPS).map((group) => group.split('-', 2).map(Number))
  return (port) => groups.some(([first = Number.NaN, last = first]) => port >= first && port <= last)
}

/** However an address is written. */
function keyOf(address: string): string {
  const { bits, value } = addressOf(address) ?? {}
  return `${bits} ${value}`
}

/** `tcp://user@host:port`, also an IPv6 address without brackets. */
function targetOf(text: string): { readonly host: string; readonly port: number } {
  const place = text.replace(/^[a-z]+:\/\/(?:[^@/]*@)?/u, '')
  const colon = place.lastIndexOf(':')
  return { host: place.slice(0, Math.max(0, colon)).replace(/^\[(.*)\]$/u, '$1'), port: Number(place.slice(colon + 1)) }
}

interface Wanted {
  readonly way: string
  readonly service: string
  readonly decky: string
}

/** What one event asks for. */
function wantedBy({ decky, type, body }: Asking, ports: ReadonlyMap<string, number>, byAddress: ReadonlyMap<string, string>): Wanted[] {
  const atPort = (port: number, where: string, way: string): Wanted[] =>
    [...ports].flatMap(([service, usual]) => (usual === port ? [{ service, decky: where, way }] : []))
  const named = (word: string, way: string): Wanted[] => {
    const service = CLIENTS.get(word) ?? word
    return ports.has(service) ? [{ service, decky, way }] : []
  }
  switch (type) {
    case 'port_scan': {
      if (!(Number(body.port_count) <= POINTED)) return []
      const hit = listed(textField(body, 'ports') ?? '')
      return [...ports].flatMap(([service, port]) => (hit(port) ? [{ service, decky, way: 'at closed ports' }] : []))
    }
    case 'tcp_syn_fingerprint':
      return atPort(Number(body.local_port), decky, 'at closed ports')
    case 'connect_attempt':
    case 'forward_attempt': {
      const { host, port } = targetOf((textField(body, 'target') ?? '').slice(0, 200))
      const where = byAddress.get(keyOf(host))
      return where === undefined ? [] : atPort(port, where, 'from another decky')
    }
    case 'auth_attempt':
      return named((textField(body, 'principal') ?? '').slice(0, 64).toLowerCase(), 'by account')
    default: {
      const words = (commandText(type, body) ?? '').slice(0, 2_000).split(/[\s;|&()]+/u, WORDS)
      return words.flatMap((word) => named(word.slice(word.lastIndexOf('/') + 1), 'by command'))
    }
  }
}

/** What attackers asked for on this network and did not find, most wanted first. */
export function demandOf(askings: readonly Asking[], fleet: readonly DeckyPlan[], ports: ReadonlyMap<string, number>): Demand[] {
  const has = new Map(fleet.map(({ name, services }) => [name, new Set(services.map((service) => service.name))]))
  const byAddress = new Map(
    fleet.flatMap(({ name, ip, ip6 }) => [ip, ...(ip6 === undefined ? [] : [ip6])].map((each) => [keyOf(each), name] as const)),
  )
  const found = new Map<string, { attackers: Set<string>; deckies: Set<string>; ways: Map<string, Set<string>> }>()
  for (const asking of askings) {
    for (const { service, decky, way } of wantedBy(asking, ports, byAddress)) {
      const offers = has.get(decky)
      if (!offers || offers.has(service)) continue
      const entry = found.get(service) ?? { attackers: new Set(), deckies: new Set(), ways: new Map<string, Set<string>>() }
      found.set(service, entry)
      entry.attackers.add(asking.attackerIp)
      entry.deckies.add(decky)
      entry.ways.set(way, (entry.ways.get(way) ?? new Set()).add(asking.attackerIp))
    }
  }
  return [...found]
    .map(([service, { attackers, deckies, ways }]) => ({
      service,
      attackers: attackers.size,
      deckies,
      ways: new Map([...ways].map(([way, who]) => [way, who.size])),
    }))
    .sort((a, b) => b.attackers - a.attackers || (a.service < b.service ? -1 : 1))
}
