import type { Contacts, Decky } from '@decnet/contracts/api'
import { onPress } from '../../parts/on-press.ts'
import { plural } from '../../time/words.ts'
import { kindOf, stateWord } from '../../words/decky.ts'
import { middleCut } from '../../words/evidence.ts'
import { kindIcon } from './kind-icon.tsx'
import type { DeckySpot } from './map-layout.ts'

/** A decky is drawn with its picture while there is room for one. */
const PICTURED = 11
export const LETTERS = 20

/** One decky on the map: what it plays, how it is, and whether anybody touched it. */
export function MapDecky({
  spot,
  decky,
  contact,
  size,
  named,
  faded,
  lit,
  chosen,
  member,
  onPoint,
  onOpen,
}: {
  spot: DeckySpot
  decky: Decky
  contact: Contacts['deckies'][number] | undefined
  size: number
  named: boolean
  faded: boolean
  /** Something happens there now. */
  lit: boolean
  chosen: boolean
  member: { readonly ref: (element: SVGGElement | null) => void; readonly tabIndex: number; readonly onFocus: () => void }
  onPoint: (on: boolean) => void
  onOpen: () => void
}) {
  const Icon = kindIcon(decky.archetype)
  const came = contact
    ? `${plural(contact.attackers, 'attacker')} in ${plural(contact.sessions, 'session')}${contact.logged_in ? ', got in' : ''}`
    : 'untouched'
  const tone = contact?.logged_in ? 'entered' : contact ? 'touched' : 'calm'
  const { onFocus, ...handle } = member
  return (
    // biome-ignore lint/a11y/useSemanticElements: SVG has no button
    <g
      {...handle}
      className={`map-decky ${tone} ${decky.state}${faded ? ' off' : ''}${chosen ? ' on' : ''}${lit ? ' lit' : ''}`}
      transform={`translate(${spot.x.toFixed(1)} ${spot.y.toFixed(1)})`}
      role="button"
      aria-label={`${decky.name}, ${kindOf(decky.archetype)}, ${decky.ip}, ${stateWord[decky.state]}, ${came}`}
      aria-pressed={chosen}
      onFocus={() => {
        onFocus()
        onPoint(true)
      }}
      onBlur={() => onPoint(false)}
      onPointerEnter={() => onPoint(true)}
      onPointerLeave={() => onPoint(false)}
      onClick={onOpen}
      onKeyDown={onPress(onOpen)}
    >
      <title>{`${decky.name} · ${decky.ip} · ${came}`}</title>
      <circle className="map-reach" r={Math.max(size + 2, 9)} />
      {lit && <circle className="map-ring" r={size + 4} />}
      <circle className="map-body" r={size} />
      {size >= PICTURED && <Icon x={-size * 0.5} y={-size * 0.5} width={size} height={size} aria-hidden />}
      {decky.state !== 'running' && <circle className="map-state" cx={size * 0.74} cy={-size * 0.74} r={Math.max(2.6, size * 0.28)} />}
      {named && (
        <text className="mono" y={size + 14} textAnchor="middle" aria-hidden>
          {middleCut(decky.name, LETTERS)}
        </text>
      )}
    </g>
  )
}
