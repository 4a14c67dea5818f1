/** Services with a colour of their own (`--svc-<name>` in tokens.css), in the order in which charts stack them. */
export const services = [
  'ssh',
  'telnet',
  'http',
  'ftp',
  'smtp',
  'redis',
  'mysql',
  'https',
  'postgres',
  'mongodb',
  'rdp',
  'smb',
  'vnc',
  'ldap',
  'imap',
  'pop3',
  'elasticsearch',
  'mssql',
  'docker_api',
  'k8s',
  'mqtt',
  'snmp',
  'sip',
  'tftp',
  'modbus',
  'dns',
  'smtp_relay',
  'llmnr',
] as const
export type Painted = (typeof services)[number] | 'other'

/** The colour that a service goes by: its own, or that of all others. */
export const paintOf = (service: string | null | undefined): Painted => {
  const name = (service ?? '').replaceAll('-', '_')
  return services.find((known) => known === name) ?? 'other'
}
export const paint = (painted: Painted) => `var(--svc-${painted.replaceAll('_', '-')})`
export const colourOf = (service: string | null | undefined) => paint(paintOf(service))

const hostOf = (address: string) => (address.includes(':') ? `[${address}]` : address)

/** FTP keeps root out, whatever the password (`/etc/ftpusers`). */
export const keptOut = (service: string, user: string): boolean => service === 'ftp' && user === 'root'

/**
 * A line to paste into a terminal that attacks this service as the first of the decky's `users` that it lets in; `null` where there is no
 * common client.
 */
export function attackLine(service: { name: string; address: string; port: number }, users: readonly string[] = []): string | null {
  const { name, address, port } = service
  const user = users.find((each) => !keptOut(name, each)) ?? (name === 'ftp' ? '' : 'root')
  const p = (usual: number, flag: string) => (port === usual ? '' : ` ${flag} ${port}`)
  switch (name) {
    case 'ssh':
      return `ssh${p(22, '-p')} ${user}@${address}`
    case 'telnet':
      return `telnet ${address}${port === 23 ? '' : ` ${port}`}`
    case 'http':
      return `curl -i http://${hostOf(address)}${port === 80 ? '' : `:${port}`}/`
    case 'https':
      return `curl -ik https://${hostOf(address)}${port === 443 ? '' : `:${port}`}/`
    case 'ftp':
      return `curl ${user === '' ? '' : `-u ${user} `}ftp://${hostOf(address)}${port === 21 ? '' : `:${port}`}/`
    case 'redis':
      return `redis-cli -h ${address}${p(6379, '-p')} INFO`
    case 'mysql':
      return `mysql -h ${address}${p(3306, '-P')} -u root -p`
    case 'smtp':
      return `swaks --server ${hostOf(address)}:${port} --to root@localhost`
    default:
      return null
  }
}
