import { type Campaign, campaignQuery } from '@decnet/contracts/api'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { Page } from '../frame/page.tsx'
import { Bytes } from '../parts/bytes.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { GroupLink } from '../parts/group-link.tsx'
import { SeverityBadge } from '../parts/severity.tsx'
import { sortOf } from '../parts/sort-of.ts'
import { Time } from '../parts/time.tsx'
import { usePaged } from '../parts/use-paged.ts'
import { fetchCampaigns, periodOf } from '../queries.ts'
import { splitTerms } from '../search/grammar.ts'
import { describeRange, rangeKey } from '../time/range.ts'
import { figure } from '../time/words.ts'
import { go, hrefTo, peekAt, readPeek, setParams, setTerms, useUrl } from '../url.ts'
import { sureness } from '../words/evidence.ts'
import { namesWithin } from '../words/names-within.ts'
import './attackers.css'
import './group/group.css'

/** Characters of a cell. */
const MOST = 120

function Shared({ values }: { values: readonly string[] }) {
  const { text, left } = namesWithin(values, MOST)
  return (
    <span className="cut mono">
      {text === '' ? <span className="faint">see its evidence</span> : <Bytes text={text} most={MOST} rest=" …" />}
      {left > 0 && <span className="faint"> and {left} more</span>}
    </span>
  )
}

const columns: readonly Column<Campaign>[] = [
  { id: 'severity', title: 'Severity', quiet: true, width: 36, cell: (c) => <SeverityBadge severity={c.severity} /> },
  { id: 'name', title: 'Campaign', width: 168, grows: true, cell: (c) => <GroupLink to="campaigns" of={c} /> },
  { id: 'identities', title: 'Identities', width: 84, align: 'right', sort: 'identities', cell: (c) => figure(c.identity_count) },
  { id: 'addresses', title: 'Addresses', width: 88, align: 'right', from: 'tablet', cell: (c) => figure(c.address_count) },
  {
    id: 'shared',
    title: 'What joins it',
    from: 'tablet',
    cell: (c) => <Shared values={c.shared.map(({ value }) => value)} />,
  },
  {
    id: 'deckies',
    title: 'Deckies',
    width: 72,
    align: 'right',
    from: 'wide',
    cell: (c) => <span title={c.deckies.join(', ')}>{c.deckies.length}</span>,
  },
  { id: 'sure', title: 'Sure', width: 64, align: 'right', from: 'wide', cell: (c) => sureness(c.confidence) },
  { id: 'score', title: 'Score', width: 72, align: 'right', sort: 'score', from: 'tablet', cell: (c) => Math.round(c.score) },
  { id: 'last', title: 'Last seen', width: 92, sort: 'recent', align: 'right', cell: (c) => <Time at={c.last_seen} /> },
]

/** Identities that work together. */
export default function Campaigns() {
  const { params, range, terms } = useUrl()
  const split = useMemo(() => splitTerms(terms, ['attacker']), [terms])
  const search = [split.exact.attacker, split.rest].filter(Boolean).join(' ')
  const by = sortOf(campaignQuery.shape.sort_by, params.get('sort'))
  const order = params.get('order') === 'asc' ? 'asc' : 'desc'
  const peek = readPeek(params)
  const source = usePaged(
    ['campaigns', 'list', search, by, order, rangeKey(range)],
    (page, signal) => fetchCampaigns({ search, ...periodOf(range), sort_by: by, order, ...page }, signal),
    range.kind === 'last' ? 20_000 : false,
  )
  return (
    <Page title="Campaigns" fill>
      <div className="pad">
        <DataTable
          name="campaigns"
          caption={`in ${describeRange(range)}`}
          rowHeight={36}
          columns={columns}
          source={source}
          keyOf={(c) => c.uuid}
          selected={peek?.kind === 'campaign' ? peek.id : undefined}
          onOpen={(c) =>
            peek?.kind === 'campaign' && peek.id === c.uuid ? go(hrefTo(`/campaigns/${c.uuid}`)) : peekAt('campaign', c.uuid)
          }
          sorting={{ by, order, set: (sort, next) => setParams({ sort, order: next === 'asc' ? 'asc' : null }, true) }}
          toolbar={<h1 className="page-title">Campaigns</h1>}
          empty={
            terms.length > 0 ? (
              <Empty
                title="Nothing fits"
                actions={
                  <button type="button" className="btn" onClick={() => setTerms([])}>
                    Clear the search
                  </button>
                }
              >
                No campaign in {describeRange(range)} matches this.
              </Empty>
            ) : (
              <Empty
                title="No campaign yet"
                actions={
                  <Link className="btn" href={hrefTo('/identities')}>
                    To the identities
                  </Link>
                }
              >
                A campaign is two or more identities that work together: they share a rare command server or payload, or one takes over what
                the other left behind.
              </Empty>
            )
          }
        />
      </div>
    </Page>
  )
}
