import { visible } from '../domain/visible.ts'
import { listing } from './listing.ts'
import { ago } from './output.ts'

export const attackers = listing({
  sorts: ['recent', 'active', 'traversals', 'score', 'first_seen', 'ip'],
  searched: 'part of an address, a service or a decky',
  also: [{ flags: '--service <name>', description: 'only those who touched it' }],
  examples: ['decnet attackers', 'decnet attackers --sort score --limit 10', 'decnet attackers --service ssh --json | jq -r .data[].ip'],
  read: (read, asked, { service }) => read['attackers.list']({ ...asked, service: service as string | undefined }),
  head: ['Address', 'Score', 'Last seen', 'What happened'],
  row: (row, now) => [visible(row.ip), `${row.score} ${row.severity}`, ago(Date.parse(row.last_seen), now), visible(row.headline)],
  none: 'Nobody has come yet. Attack it yourself: decnet status shows the addresses.',
})
