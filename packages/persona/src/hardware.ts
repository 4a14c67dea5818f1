import type { Persona } from './port.ts'
import type { Seeded } from './seeded.ts'

interface Platform {
  /** As DMI's sys_vendor has it. */
  readonly vendor: string
  /** First three bytes of its network cards' addresses. */
  readonly oui: readonly string[]
  readonly cpus: readonly string[]
  readonly cores: readonly number[]
}

const servers: readonly Platform[] = [
  {
    vendor: 'QEMU',
    oui: ['52:54:00'],
    cpus: [
      'Intel Xeon Processor (Skylake, IBRS)',
      'AMD EPYC Processor (with IBPB)',
      'Intel Xeon Processor (Cascadelake)',
      'AMD EPYC-Rome Processor',
    ],
    cores: [1, 2, 4, 8],
  },
  {
    vendor: 'VMware, Inc.',
    oui: ['00:50:56', '00:0c:29'],
    cpus: [
      'Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz',
      'Intel(R) Xeon(R) CPU E5-2650 v4 @ 2.20GHz',
      'Intel(R) Xeon(R) Silver 4210R CPU @ 2.40GHz',
    ],
    cores: [2, 4, 8],
  },
  {
    vendor: 'Microsoft Corporation',
    oui: ['00:15:5d'],
    cpus: ['Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz', 'Intel(R) Xeon(R) Gold 5218 CPU @ 2.30GHz'],
    cores: [2, 4],
  },
  {
    vendor: 'Dell Inc.',
    oui: ['b0:83:fe', '18:66:da', 'f4:02:70'],
    cpus: ['Intel(R) Xeon(R) CPU E3-1230 v6 @ 3.50GHz', 'Intel(R) Xeon(R) E-2224 CPU @ 3.40GHz'],
    cores: [4, 8],
  },
  {
    vendor: 'Supermicro',
    oui: ['ac:1f:6b', '0c:c4:7a'],
    cpus: ['Intel(R) Xeon(R) CPU E3-1240 v5 @ 3.50GHz', 'Intel(R) Xeon(R) CPU D-1541 @ 2.10GHz'],
    cores: [8, 16],
  },
]

const appliances: readonly Platform[] = [
  { vendor: 'PC Engines', oui: ['00:0d:b9'], cpus: ['AMD GX-412TC SOC'], cores: [4] },
  { vendor: 'ADLINK', oui: ['00:30:64'], cpus: ['Intel(R) Atom(TM) CPU E3845 @ 1.91GHz'], cores: [4] },
]

export interface Machine {
  readonly cpuModel: string
  readonly cores: number
  readonly vendor: string
  readonly mac: Persona['mac']
}

/** Maker, processor and network card that go together. */
export function machineOf(seed: Seeded, kind: 'server' | 'appliance'): Machine {
  const platform = seed.pick('hardware/platform', kind === 'server' ? servers : appliances)
  const card = [...seed.bytes('hardware/mac', 3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
  return {
    vendor: platform.vendor,
    cpuModel: seed.pick('hardware/cpu', platform.cpus),
    cores: seed.pick('hardware/cores', platform.cores),
    mac: `${seed.pick('hardware/oui', platform.oui)}:${card}`,
  }
}
