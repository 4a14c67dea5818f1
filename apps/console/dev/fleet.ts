import type { Decky } from '@decnet/contracts/api'

const wanted: Record<string, [number, string]> = {
  ssh: [22, 'OpenSSH'],
  telnet: [23, 'Telnet'],
  http: [80, 'Web site'],
  ftp: [21, 'FTP server'],
  smtp: [25, 'Mail transfer'],
  redis: [6379, 'Redis'],
  mysql: [3306, 'MySQL'],
}
const rows: readonly [name: string, hostname: string, distro: string, archetype: string, family: string, services: string[]][] = [
  [
    'srv-kestrel-04',
    'srv-kestrel-04.corp.lindenhof.example',
    'Debian GNU/Linux 12 (bookworm)',
    'linux-server',
    'linux',
    ['ssh', 'http', 'redis'],
  ],
  ['nas-linden-02', 'nas-linden-02', 'Ubuntu 22.04.4 LTS', 'file-server', 'linux', ['ssh', 'ftp', 'http']],
  ['web-harbor-01', 'web-harbor-01.corp.lindenhof.example', 'Ubuntu 24.04.1 LTS', 'web-server', 'linux', ['ssh', 'http', 'mysql']],
  ['mx-alder-01', 'mx-alder-01.corp.lindenhof.example', 'Debian GNU/Linux 11 (bullseye)', 'mail-server', 'linux', ['ssh', 'smtp']],
  ['cam-birch-17', 'cam-birch-17', 'BusyBox v1.31.1', 'iot-device', 'embedded', ['telnet', 'http']],
]

/** `size`: how many; beyond the first few they are alike, with other names. */
const kinds: typeof rows = [
  ['srv', '', 'Debian GNU/Linux 12 (bookworm)', 'linux-server', 'linux', ['ssh', 'http']],
  ['srv', '', 'Ubuntu 22.04.4 LTS', 'linux-server', 'linux', ['ssh']],
  ['web', '', 'Ubuntu 24.04.1 LTS', 'web-server', 'linux', ['ssh', 'http', 'mysql']],
  ['nas', '', 'Debian GNU/Linux 12 (bookworm)', 'file-server', 'linux', ['ssh', 'ftp']],
  ['db', '', 'Ubuntu 22.04.4 LTS', 'database-server', 'linux', ['ssh', 'mysql', 'redis']],
  ['mx', '', 'Debian GNU/Linux 12 (bookworm)', 'mail-server', 'linux', ['ssh', 'smtp']],
  ['mon', '', 'Ubuntu 24.04.1 LTS', 'monitoring-node', 'linux', ['ssh', 'http']],
  ['ci', '', 'Ubuntu 24.04.1 LTS', 'devops-host', 'linux', ['ssh', 'http', 'redis']],
  ['gw', '', 'Debian GNU/Linux 12 (bookworm)', 'edge-gateway', 'linux', ['ssh', 'telnet', 'http']],
  ['bak', '', 'Debian GNU/Linux 12 (bookworm)', 'backup-server', 'linux', ['ssh', 'ftp']],
]

export function fleetOf(now: number, empty: boolean, size = rows.length): Decky[] {
  const all = Array.from({ length: size }, (_, n) => {
    const row = rows[n] ?? (kinds[(n * 7) % kinds.length] as (typeof rows)[number])
    return n < rows.length ? row : ([`${row[0]}-${n}`, `${row[0]}-${n}`, row[2], row[3], row[4], row[5]] as (typeof rows)[number])
  })
  return all.map(([name, hostname, distro, archetype, os_family, services], i) => ({
    name,
    hostname,
    distro,
    archetype,
    os_family,
    ip: `127.77.${Math.floor((11 + i) / 250)}.${(11 + i) % 250}`,
    ip6: null,
    mac_vendor: i === 4 ? 'PC Engines' : 'QEMU',
    mutate_interval: i === 2 ? 30 : null,
    last_mutated: null,
    mac: `52:54:00:${(16 + i * 37).toString(16)}:${(170 - i * 21).toString(16)}:0${i + 1}`,
    kernel: os_family === 'linux' ? '6.1.0-28-amd64' : null,
    state: i === 3 && !empty ? 'degraded' : 'running',
    services: services.map((s) => {
      const [port, title] = wanted[s] ?? [0, s]
      const failed = i === 3 && s === 'smtp' && !empty
      return {
        name: s,
        title,
        port,
        wanted_port: port,
        address: `127.77.0.${11 + i}`,
        state: failed ? 'failed' : 'listening',
        detail: failed ? 'port 25 is taken by postfix (pid 812)' : null,
      }
    }),
    logins: [{ user: 'root', password: i % 2 === 0 ? 'K3strel!2024' : 'linden' }],
    event_count: 0,
    attacker_count: 0,
    last_contact: null,
    created_at: new Date(now - 31 * 86_400_000).toISOString(),
  }))
}
