import { cpuOf } from './cpu.ts'
import { type Facts, memoryOf, networkOf, rootDisk } from './facts.ts'
import { platformOf } from './platform.ts'

/** Loaded modules: name, size, those that use it. */
export const modulesOf = ({ persona }: Facts): readonly (readonly [string, number, readonly string[]])[] => [
  ['nf_tables', 303_104, []],
  ['nfnetlink', 20_480, ['nf_tables']],
  ...platformOf(persona).modules.map(([name, size]) => [name, size, []] as const),
  ['ext4', 983_040, []],
  ['crc16', 16_384, ['ext4']],
  ['mbcache', 16_384, ['ext4']],
  ['jbd2', 167_936, ['ext4']],
]

/** `root=` of the command line. */
export const rootUuid = ({ persona }: Facts): string =>
  `${persona.hex('root uuid a', 8)}-${persona.hex('root uuid b', 4)}-4${persona.hex('root uuid c', 3)}-a${persona.hex('root uuid d', 3)}-${persona.hex('root uuid e', 12)}`

/** What the kernel said while it booted: seconds since the boot, text. */
export function kernelLog(facts: Facts): readonly (readonly [at: number, text: string])[] {
  const { persona } = facts
  const platform = platformOf(persona)
  const cpu = cpuOf(persona)
  const memory = memoryOf(facts)
  const disk = rootDisk(facts)
  const { device } = networkOf(facts)
  const board = platform.board === '' ? platform.product : `${platform.product}/${platform.board}`
  const clock = { kvm: 'kvm-clock', vmware: 'tsc-early', microsoft: 'hyperv_clocksource_tsc_page', none: 'tsc-early' }[platform.virt]
  const later = (what: string, from: number): number => from + persona.integer(`dmesg ${what}`, 0, 99_999) / 1_000_000
  const guest: readonly (readonly [number, string])[] =
    platform.virt === 'kvm'
      ? [
          [0, 'Hypervisor detected: KVM'],
          [0, 'kvm-clock: Using msrs 4b564d01 and 4b564d00'],
          [0.000_001, 'kvm-clock: using sched offset of 11840290412 cycles'],
        ]
      : platform.virt === 'vmware'
        ? [
            [0, 'vmware: hypercall mode: 0x02'],
            [0, 'Hypervisor detected: VMware'],
            [0, `vmware: TSC freq read from hypervisor : ${cpu.mhz.toFixed(3)} MHz`],
          ]
        : platform.virt === 'microsoft'
          ? [
              [0, 'Hypervisor detected: Microsoft Hyper-V'],
              [0, 'Hyper-V: privilege flags low 0x2e7f, high 0x3b8030, hints 0x64e24, misc 0xbed7b2'],
              [0, 'Hyper-V: Host Build 10.0.20348.2527-1-0'],
            ]
          : []
  return [
    [0, `Linux version ${persona.os.kernel} ${persona.os.kernelBuild}`],
    [0, `Command line: BOOT_IMAGE=/boot/vmlinuz-${persona.os.kernel} root=UUID=${rootUuid(facts)} ro quiet`],
    [0, 'BIOS-provided physical RAM map:'],
    [0, 'BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable'],
    [0, 'BIOS-e820: [mem 0x000000000009fc00-0x000000000009ffff] reserved'],
    [0, 'BIOS-e820: [mem 0x00000000000f0000-0x00000000000fffff] reserved'],
    [0, 'NX (Execute Disable) protection: active'],
    [0, `SMBIOS ${platform.smbios} present.`],
    [0, `DMI: ${persona.hardware.vendor} ${board}, BIOS ${platform.biosVersion} ${platform.biosDate}`],
    ...guest,
    [0.000_003, `tsc: Detected ${cpu.mhz.toFixed(3)} MHz processor`],
    [
      later('memory', 0.03),
      `Memory: ${memory.free}K/${persona.hardware.memoryMb * 1024}K available (14342K kernel code, 2332K rwdata, 9060K rodata, 2796K init, 17404K bss, ${persona.hardware.memoryMb * 1024 - memory.total}K reserved, 0K cma-reserved)`,
    ],
    [
      later('cpu', 0.12),
      `smpboot: CPU0: ${persona.hardware.cpuModel} (family: 0x${cpu.family.toString(16)}, model: 0x${cpu.model.toString(16)}, stepping: 0x${cpu.stepping})`,
    ],
    [later('smp', 0.32), `smp: Brought up 1 node, ${persona.hardware.cores} CPUs`],
    [later('clock', 0.44), `clocksource: Switched to clocksource ${clock}`],
    [
      later('disk', 1.1),
      disk.device.startsWith('/dev/vd')
        ? `virtio_blk virtio1: [vda] ${persona.hardware.diskGb * 2_097_152} 512-byte logical blocks (${(persona.hardware.diskGb * 1.073_741_824).toFixed(1)} GB/${persona.hardware.diskGb}.0 GiB)`
        : `sd 0:0:0:0: [sda] ${persona.hardware.diskGb * 2_097_152} 512-byte logical blocks: (${(persona.hardware.diskGb * 1.073_741_824).toFixed(1)} GB/${persona.hardware.diskGb}.0 GiB)`,
    ],
    [later('ext4', 1.3), `EXT4-fs (${disk.device.slice(5)}): mounted filesystem with ordered data mode. Quota mode: none.`],
    ...(platform.virt === 'none' ? [] : [[later('systemd', 1.7), `systemd[1]: Detected virtualization ${platform.virt}.`] as const]),
    [1.871_31, `systemd[1]: Hostname set to <${persona.hostname}>.`],
    [later('remount', 2.3), `EXT4-fs (${disk.device.slice(5)}): re-mounted. Quota mode: none.`],
    [later('swap', 3.5), `Adding ${memory.swapTotal}k swap on /swapfile.  Priority:-2 extents:1 across:${memory.swapTotal}k FS`],
    [later('link', 4.2), `IPv6: ADDRCONF(NETDEV_CHANGE): ${device}: link becomes ready`],
  ]
}
