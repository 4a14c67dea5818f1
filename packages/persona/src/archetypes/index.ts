import type { Archetype } from './archetype.ts'
import backupServer from './backup-server.ts'
import databaseServer from './database-server.ts'
import devopsHost from './devops-host.ts'
import edgeGateway from './edge-gateway.ts'
import fileServer from './file-server.ts'
import linuxServer from './linux-server.ts'
import mailServer from './mail-server.ts'
import monitoringNode from './monitoring-node.ts'
import webServer from './web-server.ts'

export type { Archetype } from './archetype.ts'
export const archetypes: readonly Archetype[] = [
  linuxServer,
  webServer,
  databaseServer,
  mailServer,
  fileServer,
  monitoringNode,
  devopsHost,
  edgeGateway,
  backupServer,
]

/** The archetype of that name; the plain Linux server when a newer plan names one that this version lacks. */
export const archetypeNamed = (name: string): Archetype => archetypes.find((archetype) => archetype.name === name) ?? linuxServer
