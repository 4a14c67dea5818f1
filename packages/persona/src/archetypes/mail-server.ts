import type { Archetype } from './archetype.ts'

const mailServer: Archetype = {
  name: 'mail-server',
  family: 'linux',
  short: 'mail',
  stems: ['mail', 'mx', 'smtp', 'post'],
  core: ['smtp', 'ssh', 'http'],
  likely: ['mysql', 'redis', 'ftp'],
  distros: ['debian12', 'ubuntu22', 'ubuntu24'],
  accounts: ['postmaster', 'mailadmin', 'info', 'admin', 'support'],
  hardware: 'server',
  memoryMb: [4096, 8192],
  diskGb: [80, 160, 240],
  web: ['nginx', 'apache'],
}
export default mailServer
