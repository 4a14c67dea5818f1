import type { Credential } from '@decnet/contracts/api'
import { Link } from 'wouter'
import { SkeletonRows } from '../../parts/empty.tsx'
import { SeverityBadge } from '../../parts/severity.tsx'
import { PrincipalValue, SecretValue, TargetChip } from '../../parts/value.tsx'
import { formatTerm } from '../../search/grammar.ts'
import { figure, plural } from '../../time/words.ts'
import { hrefTo } from '../../url.ts'

/** Rows shown here; the others stand on the page of all. */
const most = 10

/** What matters first: got in, then reused, then most tried. */
const weight = (c: Credential) => (c.outcome === 'success' ? 2 : 0) + (c.target_count > 1 ? 1 : 0)

export function AttackerCredentials({
  rows,
  total,
  attempts,
  ip,
}: {
  rows: readonly Credential[] | undefined
  /** Distinct credentials. */
  total: number
  /** Log-in attempts made with them. */
  attempts: number
  ip: string
}) {
  const list = rows && [...rows].sort((a, b) => weight(b) - weight(a) || b.attempt_count - a.attempt_count).slice(0, most)
  return (
    <section className="section">
      <h2 className="h">
        Credentials
        {total > 0 && (
          <span className="faint">
            {figure(total)}, in {plural(attempts, 'attempt')}
          </span>
        )}
        {total > 0 && (
          <Link className="more link" href={hrefTo('/credentials', { q: formatTerm({ negated: false, key: 'attacker', value: ip }) })}>
            {total > most ? `All ${figure(total)}` : 'As a list'}
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
              <th scope="col" className="num" style={{ width: 72 }}>
                Attempts
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
                  <PrincipalValue of={c} most={40} />
                </td>
                <td>
                  <SecretValue of={c} most={48} />
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
