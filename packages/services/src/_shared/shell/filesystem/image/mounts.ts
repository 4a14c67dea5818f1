import { type Facts, memoryOf, rootDisk } from '../../facts.ts'

/** `/proc/mounts`: what `mount`, `df` and mountinfo show. */
export function mounts(facts: Facts): string {
  const disk = rootDisk(facts).device
  const m = memoryOf(facts)
  return `sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0
proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0
udev /dev devtmpfs rw,nosuid,relatime,size=${Math.floor(m.total * 0.48)}k,nr_inodes=${Math.floor(m.total * 0.12)},mode=755,inode64 0 0
devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=000 0 0
tmpfs /run tmpfs rw,nosuid,nodev,noexec,relatime,size=${Math.floor(m.total / 10)}k,mode=755,inode64 0 0
${disk} / ext4 rw,relatime,errors=remount-ro 0 0
securityfs /sys/kernel/security securityfs rw,nosuid,nodev,noexec,relatime 0 0
tmpfs /dev/shm tmpfs rw,nosuid,nodev,inode64 0 0
tmpfs /run/lock tmpfs rw,nosuid,nodev,noexec,relatime,size=5120k,inode64 0 0
cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot 0 0
pstore /sys/fs/pstore pstore rw,nosuid,nodev,noexec,relatime 0 0
bpf /sys/fs/bpf bpf rw,nosuid,nodev,noexec,relatime,mode=700 0 0
hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0
mqueue /dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime 0 0
debugfs /sys/kernel/debug debugfs rw,nosuid,nodev,noexec,relatime 0 0
tracefs /sys/kernel/tracing tracefs rw,nosuid,nodev,noexec,relatime 0 0
${facts
  .present()
  .map(
    (uid) =>
      `tmpfs /run/user/${uid} tmpfs rw,nosuid,nodev,relatime,size=${Math.floor(m.total / 10)}k,nr_inodes=${Math.floor(m.total / 40)},mode=700${uid === 0 ? '' : `,uid=${uid},gid=${uid}`},inode64 0 0\n`,
  )
  .join('')}`
}
