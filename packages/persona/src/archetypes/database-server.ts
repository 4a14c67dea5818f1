import type { Archetype } from './archetype.ts'

const databaseServer: Archetype = {
  name: 'database-server',
  family: 'linux',
  short: 'db',
  stems: ['db', 'sql', 'data', 'mysql'],
  core: ['mysql', 'ssh', 'redis'],
  likely: ['http', 'ftp'],
  distros: ['debian12', 'ubuntu22', 'ubuntu24'],
  accounts: ['dba', 'oracle', 'mysql', 'admin', 'dbadmin'],
  hardware: 'server',
  memoryMb: [8192, 16384, 32768],
  diskGb: [160, 240, 500],
  web: ['apache', 'nginx'],
}
export default databaseServer
