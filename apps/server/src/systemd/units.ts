import type { Manifest } from '../workers/manifests.ts'
import { checkedName, quotedPath } from './quote.ts'

export interface Unit {
  readonly name: string
  readonly content: string
}

export interface UnitOptions {
  /** As whom everything runs. */
  readonly user: string
  /** Who may connect to the bus. */
  readonly group: string
  readonly home: string
  /** The folder of the program; `bin/decnet` stands in it. */
  readonly root: string
  /** Major version of systemd: what it does not know is left out. */
  readonly version: number
}

type Need = Manifest['needs'][number]
type Setting = readonly [key: string, value: string]

const RUN = 'decnet'
const SOCKET = `/run/${RUN}/bus.sock`
const STATE = '/var/lib/'
/** Since this version a pause between restarts can grow. */
const GROWING_PAUSE = 254
/** What dropping rights, and reading what the sensor wrote without them, takes. */
const OF_ROOT = 'CAP_SETUID CAP_SETGID CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL'

const HARDENING: readonly Setting[] = [
  ['NoNewPrivileges', 'yes'],
  ['ProtectSystem', 'strict'],
  ['PrivateTmp', 'yes'],
  ['PrivateDevices', 'yes'],
  ['ProtectClock', 'yes'],
  ['ProtectControlGroups', 'yes'],
  ['ProtectHostname', 'yes'],
  ['ProtectKernelLogs', 'yes'],
  ['ProtectKernelModules', 'yes'],
  ['ProtectKernelTunables', 'yes'],
  ['LockPersonality', 'yes'],
  ['RemoveIPC', 'yes'],
  ['RestrictNamespaces', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['RestrictSUIDSGID', 'yes'],
  // V8 compiles to machine code while it runs.
  ['MemoryDenyWriteExecute', 'no'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '@system-service'],
  ['SystemCallErrorNumber', 'EPERM'],
]

const section = (name: string, settings: readonly Setting[]) =>
  [`[${name}]`, ...settings.map(([key, value]) => `${key}=${value}`)].join('\n')
const unit = (name: string, ...sections: readonly string[]): Unit => ({
  name,
  content: `# Written by \`decnet systemd install\`; own settings belong in a drop-in (systemctl edit ${name}).\n${sections.join('\n\n')}\n`,
})

const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)
const inHomes = (path: string) => ['/home', '/root', '/run/user'].some((folder) => isBelow(path, folder))
const inTemporary = (path: string) => ['/tmp', '/var/tmp'].some((folder) => isBelow(path, folder))

/** What a unit hides, and the machine may empty: the homes of people, or temporary files. Null: neither. */
export const hiddenPlace = (path: string): 'home' | 'temporary' | null => (inTemporary(path) ? 'temporary' : inHomes(path) ? 'home' : null)

/** Homes of people and temporary files stay out of sight, save what the program itself is in. */
function outOfSight({ home, root }: UnitOptions, keepsState: boolean): Setting[] {
  const shown = [root, ...(keepsState ? [home] : [])]
  return [
    ['ProtectHome', shown.some(inHomes) ? 'tmpfs' : 'yes'],
    ...(hiddenPlace(root) ? [['BindReadOnlyPaths', quotedPath(root)] as const] : []),
    ...(keepsState && hiddenPlace(home) ? [['BindPaths', quotedPath(home)] as const] : []),
  ]
}

function rights({ user }: UnitOptions, listens: boolean, own: string): Setting[] {
  const needed = [...(listens ? ['CAP_NET_BIND_SERVICE'] : []), ...(user === 'root' && own !== '' ? [own] : [])].join(' ')
  return [
    ['CapabilityBoundingSet', needed],
    ['AmbientCapabilities', user === 'root' || !listens ? '' : 'CAP_NET_BIND_SERVICE'],
  ]
}

/** What a unit is given follows from what its workers need. */
function service(
  options: UnitOptions,
  needs: ReadonlySet<Need>,
  command: string,
  own: { readonly caps?: string; readonly settings?: readonly Setting[] } = {},
) {
  const { user, group, home, root, version } = options
  const keepsState = (['database', 'spool', 'artifacts'] as const).some((need) => needs.has(need))
  const state: Setting[] = !keepsState
    ? []
    : home.startsWith(STATE) && !/\s/u.test(home)
      ? [
          ['StateDirectory', quotedPath(home).slice(STATE.length)],
          ['StateDirectoryMode', '0700'],
        ]
      : [['ReadWritePaths', quotedPath(home)]]
  return section('Service', [
    ['Type', 'exec'],
    ['User', checkedName(user)],
    ['Group', checkedName(group)],
    ['UMask', '0077'],
    ['Environment', quotedPath(home).startsWith('"') ? `"DECNET_HOME=${quotedPath(home).slice(1)}` : `DECNET_HOME=${quotedPath(home)}`],
    ['Environment', `DECNET_BUS_SOCKET=${SOCKET} DECNET_BUS_GROUP=${group}`],
    ['EnvironmentFile', '-/etc/decnet/decnet.env'],
    ['ExecStart', `${quotedPath(`${root}/bin/decnet`)} ${command}`],
    ['KillMode', 'mixed'],
    ['TimeoutStopSec', '20'],
    ['Restart', 'on-failure'],
    ...((version >= GROWING_PAUSE
      ? [
          ['RestartSec', '1'],
          ['RestartSteps', '8'],
          ['RestartMaxDelaySec', '60'],
        ]
      : [['RestartSec', '5']]) satisfies Setting[]),
    ...(own.settings ?? []),
    ...state,
    ...outOfSight(options, keepsState),
    ...HARDENING,
    [
      'RestrictAddressFamilies',
      needs.has('listen') || needs.has('outgoing') ? 'AF_UNIX AF_INET AF_INET6 AF_NETLINK' : 'AF_UNIX AF_INET AF_INET6',
    ],
    ...rights(options, needs.has('listen'), own.caps ?? ''),
  ])
}

/** A crash loop is given up, visibly (`systemctl --failed`), and nothing that depends on the bus is stopped with it. */
const head = (description: string, afterBus: boolean) =>
  section('Unit', [
    ['Description', description],
    ['PartOf', 'decnet.target'],
    ['After', afterBus ? 'network.target decnet-bus.service' : 'network.target'],
    ...(afterBus ? [['Wants', 'decnet-bus.service'] as const] : []),
    ['StartLimitIntervalSec', '600'],
    ['StartLimitBurst', '20'],
  ])

const needsOf = (manifests: readonly Manifest[]): ReadonlySet<Need> => new Set(manifests.flatMap(({ needs }) => needs))

/** The units of one machine: the bus, everything else beside it, and a template for workers in processes of their own. */
export function renderUnits(manifests: readonly Manifest[], options: UnitOptions): readonly Unit[] {
  const bus = manifests.filter(({ name }) => name === 'bus')
  const alone = manifests.filter((manifest) => manifest.alone)
  const fleet = manifests.filter(({ name, elsewhere }) => name !== 'bus' && !elsewhere)
  const install = section('Install', [['WantedBy', 'decnet.target']])
  return [
    unit(
      'decnet.target',
      section('Unit', [
        ['Description', 'DECNET, a deception network'],
        ['Wants', 'decnet-bus.service decnet.service'],
      ]),
      section('Install', [['WantedBy', 'multi-user.target']]),
    ),
    unit(
      'decnet-bus.service',
      head('DECNET: the bus of this host', false),
      service(options, needsOf(bus), `bus --socket ${SOCKET} --group ${options.group}`, {
        settings: [
          ['RuntimeDirectory', RUN],
          ['RuntimeDirectoryMode', '0750'],
          // Its clients find the same place while it is away.
          ['RuntimeDirectoryPreserve', 'yes'],
        ],
      }),
      install,
    ),
    unit(
      'decnet.service',
      head('DECNET: fleet, server, console and workers', true),
      service(options, needsOf(fleet), 'up', { caps: OF_ROOT }),
      install,
    ),
    unit(
      'decnet-worker@.service',
      `# Instances: ${alone.map(({ name }) => name).join(', ')}.`,
      head('DECNET: %i in a process of its own', true),
      service(options, needsOf(alone), 'worker %i'),
      install,
    ),
  ]
}
