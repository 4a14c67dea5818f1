import type { Facts, ListeningSocket, Process } from './facts.ts'
import { ownerNamed } from './filesystem/image/accounts.ts'

type Row = readonly [
  pid: number,
  ppid: number,
  user: string,
  uid: number,
  state: string,
  vsz: number,
  rss: number,
  cpu: number,
  command: string,
]

const KERNEL = `kthreadd:S rcu_gp:I< rcu_par_gp:I< slub_flushwq:I< netns:I< kworker/0:0H-events_highpri:I< mm_percpu_wq:I< rcu_tasks_kthread:I
rcu_tasks_rude_kthread:I rcu_tasks_trace_kthread:I ksoftirqd/0:S rcu_preempt:I migration/0:S cpuhp/0:S kdevtmpfs:S inet_frag_wq:I< kauditd:S
khungtaskd:S oom_reaper:S writeback:I< kcompactd0:S ksmd:SN khugepaged:SN kintegrityd:I< kblockd:I< blkcg_punt_bio:I< tpm_dev_wq:I< edac-poller:I<
devfreq_wq:I< kswapd0:S kthrotld:I< acpi_thermal_pm:I< mld:I< ipv6_addrconf:I< kstrp:I< zswap-shrink:I< ata_sff:I< scsi_eh_0:S scsi_tmf_0:I<
jbd2/sda1-8:S ext4-rsv-conver:I< kworker/u4:0-events_unbound:I kworker/0:1-events:I kworker/0:2-cgroup_destroy:I`

interface Daemon {
  readonly service: string
  readonly process: string
  readonly user: string
  readonly uid: number
  readonly commands: readonly string[]
  readonly ports: readonly number[]
  readonly backlog: number
  readonly localOnly?: boolean
}

function daemons(facts: Facts): readonly Daemon[] {
  const { packages, os } = facts.persona
  const uidOf = (name: string): number => ownerNamed(facts.persona, name).uid
  const list: Daemon[] = [
    {
      service: 'ssh',
      process: 'sshd',
      user: 'root',
      uid: 0,
      commands: ['sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups'],
      ports: [22],
      backlog: 128,
    },
    packages.web.server === 'nginx'
      ? {
          service: 'http',
          process: 'nginx',
          user: 'root',
          uid: 0,
          commands: ['nginx: master process /usr/sbin/nginx -g daemon on; master_process on;', 'www-data:nginx: worker process'],
          ports: [80],
          backlog: 511,
        }
      : {
          service: 'http',
          process: 'apache2',
          user: 'root',
          uid: 0,
          commands: ['/usr/sbin/apache2 -k start', 'www-data:/usr/sbin/apache2 -k start'],
          ports: [80],
          backlog: 511,
        },
    packages.ftp.server === 'vsftpd'
      ? {
          service: 'ftp',
          process: 'vsftpd',
          user: 'root',
          uid: 0,
          commands: ['/usr/sbin/vsftpd /etc/vsftpd.conf'],
          ports: [21],
          backlog: 32,
        }
      : {
          service: 'ftp',
          process: 'proftpd',
          user: 'proftpd',
          uid: uidOf('proftpd'),
          commands: ['proftpd: (accepting connections)'],
          ports: [21],
          backlog: 128,
        },
    packages.mail.server === 'postfix'
      ? {
          service: 'smtp',
          process: 'master',
          user: 'root',
          uid: 0,
          commands: ['/usr/lib/postfix/sbin/master -w', 'postfix:qmgr -l -t unix -u'],
          ports: [25],
          backlog: 100,
        }
      : {
          service: 'smtp',
          process: 'exim4',
          user: 'Debian-+',
          uid: uidOf('Debian-exim'),
          commands: ['/usr/sbin/exim4 -bd -q30m'],
          ports: [25],
          backlog: 20,
        },
    packages.database.server === 'mariadb'
      ? {
          service: 'mysql',
          process: 'mariadbd',
          user: 'mysql',
          uid: uidOf('mysql'),
          commands: ['/usr/sbin/mariadbd'],
          ports: [3306],
          backlog: 80,
        }
      : {
          service: 'mysql',
          process: 'mysqld',
          user: 'mysql',
          uid: uidOf('mysql'),
          commands: ['/usr/sbin/mysqld'],
          ports: [3306],
          backlog: 151,
        },
    {
      service: 'redis',
      process: 'redis-server',
      user: 'redis',
      uid: uidOf('redis'),
      commands: ['/usr/bin/redis-server 0.0.0.0:6379'],
      ports: [6379],
      backlog: 511,
    },
    {
      service: 'telnet',
      process: os.id === 'debian' ? 'inetutils-inetd' : 'inetd',
      user: 'root',
      uid: 0,
      commands: ['/usr/sbin/inetutils-inetd'],
      ports: [23],
      backlog: 10,
    },
  ]
  return list.filter((daemon) => facts.offers(daemon.service) !== undefined)
}

const shortName = (command: string): string => {
  const first = command.replace(/^[[(-]|[\])]$/g, '').split(' ')[0] ?? ''
  return first.replace(/:$/, '').replace(/^.*\//, '').slice(0, 15)
}

/** What runs since boot, with stable pids; and the sockets that it holds. */
export function residents(facts: Facts): { readonly processes: readonly Process[]; readonly sockets: readonly ListeningSocket[] } {
  const { persona } = facts
  const booted = persona.bootedAt
  const rows: Row[] = [[1, 0, 'root', 0, 'Ss', 168_120, 12_800, 9, '/sbin/init']]
  let pid = 2
  for (const entry of KERNEL.split(/\s+/)) {
    const colon = entry.lastIndexOf(':')
    rows.push([pid, pid === 2 ? 0 : 2, 'root', 0, entry.slice(colon + 1), 0, 0, 0, `[${entry.slice(0, colon)}]`])
    pid += 1 + (pid % 9 === 4 ? 1 : 0)
  }
  pid = 240 + persona.integer('pid base', 0, 60)
  const add = (user: string, uid: number, state: string, vsz: number, rss: number, command: string, cpu = 0, parent = 1): number => {
    pid += 1 + (pid % 7 === 3 ? 2 : 0)
    rows.push([pid, parent, user, uid, state, vsz, rss, cpu, command])
    return pid
  }
  add('root', 0, 'Ss', 40_168, 14_980, '/lib/systemd/systemd-journald', 3)
  add('root', 0, 'Ss', 26_540, 6420, '/lib/systemd/systemd-udevd')
  pid += persona.integer('pid gap', 120, 260)
  add('systemd+', ownerNamed(persona, 'systemd-timesync').uid, 'Ssl', 90_068, 6520, '/lib/systemd/systemd-timesyncd')
  add('root', 0, 'Ss', 6608, 2700, '/usr/sbin/cron -f')
  add(
    'message+',
    ownerNamed(persona, 'messagebus').uid,
    'Ss',
    9136,
    4700,
    '/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only',
  )
  add(
    persona.os.id === 'ubuntu' ? 'syslog' : 'root',
    persona.os.id === 'ubuntu' ? ownerNamed(persona, 'syslog').uid : 0,
    'Ssl',
    222_400,
    5900,
    '/usr/sbin/rsyslogd -n -iNONE',
  )
  add('root', 0, 'Ss', 17_252, 7800, '/lib/systemd/systemd-logind')
  rows.push([++pid, 1, 'root', 0, 'Ss+', 5876, 1020, 0, '/sbin/agetty -o -p -- \\u --noclear - linux'])
  const sockets: ListeningSocket[] = []
  for (const daemon of daemons(facts)) {
    const port = facts.offers(daemon.service) ?? daemon.ports[0] ?? 0
    let parent = 1
    let main = 0
    for (const entry of daemon.commands) {
      const other = /^(www-data|postfix):(.*)$/s.exec(entry)
      const size = daemon.service === 'mysql' ? 1_272_840 : 15_440 + ((port * 37) % 60_000)
      const user = other?.[1] ?? daemon.user
      const made = add(
        user,
        other === null ? daemon.uid : ownerNamed(persona, user).uid,
        daemon.service === 'mysql' ? 'Ssl' : other === null ? 'Ss' : 'S',
        size,
        daemon.service === 'mysql' ? 93_200 : Math.floor(size / 3.2),
        other?.[2] ?? entry,
        daemon.service === 'mysql' ? 41 : 0,
        parent,
      )
      if (main === 0) main = made
      parent = main
    }
    for (const protocol of ['tcp', 'tcp6'] as const) {
      if (protocol === 'tcp6' && ['mysql', 'telnet', 'ftp'].includes(daemon.service)) continue
      sockets.push({
        protocol,
        address: protocol === 'tcp' ? '0.0.0.0' : '::',
        port,
        process: daemon.process,
        pid: main,
        uid: daemon.uid,
        backlog: daemon.backlog,
      })
    }
  }
  const processes = rows.map(
    ([id, ppid, user, uid, state, vsz, rss, cpu, command]): Process => ({
      pid: id,
      ppid,
      uid,
      user,
      tty: command.includes('agetty') ? 'tty1' : '?',
      command,
      name: id === 1 ? 'systemd' : shortName(command),
      started: booted + Math.min(30_000, id * 12),
      state,
      vsz,
      rss,
      cpu,
    }),
  )
  return { processes, sockets }
}
