import { type Identity, identityQuery } from '@decnet/contracts/api'
import { Users } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { Page } from '../frame/page.tsx'
import { Prose } from '../parts/bytes.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { GroupLink } from '../parts/group-link.tsx'
import { SeverityBadge } from '../parts/severity.tsx'
import { sortOf } from '../parts/sort-of.ts'
import { Time } from '../parts/time.tsx'
import { usePaged } from '../parts/use-paged.ts'
import { fetchIdentities, periodOf } from '../queries.ts'
import { splitTerms } from '../search/grammar.ts'
import { describeRange, rangeKey } from '../time/range.ts'
import { figure } from '../time/words.ts'
import { go, hrefTo, peekAt, readPeek, setParams, setTerms, useUrl } from '../url.ts'
import { sureness } from '../words/evidence.ts'
import { handsSentence } from '../words/trait.ts'
import './attackers.css'
import './group/group.css'

const columns: readonly Column<Identity>[] = [
  { id: 'severity', title: 'Severity', quiet: true, width: 36, cell: (i) => <SeverityBadge severity={i.severity} /> },
  {
    id: 'name',
    title: 'Identity',
    width: 172,
    wide: 260,
    grows: true,
    cell: (i) => (
      <span className="grp-cell">
        <GroupLink to="identities" of={i} />
        <span className="grp-from">
          <span className="mono cut dim" title={i.addresses.join(', ')}>
            {i.addresses[0]}
            {i.address_count > 1 && <span className="grp-more">+{figure(i.address_count - 1)}</span>}
          </span>
          <SeveralHands of={i} />
        </span>
      </span>
    ),
  },
  {
    id: 'headline',
    title: 'What it did',
    from: 'tablet',
    cell: (i) => (
      <span className="two-lines" title={i.headline}>
        <Prose text={i.headline.charAt(0).toUpperCase() + i.headline.slice(1)} most={200} />
      </span>
    ),
  },
  {
    id: 'addresses',
    title: 'Addresses',
    width: 92,
    align: 'right',
    sort: 'addresses',
    from: 'desktop',
    cell: (i) => figure(i.address_count),
  },
  {
    id: 'campaign',
    title: 'Campaign',
    width: 152,
    from: 'desktop',
    cell: (i) => (i.campaign ? <GroupLink to="campaigns" of={i.campaign} /> : <span className="faint">none</span>),
  },
  {
    id: 'confidence',
    title: 'Sure',
    width: 68,
    align: 'right',
    from: 'wide',
    cell: (i) => (i.address_count > 1 ? sureness(i.confidence) : <span className="faint">alone</span>),
  },
  { id: 'score', title: 'Score', width: 72, align: 'right', sort: 'score', from: 'tablet', cell: (i) => Math.round(i.score) },
  { id: 'last', title: 'Last seen', width: 92, sort: 'recent', align: 'right', cell: (i) => <Time at={i.last_seen} /> },
]

/** A mark on whom several people may be. */
function SeveralHands({ of: { multi_actor } }: { of: Identity }) {
  const sentence = handsSentence(multi_actor)
  if (sentence === null) return null
  return (
    <span className="grp-hands" title={sentence}>
      <Users aria-hidden />
      <span className="sr"> {sentence}</span>
    </span>
  )
}

/** Who is behind the addresses. */
export default function Identities() {
  const { params, range, terms } = useUrl()
  const split = useMemo(() => splitTerms(terms, ['attacker']), [terms])
  const search = [split.exact.attacker, split.rest].filter(Boolean).join(' ')
  const by = sortOf(identityQuery.shape.sort_by, params.get('sort'))
  const order = params.get('order') === 'asc' ? 'asc' : 'desc'
  const several = params.get('several') === '1'
  const addresses = several ? 2 : 1
  const hands = params.get('hands') === '1'
  const peek = readPeek(params)
  const source = usePaged(
    ['identities', 'list', search, addresses, hands, by, order, rangeKey(range)],
    (page, signal) =>
      fetchIdentities({ search, addresses, multi_actor: hands || null, ...periodOf(range), sort_by: by, order, ...page }, signal),
    range.kind === 'last' ? 20_000 : false,
  )
  const wider = hands
    ? { says: 'Show the others too', widen: () => setParams({ hands: null }, true) }
    : several
      ? { says: 'Show those with one address', widen: () => setParams({ several: null }, true) }
      : { says: 'Clear the search', widen: () => setTerms([]) }
  return (
    <Page title="Identities" fill>
      <div className="pad">
        <DataTable
          name="identities"
          caption={`in ${describeRange(range)}`}
          rowHeight={48}
          columns={columns}
          source={source}
          keyOf={(i) => i.uuid}
          selected={peek?.kind === 'identity' ? peek.id : undefined}
          onOpen={(i) =>
            peek?.kind === 'identity' && peek.id === i.uuid ? go(hrefTo(`/identities/${i.uuid}`)) : peekAt('identity', i.uuid)
          }
          sorting={{ by, order, set: (sort, next) => setParams({ sort, order: next === 'asc' ? 'asc' : null }, true) }}
          toolbar={
            <>
              <h1 className="page-title">Identities</h1>
              <label className="grp-several">
                <input type="checkbox" checked={several} onChange={() => setParams({ several: several ? null : '1' }, true)} />
                several addresses
              </label>
              <label className="grp-several" title="At least two habits take turns, as if several people worked">
                <input type="checkbox" checked={hands} onChange={() => setParams({ hands: hands ? null : '1' }, true)} />
                several hands
              </label>
            </>
          }
          empty={
            terms.length > 0 || several || hands ? (
              <Empty
                title="Nobody fits"
                actions={
                  <button type="button" className="btn" onClick={wider.widen}>
                    {wider.says}
                  </button>
                }
              >
                {hands && !several && terms.length === 0
                  ? `No identity in ${describeRange(range)} has two habits that take turns, as if several people worked.`
                  : `No identity in ${describeRange(range)} matches this.`}
              </Empty>
            ) : (
              <Empty
                title="Nobody yet"
                actions={
                  <Link className="btn" href={hrefTo('/fleet')}>
                    To the fleet
                  </Link>
                }
              >
                An identity is who stands behind one or several addresses. The first appears when the first session on a decky ends;
                addresses that share something rare become one, and its page says why.
              </Empty>
            )
          }
        />
      </div>
    </Page>
  )
}
