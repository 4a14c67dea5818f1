import { useCallback, useState } from 'react'
import { type Draft, groundOf, type Place, seedOf, type Wanted } from './draft.ts'

const newSeed = () => seedOf(crypto.getRandomValues(new Uint8Array(8)))
const none = (archetype: string): Wanted => ({ archetype, amount: 0, name: '', ip: '', distro: '', services: [] })

/** What is wanted of a deployment while somebody makes up their mind. */
export function useDraft() {
  const [draft, setDraft] = useState<Draft>(() => ({
    place: '',
    ground: groundOf(null),
    wanted: [],
    replace: false,
    start: '',
    seed: newSeed(),
    interval: '',
  }))
  const change = useCallback((part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part })), [])
  return {
    draft,
    change,
    choose: useCallback((place: Place) => change({ place: place.id, ground: groundOf(place.network) }), [change]),
    shuffle: useCallback(() => change({ seed: newSeed() }), [change]),
    want: useCallback(
      (archetype: string, part: Partial<Wanted>) =>
        setDraft((now) => {
          const known = now.wanted.find((each) => each.archetype === archetype) ?? none(archetype)
          const rest = now.wanted.filter((each) => each.archetype !== archetype)
          return { ...now, wanted: [...rest, { ...known, ...part }].sort((a, b) => a.archetype.localeCompare(b.archetype)) }
        }),
      [],
    ),
  }
}
export type Drafting = ReturnType<typeof useDraft>
