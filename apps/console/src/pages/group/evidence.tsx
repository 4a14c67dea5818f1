import type { GroupEvidence, LinkEdge } from '@decnet/contracts/api'
import { type ReactNode, useState } from 'react'
import { SkeletonRows } from '../../parts/empty.tsx'
import { edgeKey, Graph, type GraphMember } from './graph.tsx'
import { Reasons } from './reasons.tsx'

/** Who belongs together on one side, what speaks for and against it on the other. */
export function Evidence({
  title,
  members,
  evidence,
  mono = false,
  below,
  actions,
}: {
  title: string
  members: readonly GraphMember[] | undefined
  evidence: GroupEvidence | undefined
  mono?: boolean
  /** Stands under the drawing. */
  below: ReactNode
  actions?: (edge: LinkEdge) => ReactNode
}) {
  const [chosen, setChosen] = useState<string | null>(null)
  const edges = evidence?.edges ?? []
  const edge = edges.find((candidate) => edgeKey(candidate) === chosen) ?? edges[0]
  const className = mono ? 'mono' : undefined
  return (
    <div className="cols wide grp-evidence">
      <div>
        <section className="section">
          <h2 className="h">
            {title}
            <span className="faint">{edges.length > 1 ? 'the surer, the stronger the line; choose one to read its reasons' : ''}</span>
          </h2>
          {members && evidence ? (
            <Graph members={members} edges={edges} chosen={chosen} onChoose={setChosen} />
          ) : (
            <SkeletonRows count={6} height={34} />
          )}
        </section>
        {below}
      </div>
      {edge ? (
        <Reasons
          edge={edge}
          title={
            <>
              <span className={className}>{edge.a_label}</span> and <span className={className}>{edge.b_label}</span>
            </>
          }
          actions={actions?.(edge)}
        />
      ) : (
        <section className="section">
          {evidence ? <p className="faint">What joins them is being weighed again.</p> : <SkeletonRows count={6} height={34} />}
        </section>
      )}
    </div>
  )
}
