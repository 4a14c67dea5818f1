import type { Persona, PersonaUser } from '@decnet/persona'
import type { WallTime } from './zoned-time.ts'

/** One process as ps, top and `/proc` show it. */
export interface Process {
  readonly pid: number
  readonly ppid: number
  readonly uid: number
  readonly user: string
  /** `pts/0`, or `?`. */
  readonly tty: string
  /** argv[0] and its arguments, as ps prints them; kernel threads stand in brackets. */
  readonly command: string
  /** Up to 15 characters. */
  readonly name: string
  readonly started: number
  /** `Ss`, `S<`, `R+`. */
  readonly state: string
  /** kB. */
  readonly vsz: number
  readonly rss: number
  /** Seconds. */
  readonly cpu: number
}

export interface ListeningSocket {
  readonly protocol: 'tcp' | 'tcp6' | 'udp' | 'udp6'
  readonly address: string
  readonly port: number
  readonly process: string
  readonly pid: number
  readonly uid: number
  readonly backlog: number
}

export interface Endpoint {
  readonly address: string
  readonly port: number
}

export interface Login {
  readonly user: PersonaUser
  readonly from: string
  readonly tty: string
  readonly at: number
  readonly until: number | null
}

/** What generated files and commands say about one machine; the same answer wherever it shows. */
export interface Facts {
  readonly persona: Persona
  readonly now: () => number
  readonly wall: (epoch: number) => WallTime
  readonly processes: () => readonly Process[]
  readonly listening: () => readonly ListeningSocket[]
  /** Connections of those who are logged in: IPv4 ends. */
  readonly connected: () => readonly { readonly local: Endpoint; readonly peer: Endpoint }[]
  /** Who came and went on a terminal, latest first. */
  readonly logins: () => readonly Login[]
  /** uids of those who are logged in. */
  readonly present: () => readonly number[]
  /** Names of services that this decky offers, with their ports. */
  readonly offers: (service: string) => number | undefined
}

/** kB, as in `/proc/meminfo`. */
export interface Memory {
  readonly total: number
  readonly free: number
  readonly available: number
  readonly buffers: number
  readonly cached: number
  readonly shared: number
  readonly reclaimable: number
  readonly swapTotal: number
  readonly swapFree: number
}

/** Slow waves, seeded, so that two readings differ a little and never jump. */
function drift(facts: Facts, what: string, period: number): number {
  const phase = facts.persona.integer(`drift ${what}`, 0, 628) / 100
  return Math.sin(facts.now() / (period * 1000) + phase)
}

export function memoryOf(facts: Facts): Memory {
  const { persona } = facts
  const total = Math.floor(persona.hardware.memoryMb * 1024 * 0.9655) - (persona.integer('memory reserved', 0, 9999) % 4096)
  const part = (what: string, low: number, high: number): number =>
    (total * persona.integer(`memory ${what}`, low * 1000, high * 1000)) / 100_000
  const free = Math.floor(part('free', 22, 48) + total * 0.01 * drift(facts, 'free', 700) + total * 0.002 * drift(facts, 'free fast', 11))
  const buffers = Math.floor(part('buffers', 2, 4))
  const cached = Math.floor(part('cached', 18, 30))
  const reclaimable = Math.floor(part('slab', 2, 4))
  const swapTotal = Math.min(2, Math.max(1, Math.round(persona.hardware.memoryMb / 2048))) * 998_396
  const available = Math.min(total, Math.floor(free + (buffers + cached + reclaimable) * 0.86))
  const shared = Math.floor(total / 900)
  return {
    total,
    free,
    available,
    buffers,
    cached,
    shared,
    reclaimable,
    swapTotal,
    swapFree: swapTotal - persona.integer('swap used', 0, 40) * 256,
  }
}

/** 1, 5 and 15 minutes. */
export function loadOf(facts: Facts): readonly [number, number, number] {
  const level = facts.persona.integer('load', 1, 12) / 100
  const at = (period: number, size: number): number => Math.max(0, level * (1 + size * drift(facts, `load ${period}`, period)))
  return [at(37, 1), at(180, 0.6), at(900, 0.3)]
}

/** 1K blocks of the root file system. */
export function rootDisk(facts: Facts): {
  readonly blocks: number
  readonly used: number
  readonly available: number
  readonly device: string
  readonly inodes: number
  readonly inodesUsed: number
  /** Major number of the device's driver. */
  readonly major: number
} {
  const { persona } = facts
  const blocks = Math.floor(persona.hardware.diskGb * 1_048_576 * 0.9836) - persona.integer('disk slack', 0, 4096) * 4
  const days = Math.max(0, facts.now() - persona.installedAt) / 86_400_000
  const used = Math.floor(blocks * (persona.integer('disk used', 12, 34) / 100) + days * persona.integer('disk growth', 30, 900))
  const available = Math.max(0, Math.floor(blocks * 0.949) - used)
  const virtual = /qemu|kvm|red hat|proxmox|digitalocean|hetzner/i.test(persona.hardware.vendor)
  return {
    blocks,
    used: Math.min(used, blocks),
    available,
    // mke2fs makes one inode for each 16 KiB of the partition.
    inodes: persona.hardware.diskGb * 65_536,
    inodesUsed: persona.integer('inodes used', 48_000, 96_000) + Math.floor(days),
    major: virtual ? 254 : 8,
    device: virtual ? '/dev/vda1' : '/dev/sda1',
  }
}

/** Address, netmask length, gateway and interface name. */
export function networkOf(facts: Facts): {
  readonly device: string
  readonly gateway: string
  readonly broadcast: string
  readonly network: string
} {
  const octets = facts.persona.ip.split('.')
  const net = octets.slice(0, 3).join('.')
  const device = facts.persona.pick('interface', ['ens18', 'ens3', 'eth0', 'ens160', 'enp1s0'])
  return { device, gateway: `${net}.${octets[3] === '1' ? '254' : '1'}`, broadcast: `${net}.255`, network: `${net}.0` }
}
