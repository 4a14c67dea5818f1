import { type Facts, type Process, rootDisk } from '../../facts.ts'
import { platformOf } from '../../platform.ts'
import { mounts } from './mounts.ts'

/** Where systemd keeps a process, as `/proc/<pid>/cgroup` shows it. */
function controlGroup(p: Process): string {
  const { command } = p
  if (p.pid === 1) return '/init.scope'
  if (command.startsWith('[')) return '/'
  const unit = [
    ['systemd-journald', 'systemd-journald'],
    ['systemd-udevd', 'systemd-udevd'],
    ['systemd-timesyncd', 'systemd-timesyncd'],
    ['systemd-logind', 'systemd-logind'],
    ['cron', 'cron'],
    ['dbus-daemon', 'dbus'],
    ['rsyslogd', 'rsyslog'],
    ['sshd -D', 'ssh'],
    ['nginx', 'nginx'],
    ['apache2', 'apache2'],
    ['mariadbd', 'mariadb'],
    ['mysqld', 'mysql'],
    ['redis-server', 'redis-server'],
    ['vsftpd', 'vsftpd'],
    ['proftpd', 'proftpd'],
    ['postfix', 'postfix@-'],
    ['qmgr', 'postfix@-'],
    ['exim4', 'exim4'],
    ['inetd', 'inetutils-inetd'],
  ].find(([part = '']) => command.includes(part))?.[1]
  if (command.includes('agetty')) return '/system.slice/system-getty.slice/getty@tty1.service'
  if (unit === 'postfix@-') return '/system.slice/system-postfix.slice/postfix@-.service'
  return unit === undefined ? `/user.slice/user-${p.uid}.slice/session-${1 + (p.pid % 90)}.scope` : `/system.slice/${unit}.service`
}

/** `/proc/<pid>/mountinfo`, from the same table as `/proc/mounts`. */
function mountInfo(facts: Facts): string {
  const disk = rootDisk(facts)
  let anonymous = 20
  const ids = new Map<string, number>()
  const lines = mounts(facts).trimEnd().split('\n')
  for (const [i, line] of lines.entries()) ids.set(line.split(' ')[1] ?? '', 22 + i)
  return lines
    .map((line) => {
      const [source = '', at = '', type = '', flags = ''] = line.split(' ')
      const parent = [...ids.keys()]
        .filter((one) => one !== at && (one === '/' || at.startsWith(`${one}/`)))
        .sort((a, b) => b.length - a.length)[0]
      const device = type === 'ext4' ? `${disk.major}:1` : type === 'devtmpfs' ? '0:5' : `0:${++anonymous}`
      const options = flags.split(',')
      const own = options.filter((flag) => /^(rw|ro|nosuid|nodev|noexec|relatime|noatime)$/.test(flag))
      const rest = options.filter((flag) => !own.includes(flag) || flag === 'rw')
      return `${ids.get(at)} ${at === '/' ? 1 : (ids.get(parent ?? '/') ?? 1)} ${device} / ${at} ${own.join(',')} shared:${(ids.get(at) ?? 22) - 21} - ${type} ${source} ${rest.join(',')}\n`
    })
    .join('')
}

const SCHED_WIDTH = 45
/** `/proc/<pid>/sched`: its first line names the process by the number that it has, which a container betrays. */
function sched(p: Process, facts: Facts): string {
  const seconds = Math.max(1, (facts.now() - p.started) / 1000)
  const row = (name: string, value: string): string => `${name.padEnd(SCHED_WIDTH)}:${value.padStart(21)}\n`
  const switches = Math.floor(seconds * (0.01 + (p.pid % 7) / 300)) + 40
  return [
    `${p.name} (${p.pid}, #threads: 1)\n`,
    `${'-'.repeat(67)}\n`,
    row('se.exec_start', `${((facts.now() - facts.persona.bootedAt) * 0.999).toFixed(6)}`),
    row('se.vruntime', `${(seconds * 0.0713 + p.pid).toFixed(6)}`),
    row('se.sum_exec_runtime', `${(p.cpu * 1000 + switches * 0.041).toFixed(6)}`),
    row('se.nr_migrations', String(Math.floor(switches / 31))),
    row('nr_switches', String(switches)),
    row('nr_voluntary_switches', String(switches - Math.floor(switches / 29))),
    row('nr_involuntary_switches', String(Math.floor(switches / 29))),
    row('se.load.weight', '1048576'),
    row('se.avg.load_sum', '12'),
    row('se.avg.runnable_sum', '12741'),
    row('se.avg.util_sum', '12288'),
    row('se.avg.load_avg', '0'),
    row('se.avg.runnable_avg', '0'),
    row('se.avg.util_avg', '0'),
    row('policy', '0'),
    row('prio', p.state.includes('<') ? '100' : '120'),
    row('clock-delta', '38'),
    row('mm->numa_scan_seq', '0'),
    row('numa_pages_migrated', '0'),
    row('numa_preferred_nid', '-1'),
    row('total_numa_faults', '0'),
    'current_node=0, numa_group_id=0\nnuma_faults node=0 task_private=0 task_shared=0 group_private=0 group_shared=0\n',
  ].join('')
}

/** Files of a process that sandbox checks read. */
export const processFiles = (p: Process, facts: Facts): readonly (readonly [string, () => string])[] => [
  ['cgroup', () => `0::${controlGroup(p)}\n`],
  ['mountinfo', () => mountInfo(facts)],
  ['sched', () => sched(p, facts)],
  ['limits', () => LIMITS],
  ['oom_score', () => '0\n'],
  ['oom_score_adj', () => `${p.command.startsWith('sshd: /usr') ? -1000 : 0}\n`],
  ['loginuid', () => `${p.tty === '?' ? 4_294_967_295 : p.uid}`],
  ['sessionid', () => `${p.tty === '?' ? 4_294_967_295 : 1 + (p.pid % 90)}`],
  ['uid_map', () => '         0          0 4294967295\n'],
  ['gid_map', () => '         0          0 4294967295\n'],
  ['setgroups', () => 'allow\n'],
  ['statm', () => `${Math.floor(p.vsz / 4)} ${Math.floor(p.rss / 4)} ${Math.floor(p.rss / 5)} 8 0 ${Math.floor(p.rss / 9)} 0\n`],
]
const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max cpu time              unlimited            unlimited            seconds   
Max file size             unlimited            unlimited            bytes     
Max data size             unlimited            unlimited            bytes     
Max stack size            8388608              unlimited            bytes     
Max core file size        0                    unlimited            bytes     
Max resident set          unlimited            unlimited            bytes     
Max processes             15374                15374                processes 
Max open files            1024                 1048576              files     
Max locked memory         510672896            510672896            bytes     
Max address space         unlimited            unlimited            bytes     
Max file locks            unlimited            unlimited            locks     
Max pending signals       15374                15374                signals   
Max msgqueue size         819200               819200               bytes     
Max nice priority         0                    0                    
Max realtime priority     0                    0                    
Max realtime timeout      unlimited            unlimited            us        
`

const uuidOf = (facts: Facts, what: string): string =>
  facts.persona.hex(what, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

/** Files of the kernel beside those that every tool reads. */
export function kernelFiles(facts: Facts): Readonly<Record<string, () => string>> {
  const up = (): number => Math.floor((facts.now() - facts.persona.bootedAt) / 1000)
  const disk = rootDisk(facts)
  const name = disk.device.slice(5, -1)
  const scsi = disk.major === 8
  const [vendor = '', ...model] = platformOf(facts.persona).diskModel.split(' ')
  return {
    'sys/kernel/random/boot_id': () => `${uuidOf(facts, 'boot id')}\n`,
    'sys/kernel/random/entropy_avail': () => '256\n',
    'sys/kernel/pid_max': () => '4194304\n',
    'sys/kernel/randomize_va_space': () => '2\n',
    'sys/kernel/core_pattern': () =>
      facts.persona.os.id === 'ubuntu' ? '|/usr/share/apport/apport -p%p -s%s -c%c -d%d -P%P -u%u -g%g -- %E\n' : 'core\n',
    'sys/kernel/domainname': () => '(none)\n',
    'sys/kernel/tainted': () => '0\n',
    diskstats: () =>
      `${String(disk.major).padStart(4)}       0 ${name} ${41_000 + Math.floor(up() / 90)} 8120 ${2_900_112 + up()} 18221 ${Math.floor(up() * 0.7) + 9000} ${Math.floor(up() * 0.5)} ${Math.floor(up() * 18)} ${Math.floor(up() * 0.9)} 0 ${Math.floor(up() * 0.8)} ${Math.floor(up() * 0.9)} 0 0 0 0 0 0\n${String(disk.major).padStart(4)}       1 ${name}1 ${40_700 + Math.floor(up() / 90)} 8120 ${2_890_112 + up()} 18120 ${Math.floor(up() * 0.7) + 8990} ${Math.floor(up() * 0.5)} ${Math.floor(up() * 18)} ${Math.floor(up() * 0.9)} 0 ${Math.floor(up() * 0.8)} ${Math.floor(up() * 0.9)} 0 0 0 0 0 0\n`,
    'scsi/scsi': () =>
      scsi
        ? `Attached devices:\nHost: scsi0 Channel: 00 Id: 00 Lun: 00\n  Vendor: ${vendor.padEnd(8)} Model: ${model.join(' ').padEnd(16)} Rev: 1.0 \n  Type:   Direct-Access                    ANSI  SCSI revision: 06\n`
        : 'Attached devices:\n',
    cgroups: () =>
      `#subsys_name\thierarchy\tnum_cgroups\tenabled\n${['cpuset', 'cpu', 'cpuacct', 'blkio', 'memory', 'devices', 'freezer', 'net_cls', 'perf_event', 'net_prio', 'hugetlb', 'pids', 'rdma', 'misc'].map((one) => `${one}\t0\t${one === 'memory' || one === 'pids' ? 71 : 70}\t1\n`).join('')}`,
    devices: () =>
      `Character devices:\n  1 mem\n  4 /dev/vc/0\n  4 tty\n  5 /dev/tty\n 10 misc\n136 pts\n\nBlock devices:\n  8 sd\n259 blkext\n${scsi ? '' : '254 virtblk\n'}`,
    vmstat: () =>
      `nr_free_pages 412093\nnr_zone_inactive_anon 22011\nnr_zone_active_anon 301\npgfault ${up() * 41}\npgmajfault ${3100 + Math.floor(up() / 700)}\noom_kill 0\n`,
    'net/unix': () =>
      `Num       RefCount Protocol Flags    Type St Inode Path\n${[
        '/run/systemd/notify',
        '/run/systemd/journal/dev-log',
        '/run/systemd/journal/socket',
        '/run/dbus/system_bus_socket',
        '/run/udev/control',
      ]
        .map((path, i) => `0000000000000000: 00000002 00000000 00010000 0001 01 ${11_000 + i * 37} ${path}\n`)
        .join('')}`,
    interrupts: () =>
      `${' '.repeat(11)}${Array.from({ length: facts.persona.hardware.cores }, (_, i) => `CPU${i}`.padEnd(11)).join('')}\n${[
        'LOC',
        'RES',
        'CAL',
        'TLB',
      ]
        .map(
          (one, row) =>
            ` ${one}: ${Array.from({ length: facts.persona.hardware.cores }, (_, i) => String(Math.floor(up() / (row * 9 + 1)) * (17 + i)).padStart(10)).join(' ')}   ${['Local timer', 'Rescheduling', 'Function call', 'TLB shootdowns'][row]}${row === 3 ? '' : ' interrupts'}\n`,
        )
        .join('')}`,
  }
}
