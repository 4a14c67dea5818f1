import type { Contacts, Decky } from '@decnet/contracts/api'
import { type CSSProperties, useMemo, useState } from 'react'
import { onPress } from '../../parts/on-press.ts'
import { useRoving } from '../../parts/use-roving.ts'
import { useWidth } from '../../parts/use-width.ts'
import { plural } from '../../time/words.ts'
import { peekAt, readPeek, setParams, useUrl } from '../../url.ts'
import { kindOf } from '../../words/decky.ts'
import { MapAttackers } from './map-attackers.tsx'
import { LETTERS, MapDecky } from './map-decky.tsx'
import { bundlesOf, chooseSides, type DeckySpot, edgeOf, layOutLan, type Point, roomForNames, wayIn } from './map-layout.ts'
import { usePulses } from './use-pulses.ts'
import './map.css'

const ROW = 30
/** Attackers on one side, at most. */
const MOST = 15
const MOST_NARROW = 9
/** What stands above and below the map on a page, pixels. */
const ABOVE = 262
/** So many lines can be told apart; the more there are beyond, the fainter each. */
const CLEAR = 24
/** So many deckies have lines of their own. */
const SINGLE = 60
/** Names of deckies are written while there are so few, where there is room. */
const NAMED = 40

type Pointed = { readonly kind: 'attacker' | 'decky' | 'group'; readonly id: string } | null
type Link = Contacts['links'][number]

/** The network and who comes at it: deckies in the middle by what they play, attackers outside, a line for each contact of the period. */
export function NetworkMap({
  deckies,
  contacts,
  place,
  group,
}: {
  deckies: readonly Decky[]
  contacts: Contacts | undefined
  place: string
  /** The archetype that is looked at alone. */
  group: string | null
}) {
  const { params } = useUrl()
  const [frame, frameWidth] = useWidth<HTMLDivElement>()
  const [pointed, setPointed] = useState<Pointed>(null)
  const pulses = usePulses()
  const show = (kind: string) => setParams({ group: group ? null : kind })
  const narrow = frameWidth < 520
  const column = narrow ? 40 : frameWidth < 700 ? 128 : frameWidth < 860 ? 150 : 178
  const height = narrow ? 440 : Math.round(Math.min(720, Math.max(440, Math.min(frameWidth * 0.62, window.innerHeight - ABOVE))))
  const width = Math.max(0, frameWidth - 2 * column)
  const shown = useMemo(() => (group ? deckies.filter(({ archetype }) => archetype === group) : deckies), [deckies, group])
  const lan = useMemo(() => layOutLan(shown, { width, height }, narrow), [shown, width, height, narrow])
  const spots = useMemo(() => new Map(lan.deckies.map((spot) => [spot.name, spot])), [lan])
  const names = useMemo(
    () => (shown.length <= NAMED ? roomForNames(lan, (name) => Math.min(LETTERS, name.length)) : new Set()),
    [lan, shown],
  )
  const known = useMemo(() => new Map(deckies.map((decky) => [decky.name, decky])), [deckies])
  const touched = useMemo(() => new Map(contacts?.deckies.map((each) => [each.decky, each])), [contacts])
  const links = useMemo(() => (contacts?.links ?? []).filter(({ decky }) => spots.has(decky)), [contacts, spots])
  const attackers = useMemo(() => {
    const here = new Set(links.map(({ ip }) => ip))
    return (contacts?.attackers ?? [])
      .filter(({ ip }) => here.has(ip))
      .slice(0, 2 * (narrow ? MOST_NARROW : Math.min(MOST, Math.floor(height / ROW) - 1)))
  }, [contacts, links, narrow, height])
  const sides = useMemo(
    () =>
      chooseSides(
        attackers.map(({ ip }) => ip),
        links,
        lan,
      ),
    [attackers, links, lan],
  )
  const doors = useMemo(() => {
    const at = new Map<string, Point>()
    for (const [ips, x] of [
      [sides.left, 0],
      [sides.right, width],
    ] as const)
      for (const [n, ip] of ips.entries()) at.set(ip, { x, y: height / 2 + (n - (ips.length - 1) / 2) * ROW })
    return at
  }, [sides, width, height])
  const roving = useRoving(useMemo(() => lan.deckies.map(({ name }) => name), [lan]))
  const peek = readPeek(params)
  const opened: Pointed =
    peek?.kind === 'decky'
      ? { kind: 'decky', id: peek.id }
      : peek?.kind === 'attacker'
        ? { kind: 'attacker', id: attackers.find(({ uuid, ip }) => uuid === peek.id || ip === peek.id)?.ip ?? '' }
        : null
  const focus = pointed ?? (opened && opened.id !== '' ? opened : null)
  const concerns = ({ ip, decky }: { ip: string; decky: string }) =>
    focus === null ||
    (focus.kind === 'attacker' ? ip === focus.id : focus.kind === 'decky' ? decky === focus.id : spots.get(decky)?.kind === focus.id)
  const lit = useMemo(() => new Set(pulses.map(({ decky }) => decky)), [pulses])
  const lines = useMemo(
    () =>
      links.flatMap((link) => {
        const [from, to] = [doors.get(link.ip), spots.get(link.decky)]
        return from && to ? [{ link, path: wayIn(lan, from, to) }] : []
      }),
    [links, doors, spots, lan],
  )
  // Of a large fleet the lines run to slices, until somebody points at something; those of who got in run to their deckies always.
  const bundled = shown.length > SINGLE && focus === null
  const bundles = useMemo(() => (bundled ? bundlesOf(links, doors, lan) : []), [bundled, links, doors, lan])
  const drawn = bundled ? lines.filter(({ link }) => link.logged_in) : lines
  const near = new Set(focus === null ? [] : links.filter(concerns).flatMap(({ ip, decky }) => [`a ${ip}`, `d ${decky}`]))
  if (focus) near.add(`${focus.kind === 'attacker' ? 'a' : 'd'} ${focus.id}`)
  const faded = (what: string) => focus !== null && !near.has(what)
  const side = (ips: readonly string[], at: 'left' | 'right') => (
    <MapAttackers
      side={at}
      ips={ips}
      attackers={attackers}
      narrow={narrow}
      row={ROW}
      faded={(ip) => faded(`a ${ip}`)}
      lit={(ip) => pulses.some((pulse) => pulse.ip === ip)}
      chosen={opened?.kind === 'attacker' ? opened.id : null}
      onPoint={(ip) => setPointed(ip === null ? null : { kind: 'attacker', id: ip })}
    />
  )
  return (
    <div ref={frame} className="map" style={{ gridTemplateColumns: `${column}px minmax(0, 1fr) ${column}px`, minHeight: height }}>
      {frameWidth > 0 && (
        <>
          {side(sides.left, 'left')}
          {/* biome-ignore lint/a11y/useSemanticElements: SVG has no fieldset */}
          <svg
            width={width}
            height={height}
            style={{ '--faint': Math.min(1, Math.sqrt(CLEAR / Math.max(1, bundles.length || drawn.length))).toFixed(2) } as CSSProperties}
            role="group"
            aria-label={`${plural(shown.length, 'decky', 'deckies')} in ${place}, by what they play`}
            onKeyDown={roving.onKeyDown}
          >
            <ellipse className="map-lan" cx={lan.centre.x} cy={lan.centre.y} rx={lan.radius.x} ry={lan.radius.y} />
            {bundles.map(({ id, path, sessions }) => (
              <path key={id} className="map-line" d={path} strokeWidth={weightOf({ sessions })} />
            ))}
            {drawn.map(({ link, path }) => (
              <path
                key={`${link.ip} ${link.decky}`}
                className={`map-line${link.logged_in ? ' in' : ''}${focus === null ? '' : concerns(link) ? ' on' : ' off'}`}
                d={path}
                strokeWidth={weightOf(link)}
              />
            ))}
            {pulses.map((pulse) => {
              const path = lines.find(({ link }) => link.ip === pulse.ip && link.decky === pulse.decky)?.path
              return path && <circle key={pulse.id} className="map-pulse" r={3} style={{ offsetPath: `path("${path}")` }} />
            })}
            {lan.slices.map((slice) => (
              // biome-ignore lint/a11y/useSemanticElements: SVG has no button
              <g
                key={slice.kind}
                className={focus?.kind === 'group' && focus.id !== slice.kind ? 'map-slice off' : 'map-slice'}
                role="button"
                tabIndex={0}
                aria-pressed={group === slice.kind}
                aria-label={`${kindOf(slice.kind)} ${slice.count}: ${group ? 'show the whole fleet' : 'show these alone'}`}
                onClick={() => show(slice.kind)}
                onKeyDown={onPress(() => show(slice.kind))}
                onPointerEnter={() => setPointed({ kind: 'group', id: slice.kind })}
                onPointerLeave={() => setPointed(null)}
              >
                <path className="map-reach" d={edgeOf(lan, slice)} />
                <path className="map-edge" d={edgeOf(lan, slice)} />
                {!narrow && (
                  <text x={slice.label.x} y={slice.label.y} textAnchor={slice.label.anchor}>
                    {kindOf(slice.kind)} <tspan className="map-count">{slice.count}</tspan>
                  </text>
                )}
              </g>
            ))}
            <g className="map-hub" aria-hidden>
              <text className="mono" x={lan.centre.x} y={lan.centre.y - 2} textAnchor="middle">
                {place}
              </text>
              <text className="map-sub" x={lan.centre.x} y={lan.centre.y + 16} textAnchor="middle">
                {group ? plural(shown.length, kindOf(group)) : plural(shown.length, 'decky', 'deckies')}
              </text>
            </g>
            {lan.deckies.map((spot) => (
              <Node
                key={spot.name}
                spot={spot}
                decky={known.get(spot.name)}
                contact={touched.get(spot.name)}
                size={lan.size}
                named={!narrow && (names.has(spot.name) || (focus !== null && focus.kind !== 'group' && near.has(`d ${spot.name}`)))}
                faded={focus?.kind === 'group' ? spot.kind !== focus.id : faded(`d ${spot.name}`)}
                lit={lit.has(spot.name)}
                chosen={opened?.kind === 'decky' && opened.id === spot.name}
                member={roving.member(spot.name)}
                onPoint={(on) => setPointed(on ? { kind: 'decky', id: spot.name } : null)}
              />
            ))}
          </svg>
          {side(sides.right, 'right')}
        </>
      )}
    </div>
  )
}

const weightOf = ({ sessions }: Pick<Link, 'sessions'>) => Math.min(6, 0.8 + Math.log2(1 + sessions) * 0.55)

function Node({
  spot,
  decky,
  ...rest
}: { spot: DeckySpot; decky: Decky | undefined } & Omit<Parameters<typeof MapDecky>[0], 'spot' | 'decky' | 'onOpen'>) {
  return decky ? <MapDecky spot={spot} decky={decky} {...rest} onOpen={() => peekAt('decky', decky.name)} /> : null
}
