import { decodeEscapes } from '../../parser/escapes.ts'

/** What is wrong with a program or went wrong in it, in mawk's words. */
export class AwkProblem extends Error {
  override readonly name = 'AwkProblem'
}

export type Token = {
  readonly kind: 'number' | 'string' | 'regex' | 'name' | 'call' | 'word' | 'operator' | 'line' | 'end'
  readonly text: string
  readonly line: number
}
const WORDS = new Set([
  'BEGIN',
  'END',
  'if',
  'else',
  'while',
  'for',
  'do',
  'in',
  'print',
  'printf',
  'next',
  'exit',
  'break',
  'continue',
  'delete',
  'function',
  'func',
  'return',
  'getline',
  'nextfile',
])
const OPERATORS = [
  '**=',
  '&&',
  '||',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '==',
  '<=',
  '>=',
  '!=',
  '!~',
  '>>',
  '**',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '>',
  '<',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
]

/** Tokens of an awk program. @throws {AwkProblem} */
export function tokens(source: string): Token[] {
  const list: Token[] = []
  let line = 1
  let at = 0
  const divides = (): boolean => {
    const last = list.at(-1)
    return (
      last !== undefined &&
      (['number', 'string', 'name'].includes(last.kind) || (last.kind === 'operator' && [')', ']', '$', '++', '--'].includes(last.text)))
    )
  }
  while (at < source.length) {
    const char = source[at] ?? ''
    const rest = source.slice(at, at + 256)
    if (/[ \t\r]/.test(char)) at++
    else if (rest.startsWith('\\\n')) at += 2
    else if (char === '#') while (at < source.length && source[at] !== '\n') at++
    else if (char === '\n') {
      list.push({ kind: 'line', text: '\n', line: line++ })
      at++
    } else if (char === '"') {
      let end = at + 1
      while (end < source.length && source[end] !== '"') end += source[end] === '\\' ? 2 : 1
      if (end >= source.length) throw new AwkProblem(`line ${line}: runaway string constant ${source.slice(at, at + 20)} ...`)
      list.push({
        kind: 'string',
        text: decodeEscapes(
          source
            .slice(at + 1, end)
            .replaceAll('\\"', '"')
            .replaceAll('\\/', '/'),
          { octal: 'plain', quotes: false, control: false, stop: false },
        ).text,
        line,
      })
      at = end + 1
    } else if (char === '/' && !divides()) {
      let end = at + 1
      while (end < source.length && source[end] !== '/' && source[end] !== '\n') end += source[end] === '\\' ? 2 : 1
      if (source[end] !== '/') throw new AwkProblem(`line ${line}: runaway regular expression ${source.slice(at, at + 20)} ...`)
      list.push({ kind: 'regex', text: source.slice(at + 1, end).replaceAll('\\/', '/'), line })
      at = end + 1
    } else {
      const number = /^(0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(rest)?.[0]
      const name = /^[A-Za-z_]\w*/.exec(source.slice(at, at + 200))?.[0]
      const operator = OPERATORS.find((one) => rest.startsWith(one))
      const text = number ?? name ?? operator
      if (text === undefined) throw new AwkProblem(`line ${line}: syntax error at or near ${char}`)
      at += text.length
      list.push({
        kind:
          number !== undefined
            ? 'number'
            : name === undefined
              ? 'operator'
              : WORDS.has(name)
                ? 'word'
                : source[at] === '('
                  ? 'call'
                  : 'name',
        text,
        line,
      })
    }
  }
  list.push({ kind: 'end', text: '', line })
  return list
}
