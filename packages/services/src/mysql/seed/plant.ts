import type { Server } from '../engine/server.ts'
import { plant, seedingOf } from './build.ts'
import { intranet } from './intranet.ts'
import { monitoring } from './monitoring.ts'
import { shop } from './shop.ts'
import { wordpress } from './wordpress.ts'

/** Fills a new server with what applications of such a host keep, and lets its accounts at it. */
export function plantApplications(server: Server, hasBlog: boolean): void {
  const { persona } = server
  const seeding = seedingOf(server)
  const main = persona.archetype.startsWith('monitoring')
    ? monitoring
    : ['web-server', 'linux-server', 'database-server'].includes(persona.archetype)
      ? shop
      : intranet
  const databases = [main(seeding), ...(hasBlog ? [wordpress(seeding)] : [])]
  plant(server, databases)
  const names = databases.map(({ name }) => name)
  server.accounts = server.accounts.map((account) => ({ ...account, databases: names }))
}
