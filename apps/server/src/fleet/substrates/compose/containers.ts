import { createHash } from 'node:crypto'
import type { LanNetwork } from '@decnet/contracts'
import { type DeckyPlan, makePersona, stackOf } from '@decnet/persona'
import { sysctls } from '@decnet/root-helper/settings'
import type { PlannedService } from '../port.ts'

export type ComposeNetwork = Extract<LanNetwork, { substrate: 'compose' }>

/** What containers of one fleet have in common. */
export interface Fleet {
  /** Eight hexadecimal digits: whose containers these are. */
  readonly mark: string
  readonly network: ComposeNetwork
  /** What Docker calls the network. */
  readonly networkName: string
  readonly image: {
    readonly tag: string
    readonly idle: readonly string[]
    readonly serve: readonly string[]
  }
  /** Absolute; each service has a folder below. */
  readonly folder: string
  /** Who the services are: nobody, who owns those folders. */
  readonly identity: { readonly uid: number; readonly gid: number }
}

/** One container, for the engine and for a compose file alike. */
export interface Container {
  /** Within the compose file: `web-01`, `web-01.ssh`. */
  readonly key: string
  /** On the machine. */
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  readonly user: string
  readonly labels: Readonly<Record<string, string>>
  /** Of a host: what others on the network see. */
  readonly host: {
    readonly hostname: string
    readonly domainname: string
    /** Null where the driver gives every host the interface's own. */
    readonly mac: string | null
    readonly ip: string
    readonly ip6: string | null
    readonly sysctls: Readonly<Record<string, string>>
  } | null
  /** Of a service: the key of the host whose network it shares. */
  readonly within: string | null
  /** Of this machine → of the container. */
  readonly mounts: readonly { readonly from: string; readonly to: string; readonly readOnly: boolean }[]
  readonly memory: number
  readonly pids: number
  /** Of a service: begun again when it ends. */
  readonly restart: boolean
  readonly stopSignal: 'SIGKILL' | 'SIGTERM'
}

export const MARK = 'decnet.mark'
export const DECKY = 'decnet.decky'
export const SERVICE = 'decnet.service'
/** Of what it was made; another one is another container. */
export const CONFIG = 'decnet.config'

const MIB = 1024 * 1024
/** A source of the log has no longer name. */
const NAME_LENGTH = 64

export const projectOf = (mark: string): string => `decnet-${mark}`
export const keyOf = (decky: string, service?: string): string => (service === undefined ? decky : `${decky}.${service}`)
export const containerName = (mark: string, decky: string, service?: string): string => `${projectOf(mark)}-${keyOf(decky, service)}`

/** The folder of a service below `sources/`: what it sees comes from a source of that name. */
export function folderOf(decky: string, service: string): string {
  const name = keyOf(decky, service)
  return name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH - 17)}.${digest(name)}`
}

/** Compose finds what was made without it by these. */
const composeLabels = (mark: string, key: string) => ({
  'com.docker.compose.project': projectOf(mark),
  'com.docker.compose.service': key,
  'com.docker.compose.container-number': '1',
  'com.docker.compose.oneoff': 'False',
  'com.docker.compose.version': '1.29.2',
})

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)

/** The settings of a host's TCP/IP that a container may have. */
function sysctlsOf(decky: DeckyPlan): Record<string, string> {
  const own = sysctls(stackOf(makePersona(decky)), 'eth0', false).filter(([path]) => decky.ip6 !== undefined || !path.startsWith('ipv6/'))
  return Object.fromEntries([
    ...own.map(([path, value]) => [`net.${path.replaceAll('/', '.')}`, value]),
    // So that a service without any right listens on its port.
    ['net.ipv4.ip_unprivileged_port_start', '0'],
  ])
}

const labelled = (fleet: Fleet, container: Omit<Container, 'labels'>, labels: Record<string, string>, made: unknown): Container => ({
  ...container,
  labels: { [MARK]: fleet.mark, ...labels, [CONFIG]: digest([container, made]), ...composeLabels(fleet.mark, container.key) },
})

/** The container that owns a host's address, and sleeps. */
export function hostContainer(decky: DeckyPlan, fleet: Fleet): Container {
  const { hostname, domain, mac } = makePersona(decky)
  const container = {
    key: keyOf(decky.name),
    name: containerName(fleet.mark, decky.name),
    image: fleet.image.tag,
    command: fleet.image.idle,
    user: `${fleet.identity.uid}:${fleet.identity.gid}`,
    host: {
      hostname,
      domainname: domain,
      mac: fleet.network.driver === 'ipvlan' ? null : mac,
      ip: decky.ip,
      ip6: decky.ip6 ?? null,
      sysctls: sysctlsOf(decky),
    },
    within: null,
    mounts: [],
    memory: 96 * MIB,
    pids: 16,
    // A network that its services have not would come back with it: it is made anew, and they with it.
    restart: false,
    stopSignal: 'SIGKILL' as const,
  }
  return labelled(fleet, container, { [DECKY]: decky.name }, fleet.networkName)
}

/** The container that is one service of a host. */
export function serviceContainer(decky: DeckyPlan, service: PlannedService, fleet: Fleet): Container {
  const { services: _others, ...frame } = decky
  const from = `${fleet.folder}/${folderOf(decky.name, service.name)}`
  const kept = ['spool', 'artifacts', 'replays'].map((name) => ({ from: `${from}/${name}`, to: `/data/${name}`, readOnly: false }))
  const container = {
    key: keyOf(decky.name, service.name),
    name: containerName(fleet.mark, decky.name, service.name),
    image: fleet.image.tag,
    command: fleet.image.serve,
    user: `${fleet.identity.uid}:${fleet.identity.gid}`,
    host: null,
    within: keyOf(decky.name),
    mounts: [{ from, to: '/data', readOnly: true }, ...kept],
    memory: 256 * MIB,
    pids: 64,
    restart: true,
    stopSignal: 'SIGTERM' as const,
  }
  return labelled(fleet, container, { [DECKY]: decky.name, [SERVICE]: service.name }, [frame, service])
}

/** All containers of these deckies, each host before its services. */
export const containersOf = (plan: readonly DeckyPlan[], fleet: Fleet): Container[] =>
  plan.flatMap((decky) => [hostContainer(decky, fleet), ...decky.services.map((service) => serviceContainer(decky, service, fleet))])
