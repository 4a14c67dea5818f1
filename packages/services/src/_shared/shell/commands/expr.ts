import type { Call, Programs } from '../interpreter/call.ts'
import { compileRegex } from '../interpreter/regex.ts'

async function expr(call: Call): Promise<number> {
  const args = [...call.args]
  const levels = [['|'], ['&'], ['<', '<=', '=', '==', '!=', '>=', '>'], ['+', '-'], ['*', '/', '%'], [':']]
  class Wrong extends Error {}
  const integer = (text: string): bigint => {
    if (!/^-?\d+$/.test(text)) throw new Wrong('non-integer argument')
    return BigInt(text)
  }
  const truth = (text: string): boolean => text !== '' && text !== '0'
  let depth = 0
  const parse = (level: number): string => {
    const operators = levels[level]
    if (operators === undefined) return primary()
    let left = parse(level + 1)
    while (args[0] !== undefined && operators.includes(args[0])) left = apply(args.shift() ?? '', left, parse(level + 1))
    return left
  }
  const match = (text: string, pattern: string): string => {
    const regex = compileRegex(`^${pattern.replace(/^\^/, '')}`, { extended: false })
    if ('problem' in regex) throw new Wrong(regex.problem)
    const found = regex.exec(text, 0)
    return pattern.includes('\\(') ? (found?.groups[1] ?? '') : String(found === null ? 0 : found.end)
  }
  const primary = (): string => {
    const word = args.shift()
    if (word === undefined)
      throw new Wrong(
        call.args.length === 0
          ? 'missing operand'
          : `syntax error: missing argument after ${Buffer.from(`‘${call.args.at(-1)}’`).toString('latin1')}`,
      )
    if (word === '(' && ++depth < 100) {
      const inner = parse(0)
      if (args.shift() !== ')') throw new Wrong("syntax error: expecting ')'")
      return inner
    }
    if (word === 'length' && args.length > 0) return String(args.shift()?.length)
    if (word === 'substr' && args.length > 2) {
      const [text = '', from, count] = args.splice(0, 3)
      return text.substr(Number(from) - 1, Number(count))
    }
    if (word === 'index' && args.length > 1) {
      const [text = '', set = ''] = args.splice(0, 2)
      return String([...text].findIndex((char) => set.includes(char)) + 1)
    }
    if (word === 'match' && args.length > 1) return match(args.shift() ?? '', args.shift() ?? '')
    return word
  }
  const apply = (operator: string, left: string, right: string): string => {
    if (operator === '|') return truth(left) ? left : right
    if (operator === '&') return truth(left) && truth(right) ? left : '0'
    if (operator === ':') return match(left, right)
    if ('+-*/%'.includes(operator)) {
      const [a, b] = [integer(left), integer(right)]
      if ((operator === '/' || operator === '%') && b === 0n) throw new Wrong('division by zero')
      return String(operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b)
    }
    const both = /^-?\d+$/.test(left) && /^-?\d+$/.test(right)
    const order = both ? Number(BigInt(left) - BigInt(right)) : left < right ? -1 : left > right ? 1 : 0
    return { '<': order < 0, '<=': order <= 0, '=': order === 0, '==': order === 0, '!=': order !== 0, '>=': order >= 0, '>': order > 0 }[
      operator
    ] === true
      ? '1'
      : '0'
  }
  try {
    const value = parse(0)
    if (args.length > 0) throw new Wrong(`syntax error: unexpected argument ${Buffer.from(`‘${args[0]}’`).toString('latin1')}`)
    await call.out(`${value}\n`)
    return truth(value) ? 0 : 1
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    await call.err(`expr: ${error.message}\n${error.message === 'missing operand' ? "Try 'expr --help' for more information.\n" : ''}`)
    return 2
  }
}

export const expression: Programs = { expr }
