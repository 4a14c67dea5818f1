import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { problemsIn, ruleText } from '../rule.fixture.ts'
import { readRule } from './read-rule.ts'

const wrong = (text: string) => problemsIn(readRule(text))
const wrongWhen = (when: string, sources?: string) => wrong(ruleText(when, sources ? { sources } : {}))

describe('a broken rule', () => {
  it('is told of with everything that is wrong, each with its line and column', () => {
    const text = [
      'id: 0 14',
      'version: 1',
      'title: x',
      'maturity: perfect',
      'sources: [comand]',
      'when: { programs: nmap }',
      'emits:',
      '  - { technique: T10, confidence: 2 }',
      'evidnce: [x]',
      'examples: { match: [nmap] }',
    ].join('\n')
    const problems = wrong(text)
    expect(problems).toEqual([
      expect.stringMatching(/^1:1 id: must be a letter/u),
      expect.stringMatching(/^4:1 maturity: /u),
      expect.stringMatching(/^5:11 sources\.0: comand is no kind of evidence; there are command, /u),
      expect.stringMatching(/^8:7 emits\.0\.technique: must be an ATT&CK technique/u),
      expect.stringMatching(/^8:23 emits\.0\.confidence: /u),
      '9:1 evidnce: is not part of a rule; is it misspelt?',
      '10:1 examples.no_match: is missing.',
    ])
  })

  it.each([
    ['{ programms: nmap }', '6:9 when.programms: programms is no field of command. Did you mean programs?'],
    ['{ zzz: nmap }', 'kind, service, decky, attacker_ip.'],
    ['{ contains: nmap }', 'contains is an operator and stands below a field'],
    ['{ line: { like: nmap } }', '6:17 when.line.like: like is no operator of a text'],
    ['{ line: { regex: "(" } }', '6:17 when.line.regex: this pattern is no RE2 pattern: a ( is not closed (missing closing )'],
    [
      '{ line: { regex: "(?=x)" } }',
      'is no RE2 pattern: it asks for what RE2 does not have, such as looking around (invalid or unsupported Perl syntax',
    ],
    ['{ line: { regex: "[a" } }', 'is no RE2 pattern: a [ is not closed (missing closing ]'],
    ['{ line: { regex: "a)" } }', 'is no RE2 pattern: a ) closes nothing (unexpected )'],
    ['{ line: { regex: "*a" } }', 'is no RE2 pattern: a repetition stands where there is nothing to repeat (missing argument'],
    ['{ line: { regex: "a{9999}" } }', 'is no RE2 pattern: something is to be repeated too often (invalid repeat'],
    ["{ line: { regex: 'a\\' } }", 'is no RE2 pattern: it ends in a backslash (trailing backslash'],
    ["{ line: { regex: '\\q' } }", 'is no RE2 pattern: a backslash stands before what it cannot stand before (invalid escape'],
    ["{ line: { regex: '[z-a]' } }", 'is no RE2 pattern: a range between [ and ] runs backwards'],
    ['{ line: { regex: "Cat" } }', 'has the capital letter C'],
    ['{ line: { regex: "x*" } }', 'this pattern matches everything'],
    ['{ line: { regex: "((a{100}){10}){10}" } }', 'this pattern'],
    ['{ line: { contains: "" } }', 'contains an empty text holds always'],
    ['{ line: { contains: [] } }', 'takes a text or a list'],
    ['{ line: { exists: 1 } }', 'exists is true or false'],
    ['{ attacker_ip: { cidr: 10.0.0.0/40 } }', '10.0.0.0/40 is no network'],
    ['{ line: { not: { contains: a } } }', 'not stands beside other operators'],
    ['{ line: { contains: a, not: b } }', 'not holds operators of a text'],
    ['{ any: nmap }', '6:9 when.any: takes a list of conditions'],
    ['{}', 'an empty condition would match everything'],
    ['[nmap]', 'a condition is a mapping'],
    ['{ at_least: 3, of: [{ line: a }, { line: b }] }', 'at_least is a whole number from 1 to the 2'],
    ['{ of: [{ line: a }] }', 'of needs at_least'],
    ['{ threshold: { of: { line: a }, count: 0, within: 5m, by: attacker } }', 'count is a whole number from 1'],
    ['{ distinct: { of: { line: a }, field: line, count: 1, within: 5m, by: attacker } }', 'count is a whole number from 2'],
    ['{ threshold: { of: { line: a }, count: 5, within: soon, by: attacker } }', 'within is a time'],
    ['{ threshold: { of: { line: a }, count: 5, within: 31d, by: attacker } }', 'within is a time'],
    ['{ threshold: { of: { line: a }, count: 5, within: 5m, by: ip } }', 'by is session, attacker or identity'],
    ['{ threshold: { of: { line: a }, count: 5, within: 5m, by: session, per: x } }', 'threshold has no per'],
    ['{ distinct: { of: { line: a }, count: 5, within: 5m, by: session } }', 'distinct needs field'],
    ['{ sequence: { steps: [{ line: a }], within: 5m, by: session } }', 'a sequence has 2 to 50 steps'],
    ['{ sequence: { steps: [{ line: a }, { line: b }], within: 5m, by: session }, line: a }', 'sequence stands alone'],
  ])('%s: %s', (when, message) => {
    expect(wrongWhen(when)).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['confidence: 0.9', 'confidence: 7', 'emits.0.confidence: is to be 1 or less.'],
    ['confidence: 0.9', 'confidence: -1', 'emits.0.confidence: is to be 0 or more.'],
    ['confidence: 0.9', 'confidence: .nan', 'emits.0.confidence: is to be a number.'],
    ['confidence: 0.9', 'confidence: .inf', 'emits.0.confidence: is to be a number.'],
    ['confidence: 0.9', 'confidence: high', 'emits.0.confidence: is to be a number.'],
    ['version: 1', 'version: 1e99', 'version: is to be 9,007,199,254,740,991 or less.'],
    ['version: 1', 'version: 1.5', 'version: is to be a whole number.'],
    ['version: 1', 'version: 0', 'version: is to be 1 or more.'],
    [/^title: .*$/mu, 'title: ""', 'title: is empty.'],
    [/^title: .*$/mu, `title: ${'x'.repeat(121)}`, 'title: is to be 120 characters at most.'],
    [/^title: .*$/mu, 'title: [x]', 'title: is to be a text.'],
    [/^title: .*$/mu, 'title: null', 'title: is to be a text.'],
    [/^maturity: .*\n/mu, '', 'maturity: is missing.'],
    [/^maturity: .*$/mu, 'maturity: ripe', 'maturity: is to be one of stable, incubating, sandbox.'],
    [/^emits:.*(?:\n .*)*$/mu, 'emits: []', 'emits: is empty.'],
    [/^emits:.*(?:\n .*)*$/mu, 'emits: x', 'emits: is to be a list.'],
    [/^emits:.*(?:\n .*)*$/mu, 'emits: [x]', 'emits.0: is to be a mapping.'],
    [/^title: .*$/mu, 'title: x\nreferences: [ftp://x]', 'references.0: is to be an address that begins with http:// or https://.'],
    [/^title: .*$/mu, `title: x\nfalse_positives: [${'x, '.repeat(17)}]`, 'false_positives: is to be 16 of them at most.'],
  ])('is told of in our words, not those of a library: %s, %s', (part, other, said) => {
    expect(wrong(ruleText('{ programs: nmap }').replace(part, other))).toEqual([expect.stringMatching(/^\d+:\d+ /u)])
    expect(wrong(ruleText('{ programs: nmap }').replace(part, other)).join()).toContain(said)
  })

  it('may not carry what is withheld, nor ask a number for words', () => {
    expect(wrong(ruleText('{ password: x }', { sources: 'auth_attempt' }).replace('[kind]', '[password]'))).toEqual([
      expect.stringContaining('password is withheld'),
    ])
    expect(wrongWhen('{ status: { contains: x } }', 'http_request')).toEqual([expect.stringContaining('this field is a number')])
    expect(wrongWhen('{ success: yes-please }', 'auth_attempt')).toEqual([expect.stringContaining('true or false')])
  })

  it.each([
    ['a tab', 'id:\t- x\n\t- y'],
    ['a doubled key', 'id: a\nid: b'],
    ['an alias', 'id: &a x\ntitle: *a'],
    ['a tag', 'id: !!js/function x'],
    ['two documents', 'id: a\n---\nid: b'],
    ['an alias bomb', `a: &a [x,x,x]\n${'b: [*a,*a]\n'}`],
    ['nothing', ''],
    ['a list', '- a\n- b'],
    ['bytes', '\u0000\u0001'],
    ['a text that never ends', `id: "${'x'.repeat(100_000)}`],
    ['nesting', '['.repeat(5_000)],
  ])('of %s is refused with a position', (_, text) => {
    const reading = readRule(text)
    expect('problems' in reading && reading.problems.length).toBeGreaterThan(0)
    if ('problems' in reading) for (const { line, column } of reading.problems) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1)
  })

  it('never throws, however it is broken', () => {
    const good = ruleText('{ any: [{ programs: nmap }, { line: { regex: "a+b" } }] }')
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 8 }), (at, cut, junk) => {
        readRule(good.slice(0, at) + junk + good.slice(at + cut))
      }),
    )
    fc.assert(fc.property(fc.string(), (text) => void readRule(text)))
  })

  it('is refused when an example names a field that its kind does not have', () => {
    expect(wrong(ruleText('{ programs: nmap }').replace('match: [{ kind: x }]', 'match: [{ comand_text: x }]'))).toEqual([
      expect.stringContaining('comand_text is no field of command'),
    ])
  })
})

it('takes a pattern that may match an empty text and not every text', () => {
  expect(wrongWhen('{ password: { regex: "^(|root)$" } }', 'auth_attempt')).toEqual([])
})

it('reads spans, techniques and repeated steps', () => {
  const reading = readRule(
    ruleText('{ sequence: { within: 2h, by: [attacker, username], steps: [{ times: 3, of: { success: false } }, { success: true }] } }', {
      sources: 'auth_attempt',
      more: 'rate_limit: { count: 2, within: 90s, by: session }',
    }),
  )
  expect(problemsIn(reading)).toEqual([])
  expect('rule' in reading && reading.rule).toMatchObject({
    when: { window: { type: 'sequence', withinMs: 7_200_000, key: { by: 'attacker', fields: ['username'] }, steps: { length: 4 } } },
    emits: [{ technique_id: 'T1059', sub_technique_id: 'T1059.004', tactic: 'TA0002', confidence: 0.9 }],
    rateLimit: { count: 2, withinMs: 90_000, by: 'session' },
  })
})
