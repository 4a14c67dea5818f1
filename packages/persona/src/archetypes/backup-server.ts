import type { Archetype } from './archetype.ts'

const backupServer: Archetype = {
  name: 'backup-server',
  family: 'linux',
  short: 'bak',
  stems: ['backup', 'bkp', 'vault', 'archive'],
  core: ['ssh', 'ftp'],
  likely: ['http', 'mysql', 'smtp', 'redis'],
  distros: ['debian12', 'ubuntu22'],
  accounts: ['bkpuser', 'sysadmin', 'rsync', 'veeam', 'operador'],
  hardware: 'server',
  memoryMb: [4096, 8192],
  diskGb: [1000, 2000, 4000],
  web: ['apache', 'nginx'],
}
export default backupServer
