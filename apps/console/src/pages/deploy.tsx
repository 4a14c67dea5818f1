import type { DeployRequest } from '@decnet/contracts/api'
import { deployAccepted } from '@decnet/contracts/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { Link } from 'wouter'
import { send } from '../api.ts'
import { useArchetypes, useDryRun, useFleetNetworks } from '../fleet-queries.ts'
import { Page } from '../frame/page.tsx'
import { Empty, Failed, SkeletonRows } from '../parts/empty.tsx'
import { wrongIn } from '../parts/form.tsx'
import { useSettled } from '../parts/use-settled.ts'
import { useMe } from '../queries.ts'
import { hrefTo } from '../url.ts'
import { Details } from './deploy/details.tsx'
import { amountOf, placesOf, requestOf } from './deploy/draft.ts'
import { Hosts } from './deploy/hosts.tsx'
import { Preview } from './deploy/preview.tsx'
import { useDraft } from './deploy/use-draft.ts'
import { Watch } from './deploy/watch.tsx'
import { Where } from './deploy/where.tsx'
import './deploy/deploy.css'

/** How long the form must stand still before the server is asked what would come of it, milliseconds. */
const STILL = 300

/** Makes deckies: where, which and how many; what would come of it stands beside it; then each is watched until it is up. */
export default function Deploy() {
  const me = useMe()
  const [watched, setWatched] = useState<readonly string[] | null>(null)
  return (
    <Page title="Deploy">
      {me.data && me.data.role !== 'admin' ? (
        <>
          <h1 className="sr">Deploy</h1>
          <Empty
            title="Only admins change the fleet"
            actions={
              <Link className="btn" href={hrefTo('/fleet')}>
                The fleet
              </Link>
            }
          >
            Ask one of them, or look at what is there.
          </Empty>
        </>
      ) : watched ? (
        <Watch ids={watched} onMore={() => setWatched(null)} />
      ) : (
        <Wizard onDeployed={setWatched} />
      )}
    </Page>
  )
}

function Wizard({ onDeployed }: { onDeployed: (ids: readonly string[]) => void }) {
  const client = useQueryClient()
  const networks = useFleetNetworks()
  const archetypes = useArchetypes()
  const drafting = useDraft()
  const { draft, choose } = drafting
  const places = useMemo(() => (networks.data ? placesOf(networks.data) : []), [networks.data])
  const place = places.find(({ id }) => id === draft.place)
  const first = places[0]
  useEffect(() => {
    if (!place && first) choose(first)
  }, [place, first, choose])
  const request = useMemo(() => requestOf(draft, place), [draft, place])
  const settled = useSettled(request, STILL)
  const plan = useDryRun(settled)
  const deploy = useMutation({
    mutationFn: async (order: DeployRequest) => deployAccepted.parse(await send('POST', '/deckies/deploy', order)),
    // Those that are retired for them come first.
    onSuccess: ({ lifecycle_ids, plan: { added } }) => onDeployed(lifecycle_ids.slice(-added.length)),
    onSettled: () => Promise.all([['deckies'], ['fleet']].map((queryKey) => client.invalidateQueries({ queryKey }))),
  })
  // A refusal is of what was asked for: what is asked for now may be possible.
  const refused = request === null ? null : (plan.error ?? (deploy.variables === request ? deploy.error : null))
  const loading = networks.error ?? archetypes.error
  if (loading) return <Failed error={loading} retry={() => void Promise.all([networks.refetch(), archetypes.refetch()])} />
  if (!networks.data || !archetypes.data) return <SkeletonRows count={10} height={34} />
  const wrong = (field: string) => wrongIn(refused, field)
  return (
    <>
      <header className="dp-head">
        <h1 className="lead">Deploy deckies</h1>
        <p className="sub">Choose where and what. What would come of it stands beside it; nothing is made before you say so.</p>
      </header>
      <div className="dp">
        <div className="dp-form">
          <Where places={places} drafting={drafting} standing={networks.data.deckies} wrong={wrong} />
          <Hosts archetypes={archetypes.data} drafting={drafting} wrong={wrong} />
          <Details archetypes={archetypes.data} drafting={drafting} wrong={wrong} open={refused !== null} />
        </div>
        <Preview
          plan={plan.error || request === null ? undefined : plan.data}
          error={refused}
          wanted={amountOf(draft) > 0}
          stale={plan.isFetching || request !== settled}
          busy={deploy.isPending}
          onDeploy={() => request && deploy.mutate(request)}
        />
      </div>
    </>
  )
}
