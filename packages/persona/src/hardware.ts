import type { Persona } from './port.ts'
import type { Seeded } from './seeded.ts'
import type { DeviceMaker, Stack } from './stacks/index.ts'

interface Platform {
  /** As DMI's sys_vendor has it. */
  readonly vendor: string
  /** First three bytes of its network cards' addresses. */
  readonly oui: readonly string[]
  /** Processors, each with the numbers of cores that it may show: a guest's are given, metal has what was soldered. */
  readonly cpus: readonly (readonly [model: string, cores: readonly number[]])[]
}

const GUEST = [1, 2, 4, 8]
const LARGE_GUEST = [2, 4, 8]
const SMALL_GUEST = [2, 4]

const servers: readonly Platform[] = [
  {
    vendor: 'QEMU',
    oui: ['52:54:00'],
    cpus: [
      ['Intel Xeon Processor (Skylake, IBRS)', GUEST],
      ['AMD EPYC Processor (with IBPB)', GUEST],
      ['Intel Xeon Processor (Cascadelake)', GUEST],
      ['AMD EPYC-Rome Processor', GUEST],
    ],
  },
  {
    vendor: 'VMware, Inc.',
    oui: ['00:50:56', '00:0c:29'],
    cpus: [
      ['Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz', LARGE_GUEST],
      ['Intel(R) Xeon(R) CPU E5-2650 v4 @ 2.20GHz', LARGE_GUEST],
      ['Intel(R) Xeon(R) Silver 4210R CPU @ 2.40GHz', LARGE_GUEST],
    ],
  },
  {
    vendor: 'Microsoft Corporation',
    oui: ['00:15:5d'],
    cpus: [
      ['Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz', SMALL_GUEST],
      ['Intel(R) Xeon(R) Gold 5218 CPU @ 2.30GHz', SMALL_GUEST],
    ],
  },
  // Metal runs with hyper-threading off: a processor for each core.
  {
    vendor: 'Dell Inc.',
    oui: ['b0:83:fe', '18:66:da', 'f4:02:70'],
    cpus: [
      ['Intel(R) Xeon(R) CPU E3-1230 v6 @ 3.50GHz', [4]],
      ['Intel(R) Xeon(R) E-2224 CPU @ 3.40GHz', [4]],
    ],
  },
  {
    vendor: 'Supermicro',
    oui: ['ac:1f:6b', '0c:c4:7a'],
    cpus: [
      ['Intel(R) Xeon(R) CPU E3-1240 v5 @ 3.50GHz', [4]],
      ['Intel(R) Xeon(R) CPU D-1541 @ 2.10GHz', [8]],
    ],
  },
]

const appliances: readonly Platform[] = [
  { vendor: 'PC Engines', oui: ['00:0d:b9'], cpus: [['AMD GX-412TC SOC', [4]]] },
  { vendor: 'ADLINK', oui: ['00:30:64'], cpus: [['Intel(R) Atom(TM) CPU E3845 @ 1.91GHz', [4]]] },
]

/** What Windows runs on at a desk. */
const workstations = servers.filter(({ vendor }) => vendor !== 'Supermicro')

/** First three bytes of the addresses of devices that have their own system. */
const devices: Readonly<Record<DeviceMaker, readonly string[]>> = {
  Cisco: ['00:1b:54', '00:23:eb', '68:ef:bd'],
  'Hewlett Packard': ['3c:d9:2b', '94:57:a5', 'a0:d3:c1'],
  Lantronix: ['00:80:a3'],
}

const makers = new Map(
  [...[...servers, ...appliances].map(({ vendor, oui }) => [vendor, oui] as const), ...Object.entries(devices)].flatMap(
    ([maker, prefixes]) => prefixes.map((prefix) => [prefix, maker] as const),
  ),
)

/** Who makes network cards with such an address, of those that deckies have; null for any other. */
export const cardMaker = (mac: string): string | null => makers.get(mac.slice(0, 8)) ?? null

export interface Machine {
  readonly cpuModel: string
  readonly cores: number
  readonly vendor: string
  readonly mac: Persona['mac']
}

/** What an archetype's hardware may be where it shows a stack: nobody runs Windows on an appliance. */
function platformsOf(kind: 'server' | 'appliance', { family }: Stack): readonly Platform[] {
  if (family === 'windows') return workstations
  return kind === 'server' || family === 'windows_server' ? servers : appliances
}

/** Maker, processor and network card that go together; a device's card is its maker's. */
export function machineOf(seed: Seeded, kind: 'server' | 'appliance', stack: Stack): Machine {
  const platform = seed.pick('hardware/platform', platformsOf(kind, stack))
  const [cpuModel, cores] = seed.pick('hardware/cpu', platform.cpus)
  const card = [...seed.bytes('hardware/mac', 3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
  return {
    vendor: platform.vendor,
    cpuModel,
    cores: seed.pick('hardware/cores', cores),
    mac: `${seed.pick('hardware/oui', stack.maker === undefined ? platform.oui : devices[stack.maker])}:${card}`,
  }
}
