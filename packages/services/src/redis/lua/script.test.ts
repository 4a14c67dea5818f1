import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SyntaxFault } from './lexer.ts'
import { globalsOf } from './library.ts'
import { parse } from './parse.ts'
import { Interpreter } from './run.ts'
import { LuaError, type Value } from './value.ts'

function run(source: string): readonly Value[] {
  const machine: Interpreter[] = []
  const { globals, strings } = globalsOf(
    () => {
      const [found] = machine
      if (found === undefined) throw new Error('no machine')
      return found
    },
    () => 0.5,
  )
  const made = new Interpreter(globals, strings)
  machine.push(made)
  return made.run(parse(source))
}
const faultOf = (source: string): Value => {
  try {
    run(source)
  } catch (error) {
    if (error instanceof LuaError) return error.value
    throw error
  }
  return undefined
}

test('an endless script is killed, however it spends its time or memory', () => {
  const killed = /Script killed by user|not enough memory|stack overflow/u
  for (const source of [
    'while true do end',
    'repeat until false',
    'for i=1,1e18 do end',
    'local s="x" while true do s=s..s end',
    'local t={} while true do t[#t+1]=("x"):rep(1000) end',
    'local function f() return f() end return f()',
    'local s=("x"):rep(4000000) while true do string.find(s,"y") end',
    'local s,t=("x"):rep(1000000),{} for i=1,100000 do t[i]=s:upper() end',
    'while true do pcall(error,"x") end',
    'while pcall(function() while true do end end) do end',
    'local t={} t.a=t t[1]=t t[2]=t while true do cjson.encode(t) end',
    'local t={} for i=1,100000 do t[i]=i end t.x=1 while true do table.sort(t) end',
  ])
    expect([source, faultOf(source)]).toEqual([source, expect.stringMatching(killed)])
}, 15_000)

test('whatever the bytes, they compile or are refused in the words of the compiler', () => {
  const word = fc.constantFrom(
    'return',
    'local',
    'if',
    'then',
    'end',
    '(',
    ')',
    '{',
    '}',
    '=',
    'x',
    '1',
    '"a"',
    '..',
    '[[',
    ']]',
    '--',
    '\n',
    'function',
    '#',
    '-',
    ' ',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(word).map((words) => words.join(' ')),
        fc.string({ unit: 'binary' }),
      ),
      (source) => {
        try {
          run(source)
        } catch (error) {
          expect(error instanceof SyntaxFault || error instanceof LuaError).toBe(true)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('nesting beyond the levels of the compiler is refused', () => {
  for (const opening of ['(', '{', '- ', 'not ', 'do ', 'f(', 'function() '])
    expect(() => parse(`return ${opening.repeat(10_000)}`)).toThrow(SyntaxFault)
})
