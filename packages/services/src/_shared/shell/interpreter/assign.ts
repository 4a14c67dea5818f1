import type { Assignment, Word } from '../parser/ast.ts'
import { ExpansionFailure } from './control.ts'
import type { Expander } from './expand.ts'

const isList = (value: Assignment['value']): value is readonly Word[] => Array.isArray(value)

/** Carries out `name=value`, `name+=value`, `name[i]=value`, `name=(…)` on the shell's variables. */
export async function assign(expander: Expander, assignment: Assignment): Promise<void> {
  const { state } = expander
  const { name, value } = assignment
  const known = state.variables.get(name)
  if (known?.readonly === true) throw new ExpansionFailure(`${name}: readonly variable`)
  if (isList(value)) return await list(expander, assignment, value)
  const text = await expander.text(value)
  if (assignment.index !== null) {
    const index = await expander.text(assignment.index)
    const before = assignment.append ? (known?.items?.get(index) ?? '') : ''
    return expander.assignItem(name, index, before + text)
  }
  const before = assignment.append ? (state.get(name) ?? '') : ''
  if (known?.integer === true) state.set(name, String(expander.evaluate(assignment.append ? `${before || 0}+(${text})` : text)))
  else state.set(name, before + text)
}

async function list(expander: Expander, assignment: Assignment, words: readonly Word[]): Promise<void> {
  const { state } = expander
  const known = state.variables.get(assignment.name)
  const associative = known?.associative === true
  const items = new Map<string, string>(assignment.append ? (known?.items ?? (known === undefined ? [] : [['0', known.value]])) : [])
  let next = items.size === 0 ? 0 : Math.max(...[...items.keys()].map(Number).filter(Number.isFinite), -1) + 1
  for (const word of words) {
    const first = word.parts[0]
    const keyed = first?.kind === 'text' && !first.quoted ? /^\[([^\]]*)\]=/.exec(first.text) : null
    if (keyed !== null && first?.kind === 'text') {
      const rest: Word = { parts: [{ ...first, text: first.text.slice(keyed[0].length) }, ...word.parts.slice(1)] }
      const key = associative ? (keyed[1] ?? '') : String(expander.evaluate(keyed[1] ?? ''))
      items.set(key, await expander.text(rest))
      next = Number(key) + 1
      continue
    }
    for (const field of await expander.fields([word])) items.set(String(next++), field)
  }
  state.variables.set(assignment.name, { ...(known ?? { value: '' }), items, unset: false })
}
