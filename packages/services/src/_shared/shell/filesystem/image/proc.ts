import { cpuOf } from '../../cpu.ts'
import { type Facts, loadOf, memoryOf, networkOf, type Process, rootDisk } from '../../facts.ts'
import { modulesOf } from '../../kernel-log.ts'
import { type BaseDirectory, type BaseEntry, directory, file, link, place } from '../base.ts'
import { mounts } from './mounts.ts'
import { kernelFiles, processFiles } from './proc-files.ts'

const kernelVersion = ({ persona: { os } }: Facts): string =>
  os.id === 'debian'
    ? `Linux version ${os.kernel} (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) ${os.kernelBuild}\n`
    : os.distro === 'ubuntu22'
      ? `Linux version ${os.kernel} (buildd@lcy02-amd64-080) (gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0, GNU ld (GNU Binutils for Ubuntu) 2.38) ${os.kernelBuild}\n`
      : `Linux version ${os.kernel} (buildd@lcy02-amd64-080) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0, GNU ld (GNU Binutils for Ubuntu) 2.42) ${os.kernelBuild}\n`

function memoryInfo(facts: Facts): string {
  const m = memoryOf(facts)
  const active = Math.floor(m.cached * 0.6)
  const rows: readonly (readonly [string, number])[] = [
    ['MemTotal', m.total],
    ['MemFree', m.free],
    ['MemAvailable', m.available],
    ['Buffers', m.buffers],
    ['Cached', m.cached],
    ['SwapCached', 0],
    ['Active', active],
    ['Inactive', m.cached - active + m.buffers],
    ['Active(anon)', m.shared],
    ['Inactive(anon)', Math.floor(m.total / 21)],
    ['Active(file)', active - m.shared],
    ['Inactive(file)', Math.max(0, m.cached - active)],
    ['Unevictable', 27_648],
    ['Mlocked', 27_648],
    ['SwapTotal', m.swapTotal],
    ['SwapFree', m.swapFree],
    ['Zswap', 0],
    ['Zswapped', 0],
    ['Dirty', 48],
    ['Writeback', 0],
    ['AnonPages', Math.floor(m.total / 22)],
    ['Mapped', Math.floor(m.total / 26)],
    ['Shmem', m.shared],
    ['KReclaimable', m.reclaimable],
    ['Slab', Math.floor(m.reclaimable * 1.7)],
    ['SReclaimable', m.reclaimable],
    ['SUnreclaim', Math.floor(m.reclaimable * 0.7)],
    ['KernelStack', 3280],
    ['PageTables', 6512],
    ['SecPageTables', 0],
    ['NFS_Unstable', 0],
    ['Bounce', 0],
    ['WritebackTmp', 0],
    ['CommitLimit', Math.floor(m.total / 2) + m.swapTotal],
    ['Committed_AS', Math.floor(m.total / 6)],
    ['VmallocTotal', 34_359_738_367],
    ['VmallocUsed', 24_168],
    ['VmallocChunk', 0],
    ['Percpu', 2912],
    ['HardwareCorrupted', 0],
    ['AnonHugePages', 0],
    ['ShmemHugePages', 0],
    ['ShmemPmdMapped', 0],
    ['FileHugePages', 0],
    ['FilePmdMapped', 0],
  ]
  const lines = rows.map(([name, value]) => `${`${name}:`.padEnd(16)}${String(value).padStart(8)} kB\n`)
  const pages =
    'HugePages_Total:       0\nHugePages_Free:        0\nHugePages_Rsvd:        0\nHugePages_Surp:        0\nHugepagesize:       2048 kB\nHugetlb:               0 kB\n'
  const low = 153_464
  return `${lines.join('')}${pages}DirectMap4k:      ${low} kB\nDirectMap2M:     ${Math.floor((m.total * 1.03) / 2048) * 2048 - low} kB\n`
}

function uptime(facts: Facts): string {
  const up = Math.max(1, (facts.now() - facts.persona.bootedAt) / 1000)
  const idle = up * facts.persona.hardware.cores * (1 - facts.persona.integer('load', 1, 12) / 700)
  return `${up.toFixed(2)} ${idle.toFixed(2)}\n`
}

const little = (ip: string): string =>
  ip
    .split('.')
    .reverse()
    .map((part) => Number(part).toString(16).toUpperCase().padStart(2, '0'))
    .join('')
const hex4 = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')

const HEADS = {
  tcp: '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n',
  tcp6: '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n',
  udp: '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops             \n',
  udp6: '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n',
}
function socketTable(facts: Facts, protocol: keyof typeof HEADS): string {
  const six = protocol.endsWith('6')
  const none = six ? '0'.repeat(32) : '00000000'
  const rows = facts
    .listening()
    .filter((socket) => socket.protocol === protocol)
    .map(
      (socket, i) =>
        `${String(i).padStart(4)}: ${six ? none : little(socket.address)}:${hex4(socket.port)} ${none}:0000 0A 00000000:00000000 00:00000000 00000000 ${String(socket.uid).padStart(5)}        0 ${15_000 + socket.port + (six ? 2 : 0)} 1 ${facts.persona.hex(`socket ${protocol} ${socket.port}`, 16).replace(/^.{8}/, '00000000')} 100 0 0 10 0`,
    )
  const established =
    protocol !== 'tcp'
      ? []
      : facts
          .connected()
          .map(
            ({ local, peer }, i) =>
              `${String(rows.length + i).padStart(4)}: ${little(local.address)}:${hex4(local.port)} ${little(peer.address)}:${hex4(peer.port)} 01 00000000:00000000 02:000A7214 00000000     0        0 ${41_000 + peer.port} 2 ${facts.persona.hex(`socket ${peer.port}`, 16).replace(/^.{8}/, '00000000')} 20 4 31 10 -1`,
          )
  return HEADS[protocol] + [...rows, ...established].map((row) => `${six ? row : row.padEnd(149)}\n`).join('')
}

function netDev(facts: Facts): string {
  const up = (facts.now() - facts.persona.bootedAt) / 1000
  const rate = facts.persona.integer('net rate', 900, 9000)
  const row = (name: string, rx: number, tx: number): string =>
    `${name.padStart(6)}:${String(rx).padStart(8)} ${String(Math.floor(rx / 411)).padStart(7)}    0    0    0     0          0         0 ${String(tx).padStart(8)} ${String(Math.floor(tx / 377)).padStart(7)}    0    0    0     0       0          0\n`
  const head =
    'Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n'
  const local = Math.floor(up * 31)
  return head + row('lo', local, local) + row(networkOf(facts).device, Math.floor(up * rate), Math.floor(up * rate * 0.34))
}

const status = (p: Process): string =>
  `Name:\t${p.name}\nUmask:\t0022\nState:\t${p.state.startsWith('R') ? 'R (running)' : 'S (sleeping)'}\nTgid:\t${p.pid}\nNgid:\t0\nPid:\t${p.pid}\nPPid:\t${p.ppid}\nTracerPid:\t0\nUid:\t${p.uid}\t${p.uid}\t${p.uid}\t${p.uid}\nGid:\t${p.uid}\t${p.uid}\t${p.uid}\t${p.uid}\nFDSize:\t256\nGroups:\t${p.uid} \nNStgid:\t${p.pid}\nNSpid:\t${p.pid}\nNSpgid:\t${p.pid}\nNSsid:\t${p.ppid}\nVmPeak:\t${String(p.vsz).padStart(8)} kB\nVmSize:\t${String(p.vsz).padStart(8)} kB\nVmLck:\t       0 kB\nVmPin:\t       0 kB\nVmHWM:\t${String(p.rss).padStart(8)} kB\nVmRSS:\t${String(p.rss).padStart(8)} kB\nThreads:\t1\nSigQ:\t0/15374\nSeccomp:\t0\n`

function processDirectory(p: Process, facts: Facts): BaseDirectory {
  const root = directory(p.started, { mode: 0o555, uid: p.uid, gid: p.uid, size: 0 })
  const kernel = p.command.startsWith('[')
  const binary = p.command.split(' ')[0]?.replace(/^-|:$/g, '') ?? ''
  const program = p.pid === 1 ? '/usr/lib/systemd/systemd' : binary.startsWith('/') ? binary : `/usr/bin/${binary.replace(/^.*\//, '')}`
  const add = (name: string, entry: BaseEntry): void => place(root, name, entry)
  add('cmdline', file(p.started, kernel ? '' : `${p.command.split(' ').join('\0')}\0`, { mode: 0o444, size: 0 }))
  add('comm', file(p.started, `${p.name}\n`, { mode: 0o644, size: 0 }))
  add(
    'status',
    file(p.started, () => status(p), { mode: 0o444, size: 0 }),
  )
  add(
    'stat',
    file(
      p.started,
      `${p.pid} (${p.name}) ${p.state.slice(0, 1)} ${p.ppid} ${p.pid} ${p.ppid} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${p.pid * 3} ${p.vsz * 1024} ${Math.floor(p.rss / 4)}\n`,
      { mode: 0o444, size: 0 },
    ),
  )
  add('environ', file(p.started, '', { mode: 0o400, uid: p.uid, gid: p.uid, size: 0 }))
  add(
    'maps',
    file(
      p.started,
      `558e4d1c2000-558e4d1c4000 r--p 00000000 08:01 131137                     ${program}\n7ffc5a1e4000-7ffc5a205000 rw-p 00000000 00:00 0                          [stack]\n`,
      { mode: 0o444, size: 0 },
    ),
  )
  if (!kernel) add('exe', link(p.started, program))
  add('cwd', link(p.started, '/'))
  add('root', link(p.started, '/'))
  add(
    'mounts',
    file(p.started, () => mounts(facts), { mode: 0o444, size: 0 }),
  )
  for (const [name, content] of processFiles(p, facts))
    add(name, file(p.started, content, { mode: name === 'sched' || name === 'oom_score_adj' ? 0o644 : 0o444, size: 0 }))
  place(root, 'fd', directory(p.started, { mode: 0o500, uid: p.uid, gid: p.uid, size: 0 }))
  return root
}

/** `/proc`: everything is made when read. A shell puts its own pid for `self`. */
export function placeProc(root: BaseDirectory, facts: Facts): void {
  const booted = facts.persona.bootedAt
  const proc = directory(booted, {
    mode: 0o555,
    size: 0,
    inode: 1,
    volatile: {
      names: () => facts.processes().map((process) => String(process.pid)),
      entry: (name) => {
        const found = /^\d{1,7}$/.test(name) ? facts.processes().find((process) => process.pid === Number(name)) : undefined
        return found === undefined ? undefined : processDirectory(found, facts)
      },
    },
  })
  const load = (): string => {
    const [one, five, fifteen] = loadOf(facts)
    const all = facts.processes()
    return `${one.toFixed(2)} ${five.toFixed(2)} ${fifteen.toFixed(2)} 1/${all.length + 41} ${Math.max(...all.map((p) => p.pid))}\n`
  }
  const net = networkOf(facts)
  const files: Record<string, () => string> = {
    cpuinfo: () => cpuOf(facts.persona).info,
    meminfo: () => memoryInfo(facts),
    version: () => kernelVersion(facts),
    uptime: () => uptime(facts),
    loadavg: load,
    cmdline: () =>
      `BOOT_IMAGE=/boot/vmlinuz-${facts.persona.os.kernel} root=UUID=${facts.persona.hex('root uuid a', 8)}-${facts.persona.hex('root uuid b', 4)}-4${facts.persona.hex('root uuid c', 3)}-a${facts.persona.hex('root uuid d', 3)}-${facts.persona.hex('root uuid e', 12)} ro quiet\n`,
    filesystems: () =>
      'nodev\tsysfs\nnodev\ttmpfs\nnodev\tbdev\nnodev\tproc\nnodev\tcgroup\nnodev\tcgroup2\nnodev\tdevtmpfs\nnodev\tsecurityfs\nnodev\tpipefs\nnodev\tdevpts\n\text3\n\text2\n\text4\nnodev\tmqueue\n',
    modules: () =>
      modulesOf(facts)
        .map(([name, size, by]) => `${name} ${size} ${by.length} ${by.length === 0 ? '-' : `${by.join(',')},`} Live 0x0000000000000000\n`)
        .join(''),
    partitions: () =>
      `major minor  #blocks  name\n\n${[facts.persona.hardware.diskGb * 1_048_576, facts.persona.hardware.diskGb * 1_048_576 - 1024]
        .map(
          (blocks, i) =>
            `${String(rootDisk(facts).major).padStart(4)} ${String(i).padStart(8)} ${String(blocks).padStart(10)} ${rootDisk(facts).device.slice(5, i === 0 ? -1 : undefined)}\n`,
        )
        .join('')}`,
    swaps: () =>
      `Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/swapfile                               file\t\t${memoryOf(facts).swapTotal}\t\t${memoryOf(facts).swapTotal - memoryOf(facts).swapFree}\t\t-2\n`,
    stat: () => {
      const up = (facts.now() - booted) / 10
      return `cpu  ${Math.floor(up * 0.02)} 0 ${Math.floor(up * 0.01)} ${Math.floor(up * facts.persona.hardware.cores)} 120 0 31 0 0 0\nbtime ${Math.floor(booted / 1000)}\nprocesses ${Math.floor(up / 300)}\nprocs_running 1\nprocs_blocked 0\n`
    },
    'net/dev': () => netDev(facts),
    'net/tcp': () => socketTable(facts, 'tcp'),
    'net/tcp6': () => socketTable(facts, 'tcp6'),
    'net/udp': () => socketTable(facts, 'udp'),
    'net/udp6': () => socketTable(facts, 'udp6'),
    ...kernelFiles(facts),
    'net/arp': () =>
      `IP address       HW type     Flags       HW address            Mask     Device\n${net.gateway.padEnd(17)}0x1         0x2         ${gatewayMac(facts)}     *        ${net.device}\n`,
    'net/route': () =>
      `${'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'.padEnd(127)}\n${`${net.device}\t00000000\t${little(net.gateway)}\t0003\t0\t0\t0\t00000000\t0\t0\t0`.padEnd(127)}\n${`${net.device}\t${little(net.network)}\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0`.padEnd(127)}\n`,
    'sys/kernel/hostname': () => `${facts.persona.hostname}\n`,
    'sys/kernel/osrelease': () => `${facts.persona.os.kernel}\n`,
    'sys/kernel/version': () => `${facts.persona.os.kernelBuild}\n`,
    'sys/kernel/ostype': () => 'Linux\n',
    'sys/vm/swappiness': () => '60\n',
    'sys/fs/file-max': () => '9223372036854775807\n',
    'sys/net/ipv4/ip_forward': () => '0\n',
  }
  for (const [name, content] of Object.entries(files))
    place(proc, name, file(booted, content, { mode: name.startsWith('sys/') ? 0o644 : 0o444, size: 0 }))
  place(proc, 'self', link(booted, '1'))
  place(proc, 'mounts', link(booted, 'self/mounts'))
  place(root, '/proc', proc)
}

/** The router's address on the wire. */
export const gatewayMac = (facts: Facts): string => {
  const digits = facts.persona.hex('gateway mac', 6)
  return `00:1b:21:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`
}
