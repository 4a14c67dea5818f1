import { visible } from '../domain/visible.ts'
import { listing } from './listing.ts'
import { ago } from './output.ts'

export const campaigns = listing({
  sorts: ['recent', 'score', 'identities', 'first_seen'],
  searched: 'part of a name or of an address, or a uuid',
  examples: [
    'decnet campaigns',
    'decnet campaigns --sort identities --limit 10',
    "decnet campaigns --json | jq -r '.data[] | [.code_name, .shared[].value] | @tsv'",
  ],
  read: (read, asked) => read['campaigns.list'](asked),
  head: ['Campaign', 'Score', 'Identities', 'Addresses', 'Last seen', 'What happened'],
  row: (row, now) => [
    row.code_name,
    `${row.score} ${row.severity}`,
    row.identity_count,
    row.address_count,
    ago(Date.parse(row.last_seen), now),
    visible(row.headline),
  ],
  none: 'Nobody works together, as far as is known.',
})
