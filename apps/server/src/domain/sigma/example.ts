import type { OurTest } from './our-test.ts'
import { regexSample } from './regex-sample.ts'
import type { Source } from './source.ts'
import type { Alternative } from './when.ts'

type TextTest = Extract<OurTest, { is: 'text' }>
export type Payload = Readonly<Record<string, unknown>>

const MOST = 12
const FEW = 4

/** Payloads that may satisfy an alternative; whoever uses them asks the rule. */
export const samplesOf = (alternative: Alternative, source: Source): readonly Payload[] =>
  ordersOf(alternative).flatMap((each) => samplesInOrder(each, source))

/** A few tests in every order, many in theirs and back: which part of a text comes first is not said. */
const ordersOf = <T>(list: readonly T[]): readonly (readonly T[])[] =>
  list.length > FEW
    ? [list, list.toReversed()]
    : list.length < 2
      ? [list]
      : list.flatMap((first, at) => ordersOf(list.toSpliced(at, 1)).map((rest) => [first, ...rest]))

function samplesInOrder(alternative: Alternative, { kind, harmless }: Source): readonly Payload[] {
  const wanted = alternative.flatMap(({ test, holds }): OurTest[] =>
    holds ? [test] : test.is === 'exists' ? [{ ...test, expected: !test.expected }] : [],
  )
  // What is to be absent, or only is not to be so and so, is left out of what everybody sends.
  const left = new Set(
    alternative.flatMap(({ test, holds }) =>
      test.is === 'exists' ? (test.expected === holds ? [] : [test.field]) : test.is === 'text' && !holds ? [test.field] : [],
    ),
  )
  const base = Object.fromEntries(Object.entries(harmless[0] ?? {}).filter(([name]) => !left.has(name)))
  const plain: Record<string, unknown> = {}
  for (const [field, tests] of Map.groupBy(
    wanted.filter((test) => test.is === 'text'),
    ({ field }) => field,
  ))
    plain[field] = textFor(tests)
  for (const test of wanted)
    if (test.is === 'number') plain[test.field] = test.number + { equals: 0, lt: -1, lte: 0, gt: 1, gte: 0 }[test.operator]
    else if (test.is === 'flag') plain[test.field] = test.expected
    else if (test.is === 'exists' && test.expected) plain[test.field] ??= 'x'
  const whole = { ...base, ...plain }
  if (kind === 'command' && typeof plain.command_text === 'string')
    return [{ ...pick(whole, ['user', 'cwd', 'attacker_ip']), command_text: plain.command_text, mode: 'exec', service: 'ssh' }]
  if (kind === 'command')
    return commandLines(wanted).map((command_text) => ({ ...pick(whole, ['user', 'cwd', 'attacker_ip']), command_text }))
  return kind === 'http_request' ? [request(whole, plain)] : [whole]
}

const pick = (payload: Payload, names: readonly string[]): Payload =>
  Object.fromEntries(names.flatMap((name) => (Object.hasOwn(payload, name) ? [[name, payload[name]]] : [])))

const firstOf = (tests: readonly TextTest[], operator: TextTest['operator']): readonly string[] =>
  tests.flatMap((test) => (test.operator === operator ? test.values.slice(0, 1) : []))

function textFor(tests: readonly TextTest[]): string {
  const [whole] = firstOf(tests, 'equals')
  if (whole !== undefined) return whole
  const [network] = firstOf(tests, 'cidr')
  if (network !== undefined) return network.split('/', 1)[0] ?? ''
  return [
    ...firstOf(tests, 'starts_with'),
    ...firstOf(tests, 'contains'),
    ...firstOf(tests, 'regex').map((pattern, index) => regexSample(pattern).replace(index > 0 ? /^[a-z]*:\/\// : '', '')),
    ...firstOf(tests, 'ends_with'),
  ].join('')
}

/** A request whose parts are what a client would send. */
function request(whole: Payload, plain: Readonly<Record<string, unknown>>): Payload {
  const { path, query, anywhere, headers, raw_url: given, ...rest } = whole
  const url = plain.raw_url === undefined ? `${String(path ?? '/')}${query === undefined ? '' : `?${String(query)}`}` : String(given)
  return {
    ...rest,
    raw_url: url,
    ...(anywhere !== undefined && { user_agent: anywhere }),
    ...(headers !== undefined && { headers: [headers] }),
  }
}

function commandLines(wanted: readonly OurTest[]): readonly string[] {
  const texts = wanted.filter((test) => test.is === 'text' && (test.field === 'commands' || test.field === 'argv0')) as readonly TextTest[]
  const [whole] = firstOf(texts, 'equals')
  const words: string[] = []
  for (const test of wanted) {
    if (test.is === 'program') words[0] = test.names[0] ?? regexSample(test.patterns[0] ?? '')
    if (test.is === 'word') words[test.position] = regexSample(test.patterns[0] ?? '')
  }
  const [head = ''] = words
  const starts = texts.flatMap(({ operator, values: [text = ''], field }) =>
    operator === 'starts_with' ? [field === 'argv0' ? `${text}x` : text.trim()] : [],
  )
  const begin = [starts.some((text) => text.startsWith(head)) ? '' : head, ...starts, ...Array.from(words.slice(1), (word) => word ?? 'x')]
  const middle = [...firstOf(texts, 'contains'), ...firstOf(texts, 'regex').map(regexSample)]
  const end = firstOf(texts, 'ends_with')
  const parts = (middle: readonly string[]) =>
    [...begin, ...middle.map((text) => text.trim()), ...(end.length > 0 ? end.map((text) => text.trimStart()) : ['x'])].filter(
      (text) => text !== '',
    )
  const lines = [
    ...(whole === undefined ? [] : [whole]),
    parts(middle).join(' '),
    parts(middle).slice(0, -1).join(' '),
    parts(middle.toReversed()).join(' '),
    `${begin.filter((text) => text !== '').join(' ')}${middle.join('')}${end.join('')}`,
  ].filter((line) => line.trim() !== '')
  const quoted = lines.map((line) => {
    const [program = '', ...args] = line.split(' ')
    return `${program} '${args.join(' ').replaceAll("'", "'\\''")}'`
  })
  const asked = lines.map((line) => `sh -c '${line.replaceAll("'", "'\\''")}'`)
  return [...new Set([...lines, ...quoted, ...asked])].slice(0, MOST)
}
