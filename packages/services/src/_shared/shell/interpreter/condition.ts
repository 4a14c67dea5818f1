import type { Condition } from '../parser/ast.ts'
import { ExpansionFailure } from './control.ts'
import type { Expander } from './expand.ts'
import { compilePattern } from './pattern.ts'
import { compileRegex } from './regex.ts'
import { fileTest } from './test.ts'

/** Whether `[[ … ]]` holds. */
export async function holds(expander: Expander, condition: Condition): Promise<boolean> {
  switch (condition.kind) {
    case 'word':
      return (await expander.text(condition.word)) !== ''
    case 'not':
      return !(await holds(expander, condition.inner))
    case 'and':
      return (await holds(expander, condition.left)) && (await holds(expander, condition.right))
    case 'or':
      return (await holds(expander, condition.left)) || (await holds(expander, condition.right))
    case 'unary':
      return fileTest(expander.state, condition.operator, await expander.text(condition.word))
    case 'binary':
      return await compare(expander, condition)
  }
}

async function compare(expander: Expander, condition: Extract<Condition, { kind: 'binary' }>): Promise<boolean> {
  const left = await expander.text(condition.left)
  const { operator } = condition
  if (operator === '=' || operator === '==' || operator === '!=') {
    return compilePattern(await expander.pattern(condition.right)).matches(left) === (operator !== '!=')
  }
  if (operator === '=~') return await matchesRegex(expander, left, condition)
  const right = await expander.text(condition.right)
  if (operator === '<') return left < right
  if (operator === '>') return left > right
  const a = expander.evaluate(left)
  const b = expander.evaluate(right)
  switch (operator) {
    case '-eq':
      return a === b
    case '-ne':
      return a !== b
    case '-lt':
      return a < b
    case '-le':
      return a <= b
    case '-gt':
      return a > b
    default:
      return a >= b
  }
}

async function matchesRegex(expander: Expander, text: string, condition: Extract<Condition, { kind: 'binary' }>): Promise<boolean> {
  let source = ''
  for (const piece of await expander.pieces(condition.right, true))
    source += piece.quoted ? piece.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : piece.text
  const regex = compileRegex(source, { extended: true })
  if ('problem' in regex) throw new ExpansionFailure('', { fatal: false, status: 2 })
  const found = regex.exec(text, 0)
  expander.state.variables.set('BASH_REMATCH', {
    value: '',
    items: new Map((found?.groups ?? []).map((group, i) => [String(i), group ?? ''])),
  })
  return found !== null
}
