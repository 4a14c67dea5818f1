import type { CredentialReuse, Page } from '@decnet/contracts/api'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Empty, Failed, SkeletonRows } from '../../parts/empty.tsx'
import { Time } from '../../parts/time.tsx'
import { AttackerValue, SecretValue, TargetChip, Value } from '../../parts/value.tsx'
import { plural } from '../../time/words.ts'
import { peekAt } from '../../url.ts'

/** One secret on several targets: somebody carries what they found from one host to the next. */
export function ReuseList({ toolbar, reuse }: { toolbar: ReactNode; reuse: UseQueryResult<Page<CredentialReuse>> }) {
  return (
    <div className="dt">
      <div className="dt-bar">
        {toolbar}
        <span className="faint small">one secret for one user, tried on two or more targets</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="dt-scroll" tabIndex={0} aria-label="Reused secrets">
        {reuse.error && !reuse.data ? (
          <Failed error={reuse.error} retry={() => void reuse.refetch()} />
        ) : !reuse.data ? (
          <SkeletonRows count={6} height={72} />
        ) : reuse.data.data.length === 0 ? (
          <Empty title="No secret was reused">
            When the same user name and password turn up on a second decky or service, it is told here. Try it: use one pair for ssh on one
            decky and for ftp on another.
          </Empty>
        ) : (
          <ul className="reuse">
            {reuse.data.data.map((r) => (
              <li key={r.id}>
                <Finding finding={r} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  )
}

function Finding({ finding: r }: { finding: CredentialReuse }) {
  return (
    <article className="finding">
      <p className="finding-say">
        {r.principal !== null && (
          <>
            <Value of={{ text: r.principal, searchKey: 'principal' }} most={40} />
            <span className="faint">:</span>
          </>
        )}
        <SecretValue of={r} />
        <button type="button" className="finding-more" onClick={() => peekAt('secret', r.secret_sha256)}>
          was used on <b>{plural(r.target_count, 'target')}</b> by {plural(r.attacker_ips.length, 'source')},{' '}
          {plural(r.attempt_count, 'time')}
        </button>
      </p>
      <div className="chips">
        {r.targets.slice(0, 8).map((t) => (
          <TargetChip key={`${t.decky} ${t.service}`} decky={t.decky} service={t.service} />
        ))}
        {r.targets.length > 8 && <span className="faint">and {r.targets.length - 8} more</span>}
      </div>
      <div className="finding-who">
        {r.attacker_ips.slice(0, 4).map((ip) => (
          <AttackerValue key={ip} ip={ip} />
        ))}
        {r.attacker_ips.length > 4 && <span className="faint">and {r.attacker_ips.length - 4} more</span>}
      </div>
      <span className="faint finding-when">
        <Time at={r.last_seen} />
      </span>
    </article>
  )
}
