import type { Decky } from '@decnet/contracts/api'
import { DeckyFacts } from '../../parts/decky-facts.tsx'
import { Time } from '../../parts/time.tsx'

/** Who a decky says it is, and since when. */
export function PersonaFacts({ decky }: { decky: Decky }) {
  return (
    <section className="section">
      <h2 className="h">Persona</h2>
      <DeckyFacts decky={decky}>
        <dt>Made</dt>
        <dd>
          <Time at={decky.created_at} />
        </dd>
      </DeckyFacts>
    </section>
  )
}
