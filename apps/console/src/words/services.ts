/** The eight kinds of service; each has one colour, the same everywhere. */
export const categories = ['shell', 'web', 'data', 'mail', 'file', 'windows', 'ot', 'other'] as const
export type Category = (typeof categories)[number]
export const categoryNames: Record<Category, string> = {
  shell: 'Shell',
  web: 'Web',
  data: 'Databases',
  mail: 'Mail',
  file: 'Files',
  windows: 'Windows',
  ot: 'Industrial',
  other: 'Other',
}
const members: Record<Exclude<Category, 'other'>, readonly string[]> = {
  shell: ['ssh', 'telnet', 'rlogin', 'adb'],
  web: ['http', 'https', 'http-proxy', 'docker-api', 'kubernetes', 'elasticsearch', 'sip'],
  data: ['redis', 'mysql', 'postgres', 'postgresql', 'mongodb', 'mssql', 'memcached', 'oracle'],
  mail: ['smtp', 'smtp-relay', 'smtp_relay', 'imap', 'pop3', 'submission'],
  file: ['ftp', 'tftp', 'nfs', 'rsync'],
  windows: ['smb', 'rdp', 'ldap', 'winrm', 'kerberos', 'msrpc', 'vnc'],
  ot: ['modbus', 's7', 's7comm', 'bacnet', 'dnp3', 'mqtt', 'snmp', 'conpot', 'ipmi'],
}
const byName = new Map<string, Category>(
  categories.flatMap((c) => (c === 'other' ? [] : members[c].map((name): [string, Category] => [name, c]))),
)

export const categoryOf = (service: string | null | undefined): Category => byName.get(service ?? '') ?? 'other'
export const colourOf = (service: string | null | undefined) => `var(--svc-${categoryOf(service)})`

const hostOf = (address: string) => (address.includes(':') ? `[${address}]` : address)

/** A line to paste into a terminal that attacks this service as `user`; `null` where there is no common client. */
export function attackLine(service: { name: string; address: string; port: number }, user = 'root'): string | null {
  const { name, address, port } = service
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
      return `curl -u ${user} ftp://${hostOf(address)}${port === 21 ? '' : `:${port}`}/`
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
