import { Box, Laptop, Network } from 'lucide-react'
import { Field, Wrong } from '../../parts/form.tsx'
import { plural } from '../../time/words.ts'
import type { Place } from './draft.ts'
import type { Drafting } from './use-draft.ts'

const iconOf = ({ id, network }: Place) =>
  id === 'here' || network?.substrate === 'netns' ? Network : network?.substrate === 'compose' ? Box : Laptop

/** What of a network may be said otherwise than it was found. */
const said = [
  ['subnet', 'Subnet', '192.168.1.0/24'],
  ['gateway', 'Gateway', 'none'],
  ['subnet6', 'IPv6 subnet', 'none'],
] as const

/** Where deckies are to stand. */
export function Where({
  places,
  drafting: { draft, choose, change },
  standing,
  wrong,
}: {
  places: readonly Place[]
  drafting: Drafting
  /** Deckies that are there already. */
  standing: number
  wrong: (field: string) => string | undefined
}) {
  const chosen = places.find(({ id }) => id === draft.place)
  const lan = chosen?.network && chosen.network.substrate !== 'loopback' ? chosen.network : null
  const set = (part: Partial<typeof draft.ground>) => change({ ground: { ...draft.ground, ...part } })
  return (
    <section className="dp-step">
      <h2 className="h">
        <span className="dp-n">1</span> Where
      </h2>
      <div className="dp-places" role="radiogroup" aria-label="Where">
        {places.map((place) => {
          const Icon = iconOf(place)
          return (
            <label key={place.id} className="dp-place" data-barred={place.barred !== null || undefined}>
              <input
                type="radio"
                name="place"
                checked={place.id === draft.place}
                disabled={place.barred !== null}
                onChange={() => choose(place)}
              />
              <Icon aria-hidden />
              <span>
                <b>{place.title}</b>
                <span className="small dim">{place.barred ?? place.about}</span>
              </span>
            </label>
          )
        })}
      </div>
      <Wrong said={wrong('network') ?? wrong('network.interface')} />
      {standing > 0 && (
        <label className="dp-check dp-replace">
          <input type="checkbox" checked={draft.replace} onChange={(event) => change({ replace: event.target.checked })} />
          Retire the {plural(standing, 'decky', 'deckies')} that {standing === 1 ? 'is' : 'are'} there first
        </label>
      )}
      {lan && (
        <div className="dp-ground">
          {said.map(([name, label, placeholder]) => (
            <Field
              key={name}
              label={label}
              className="input mono"
              placeholder={placeholder}
              value={draft.ground[name]}
              wrong={wrong(`network.${name}`)}
              onChange={(event) => set({ [name]: event.target.value })}
            />
          ))}
          {lan.substrate === 'netns' && (
            <label className="dp-check">
              <input type="checkbox" checked={draft.ground.dhcp} onChange={(event) => set({ dhcp: event.target.checked })} />
              Addresses by DHCP
            </label>
          )}
        </div>
      )}
    </section>
  )
}
