import type { Part, Word } from '../parser/ast.ts'

/** A character that may be special, or a part that is not. */
type Atom = string | Part
const RESULTS_MAX = 20_000

const atomsOf = (word: Word): Atom[] =>
  word.parts.flatMap((part): Atom[] => (part.kind === 'text' && !part.quoted ? [...part.text] : [part]))

function wordOf(atoms: readonly Atom[]): Word {
  const parts: Part[] = []
  let text = ''
  const flush = (): void => {
    if (text !== '') parts.push({ kind: 'text', text, quoted: false })
    text = ''
  }
  for (const atom of atoms) {
    if (typeof atom === 'string') text += atom
    else {
      flush()
      parts.push(atom)
    }
  }
  flush()
  return { parts }
}

/** `a{b,c}` and `{1..3}`; the word itself where nothing is to expand. */
export function expandBraces(word: Word): readonly Word[] {
  if (!word.parts.some((part) => part.kind === 'text' && !part.quoted && part.text.includes('{'))) return [word]
  return expand(atomsOf(word), 0).map(wordOf)
}

function expand(atoms: readonly Atom[], depth: number): Atom[][] {
  if (depth > 40) return [[...atoms]]
  for (let open = 0; open < atoms.length; open++) {
    if (atoms[open] !== '{') continue
    const found = closing(atoms, open)
    if (found === null) continue
    const { close, commas } = found
    const before = atoms.slice(0, open)
    let middles: Atom[][] | null = null
    if (commas.length > 0) {
      const edges = [open, ...commas, close]
      middles = edges.slice(0, -1).flatMap((edge, i) => expand(atoms.slice(edge + 1, edges[i + 1]), depth + 1))
    } else middles = sequence(atoms.slice(open + 1, close))
    if (middles === null) continue
    const afters = expand(atoms.slice(close + 1), depth + 1)
    if (middles.length * afters.length > RESULTS_MAX) return [[...atoms]]
    return middles.flatMap((middle) => afters.map((after) => [...before, ...middle, ...after]))
  }
  return [[...atoms]]
}

function closing(atoms: readonly Atom[], open: number): { readonly close: number; readonly commas: readonly number[] } | null {
  let depth = 0
  const commas: number[] = []
  for (let i = open + 1; i < atoms.length; i++) {
    const atom = atoms[i]
    if (atom === '{') depth++
    else if (atom === '}') {
      if (depth === 0) return { close: i, commas }
      depth--
    } else if (atom === ',' && depth === 0) commas.push(i)
  }
  return null
}

function sequence(inner: readonly Atom[]): Atom[][] | null {
  if (!inner.every((atom) => typeof atom === 'string')) return null
  const text = inner.join('')
  const numbers = /^(-?\d{1,15})\.\.(-?\d{1,15})(?:\.\.(-?\d{1,9}))?$/.exec(text)
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d{1,9}))?$/.exec(text)
  const found = numbers ?? letters
  if (found === null) return null
  const [, first = '', last = '', given] = found
  const from = numbers === null ? first.charCodeAt(0) : Number(first)
  const to = numbers === null ? last.charCodeAt(0) : Number(last)
  const step = Math.max(1, Math.abs(Number(given ?? 1)))
  if (Math.abs(to - from) / step > RESULTS_MAX) return null
  const padded = numbers !== null && (/^-?0\d/.test(first) || /^-?0\d/.test(last))
  const width = padded ? Math.max(first.length, last.length) : 0
  const results: Atom[][] = []
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step) {
    const shown =
      numbers === null
        ? String.fromCharCode(value)
        : value < 0
          ? `-${String(-value).padStart(width - 1, '0')}`
          : String(value).padStart(width, '0')
    results.push([...shown])
  }
  return results
}
