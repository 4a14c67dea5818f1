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

export function fleetOf(now: number, empty: boolean): Decky[] {
  return rows.map(([name, hostname, distro, archetype, os_family, services], i) => ({
    name,
    hostname,
    distro,
    archetype,
    os_family,
    ip: `127.77.0.${11 + i}`,
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
