import { runsOf } from '../../bytes/view.ts'
import { Bytes, BytesBox } from '../../parts/bytes.tsx'
import { Empty, Failed, SkeletonRows } from '../../parts/empty.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { Time } from '../../parts/time.tsx'
import { AttackerValue, TargetChip } from '../../parts/value.tsx'
import { useCredentials } from '../../queries.ts'
import { figure, plural } from '../../time/words.ts'
import { go, hrefTo } from '../../url.ts'
import { isResponse, principalText, secretKindName } from '../../words/secret.ts'
import './peek.css'

/** The beginning of a name among others: how many characters are missing would read as more names. */
const Cut = ({ text }: { text: string }) => (
  <span
    title={runsOf(text)
      .map((run) => run.shown)
      .join('')}
  >
    <Bytes text={text} most={24} rest="…" />
  </span>
)

/** One secret: its exact bytes, who tried it, where, with what success. */
export function PeekSecret({ id }: { id: string }) {
  const rows = useCredentials({ secret_sha256: id, limit: 50, sort_by: 'last_seen' })
  if (rows.error && !rows.data) return <Failed error={rows.error} retry={() => void rows.refetch()} left />
  const first = rows.data?.data[0]
  if (rows.data && !first)
    return (
      <Empty title="This secret is gone" left>
        It is older than what is kept.
      </Empty>
    )
  if (!rows.data || !first) return <SkeletonRows count={10} />
  const list = rows.data.data
  const sources = new Set(list.map((c) => c.attacker_ip)).size
  const users = [...new Set(list.flatMap((c) => principalText(c) ?? []))]
  const targets = new Set(list.map((c) => `${c.decky} ${c.service}`)).size
  const reused = list.some((c) => c.target_count > 1)
  const won = list.some((c) => c.outcome === 'success')
  const tries = list.reduce((n, c) => n + c.attempt_count, 0)
  return (
    <>
      <div className="peek-head">
        {won && <SeverityBadge severity={reused ? 'critical' : 'high'} word="got in" />}
        <h2 className="title">{secretKindName(first.secret_kind)}</h2>
      </div>
      <BytesBox text="" base64={first.secret_b64} label="Secret" first={isResponse(first.secret_kind) ? 'hex' : 'text'} />
      <p className="say" style={{ marginTop: 14 }}>
        Tried {plural(tries, 'time')} by {plural(sources, 'source')} on {plural(targets, 'target')}
        {won ? ', and it opened a door.' : '; it never worked.'}
      </p>
      {users.length > 0 && (
        <section className="section">
          <h3 className="h">With the user {users.length === 1 ? 'name' : 'names'}</h3>
          {users.slice(0, 3).map((u) =>
            u.length > 60 || /\p{C}/u.test(u) ? (
              <div key={u} style={{ marginBottom: 8 }}>
                <BytesBox text={u} base64={list.find((c) => principalText(c) === u)?.principal_b64} label="User" />
              </div>
            ) : (
              <p key={u}>
                <Bytes text={u} />
              </p>
            ),
          )}
          {users.length > 3 && (
            <p className="peek-users">
              {users.slice(3, 30).map((u) => (
                <Cut key={u} text={u} />
              ))}
              {users.length > 30 && <span className="faint small">and {plural(users.length - 30, 'more name')}</span>}
            </p>
          )}
        </section>
      )}
      <section className="section">
        <h3 className="h">
          Who and where
          <button type="button" className="more link" onClick={() => go(hrefTo('/credentials', { q: `secret_sha256:${id}` }))}>
            as a list
          </button>
        </h3>
        {list.slice(0, 20).map((c) => (
          <div key={c.id} className="peek-try">
            <AttackerValue ip={c.attacker_ip} uuid={c.attacker_uuid} />
            <span className="cut">
              <TargetChip decky={c.decky} service={c.service} />
            </span>
            <span className="faint num">
              {c.outcome === 'success' ? <SeverityBadge severity="high" word="in" /> : `${figure(c.attempt_count)}×`}{' '}
              <Time at={c.last_seen} />
            </span>
          </div>
        ))}
        {rows.data.total > 20 && <p className="faint small">and {figure(rows.data.total - 20)} more</p>}
      </section>
      <section className="section">
        <p className="faint small mono" style={{ overflowWrap: 'anywhere' }}>
          sha256 {id}
        </p>
      </section>
    </>
  )
}
