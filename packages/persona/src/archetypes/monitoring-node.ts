import type { Archetype } from './archetype.ts'

const monitoringNode: Archetype = {
  name: 'monitoring-node',
  family: 'linux',
  short: 'mon',
  stems: ['mon', 'zabbix', 'nagios', 'metrics'],
  core: ['http', 'ssh', 'mysql'],
  likely: ['redis', 'smtp', 'ftp'],
  distros: ['debian12', 'ubuntu22', 'ubuntu24'],
  accounts: ['zabbix', 'nagios', 'monitor', 'grafana', 'noc'],
  hardware: 'server',
  memoryMb: [4096, 8192, 16384],
  diskGb: [60, 120, 200],
  web: ['apache', 'nginx'],
}
export default monitoringNode
