import { type BaseDirectory, type BaseEntry, directory, link, place } from '../base.ts'

const NODES = `null:1,3:666 zero:1,5:666 full:1,7:666 random:1,8:666 urandom:1,9:666 tty:5,0:666:5 console:5,1:600:5 ptmx:5,2:666:5 kmsg:1,11:644
mem:1,1:640:15 port:1,4:640:15 fuse:10,229:666 rtc0:249,0:600 hpet:10,228:600 snapshot:10,231:600 tty0:4,0:620:5 tty1:4,1:620:5 tty2:4,2:620:5
ttyS0:4,64:660:20 net/tun:10,200:666 vcs:7,0:660:5 watchdog:10,130:600 loop-control:10,237:660:6 cpu_dma_latency:10,125:600`

/** `/dev` as udev makes it, with the disk that `df` names. */
export function placeDevices(root: BaseDirectory, disk: string, booted: number): void {
  const device = (numbers: string, mode: string, gid: number): BaseEntry => {
    const [major = 0, minor = 0] = numbers.split(',').map(Number)
    return { kind: 'device', mode: Number.parseInt(mode, 8), uid: 0, gid, mtime: booted, device: [major, minor] }
  }
  for (const entry of NODES.split(/\s+/)) {
    const [name = '', numbers = '', mode = '600', gid = '0'] = entry.split(':')
    place(root, `/dev/${name}`, device(numbers, mode, Number(gid)))
  }
  const base = disk.replace(/\d+$/, '')
  const major = base.includes('vd') ? 254 : 8
  place(root, base, device(`${major},0`, '660', 6))
  place(root, `${base}1`, device(`${major},1`, '660', 6))
  place(root, '/dev/pts', directory(booted))
  for (const [name, target] of Object.entries(LINKS)) place(root, `/dev/${name}`, link(booted, target))
}
const LINKS = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
  core: '/proc/kcore',
  rtc: 'rtc0',
}
