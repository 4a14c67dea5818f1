import type { Archetype } from './archetype.ts'

const edgeGateway: Archetype = {
  name: 'edge-gateway',
  family: 'linux',
  short: 'gw',
  stems: ['gw', 'edge', 'rtr', 'plc-gw'],
  core: ['telnet', 'http'],
  likely: ['ssh', 'ftp', 'smtp', 'mysql'],
  distros: ['debian12'],
  accounts: ['admin', 'support', 'service', 'operator', 'guest'],
  hardware: 'appliance',
  memoryMb: [2048, 4096],
  diskGb: [16, 30, 60],
  web: ['nginx', 'apache'],
}
export default edgeGateway
