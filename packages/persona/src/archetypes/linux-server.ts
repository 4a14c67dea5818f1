import type { Archetype } from './archetype.ts'

const linuxServer: Archetype = {
  name: 'linux-server',
  family: 'linux',
  short: 'lnx',
  stems: ['srv', 'app', 'node', 'vm'],
  core: ['ssh', 'http'],
  likely: ['ftp', 'mysql', 'smtp', 'redis', 'telnet'],
  distros: ['debian12', 'ubuntu22', 'ubuntu24'],
  accounts: ['admin', 'user', 'test', 'deploy', 'support'],
  hardware: 'server',
  memoryMb: [2048, 4096, 8192],
  diskGb: [40, 60, 80],
  web: ['apache', 'nginx'],
}
export default linuxServer
