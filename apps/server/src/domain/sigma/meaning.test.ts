import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { attackData } from '../../attack/load.ts'
import { homeAt } from '../../home.ts'
import { firingOn, sigma, workbench } from './sigma.fixture.ts'

const { convert } = workbench(attackData(homeAt('/nonexistent')))

/** A process as Sigma sees it. */
interface Process {
  readonly program: string
  readonly args: readonly string[]
  readonly user: string
}
const PROGRAMS = ['curl', 'wget', 'cat'] as const
const WORDS = ['-o', '/tmp/a', 'http', '-x'] as const
const USERS = ['root', 'ada'] as const
const process = fc.record({
  program: fc.constantFrom(...PROGRAMS),
  args: fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }),
  user: fc.constantFrom(...USERS),
})

const line = ({ program, args }: Process): string => [program, ...args].join(' ')
const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })

/** A test of a process: its key and values, and whether it holds, as the specification of Sigma has it. */
interface Part {
  readonly key: string
  readonly values: readonly string[]
  readonly holds: (process: Process) => boolean
}
const part: fc.Arbitrary<Part> = fc.oneof(
  some(PROGRAMS).map(
    (values): Part => ({
      key: 'Image|endswith',
      values: values.map((name) => `/${name}`),
      holds: ({ program }) => values.some((name) => name === program),
    }),
  ),
  some(WORDS).map(
    (values): Part => ({ key: 'CommandLine|contains', values, holds: (process) => values.some((word) => line(process).includes(word)) }),
  ),
  some(WORDS).map(
    (values): Part => ({
      key: 'CommandLine|contains|all',
      values,
      holds: (process) => values.every((word) => line(process).includes(word)),
    }),
  ),
  some(WORDS).map(
    (values): Part => ({
      key: 'CommandLine|endswith',
      values: values.map((word) => ` ${word}`),
      holds: (process) => values.some((word) => line(process).endsWith(` ${word}`)),
    }),
  ),
  some(PROGRAMS).map(
    (values): Part => ({
      key: 'CommandLine|startswith',
      values: values.map((name) => `${name} -`),
      holds: (process) => values.some((name) => line(process).startsWith(`${name} -`)),
    }),
  ),
  some(USERS).map((values): Part => ({ key: 'User', values, holds: ({ user }) => values.some((name) => name === user) })),
)
/** All of them; a key stands once. */
const selection = fc.uniqueArray(part, { minLength: 1, maxLength: 3, selector: ({ key }) => key })
const CONDITIONS: readonly (readonly [string, (a: boolean, b: boolean, c: boolean) => boolean])[] = [
  ['a', (a) => a],
  ['a and not b', (a, b) => a && !b],
  ['a or b', (a, b) => a || b],
  ['a and not (b or c)', (a, b, c) => a && !(b || c)],
  ['a and (b or not c)', (a, b, c) => a && (b || !c)],
  ['1 of them', (a, b, c) => a || b || c],
  ['all of them', (a, b, c) => a && b && c],
  ['(a or b) and not (b and c)', (a, b, c) => (a || b) && !(b && c)],
]

it('a rule recognises a process where the Sigma rule does, wherever on a line it stands', () => {
  let carried = 0
  fc.assert(
    fc.property(
      fc.tuple(selection, selection, selection),
      fc.constantFrom(...CONDITIONS),
      fc.array(process, { minLength: 6, maxLength: 6 }),
      (selections, [condition, holds], processes) => {
        const [a, b, c] = selections.map((parts) => Object.fromEntries(parts.map(({ key, values }) => [key, values])))
        const text = sigma(stringify({ a, b, c, condition }))
        // What cannot be said in one condition of ours is refused, never bent.
        const { rule, remarks } = convert(text)
        if (!rule) return
        carried += 1
        const fires = firingOn(rule.text)
        const matches = (one: Process): boolean => {
          const [first = false, second = false, third = false] = selections.map((parts) => parts.every((part) => part.holds(one)))
          return holds(first, second, third)
        }
        for (const one of processes) {
          const mode = 'interactive'
          expect([text, line(one), fires({ command_text: line(one), user: one.user, mode })]).toEqual([text, line(one), matches(one)])
          const others = processes.slice(0, 3).map((other) => ({ ...other, user: one.user }))
          const whole = { command_text: others.map(line).join('; '), user: one.user, mode }
          expect([text, whole, fires(whole)]).toEqual([text, whole, others.some(matches)])
          // A shell that is recognised whatever it is given is left out, and named.
          if (remarks.length > 0) continue
          const given = { ...whole, mode: 'exec', service: 'ssh' }
          const bash = { program: 'bash', args: ['-c', given.command_text], user: one.user }
          expect([text, given, fires(given)]).toEqual([text, given, [bash, ...others].some(matches)])
        }
      },
    ),
    { numRuns: 80 },
  )
  expect(carried).toBeGreaterThan(40)
})
