import type { Regex } from '../../interpreter/regex.ts'
import type { Memory } from './memory.ts'
import { numberOf, TEXT_MAX, textOf, type Value } from './values.ts'

/** Functions on text; undefined for other names. */
export function stringFunction(name: string, values: readonly Value[], memory: Memory): Value | undefined {
  const text = textOf(values[0] ?? '')
  switch (name) {
    case 'length':
      return values.length === 0 ? memory.record.length : text.length
    case 'substr': {
      const from = Math.round(numberOf(values[1] ?? 1))
      const end = values[2] === undefined ? Number.POSITIVE_INFINITY : from + Math.round(numberOf(values[2]))
      return text.slice(Math.max(0, from - 1), Math.max(0, end - 1))
    }
    case 'index':
      return text.indexOf(textOf(values[1] ?? '')) + 1
    case 'match': {
      const found = memory.regex(textOf(values[1] ?? '')).exec(text, 0)
      memory.globals.set('RSTART', found === null ? 0 : found.start + 1)
      memory.globals.set('RLENGTH', found === null ? -1 : found.end - found.start)
      return found === null ? 0 : found.start + 1
    }
    case 'toupper':
      return text.replace(/[a-z]/g, (char) => char.toUpperCase())
    case 'tolower':
      return text.replace(/[A-Z]/g, (char) => char.toLowerCase())
    default:
      return undefined
  }
}

/** Functions of one number; undefined for other names. */
export function mathFunction(name: string, value: number): number | undefined {
  switch (name) {
    case 'int':
      return Math.trunc(value)
    case 'sqrt':
      return Math.sqrt(value)
    case 'exp':
      return Math.exp(value)
    case 'log':
      return Math.log(value)
    case 'sin':
      return Math.sin(value)
    case 'cos':
      return Math.cos(value)
    default:
      return undefined
  }
}

/** `sub` and `gsub`: the changed text, and how often it changed. `step` lets others run. */
export async function replaceIn(
  regex: Regex,
  template: string,
  text: string,
  all: boolean,
  step: () => Promise<void> | undefined,
): Promise<{ readonly made: string; readonly count: number }> {
  let out = ''
  let at = 0
  let count = 0
  while (at <= text.length && out.length <= TEXT_MAX) {
    await step()
    const found = regex.exec(text, at)
    if (found === null) break
    count++
    out += text.slice(at, found.start) + template.replace(/\\&|&/g, (mark) => (mark === '&' ? (found.groups[0] ?? '') : '&'))
    at = found.end
    if (found.end === found.start) out += text.slice(found.end, ++at)
    if (!all) break
  }
  return { made: out + text.slice(at), count }
}
