import type { Condition } from '../domain/ttp/rule/condition.ts'
import { compileRegex } from '../domain/ttp/rule/regex.ts'
import type { Rule } from '../domain/ttp/rule/rule.ts'

/** What a pattern may cost on {@link CHARACTERS} of hostile text. */
const COST_MS = 5
/** What it is refused for: a busy machine takes up to twice as long for the same, and a verdict must not hang on that. */
const REFUSED_MS = 2 * COST_MS
const CHARACTERS = 100_000

/** The patterns of a rule. */
export function patternsOf({ when }: Rule): readonly string[] {
  const within = (condition: Condition): readonly string[] => {
    if ('all' in condition) return condition.all.flatMap(within)
    if ('any' in condition) return condition.any.flatMap(within)
    if ('not' in condition) return within(condition.not)
    if ('atLeast' in condition) return condition.of.flatMap(within)
    return [...condition.tests, ...condition.except].flatMap((test) => (test.operator === 'regex' ? test.any : []))
  }
  const conditions =
    'condition' in when ? [when.condition] : when.window.type === 'sequence' ? [...new Set(when.window.steps)] : [when.window.of]
  return [...new Set(conditions.flatMap(within))]
}

/** A generator of numbers below one (mulberry32); the same seed gives the same. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Made up to its end: what repeats would show an automaton nothing new. */
function filled(piece: () => string): string {
  let text = ''
  while (text.length < CHARACTERS) text += piece()
  return text.slice(0, CHARACTERS)
}

/** What a pattern is made of, as it would stand in a text: its literal runs, in order. */
function piecesOf(pattern: string): readonly string[] {
  const plain = pattern
    .replace(/\\[bBAzdDwWsS]|\\[pP]\{[^}]*\}|\{\d+(?:,\d*)?\}|\[\^[^\]]*\]|\(\?[^:)]*:?/gu, '\u0000')
    .replace(/\\(.)|[()[\]|*+?.^$]/gu, (_, escaped?: string) => escaped ?? '\u0000')
  const pieces = plain.split('\u0000').filter((piece) => piece !== '')
  return pieces.length === 0 ? ['a'] : pieces
}

/**
 * Texts that come close to a pattern over and over: its own pieces in order, shuffled, cut, side by side and at every distance. Counted
 * repetitions make an automaton keep apart where each of many beginnings stood; that is what the distances are for.
 */
export function hostileTexts(pattern: string): readonly string[] {
  const pieces = piecesOf(pattern)
  const random = numbers(pattern.length)
  const below = (most: number) => Math.floor(random() * most)
  const pick = () => pieces[below(pieces.length)] ?? 'a'
  const between = [' ', '', '/', '=', ';', '|', '"', '-', 'x', '\n']
  const gap = () => between[below(between.length)] ?? ''
  /** Some pieces that follow each other in the pattern. */
  const run = (from: number) => pieces.slice(from, from + 1 + below(3)).join('')
  /** With each piece at the end, so that nobody can say beforehand that one is missing. */
  const whole = (text: string) => {
    const rest = ` ${pieces.toReversed().join(' ')}`
    return text.slice(0, Math.max(0, CHARACTERS - rest.length)) + rest
  }
  return [
    filled(() => pieces.join(' ')),
    filled(() => pieces.join('')),
    filled(() => pick() + gap()),
    filled(() => pick().slice(0, 1 + below(6)) + gap()),
    filled(() => run(below(pieces.length)) + gap()),
    whole(filled(() => run(0) + 'x'.repeat(below(30)))),
    whole(filled(() => run(0) + String.fromCharCode(32 + below(95)).repeat(below(12)))),
    whole(filled(() => run(0) + gap().repeat(below(4)))),
    filled(() => pieces[0] ?? 'a'),
    whole(filled(() => pieces[0] ?? 'a')),
    `${pieces.join('')}${filled(() => ' ')}`,
    filled(() => String.fromCharCode(32 + below(95))),
    whole(filled(() => String.fromCharCode(32 + below(95)))),
    filled(() => String.fromCharCode(0x100 + below(0x4000))),
  ]
}

/** Processor time of this thread in milliseconds, to within a tick of the system's clock: right for many runs together, not for one. */
function spent(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** No machine is so busy that a pattern takes so many times as long. */
const FAR = 5

/**
 * Milliseconds that a pattern takes for its slowest hostile text, warmed up: the fastest of `runs` by the clock, or what they took of the processor
 * on average where that is less, so that what else the machine does is no fault of the pattern. Fewer runs, once it is below `enough`, or so far
 * above that no machine is to blame.
 */
export function regexCost(pattern: string, { runs = 10, enough = 0 } = {}): number {
  const compiled = compileRegex(pattern)
  return Math.max(
    ...hostileTexts(pattern).map((text) => {
      let fastest = Number.POSITIVE_INFINITY
      let ran = 0
      const before = spent()
      while (ran < runs && fastest > enough && !(enough > 0 && ran >= 3 && fastest > FAR * enough)) {
        const began = performance.now()
        compiled.test(text)
        fastest = Math.min(fastest, performance.now() - began)
        ran += 1
      }
      return fastest > enough ? Math.min(fastest, (spent() - before) / ran) : fastest
    }),
  )
}

/** Runs of a pattern that seemed to take too long, before that is said of it. */
const SURE = 60

/** What is to be said of the patterns of a rule that take too long; of one with very many, of those that `budgetMs` of time are enough for. */
export function costlyPatterns(rule: Rule, budgetMs = Number.POSITIVE_INFINITY): readonly string[] {
  const until = spent() + budgetMs
  return patternsOf(rule).flatMap((pattern) => {
    const [look, sure] = [{ enough: REFUSED_MS }, { enough: REFUSED_MS, runs: SURE }]
    const cost = spent() > until ? 0 : regexCost(pattern, look) > REFUSED_MS ? regexCost(pattern, sure) : 0
    return cost > REFUSED_MS
      ? [`the pattern ${pattern} takes ${cost.toFixed(1)} ms on 100 kB of hostile text; ${COST_MS} ms are allowed.`]
      : []
  })
}
