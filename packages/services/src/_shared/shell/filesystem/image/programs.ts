import { type BaseDirectory, directory, file, INSTALLED, link, place } from '../base.ts'
import { BIN, SBIN } from './binaries-debian12.ts'

const SCRIPT: Readonly<Record<string, string>> = {
  s: '#!/bin/sh\n',
  b: '#!/bin/bash\n',
  p: '#!/usr/bin/perl -w\n',
  y: '#! /usr/bin/python3\n',
}
/** Sizes that Ubuntu's own builds are known to have. */
const UBUNTU: Readonly<Record<string, readonly [number, number]>> = {
  ls: [138_208, 142_312],
  cat: [35_280, 39_384],
  bash: [1_396_520, 1_446_024],
  dash: [125_688, 129_784],
  id: [43_440, 48_072],
  whoami: [31_184, 35_336],
  wget: [454_152, 466_904],
  curl: [260_328, 297_232],
  sshd: [921_288, 921_416],
  su: [55_672, 55_680],
  sudo: [232_416, 277_936],
}

/** The first page of an x86-64 position-independent program: what `file`, `head -c 4` and loaders look at. */
export function elf(size: number, what: string): Buffer {
  const made = Buffer.alloc(Math.max(size, 64))
  made.write('7f454c4602010100000000000000000003003e000100000000000000000000004000000000000000', 0, 'hex')
  let seed = 2_166_136_261
  for (const char of what) seed = Math.imul(seed ^ char.charCodeAt(0), 16_777_619) >>> 0
  made.writeUInt32LE(0x4000 + ((seed % 0x8000) & ~0xf), 24)
  made.writeUInt32LE(Math.max(64, (size - 31 * 64) & ~7), 40)
  made.write('0000000040003800 0d0040001f001e00'.replaceAll(' ', ''), 48, 'hex')
  made.write(
    '0600000004000000400000000000000040000000000000004000000000000000d802000000000000d80200000000000008000000000000000300000004000000',
    64,
    'hex',
  )
  made.write('/lib64/ld-linux-x86-64.so.2\0', Math.min(0x318, Math.max(0, size - 32)), 'latin1')
  for (let at = 0x400; at + 4 <= size; at += 4) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    made.writeUInt32LE((seed >>> 8) % 5 === 0 ? 0 : seed, at)
  }
  return made.subarray(0, size)
}

/** When the release's packages were built: files carry that time, not the installation's. */
const BUILT: Readonly<Record<string, number>> = {
  debian12: Date.UTC(2023, 2, 23),
  ubuntu22: Date.UTC(2022, 2, 23),
  ubuntu24: Date.UTC(2024, 3, 5),
}
const builtAt = (distro: string, name: string): number =>
  (BUILT[distro] ?? 0) - (Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 240, 7) * 86_400_000 + name.length * 3_723_000)

function add(root: BaseDirectory, folder: string, table: string, distro: string, variant: 0 | 1 | null): void {
  for (const given of table.trim().split(/\s+/)) {
    const entry = variant !== null && given.startsWith('nc.traditional:') ? 'nc.openbsd:38088' : given
    const at = builtAt(distro, entry.replace(/[:>].*/, ''))
    const arrow = entry.indexOf('>')
    if (arrow > 0) {
      place(root, `${folder}/${entry.slice(0, arrow)}`, link(at, entry.slice(arrow + 1)))
      continue
    }
    const [name = '', size = '0', ...rest] = entry.split(':')
    const mode = rest.find((part) => /^\d+$/.test(part))
    const script = rest.find((part) => /^[sbpy]$/.test(part))
    const bytes =
      variant === null ? Number(size) : (UBUNTU[name]?.[variant] ?? Number(size) + (script === undefined ? (variant + 1) * 4096 : 0))
    const head = script === undefined ? undefined : SCRIPT[script]
    const content = (): Buffer => (head === undefined ? elf(bytes, name) : Buffer.from(head.padEnd(bytes, '#')))
    place(root, `${folder}/${name}`, file(at, content, { mode: mode === undefined ? 0o755 : Number.parseInt(mode, 8), size: bytes }))
  }
}

const FOLDERS = `/boot /dev /home /media /mnt /opt /proc /run /srv /sys /usr/games /usr/include /usr/lib64 /usr/libexec /usr/local/bin /usr/local/sbin
/usr/local/etc /usr/local/games /usr/local/include /usr/local/lib /usr/local/share /usr/src /usr/share/doc /usr/share/man /usr/share/zoneinfo
/usr/lib/x86_64-linux-gnu /usr/lib/systemd/system /usr/lib/openssh /usr/lib/modules /etc/apt/sources.list.d /etc/apt/apt.conf.d
/etc/apt/trusted.gpg.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly /etc/cron.d /etc/default /etc/init.d /etc/network
/etc/pam.d /etc/profile.d /etc/security /etc/skel /etc/ssl/certs /etc/sudoers.d /etc/systemd/system /etc/update-motd.d /etc/ssh/sshd_config.d
/etc/ssh/ssh_config.d /etc/ld.so.conf.d /etc/modprobe.d /etc/modules-load.d /etc/rc0.d /etc/rc1.d /etc/rc2.d /etc/rc3.d /etc/rc4.d /etc/rc5.d
/etc/rc6.d /etc/rcS.d /etc/sysctl.d /etc/udev/rules.d /etc/kernel /etc/logrotate.d /etc/dpkg /etc/perl /etc/python3 /etc/X11 /etc/vim
/var/backups /var/cache/apt /var/cache/man /var/lib/dpkg /var/lib/apt /var/lib/systemd /var/opt /var/spool/cron /var/www/html`

/** Everything that one release installs alike on every host: built once per release and shared. */
export function distributionTree(distro: string): BaseDirectory {
  const at = INSTALLED
  const root = directory(at)
  for (const path of FOLDERS.trim().split(/\s+/)) place(root, path, directory(at))
  const variant = distro === 'ubuntu22' ? 0 : distro === 'ubuntu24' ? 1 : null
  add(root, '/usr/bin', BIN, distro, variant)
  add(root, '/usr/sbin', SBIN, distro, variant)
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) place(root, `/${name}`, link(at, `usr/${name}`))
  if (distro === 'debian12') for (const name of ['lib32', 'libx32']) place(root, `/${name}`, link(at, `usr/${name}`))
  const open = { mode: 0o1777 }
  for (const path of ['/tmp', '/var/tmp', '/dev/shm', '/run/lock', '/dev/mqueue']) place(root, path, directory(at, open))
  place(root, '/var/mail', directory(at, { mode: 0o2775, gid: 8 }))
  place(root, '/var/local', directory(at, { mode: 0o2775, gid: 50 }))
  place(root, '/lost+found', directory(at, { mode: 0o700, size: 16_384, inode: 11 }))
  place(root, '/var/run', link(at, '/run'))
  place(root, '/var/lock', link(at, '/run/lock'))
  place(root, '/var/spool/mail', link(at, '../mail'))
  place(root, '/etc/ssl/private', directory(at, { mode: 0o710 }))
  place(root, '/usr/lib64/ld-linux-x86-64.so.2', link(at, '../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'))
  for (const [name, size] of LIBRARIES) {
    place(
      root,
      `/usr/lib/x86_64-linux-gnu/${name}`,
      file(at, () => elf(size, name), { size, mode: name.startsWith('ld-') ? 0o755 : 0o644 }),
    )
  }
  place(
    root,
    '/usr/lib/systemd/systemd',
    file(at, () => elf(92_792, 'systemd'), { mode: 0o755, size: 92_792 }),
  )
  place(
    root,
    '/usr/lib/openssh/sftp-server',
    file(at, () => elf(96_632, 'sftp-server'), { mode: 0o755, size: 96_632 }),
  )
  return root
}
const LIBRARIES: readonly (readonly [string, number])[] = [
  ['libc.so.6', 1_922_136],
  ['ld-linux-x86-64.so.2', 210_968],
  ['libm.so.6', 907_784],
  ['libpthread.so.0', 14_480],
  ['libdl.so.2', 14_480],
  ['libcrypto.so.3', 4_713_208],
  ['libssl.so.3', 688_160],
  ['libselinux.so.1', 174_312],
  ['libz.so.1', 121_280],
]
