import { type Attacker, attackerQuery, severity } from '@decnet/contracts/api'
import { useMemo } from 'react'
import { Page } from '../frame/page.tsx'
import { Prose } from '../parts/bytes.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { Facets } from '../parts/facets.tsx'
import { SeverityBadge } from '../parts/severity.tsx'
import { sortOf } from '../parts/sort-of.ts'
import { Time } from '../parts/time.tsx'
import { usePaged } from '../parts/use-paged.ts'
import { AttackerLink, ServiceValue } from '../parts/value.tsx'
import { fetchAttackers, periodOf, useFacets } from '../queries.ts'
import { splitTerms } from '../search/grammar.ts'
import { describeRange, rangeKey } from '../time/range.ts'
import { figure } from '../time/words.ts'
import { go, hrefTo, peekAt, readPeek, setParams, setRange, setTerms, useUrl } from '../url.ts'
import { colourOf } from '../words/services.ts'
import './attackers.css'

const columns: readonly Column<Attacker>[] = [
  { id: 'severity', title: 'Severity', quiet: true, width: 36, cell: (a) => <SeverityBadge severity={a.severity} /> },
  {
    id: 'ip',
    title: 'Address',
    width: 152,
    wide: 300,
    grows: true,
    sort: 'ip',
    cell: (a) => (
      <>
        <AttackerLink ip={a.ip} uuid={a.uuid} />
        <span className="phone-said faint small cut">
          <Prose text={a.headline} most={120} />
        </span>
      </>
    ),
  },
  {
    id: 'headline',
    title: 'What it did',
    from: 'tablet',
    cell: (a) => (
      <span className="two-lines" title={a.headline}>
        <Prose text={a.headline} most={200} />
      </span>
    ),
  },
  { id: 'score', title: 'Score', width: 72, align: 'right', sort: 'score', from: 'tablet', cell: (a) => Math.round(a.score) },
  { id: 'events', title: 'Events', width: 76, align: 'right', sort: 'active', from: 'desktop', cell: (a) => figure(a.event_count) },
  { id: 'sessions', title: 'Sessions', width: 76, align: 'right', from: 'wide', cell: (a) => figure(a.session_count) },
  {
    id: 'logins',
    title: 'Got in',
    width: 68,
    align: 'right',
    from: 'wide',
    cell: (a) => (a.login_count > 0 ? <b>{figure(a.login_count)}</b> : <span className="faint">0</span>),
  },
  { id: 'credentials', title: 'Attempts', width: 84, align: 'right', from: 'wide', cell: (a) => figure(a.credential_count) },
  { id: 'commands', title: 'Commands', width: 84, align: 'right', from: 'wide', cell: (a) => figure(a.command_count) },
  { id: 'files', title: 'Files', width: 52, align: 'right', hidden: true, cell: (a) => figure(a.file_count) },
  {
    id: 'services',
    title: 'Services',
    width: 232,
    from: 'wide',
    cell: (a) => (
      <span className="chips line">
        {a.services.slice(0, 3).map((s) => (
          <ServiceValue key={s} name={s} />
        ))}
        {a.services.length > 3 && (
          <span className="faint small" title={a.services.slice(3).join(', ')}>
            +{a.services.length - 3}
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'deckies',
    title: 'Deckies',
    width: 72,
    align: 'right',
    sort: 'traversals',
    from: 'wide',
    cell: (a) => <span title={a.deckies.join(', ')}>{a.decky_count}</span>,
  },
  { id: 'first', title: 'First seen', width: 96, sort: 'first_seen', hidden: true, cell: (a) => <Time at={a.first_seen} /> },
  { id: 'last', title: 'Last seen', width: 92, sort: 'recent', align: 'right', cell: (a) => <Time at={a.last_seen} /> },
]

const levels: readonly string[] = severity.options
const worstFirst = (a: { value: string }, b: { value: string }) => levels.indexOf(b.value) - levels.indexOf(a.value)

export default function Attackers() {
  const { params, range, terms } = useUrl()
  const split = useMemo(() => splitTerms(terms, ['service', 'decky', 'severity', 'attacker']), [terms])
  const filter = {
    service: split.exact.service,
    decky: split.exact.decky,
    search: [split.exact.attacker, split.rest].filter(Boolean).join(' '),
  }
  const level = severity.safeParse(split.exact.severity)
  const asked = { ...filter, ...(level.success ? { severity: level.data } : {}) }
  const by = sortOf(attackerQuery.shape.sort_by, params.get('sort'))
  const order = params.get('order') === 'asc' ? 'asc' : 'desc'
  const facets = useFacets(asked, range)
  const source = usePaged(
    ['attackers', 'list', asked, by, order, rangeKey(range)],
    (page, signal) => fetchAttackers({ ...asked, ...periodOf(range), sort_by: by, order, ...page }, signal),
    range.kind === 'last' ? 20_000 : false,
  )
  const none = facets.data !== undefined && Object.values(facets.data).every((rows) => rows.length === 0)
  const peek = readPeek(params)
  const onOpen = (a: Attacker) =>
    peek?.kind === 'attacker' && peek.id === a.uuid ? go(hrefTo(`/attackers/${a.uuid}`)) : peekAt('attacker', a.uuid)
  return (
    <Page title="Attackers" fill>
      <div className={none ? 'pad' : 'with-facets'}>
        <aside className="facets" aria-label="Filters" hidden={none}>
          <Facets
            title="Severity"
            searchKey="severity"
            rows={facets.data?.severity.toSorted(worstFirst)}
            terms={terms}
            show={(v) => <Level name={v} />}
          />
          <Facets title="Service" searchKey="service" rows={facets.data?.service} terms={terms} show={(v) => <ServiceName name={v} />} />
          <Facets
            title="Decky"
            searchKey="decky"
            rows={facets.data?.decky}
            terms={terms}
            show={(v) => <span className="mono cut">{v}</span>}
          />
        </aside>
        <DataTable
          name="attackers"
          caption={`in ${describeRange(range)}`}
          rowHeight={44}
          columns={columns}
          source={source}
          keyOf={(a) => a.uuid}
          selected={peek?.kind === 'attacker' ? peek.id : undefined}
          onOpen={onOpen}
          sorting={{ by, order, set: (sort, next) => setParams({ sort, order: next === 'asc' ? 'asc' : null }, true) }}
          toolbar={<h1 className="page-title">Attackers</h1>}
          empty={<NoAttackers filtered={terms.length > 0} words={describeRange(range)} />}
        />
      </div>
    </Page>
  )
}

function Level({ name }: { name: string }) {
  const level = severity.safeParse(name)
  return (
    <>
      {level.success && <SeverityBadge severity={level.data} />}
      {name}
    </>
  )
}
function ServiceName({ name }: { name: string }) {
  return (
    <>
      <i className="swatch" style={{ background: colourOf(name) }} />
      {name}
    </>
  )
}

function NoAttackers({ filtered, words }: { filtered: boolean; words: string }) {
  if (filtered)
    return (
      <Empty
        title="Nobody fits"
        actions={
          <button type="button" className="btn" onClick={() => setTerms([])}>
            Clear the search
          </button>
        }
      >
        No attacker in {words} matches this. Bare words look into addresses, services and deckies.
      </Empty>
    )
  return (
    <Empty
      title="Nobody came by"
      actions={
        <button type="button" className="btn" onClick={() => setRange({ kind: 'last', span: '30d' })}>
          Look at 30 days
        </button>
      }
    >
      No source touched a decky in {words}. The Fleet page has lines to paste that attack each service.
    </Empty>
  )
}
