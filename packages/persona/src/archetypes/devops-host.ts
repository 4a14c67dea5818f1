import type { Archetype } from './archetype.ts'

const devopsHost: Archetype = {
  name: 'devops-host',
  family: 'linux',
  short: 'ops',
  stems: ['ci', 'build', 'git', 'runner'],
  core: ['ssh', 'http', 'redis'],
  likely: ['mysql', 'ftp', 'smtp'],
  distros: ['ubuntu22', 'ubuntu24', 'debian12'],
  accounts: ['git', 'jenkins', 'ubuntu', 'ansible', 'gitlab'],
  hardware: 'server',
  memoryMb: [8192, 16384, 32768],
  diskGb: [120, 240, 500],
  web: ['nginx'],
}
export default devopsHost
