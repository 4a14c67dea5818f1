import { own } from '@decnet/kernel'
import { cpuOf } from '../cpu.ts'
import { memoryOf, rootDisk } from '../facts.ts'
import type { Call, Programs } from '../interpreter/call.ts'
import { optionsOf } from './options.ts'
import { human } from './sizes.ts'

const MANUFACTURERS = /kvm|qemu|proxmox|red hat|digitalocean|hetzner|amazon|google/i

/** As a Debian 12 or Ubuntu kernel reports them for a guest; where they differ, Intel first. */
const VULNERABILITIES: readonly (readonly [string, string | readonly [string, string]])[] = [
  ['Gather data sampling', ['Unknown: Dependent on hypervisor status', 'Not affected']],
  ['Itlb multihit', 'Not affected'],
  ['L1tf', 'Not affected'],
  ['Mds', 'Not affected'],
  ['Meltdown', 'Not affected'],
  ['Mmio stale data', ['Vulnerable: Clear CPU buffers attempted, no microcode; SMT Host state unknown', 'Not affected']],
  ['Reg file data sampling', 'Not affected'],
  ['Retbleed', ['Mitigation; Enhanced IBRS', 'Mitigation; untrained return thunk; SMT disabled']],
  ['Spec rstack overflow', ['Not affected', 'Mitigation; SMT disabled']],
  ['Spec store bypass', 'Mitigation; Speculative Store Bypass disabled via prctl'],
  ['Spectre v1', 'Mitigation; usercopy/swapgs barriers and __user pointer sanitization'],
  [
    'Spectre v2',
    [
      'Mitigation; Enhanced / Automatic IBRS; IBPB conditional; RSB filling; PBRSB-eIBRS SW sequence',
      'Mitigation; Retpolines; IBPB conditional; STIBP disabled; RSB filling; PBRSB-eIBRS Not affected',
    ],
  ],
  ['Srbds', 'Not affected'],
  ['Tsx async abort', 'Not affected'],
]

async function lscpu(call: Call): Promise<number> {
  const { persona } = call.machine
  const { cores, cpuModel } = persona.hardware
  const cpu = cpuOf(persona)
  const list = cores === 1 ? '0' : cores === 2 ? '0,1' : `0-${cores - 1}`
  const kib = (kb: number): string => (kb >= 1024 ? `${(kb / 1024).toFixed(kb % 1024 === 0 ? 0 : 1)} MiB` : `${kb} KiB`)
  const instances = `(${cores} instance${cores === 1 ? '' : 's'})`
  const rows: (readonly [string, string])[] = [
    ['Architecture:', 'x86_64'],
    ['  CPU op-mode(s):', '32-bit, 64-bit'],
    ['  Address sizes:', cpu.vendor === 'AuthenticAMD' ? '48 bits physical, 48 bits virtual' : '46 bits physical, 48 bits virtual'],
    ['  Byte Order:', 'Little Endian'],
    ['CPU(s):', String(cores)],
    ['  On-line CPU(s) list:', list],
    ['Vendor ID:', cpu.vendor],
    ['  Model name:', cpuModel],
    ['    CPU family:', String(cpu.family)],
    ['    Model:', String(cpu.model)],
    ['    Thread(s) per core:', '1'],
    ['    Core(s) per socket:', '1'],
    ['    Socket(s):', String(cores)],
    ['    Stepping:', String(cpu.stepping)],
    ['    BogoMIPS:', (cpu.mhz * 2).toFixed(2)],
    ['    Flags:', cpu.flags],
    ['Virtualization features:', ''],
    ['  Hypervisor vendor:', 'KVM'],
    ['  Virtualization type:', 'full'],
    ['Caches (sum of all):', ''],
    ['  L1d:', `${kib(32 * cores)} ${instances}`],
    ['  L1i:', `${kib(32 * cores)} ${instances}`],
    ['  L2:', `${kib((cpu.vendor === 'AuthenticAMD' ? 512 : 4096) * cores)} ${instances}`],
    ['  L3:', `${kib(16_384 * cores)} ${instances}`],
    ['NUMA:', ''],
    ['  NUMA node(s):', '1'],
    ['  NUMA node0 CPU(s):', list],
  ]
  const amd = cpu.vendor === 'AuthenticAMD'
  rows.push(['Vulnerabilities:', ''])
  for (const [name, value] of VULNERABILITIES) rows.push([`  ${name}:`, typeof value === 'string' ? value : value[amd ? 1 : 0]])
  const widest = (names: readonly string[]): number => Math.max(...names.map((name) => name.length)) + 1
  if (call.toTty) {
    const width = widest(rows.map(([name]) => name))
    const room = Math.max(1, (call.session.terminal?.columns ?? 80) - width)
    const wrapped = (value: string): string => (value.match(new RegExp(`.{1,${room}}`, 'g')) ?? ['']).join(`\n${' '.repeat(width)}`)
    await call.out(rows.map(([name, value]) => `${name.padEnd(width)}${wrapped(value)}\n`).join(''))
    return 0
  }
  // Into a pipe the tree is flat and its names stand alone.
  const caches = /^ {2}(L1d|L1i|L2|L3):$/
  const flat = rows.flatMap(([name, value]): (readonly [string, string])[] => {
    const plain = name.replace(caches, '  $1 cache:').trim()
    const known = VULNERABILITIES.some(([one]) => plain === `${one}:`)
    return value === '' ? [] : [[known ? `Vulnerability ${plain}` : plain, value]]
  })
  const width = widest(flat.map(([name]) => name))
  await call.out(flat.map(([name, value]) => `${name.padEnd(width)}${value}\n`).join(''))
  return 0
}

async function nproc(call: Call): Promise<number> {
  await call.out(`${call.machine.persona.hardware.cores}\n`)
  return 0
}

async function lspci(call: Call): Promise<number> {
  await call.out(
    '00:00.0 Host bridge: Intel Corporation 440FX - 82441FX PMC [Natoma] (rev 02)\n00:01.0 ISA bridge: Intel Corporation 82371SB PIIX3 ISA [Natoma/Triton II]\n00:01.1 IDE interface: Intel Corporation 82371SB PIIX3 IDE [Natoma/Triton II]\n00:01.2 USB controller: Intel Corporation 82371SB PIIX3 USB [Natoma/Triton II] (rev 01)\n00:01.3 Bridge: Intel Corporation 82371AB/EB/MB PIIX4 ACPI (rev 03)\n00:02.0 VGA compatible controller: Device 1234:1111 (rev 02)\n00:03.0 Unclassified device [00ff]: Red Hat, Inc. Virtio memory balloon\n00:05.0 SCSI storage controller: Red Hat, Inc. Virtio SCSI\n00:12.0 Ethernet controller: Red Hat, Inc. Virtio network device\n',
  )
  return 0
}

async function dmidecode(call: Call): Promise<number> {
  if (call.as.uid !== 0)
    return await call
      .err(
        '/sys/firmware/dmi/tables/smbios_entry_point: Permission denied\nScanning /dev/mem for entry point.\n/dev/mem: Permission denied\n',
      )
      .then(() => 1)
  const { persona } = call.machine
  const { vendor } = persona.hardware
  const uuid = `${persona.hex('dmi a', 8)}-${persona.hex('dmi b', 4)}-4${persona.hex('dmi c', 3)}-9${persona.hex('dmi d', 3)}-${persona.hex('dmi e', 12)}`
  const product = MANUFACTURERS.test(vendor)
    ? 'Standard PC (i440FX + PIIX, 1996)'
    : persona.pick('product', ['PowerEdge R440', 'ProLiant DL360 Gen10', 'System x3550 M5'])
  const names: Readonly<Record<string, string>> = {
    'system-manufacturer': vendor,
    'system-product-name': product,
    'system-uuid': uuid,
    'bios-vendor': 'SeaBIOS',
    'bios-version': 'rel-1.16.3-0-ga6ed6b701f0a-prebuilt.qemu.org',
    'system-serial-number': 'Not Specified',
    'baseboard-product-name': product,
    'chassis-manufacturer': vendor,
    'processor-version': persona.hardware.cpuModel,
  }
  const asked = call.args[call.args.indexOf('-s') + 1]
  if (call.args.includes('-s') && asked !== undefined) return await call.out(`${own(names, asked) ?? 'Not Specified'}\n`).then(() => 0)
  await call.out(
    `# dmidecode 3.4\nGetting SMBIOS data from sysfs.\nSMBIOS 2.8 present.\n11 structures occupying 545 bytes.\nTable at 0x000F5A10.\n\nHandle 0x0000, DMI type 0, 24 bytes\nBIOS Information\n\tVendor: SeaBIOS\n\tVersion: ${names['bios-version']}\n\tRelease Date: 04/01/2014\n\tAddress: 0xE8000\n\tRuntime Size: 96 kB\n\tROM Size: 64 kB\n\nHandle 0x0100, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: ${vendor}\n\tProduct Name: ${product}\n\tVersion: pc-i440fx-8.1\n\tSerial Number: Not Specified\n\tUUID: ${uuid}\n\tWake-up Type: Power Switch\n\tSKU Number: Not Specified\n\tFamily: Not Specified\n\n`,
  )
  return 0
}

async function df(call: Call): Promise<number> {
  const options = await optionsOf(call, 'aBhHikPtTx:l', {
    'human-readable': 'h',
    inodes: 'i',
    'print-type': 'T',
    all: 'a',
    portability: 'P',
  })
  if (options === null) return 1
  const disk = rootDisk(call.machine)
  const memory = memoryOf(call.machine)
  const tmpfs = Math.floor(memory.total / 10)
  const rows: readonly (readonly [string, string, number, number, number, string])[] = [
    ['udev', 'devtmpfs', Math.floor(memory.total * 0.48), 0, Math.floor(memory.total * 0.48), '/dev'],
    ['tmpfs', 'tmpfs', tmpfs, 712, tmpfs - 712, '/run'],
    [disk.device, 'ext4', disk.blocks, disk.used, disk.available, '/'],
    ['tmpfs', 'tmpfs', Math.floor(memory.total / 2), 0, Math.floor(memory.total / 2), '/dev/shm'],
    ['tmpfs', 'tmpfs', 5120, 0, 5120, '/run/lock'],
    ...call.machine.present().map((uid) => ['tmpfs', 'tmpfs', tmpfs, 0, tmpfs, `/run/user/${uid}`] as const),
  ]
  const path = options.rest[0]
  if (path !== undefined && !call.fs.has(call.path(path), call.as)) return await call.fail(`${path}: No such file or directory`)
  const chosen =
    path === undefined
      ? rows
      : rows.filter((row) => row[5] === (call.path(path).startsWith('/dev/shm') ? '/dev/shm' : call.path(path) === '/dev' ? '/dev' : '/'))
  const show = (kb: number): string => (options.has('h', 'H') ? human(kb * 1024) : String(kb))
  const inodes = options.has('i')
  const table = chosen.map(([device, type, size, used, free, mount]) => {
    const root = mount === '/'
    const total = inodes ? (root ? disk.inodes : Math.floor(memory.total / 4)) : size
    const taken = inodes ? (root ? disk.inodesUsed : Math.floor(used / 60) + 1) : used
    const left = inodes ? total - taken : free
    const percent = `${taken + left === 0 ? 0 : Math.ceil((taken * 100) / (taken + left))}%`
    const cells = inodes ? [String(total), String(taken), String(left)] : [show(total), show(taken), show(left)]
    return [device, ...(options.has('T') ? [type] : []), ...cells, percent, mount]
  })
  const heading = [
    'Filesystem',
    ...(options.has('T') ? ['Type'] : []),
    ...(inodes
      ? ['Inodes', 'IUsed', 'IFree', 'IUse%']
      : [
          options.has('h', 'H') ? 'Size' : options.has('P') ? '1024-blocks' : '1K-blocks',
          'Used',
          options.has('h', 'H') ? 'Avail' : 'Available',
          options.has('P') ? 'Capacity' : 'Use%',
        ]),
    'Mounted on',
  ]
  const all = [heading, ...table]
  const last = heading.length - 1
  const left = (column: number): boolean => column === 0 || (options.has('T') && column === 1) || column === last
  const widths = heading.map((_, c) => Math.max(c === 0 ? 14 : !left(c) && c < last - 1 ? 5 : 0, ...all.map((row) => row[c]?.length ?? 0)))
  await call.out(
    all
      .map(
        (row) =>
          `${row.map((cell, c) => (c === last ? cell : left(c) ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join(' ')}\n`,
      )
      .join(''),
  )
  return 0
}

async function mount(call: Call): Promise<number> {
  if (call.args.length > 0 && !call.args.includes('-l') && !call.args.includes('-t')) {
    if (call.as.uid !== 0) return await call.fail(`${call.args.at(-1)}: must be superuser to use mount.`)
    const target = call.args.at(-1) ?? ''
    return call.fs.has(call.path(target), call.as) ? 0 : await call.fail(`${target}: mount point does not exist.`, 32)
  }
  const lines = call.fs.read('/proc/1/mounts', { uid: 0, gid: 0, groups: [] }).toString().trim().split('\n')
  for (const line of lines) {
    const [device, on, type, flags] = line.split(' ')
    await call.out(`${device} on ${on} type ${type} (${flags})\n`)
  }
  return 0
}

async function lsblk(call: Call): Promise<number> {
  const disk = rootDisk(call.machine)
  const name = disk.device.slice(5, -1)
  const gb = `${call.machine.persona.hardware.diskGb}G`
  const major = name.startsWith('vd') ? '254' : '  8'
  await call.out(
    `NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\n${name.padEnd(6)} ${major}:0    0 ${gb.padStart(5)}  0 disk \n${Buffer.from('└─').toString('latin1')}${`${name}1`.padEnd(4)} ${major}:1    0 ${gb.padStart(5)}  0 part /\nsr0     11:0    1 1024M  0 rom  \n`,
  )
  return 0
}
async function fdisk(call: Call): Promise<number> {
  const disk = rootDisk(call.machine)
  if (call.as.uid !== 0) return await call.err(`fdisk: cannot open ${disk.device.slice(0, -1)}: Permission denied\n`).then(() => 1)
  const bytes = call.machine.persona.hardware.diskGb * 1_073_741_824
  const id = call.machine.persona.hex('disk id', 8)
  await call.out(
    `Disk ${disk.device.slice(0, -1)}: ${call.machine.persona.hardware.diskGb} GiB, ${bytes} bytes, ${bytes / 512} sectors\nDisk model: QEMU HARDDISK   \nUnits: sectors of 1 * 512 = 512 bytes\nSector size (logical/physical): 512 bytes / 512 bytes\nI/O size (minimum/optimal): 512 bytes / 512 bytes\nDisklabel type: dos\nDisk identifier: 0x${id}\n\nDevice     Boot Start      End  Sectors Size Id Type\n${disk.device}  *     2048 ${bytes / 512 - 1} ${bytes / 512 - 2048} ${call.machine.persona.hardware.diskGb}G 83 Linux\n`,
  )
  return 0
}
async function dmesg(call: Call): Promise<number> {
  const { persona } = call.machine
  if (call.as.uid !== 0) return await call.fail('read kernel buffer failed: Operation not permitted')
  const lines: readonly (readonly [number, string])[] = [
    [0, `Linux version ${persona.os.kernel} ${persona.os.kernelBuild}`],
    [
      0,
      `Command line: BOOT_IMAGE=/boot/vmlinuz-${persona.os.kernel} root=UUID=${persona.hex('root uuid a', 8)}-${persona.hex('root uuid b', 4)} ro quiet`,
    ],
    [0, 'BIOS-provided physical RAM map:'],
    [0, 'BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable'],
    [0, 'NX (Execute Disable) protection: active'],
    [0, 'SMBIOS 2.8 present.'],
    [0, 'Hypervisor detected: KVM'],
    [0.000_003, `tsc: Detected ${cpuOf(persona).mhz.toFixed(3)} MHz processor`],
    [
      0.124_51,
      `smpboot: CPU0: ${persona.hardware.cpuModel} (family: 0x${cpuOf(persona).family.toString(16)}, model: 0x${cpuOf(persona).model.toString(16)}, stepping: 0x${cpuOf(persona).stepping})`,
    ],
    [0.131_22, `smp: Brought up 1 node, ${persona.hardware.cores} CPUs`],
    [1.214_883, 'EXT4-fs (sda1): mounted filesystem with ordered data mode. Quota mode: none.'],
    [1.771_204, 'systemd[1]: Detected virtualization kvm.'],
    [1.771_31, `systemd[1]: Hostname set to <${persona.hostname}>.`],
    [3.551_092, 'Adding 998396k swap on /swapfile.  Priority:-2 extents:1 across:998396k FS'],
    [4.219_772, 'IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready'],
  ]
  for (const [at, text] of lines) await call.out(`[${at.toFixed(6).padStart(12)}] ${text}\n`)
  return 0
}
async function lsmod(call: Call): Promise<number> {
  await call.out(
    'Module                  Size  Used by\nnf_tables             303104  0\nnfnetlink              20480  1 nf_tables\next4                  983040  1\njbd2                  167936  1 ext4\nvirtio_net             73728  0\nvirtio_scsi            24576  1\nvirtio_balloon         24576  0\n',
  )
  return 0
}
export const hardware: Programs = {
  lscpu,
  nproc,
  lspci,
  lsusb: () => 0,
  dmidecode,
  df,
  mount,
  umount: async (call) => (call.as.uid === 0 ? 0 : await call.fail(`${call.args[0] ?? ''}: must be superuser to unmount.`, 32)),
  lsblk,
  fdisk,
  dmesg,
  lsmod,
  blkid: async (call) =>
    await call
      .out(
        `${rootDisk(call.machine).device}: UUID="${call.machine.persona.hex('root uuid a', 8)}-${call.machine.persona.hex('root uuid b', 4)}-4${call.machine.persona.hex('root uuid c', 3)}-a${call.machine.persona.hex('root uuid d', 3)}-${call.machine.persona.hex('root uuid e', 12)}" BLOCK_SIZE="4096" TYPE="ext4"\n`,
      )
      .then(() => 0),
}
