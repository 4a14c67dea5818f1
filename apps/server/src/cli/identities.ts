import { visible } from '../domain/visible.ts'
import { listing } from './listing.ts'
import { wholeNumber } from './numbers.ts'
import { ago } from './output.ts'

export const identities = listing({
  sorts: ['recent', 'score', 'addresses', 'first_seen'],
  searched: 'part of a name or of an address, or a uuid',
  also: [{ flags: '--addresses <n>', description: 'only those with at least so many', default: '1' }],
  examples: [
    'decnet identities',
    'decnet identities --addresses 2 --sort addresses',
    "decnet identities --json | jq -r '.data[] | [.code_name, .addresses[]] | @tsv'",
  ],
  read: (read, asked, { addresses }) =>
    read['identities.list']({ ...asked, addresses: wholeNumber(addresses, '--addresses', 1, 1_000_000) }),
  head: ['Identity', 'Score', 'Addresses', 'Campaign', 'Last seen', 'What happened'],
  row: (row, now) => [
    row.code_name,
    `${row.score} ${row.severity}`,
    visible(row.address_count > 3 ? `${row.address_count}: ${row.addresses.slice(0, 3).join(' ')} …` : row.addresses.join(' ')),
    row.campaign?.code_name ?? '',
    ago(Date.parse(row.last_seen), now),
    visible(row.headline),
  ],
  none: 'Nobody is known yet. Attack it yourself: decnet status shows the addresses.',
})
