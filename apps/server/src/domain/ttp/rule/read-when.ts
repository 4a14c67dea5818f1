import type { When, WindowKey } from './condition.ts'
import type { Path, Report } from './problem.ts'
import { type ConditionReader, isMapping } from './read-condition.ts'
import { spanOf } from './span.ts'

/** What one window may count up to: its state is kept for every key. */
const COUNT = 1_000
const STEPS = 50
const KEYS = ['session', 'attacker', 'identity'] as const
const WINDOWS = ['threshold', 'distinct', 'sequence'] as const
const TAKES = {
  threshold: ['of', 'count', 'within', 'by'],
  distinct: ['of', 'field', 'count', 'within', 'by'],
  sequence: ['steps', 'within', 'by'],
} as const

/** Reads the `when` of a rule: a condition, or one window over conditions. */
export function readWhen(value: unknown, path: Path, reader: ConditionReader, report: Report): When {
  const type = isMapping(value) ? WINDOWS.find((each) => Object.hasOwn(value, each)) : undefined
  if (!isMapping(value) || type === undefined) return { condition: reader.condition(value, path) }
  const at = [...path, type]
  const given = value[type]
  if (Object.keys(value).length > 1)
    report(path, `${type} stands alone: put further conditions below its ${type === 'sequence' ? 'steps' : 'of'}.`)
  if (!isMapping(given)) {
    report(at, `takes ${TAKES[type].join(', ')}.`)
    return { condition: { any: [] } }
  }
  for (const key of Object.keys(given))
    if (!TAKES[type].some((each) => each === key)) report([...at, key], `${type} has no ${key}; it takes ${TAKES[type].join(', ')}.`)
  const withinMs = spanOf(given.within)
  if (withinMs === null)
    report(Object.hasOwn(given, 'within') ? [...at, 'within'] : at, 'within is a time such as 90s, 5m, 2h, 1d (30d at most).')
  const span = { withinMs: withinMs ?? 1, key: readKey(given.by, Object.hasOwn(given, 'by') ? [...at, 'by'] : at, reader, report) }
  if (type === 'sequence') return { window: { type, steps: readSteps(given.steps, [...at, 'steps'], reader, report), ...span } }
  const count = readCount(given.count, { least: type === 'threshold' ? 1 : 2, path: [...at, 'count'], report })
  const of = reader.condition(given.of, [...at, 'of'])
  if (type === 'threshold') return { window: { type, of, count, ...span } }
  const field = typeof given.field === 'string' ? given.field : ''
  if (field === '') report(at, 'distinct needs field: whose different values are counted.')
  else if (!reader.field(field)) reader.unknownField(field, [...at, 'field'])
  return { window: { type, of, field, count, ...span } }
}

function readCount(value: unknown, { least, path, report }: { least: number; path: Path; report: Report }): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= COUNT) return value
  report(path, `count is a whole number from ${least} to ${COUNT.toLocaleString('en')}.`)
  return least
}

function readKey(value: unknown, path: Path, reader: ConditionReader, report: Report): WindowKey {
  const [first, ...fields] = Array.isArray(value) ? value : [value]
  const by = KEYS.find((each) => each === first)
  if (!by)
    report(path, 'by is session, attacker or identity, or a list that begins with one and goes on with fields: [attacker, username].')
  const names = fields.filter((field): field is string => typeof field === 'string')
  for (const name of names) if (!reader.field(name)) reader.unknownField(name, path)
  return { by: by ?? 'attacker', fields: names }
}

function readSteps(value: unknown, path: Path, reader: ConditionReader, report: Report) {
  if (!Array.isArray(value)) {
    report(path, 'takes a list of conditions in their order; {times: 5, of: {...}} is one that must hold five times.')
    return []
  }
  const steps = value.flatMap((step: unknown, index) => {
    const at = [...path, index]
    if (!isMapping(step) || !Object.hasOwn(step, 'times')) return [reader.condition(step, at)]
    const { times } = step
    const known = typeof times === 'number' && Number.isInteger(times) && times >= 1 && times <= STEPS
    if (!known) report([...at, 'times'], `times is a whole number from 1 to ${STEPS}.`)
    const condition = reader.condition(step.of, [...at, 'of'])
    return Array.from({ length: known ? times : 1 }, () => condition)
  })
  if (steps.length < 2 || steps.length > STEPS) report(path, `a sequence has 2 to ${STEPS} steps, repeated ones counted.`)
  return steps
}
