import type { Archetype } from './archetype.ts'

const webServer: Archetype = {
  name: 'web-server',
  family: 'linux',
  short: 'web',
  stems: ['web', 'www', 'front', 'site'],
  core: ['http', 'ssh'],
  likely: ['ftp', 'mysql', 'redis', 'smtp'],
  distros: ['debian12', 'ubuntu22', 'ubuntu24'],
  accounts: ['webmaster', 'www', 'deploy', 'web', 'ftpuser'],
  hardware: 'server',
  memoryMb: [2048, 4096, 8192],
  diskGb: [40, 80, 120],
  web: ['nginx', 'apache'],
}
export default webServer
