import type { Attacker as Entity } from '@decnet/contracts/api'
import { codeName } from '@decnet/contracts/code-name'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { Page } from '../frame/page.tsx'
import { Empty, Failed, Skeleton, SkeletonRows } from '../parts/empty.tsx'
import { GroupLink } from '../parts/group-link.tsx'
import { SeverityBadge } from '../parts/severity.tsx'
import { SimilarSessions } from '../parts/similar-sessions.tsx'
import { Headline } from '../parts/techniques/headline.tsx'
import { Techniques } from '../parts/techniques/section.tsx'
import { Time } from '../parts/time.tsx'
import { Value } from '../parts/value.tsx'
import { useAttackerOf, useCredentials, useIdentity, useLogs, useSessions, useTraits } from '../queries.ts'
import { formatTerm } from '../search/grammar.ts'
import { plural } from '../time/words.ts'
import { hrefTo, setParams, useUrl } from '../url.ts'
import { SYSTEM_LOG } from '../words/said.ts'
import { Commands, Requests } from './attacker/commands.tsx'
import { AttackerCredentials } from './attacker/credentials.tsx'
import { Files } from './attacker/files.tsx'
import { Probes } from './attacker/probes.tsx'
import { Score } from './attacker/score.tsx'
import { SessionTable } from './attacker/session-table.tsx'
import { SessionView } from './attacker/session-view.tsx'
import { SimilarAttackers } from './attacker/similar-attackers.tsx'
import { Story } from './attacker/story.tsx'
import { Traits } from './group/traits.tsx'
import './attacker/attacker.css'
import './group/group.css'

export default function Attacker({ id }: { id: string }) {
  const attacker = useAttackerOf(decodeURIComponent(id))
  const title = attacker.data?.ip ?? 'Attacker'
  return (
    <Page title={title}>
      {attacker.error && !attacker.data ? (
        <Failed error={attacker.error} retry={() => void attacker.refetch()} />
      ) : attacker.data === null ? (
        <Empty
          title="Nobody with this address is known"
          actions={
            <Link className="btn" href={hrefTo('/attackers')}>
              All attackers
            </Link>
          }
        >
          It may have been seen before the log begins, or its first event is still on the way.
        </Empty>
      ) : attacker.data ? (
        <Known attacker={attacker.data} />
      ) : (
        <Loading />
      )}
    </Page>
  )
}

function Known({ attacker: a }: { attacker: Entity }) {
  const { params } = useUrl()
  const sessions = useSessions({ attacker: a.uuid, limit: 500 })
  const events = useLogs({ search: `${formatTerm({ negated: false, key: 'attacker', value: a.ip })} topic:${SYSTEM_LOG}`, limit: 1000 })
  const credentials = useCredentials({ attacker_ip: a.ip, limit: 100, sort_by: 'attempt_count' })
  const identity = useTraits('attackers', a.uuid).data?.identity_uuid ?? null
  const observed = useMemo(() => [a.uuid], [a.uuid])
  const [all, setAll] = useState(false)
  const list = sessions.data?.data ?? []
  const chosen = params.get('session')
  const selected = useMemo(() => list.find((s) => s.id === chosen) ?? mostTelling(list), [list, chosen])
  const select = (session: string) => setParams({ session }, true)
  return (
    <>
      <header className="att-head">
        <div className="att-name">
          <SeverityBadge severity={a.severity} />
          <h1>
            <Value of={{ text: a.ip, searchKey: 'attacker' }}>
              <span className="mono cut">{a.ip}</span>
            </Value>
          </h1>
          {identity && <Who identity={identity} />}
          <span className="att-do">
            <Link className="btn" href={hrefTo('/live', { q: formatTerm({ negated: false, key: 'attacker', value: a.ip }), by: 'event' })}>
              All its events
            </Link>
          </span>
        </div>
        <p className="lead">
          <Headline text={a.headline} of="attacker" id={a.uuid} />
        </p>
        <p className="sub">
          First seen <Time at={a.first_seen} />, last <Time at={a.last_seen} /> · {plural(a.decky_count, 'decky', 'deckies')} ·{' '}
          {plural(a.session_count, 'session')} · {plural(a.event_count, 'event')}
          {a.file_count > 0 && ` · ${plural(a.file_count, 'file')}`}
          {a.is_traversal && a.traversal_path && (
            <>
              {' '}
              · went <span className="mono">{a.traversal_path}</span>
            </>
          )}
        </p>
      </header>
      {sessions.data && list.length > 0 ? (
        <Story
          sessions={list}
          events={events.data?.data ?? []}
          partial={(events.data?.total ?? 0) > 1000 ? 'newest 1,000 events' : null}
          selected={selected?.id ?? null}
          onSelect={select}
        />
      ) : (
        <SkeletonRows count={4} height={34} />
      )}
      <div className="cols wide">
        <div>
          {selected && <SessionView key={selected.id} session={selected} />}
          {selected && <SimilarSessions key={`like ${selected.id}`} id={selected.id} />}
          <AttackerCredentials rows={credentials.data?.data} total={credentials.data?.total ?? 0} attempts={a.credential_count} ip={a.ip} />
          <Commands uuid={a.uuid} count={a.command_count} />
          <Requests uuid={a.uuid} />
        </div>
        <div>
          <Score attacker={a} />
          <Techniques of="attacker" id={a.uuid} />
          <SessionTable
            sessions={sessions.data ? (all ? list : list.slice(0, 12)) : undefined}
            total={list.length}
            selected={selected?.id ?? null}
            onSelect={select}
            onAll={all ? undefined : () => setAll(true)}
          />
          <Files uuid={a.uuid} count={a.file_count} />
          <Probes uuid={a.uuid} />
          <SimilarAttackers uuid={a.uuid} identity={identity} />
        </div>
      </div>
      <Traits of="attackers" uuid={a.uuid} attackers={observed} />
    </>
  )
}

/** Who stands behind the address, and with whom they work. */
function Who({ identity }: { identity: string }) {
  const { data } = useIdentity(identity)
  const others = (data?.address_count ?? 1) - 1
  return (
    <span className="att-who faint">
      is <GroupLink menu={false} to="identities" of={{ uuid: identity, code_name: codeName(identity) }} />
      {others > 0 && <span className="nowrap">with {plural(others, 'other address', 'other addresses')}</span>}
      {data?.campaign && (
        <>
          in campaign <GroupLink menu={false} to="campaigns" of={data.campaign} />
        </>
      )}
    </span>
  )
}

/** The session to show first: got in, then recorded, then the most commands, then the newest. */
function mostTelling<S extends { logged_in: boolean; has_replay: boolean; command_count: number; started_at: string }>(
  sessions: readonly S[],
): S | undefined {
  const weight = (s: S) => (s.command_count > 0 ? 4 : 0) + (s.has_replay ? 2 : 0) + (s.logged_in ? 1 : 0)
  return [...sessions].sort(
    (a, b) => weight(b) - weight(a) || b.command_count - a.command_count || b.started_at.localeCompare(a.started_at),
  )[0]
}

function Loading() {
  return (
    <div aria-busy="true">
      <Skeleton width={220} height={20} />
      <div style={{ height: 66, paddingTop: 12 }}>
        <Skeleton width="60%" height={16} />
      </div>
      <SkeletonRows count={8} height={34} />
    </div>
  )
}
