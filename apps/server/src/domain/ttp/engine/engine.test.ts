import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../evidence/evidence.ts'
import type { Payload } from '../evidence/kind.ts'
import { kinds } from '../evidence/kinds.ts'
import { ruleOf } from '../rule.fixture.ts'
import { createEngine } from './engine.ts'
import type { RuleState } from './finding.ts'
import { indexRules } from './index-of-rules.ts'
import { memoryWindows } from './window-store.ts'

const evidence = (payload: Payload, more: Partial<Evidence> = {}): Evidence => ({
  kind: 'command',
  id: 'e1',
  ts: 1_000_000,
  session: 's1',
  attacker: '198.51.100.7',
  identity: null,
  payload,
  ...more,
})
const line = (command_text: string, more: Partial<Evidence> = {}) => evidence({ command_text }, more)
const engineOf = (...whens: string[]) =>
  createEngine(indexRules(whens.map((when, number) => ruleOf(when, { id: `R${number}` }))), memoryWindows())
const matches = (when: string, payload: Payload, sources = 'command') =>
  createEngine(indexRules([ruleOf(when, { sources })]), memoryWindows()).match(evidence(payload, { kind: sources })).findings.length > 0

describe('operators', () => {
  it.each([
    ['{ programs: nmap }', 'NMAP -sS x', true],
    ['{ programs: nmap }', 'nmapper', false],
    ['{ programs: [nmap, masscan] }', 'sudo masscan x', true],
    ['{ line: { contains: [a b, c d] } }', 'x c d y', true],
    ['{ line: { contains_all: [a b, c d] } }', 'x c d y', false],
    ['{ line: { contains_all: [a b, c d] } }', 'c d a b', true],
    ['{ commands: { starts_with: "nc ", contains: " -e" } }', 'nc x; y -e', false],
    ['{ commands: { starts_with: "nc ", contains: " -e" } }', 'nc x -e sh', true],
    ['{ commands: { starts_with: "nmap", not: { contains: --help } } }', 'nmap --help', false],
    ['{ commands: { starts_with: "nmap", not: { contains: --help } } }', 'nmap x; ls --help', true],
    ['{ commands: { starts_with: "nmap", not: { contains: a, ends_with: b } } }', 'nmap a', true],
    ['{ commands: { starts_with: "nmap", not: { contains: a, ends_with: b } } }', 'nmap a b', false],
    ['{ line: { ends_with: sh } }', 'bash', true],
    ['{ line: { regex: "^a.*z$" } }', 'a\nz', true],
    ['{ line: { regex: ["^x", "^a"] } }', 'abc', true],
    ['{ command_text: { equals: Nmap, case: exact } }', 'nmap', false],
    ['{ command_text: { regex: "N[A-Z]", case: exact } }', 'NMap', true],
    ['{ writes: { exists: true } }', 'echo > x', true],
    ['{ writes: { exists: false } }', 'echo > x', false],
    ['{ all: [{ programs: a }, { programs: b }] }', 'a; b', true],
    ['{ not: { programs: a } }', 'b', true],
    ['{ programs: b, not: { programs: a } }', 'a; b', false],
    ['{ at_least: 2, of: [{ programs: a }, { programs: b }, { programs: c }] }', 'a; c', true],
    ['{ at_least: 2, of: [{ programs: a }, { programs: b }, { programs: c }] }', 'a; a', false],
  ])('%s over %j: %s', (when, text, expected) => {
    expect(matches(when, { command_text: text })).toBe(expected)
  })

  it('compare numbers, flags and addresses', () => {
    expect(matches('{ status: { gte: 400, lt: 500 } }', { status: 404 }, 'http_request')).toBe(true)
    expect(matches('{ status: { gte: 400, lt: 500 } }', { status: 500 }, 'http_request')).toBe(false)
    expect(matches('{ status: 404 }', { status: 404 }, 'http_request')).toBe(true)
    expect(matches('{ success: true }', { success: false }, 'auth_attempt')).toBe(false)
    expect(matches('{ attacker_ip: { cidr: [10.0.0.0/8] } }', { attacker_ip: '10.9.9.9' })).toBe(true)
    expect(matches('{ size: { gt: 5 } }', { size: '9' }, 'file')).toBe(false)
  })
})

describe('findings', () => {
  it('carry parent technique, sub-technique, tactic, confidence and the declared fields only', () => {
    const [finding] = engineOf('{ programs: nmap }').match(line('nmap x')).findings
    expect(finding).toEqual({
      rule: 'R0',
      version: 1,
      technique_id: 'T1059',
      sub_technique_id: 'T1059.004',
      tactic: 'TA0002',
      confidence: 0.9,
      evidence: { kind: 'command' },
    })
  })

  it('cut what they carry', () => {
    const rule = { ...ruleOf('{ programs: nmap }'), evidence: ['command_text', 'commands'] }
    const engine = createEngine(indexRules([rule]), memoryWindows())
    const [finding] = engine.match(
      line(`nmap ${'x'.repeat(5_000)}${'; nmap y'.repeat(1)}`.concat(Array.from({ length: 50 }, (_, n) => `; a${n}`).join(''))),
    ).findings
    expect(String(finding?.evidence.command_text)).toHaveLength(512)
    expect(finding?.evidence.commands).toHaveLength(16)
  })

  it('come in the order of the rules', () => {
    const found = engineOf('{ programs: b }', '{ programs: a }', '{ line: { exists: true } }').match(line('a; b')).findings
    expect(found.map(({ rule }) => rule)).toEqual(['R0', 'R1', 'R2'])
  })
})

describe('suppression', () => {
  const play = (state: RuleState | undefined, confidence = 0.9) => {
    const rule = ruleOf('{ programs: nmap }')
    const changed = { ...rule, emits: rule.emits.map((emission) => ({ ...emission, confidence })) }
    const { findings, suppressed } = createEngine(indexRules([changed]), memoryWindows(), () => state).match(line('nmap'))
    return { found: findings.map((each) => each.confidence), suppressed: suppressed.map(({ reason }) => reason) }
  }
  it('P 1: drops a rule that is disabled, below the floor, or clipped below it', () => {
    expect(play({ state: 'disabled' })).toEqual({ found: [], suppressed: ['disabled'] })
    expect(play(undefined, 0.29)).toEqual({ found: [], suppressed: ['confidence_floor'] })
    expect(play({ state: 'clipped', confidence_max: 0.2 })).toEqual({ found: [], suppressed: ['clipped'] })
  })
  it('clips downwards only', () => {
    expect(play({ state: 'clipped', confidence_max: 0.5 })).toEqual({ found: [0.5], suppressed: [] })
    expect(play({ state: 'clipped', confidence_max: 1 })).toEqual({ found: [0.9], suppressed: [] })
    expect(play({ state: 'enabled' }, 0.3)).toEqual({ found: [0.3], suppressed: [] })
  })
  it('lets through as many as the rate allows', () => {
    const rule = ruleOf('{ programs: nmap }', { more: 'rate_limit: { count: 2, within: 1m, by: attacker }' })
    const engine = createEngine(indexRules([rule]), memoryWindows())
    const at = (seconds: number, attacker = 'a') => {
      const { findings, suppressed } = engine.match(line('nmap', { ts: seconds * 1_000, attacker }))
      return findings.length > 0 ? 'found' : suppressed[0]?.reason
    }
    expect([at(0), at(1), at(2), at(3, 'b'), at(60), at(61), at(62)]).toEqual([
      'found',
      'found',
      'rate_limited',
      'found',
      'found',
      'found',
      'rate_limited',
    ])
  })
})

describe('windows', () => {
  const failures = '{ threshold: { of: { success: false }, count: 3, within: 1m, by: [attacker, username] } }'
  const attempt = (username: string, more: Partial<Evidence> = {}) =>
    evidence({ username, success: false }, { kind: 'auth_attempt', ...more })

  it('count by attacker and further fields', () => {
    const engine = createEngine(indexRules([ruleOf(failures, { sources: 'auth_attempt' })]), memoryWindows())
    const fired = ['root', 'admin', 'root', 'admin', 'root'].map((username) => engine.match(attempt(username)).findings.length)
    expect(fired).toEqual([0, 0, 0, 0, 1])
  })
  it('count nothing that has no key', () => {
    const engine = createEngine(indexRules([ruleOf(failures, { sources: 'auth_attempt' })]), memoryWindows())
    for (let n = 0; n < 9; n++) expect(engine.match(attempt('root', { attacker: null })).findings).toEqual([])
  })
  it('go on through a store that keeps rows, and through new rules', () => {
    const rule = ruleOf(failures, { sources: 'auth_attempt' })
    const rows = new Map<string, string>()
    const play = () => {
      const loaded = memoryWindows()
      const engine = createEngine(indexRules([]), loaded)
      engine.replace(indexRules([rule]))
      const sight = engine.look(attempt('root'))
      if (!sight) return 0
      for (const row of engine.rowsOf(sight)) {
        const stored = rows.get(JSON.stringify(row))
        if (stored !== undefined) loaded.put(row.rule, row.key, JSON.parse(stored))
      }
      const { findings } = engine.settle(sight)
      for (const row of engine.rowsOf(sight)) rows.set(JSON.stringify(row), JSON.stringify(loaded.get(row.rule, row.key)))
      return findings.length
    }
    expect([play(), play(), play()]).toEqual([0, 0, 1])
  })
  it('follow steps over several kinds', () => {
    const when =
      '{ sequence: { within: 5m, by: session, steps: [{ kind: auth_attempt, success: true }, { kind: command, programs: wget }] } }'
    const engine = createEngine(indexRules([ruleOf(when, { sources: 'auth_attempt, command' })]), memoryWindows())
    const login = evidence({ success: true }, { kind: 'auth_attempt' })
    expect([line('wget x'), login, line('ls'), line('wget x')].map((each) => engine.match(each).findings.length)).toEqual([0, 0, 0, 1])
  })
})

describe('the literal prefilter', () => {
  const word = fc.constantFrom('nc', 'nmap', '/etc/passwd', 'a', 'cat', '-e', 'x y', 'é', 'İ', 'Σ', '.ssh')
  const pattern = fc.constantFrom(
    '^nc( .*)? -[a-z]*e',
    'n(c|map)',
    '(wget|curl)s?',
    'a?b+c',
    '[xy]z',
    '^^nc',
    '^(cat|less)\\b.*/etc/',
    'a{2,3}b',
    '(a|)b',
    '\\x6ec',
    'x$',
    '(?s:a.b)',
    '(?:e|é)t',
    '\\.ssh/',
    '[^a]nmap',
    'a|b|',
  )
  const list = fc.array(word, { minLength: 1, maxLength: 3 })
  const test = fc.oneof(
    fc.record({ operator: fc.constantFrom('equals', 'contains', 'starts_with', 'ends_with', 'contains_all'), operand: list }),
    fc.record({
      operator: fc.constant('regex'),
      operand: fc.array(
        pattern.filter((each) => each !== 'a|b|'),
        { minLength: 1, maxLength: 2 },
      ),
    }),
  )
  // The last two are of other kinds.
  const field = fc.constantFrom('line', 'commands', 'programs', 'command_text', 'path', 'statement')
  const kindTest = fc.constantFrom('command', 'query').map((kind) => ({ kind }))
  const { condition } = fc.letrec<{ condition: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.record({ field, test, exact: fc.boolean(), not: fc.option(test, { nil: undefined }) }).map(({ field, test, exact, not }) => ({
      [field]: { [test.operator]: test.operand, ...(exact && { case: 'exact' }), ...(not && { not: { [not.operator]: not.operand } }) },
    })),
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      kindTest,
      fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('condition') }),
      fc.array(tie('condition'), { minLength: 2, maxLength: 3 }).map((of) => ({ at_least: 2, of })),
    ),
  }))
  const text = fc
    .array(fc.oneof(word, fc.constantFrom(' ', ';', 'b', 'c', 'z', '\n', 'etc', 'NC', 'wgets')), { maxLength: 12 })
    .map((parts) => parts.join(''))

  it('finds what asking every rule finds', () => {
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 4 }),
        fc.array(text, { minLength: 1, maxLength: 6 }),
        (conditions, lines) => {
          const rules = conditions.map((each, number) =>
            ruleOf(JSON.stringify(each), { id: `R${number}`, sources: 'command, query, file' }),
          )
          const [fast, slow] = [true, false].map((prefilter) => createEngine(indexRules(rules, { prefilter }), memoryWindows()))
          for (const each of lines) expect(fast?.match(line(each))).toEqual(slow?.match(line(each)))
        },
      ),
      { numRuns: 150 },
    )
  })
})

it('never throws, whatever a payload holds', () => {
  const rules = kinds.map((kind, number) => ruleOf(`{ not: { ${kind.main}: never } }`, { id: `R${number}`, sources: kind.name }))
  const engine = createEngine(indexRules(rules), memoryWindows())
  const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.array(fc.string()))
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.dictionary(fc.string(), value), value, (kind, payload, main) => {
      const all = { ...payload, [kind.main]: main } as Payload
      expect(engine.match(evidence(all, { kind: kind.name })).findings.length).toBe(1)
    }),
  )
  expect(engine.match(evidence({}, { kind: '__proto__' })).findings).toEqual([])
})
