import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Parser } from './parse.ts'
import { SyntaxProblem } from './syntax-error.ts'

function parse(text: string): 'parsed' | 'refused' {
  const parser = new Parser(text)
  try {
    while (parser.next() !== null);
    return 'parsed'
  } catch (error) {
    if (error instanceof SyntaxProblem) return 'refused'
    throw error
  }
}
const piece = fc.constantFrom(
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's syntax, not ours
  ...'; & && || | ( ) { } [ ] [[ ]] (( )) $( ` " \' $ ${ } # \\ \n \t < > >> << <<< <<E if then else elif fi do done while until for in case esac ;; ! a b=c $x ${x:-y} * ? ~ E function'.split(
    ' ',
  ),
)

describe('the parser', () => {
  it('never throws anything but a syntax problem, and ends', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom('', ' '), (parts, glue) => {
        parse(parts.join(glue))
      }),
      { numRuns: 3000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void parse(text)),
      { numRuns: 1000 },
    )
  })
  it('asks for more only where more could help', () => {
    for (const text of ['if true', 'echo "a', 'cat <<E\nx', 'a |', 'f() {', 'echo $(', 'for i in a']) {
      const parser = new Parser(text)
      let incomplete = false
      try {
        while (parser.next() !== null);
        incomplete = parser.cutShort
      } catch (error) {
        incomplete = error instanceof SyntaxProblem && error.incomplete
      }
      expect([text, incomplete]).toEqual([text, true])
    }
    expect(parse('echo )')).toBe('refused')
  })
  it('takes time that grows with the length, not with its square', () => {
    const began = performance.now()
    parse('echo a; '.repeat(50_000))
    parse(`echo ${'"$x" '.repeat(100_000)}`)
    expect(performance.now() - began).toBeLessThan(5000)
  })
})
