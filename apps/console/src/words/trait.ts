import type { Trait } from '@decnet/contracts/api'
import { valueText } from './value-text.ts'

const words = (text: string) => text.replaceAll('_', ' ')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** What a state says, in a word and in a sentence. */
export const traitStates: Readonly<Record<Trait['state'], { word: string; means: string }>> = {
  unknown: { word: 'too little', means: 'fewer than three observations' },
  stable: { word: 'stable', means: 'the same again and again' },
  drifting: { word: 'drifting', means: 'not what it was before' },
  conflicted: { word: 'mixed', means: 'no one value' },
  multi_actor: { word: 'takes turns', means: 'two values in turns, as if two people worked' },
}

/** `motor.shell_mastery.pipe_chaining_depth`: domain "Motor", name "Pipe chaining depth". */
export function traitName(primitive: string): { domain: string; name: string } {
  const parts = primitive.split('.')
  return { domain: capital(words(parts[0] ?? '')), name: capital(words(parts.at(-1) ?? '')) }
}

const TRAITS_NAMED = 5

/** That several people seem to be at work, by the habits that take turns; null where none do. */
export function handsSentence(primitives: readonly string[]): string | null {
  if (primitives.length === 0) return null
  const names = primitives.map((primitive) => traitName(primitive).name.toLowerCase()).sort()
  const more = names.length - TRAITS_NAMED
  return `Several people seem to take turns: ${names.slice(0, TRAITS_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
}

const MOST = 60
const HASH = /^[0-9a-f]{16,128}$/u
const rounded = (value: number) => String(Math.round(value * 100) / 100)

/** A measured value for a reader; null where nothing is known. */
export function traitValue(value: unknown): string | null {
  if (value === null || value === undefined || value === 'unknown') return null
  if (typeof value === 'string') return HASH.test(value) ? `hash ${value.slice(0, 6)}` : words(value).slice(0, MOST)
  if (typeof value === 'number') return rounded(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return `${value.length} figures`
  const inside = Object.entries(value).map(([key, part]) => `${words(key)} ${typeof part === 'number' ? rounded(part) : valueText(part)}`)
  return inside.join(', ').slice(0, MOST)
}

export interface TraitPoint {
  readonly at: number
  /** 0 to 1, upward. */
  readonly level: number
  readonly text: string
}

/** A trait over time: numbers by their size, anything else in steps, one for each value in the order of coming. */
export function traitSeries(observations: readonly { readonly start: string; readonly value: unknown }[]): readonly TraitPoint[] {
  const numbers = observations.flatMap(({ value }) => (typeof value === 'number' && Number.isFinite(value) ? [value] : []))
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  const texts = [...new Set(observations.map(({ value }) => valueText(value)))]
  return observations.map(({ start, value }) => ({
    at: Date.parse(start),
    level:
      typeof value === 'number'
        ? most > least
          ? (value - least) / (most - least)
          : 0.5
        : texts.length > 1
          ? 1 - texts.indexOf(valueText(value)) / (texts.length - 1)
          : 0.5,
    text: traitValue(value) ?? 'unknown',
  }))
}
