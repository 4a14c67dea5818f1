import { type Credential, credentialQuery } from '@decnet/contracts/api'
import { type ReactNode, useMemo } from 'react'
import { type Column, DataTable } from '../../parts/data-table.tsx'
import { Empty } from '../../parts/empty.tsx'
import { sortOf } from '../../parts/sort-of.ts'
import { Time } from '../../parts/time.tsx'
import { usePaged } from '../../parts/use-paged.ts'
import { AttackerValue, DeckyValue, PrincipalValue, SecretValue, ServiceValue } from '../../parts/value.tsx'
import { fetchCredentials, periodOf } from '../../queries.ts'
import { splitTerms } from '../../search/grammar.ts'
import { describeRange, rangeKey } from '../../time/range.ts'
import { figure } from '../../time/words.ts'
import { peekAt, readPeek, setParams, setTerms, useUrl } from '../../url.ts'
import { secretKindShort } from '../../words/secret.ts'
import { Outcome } from '../attacker/credentials.tsx'

/** Sixteen characters of the fixed type, and the cell's padding. */
const least = 132

const columns: readonly Column<Credential>[] = [
  {
    id: 'principal',
    title: 'User',
    width: 128,
    wide: 260,
    sort: 'principal',
    cell: (c) => <PrincipalValue of={c} />,
  },
  { id: 'secret', title: 'Secret', least, sort: 'secret', cell: (c) => <SecretValue of={c} /> },
  {
    id: 'kind',
    title: 'Kind',
    width: 128,
    from: 'wide',
    cell: (c) => <span className="dim">{secretKindShort(c.secret_kind)}</span>,
  },
  {
    id: 'attacker',
    title: 'Attacker',
    width: 136,
    wide: 300,
    yields: 4,
    cell: (c) => <AttackerValue ip={c.attacker_ip} uuid={c.attacker_uuid} />,
  },
  { id: 'decky', title: 'Decky', width: 116, wide: 180, from: 'desktop', yields: 3, cell: (c) => <DeckyValue name={c.decky} /> },
  { id: 'service', title: 'Service', width: 88, yields: 2, cell: (c) => <ServiceValue name={c.service} /> },
  {
    id: 'tries',
    title: 'Attempts',
    width: 80,
    align: 'right',
    sort: 'attempt_count',
    from: 'desktop',
    yields: 1,
    cell: (c) => figure(c.attempt_count),
  },
  {
    id: 'targets',
    title: 'Targets',
    width: 76,
    align: 'right',
    sort: 'target_count',
    from: 'desktop',
    yields: 0,
    cell: (c) => figure(c.target_count),
  },
  { id: 'outcome', title: 'Result', width: 108, cell: (c) => <Outcome credential={c} /> },
  { id: 'first', title: 'First', width: 92, sort: 'first_seen', hidden: true, cell: (c) => <Time at={c.first_seen} /> },
  {
    id: 'last',
    title: 'Last',
    width: 88,
    align: 'right',
    sort: 'last_seen',
    from: 'desktop',
    yields: 5,
    cell: (c) => <Time at={c.last_seen} />,
  },
]

/** Every credential that was tried, one row for each attacker and target. */
export function Tried({ toolbar }: { toolbar: ReactNode }) {
  const { params, range, terms } = useUrl()
  const asked = useMemo(() => {
    const { exact, rest } = splitTerms(terms, ['service', 'decky', 'attacker', 'outcome', 'secret_sha256', 'principal'])
    const outcome = credentialQuery.shape.outcome.safeParse(exact.outcome)
    return {
      service: exact.service,
      decky: exact.decky,
      attacker_ip: exact.attacker,
      secret_sha256: exact.secret_sha256,
      outcome: outcome.success ? outcome.data : undefined,
      search: [exact.principal, rest].filter(Boolean).join(' '),
    }
  }, [terms])
  const by = sortOf(credentialQuery.shape.sort_by, params.get('sort'))
  const order = params.get('order') === 'asc' ? 'asc' : 'desc'
  const source = usePaged(
    ['credentials', 'all', asked, by, order, rangeKey(range)],
    (page, signal) => fetchCredentials({ ...asked, ...periodOf(range), sort_by: by, order, ...page }, signal),
    range.kind === 'last' ? 20_000 : false,
  )
  const peek = readPeek(params)
  return (
    <DataTable
      name="credentials"
      caption={`in ${describeRange(range)}`}
      columns={columns}
      source={source}
      keyOf={(c) => c.secret_sha256}
      selected={peek?.kind === 'secret' ? peek.id : undefined}
      onOpen={(c) => peekAt('secret', c.secret_sha256)}
      sorting={{ by, order, set: (sort, next) => setParams({ sort, order: next === 'asc' ? 'asc' : null }, true) }}
      toolbar={toolbar}
      empty={
        terms.length > 0 ? (
          <Empty
            title="Nothing matches"
            actions={
              <button type="button" className="btn" onClick={() => setTerms([])}>
                Clear the search
              </button>
            }
          >
            No credential in {describeRange(range)} fits this.
          </Empty>
        ) : (
          <Empty title="Nobody tried to log in">
            No credential was tried in {describeRange(range)}. The first one shows up here with its exact bytes.
          </Empty>
        )
      }
    />
  )
}
