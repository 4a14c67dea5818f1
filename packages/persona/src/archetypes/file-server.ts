import type { Archetype } from './archetype.ts'

const fileServer: Archetype = {
  name: 'file-server',
  family: 'linux',
  short: 'file',
  stems: ['files', 'nas', 'storage', 'ftp'],
  core: ['ftp', 'ssh'],
  likely: ['http', 'telnet', 'smtp', 'mysql'],
  distros: ['debian12', 'ubuntu22'],
  accounts: ['ftpuser', 'upload', 'scan', 'ftp1', 'data'],
  hardware: 'server',
  memoryMb: [4096, 8192],
  diskGb: [500, 1000, 2000],
  web: ['apache', 'nginx'],
}
export default fileServer
