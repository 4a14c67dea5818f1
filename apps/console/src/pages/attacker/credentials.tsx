import type { Credential } from '@decnet/contracts/api'
import { Link } from 'wouter'
import { SkeletonRows } from '../../parts/empty.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { SecretValue, TargetChip, Value } from '../../parts/value.tsx'
import { formatTerm } from '../../search/grammar.ts'
import { figure } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'

/** What matters first: got in, then reused, then most tried. */
const weight = (c: Credential) => (c.outcome === 'success' ? 2 : 0) + (c.target_count > 1 ? 1 : 0)

export function AttackerCredentials({ rows, total, ip }: { rows: readonly Credential[] | undefined; total: number; ip: string }) {
  const list = rows && [...rows].sort((a, b) => weight(b) - weight(a) || b.attempt_count - a.attempt_count).slice(0, 10)
  return (
    <section className="section">
      <h2 className="h">
        Credentials
        {total > 0 && (
          <Link className="more link" href={hrefTo('/credentials', { q: formatTerm({ negated: false, key: 'attacker', value: ip }) })}>
            {figure(total)} tried
          </Link>
        )}
      </h2>
      {!list ? (
        <SkeletonRows count={4} />
      ) : list.length === 0 ? (
        <p className="faint">It tried none.</p>
      ) : (
        <table className="plain att-creds">
          <thead>
            <tr>
              <th scope="col" style={{ width: '17%' }}>
                User
              </th>
              <th scope="col" style={{ width: '22%' }}>
                Secret
              </th>
              <th scope="col">Where</th>
              <th scope="col" className="num" style={{ width: 52 }}>
                Tries
              </th>
              <th scope="col" style={{ width: 118 }}>
                Result
              </th>
            </tr>
          </thead>
          <tbody>
            {list.map((c) => (
              <tr key={c.id}>
                <td>
                  {c.principal === null ? (
                    <span className="faint">none</span>
                  ) : (
                    <Value of={{ text: c.principal, searchKey: 'principal' }} most={40} />
                  )}
                </td>
                <td>
                  <SecretValue text={c.secret_printable} sha256={c.secret_sha256} most={48} />
                </td>
                <td>
                  <TargetChip decky={c.decky} service={c.service} />
                </td>
                <td className="num">{figure(c.attempt_count)}</td>
                <td>
                  <Outcome credential={c} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

export function Outcome({ credential: c }: { credential: Credential }) {
  const reused = c.target_count > 1
  if (c.outcome === 'success') return <SeverityBadge severity={reused ? 'critical' : 'high'} word={reused ? 'got in, reused' : 'got in'} />
  if (reused) return <SeverityBadge severity="medium" word={`on ${c.target_count} targets`} />
  return <span className="dim">{c.outcome === 'failure' ? 'refused' : 'unknown'}</span>
}
