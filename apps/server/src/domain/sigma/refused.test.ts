import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attackData } from '../../attack/load.ts'
import { homeAt } from '../../home.ts'
import { sigma, workbench } from './sigma.fixture.ts'

const { convert, refusals } = workbench(attackData(homeAt('/nonexistent')))

const WEB = 'category: webserver'
const AUDIT = 'product: linux, service: auditd'

/** What cannot be carried over, by the place that is named. */
const REFUSED: Readonly<Record<string, readonly [text: string, said: readonly (string | RegExp)[]]>> = {
  aggregations: [sigma('s: { CommandLine: x }\ncondition: s | count() by User > 5'), [/^detection\.condition .*count.*aggregations/u]],
  'what is near': [sigma('s: { CommandLine: x }\nt: { CommandLine: y }\ncondition: s | near t'), [/^detection\.condition .*near t/u]],
  'a time to count over': [sigma('s: { CommandLine: x }\ntimeframe: 5m\ncondition: s'), [/^detection\.timeframe/u]],
  'so many of': [
    sigma('a: { CommandLine: x }\nb: { CommandLine: y }\ncondition: 2 of them'),
    [/^detection\.condition asks for 2 of them/u],
  ],
  'a field that no decoy shows, and everything else that is wrong': [
    sigma('s: { ParentImage|endswith: /nginx, CommandLine|contains: x, Hashes: y }\ncondition: s'),
    [
      /^detection\.s\.ParentImage\|endswith ParentImage: the parent of what is typed is a shell/u,
      /^detection\.s\.Hashes Hashes is not seen on a decoy: no program is run/u,
    ],
  ],
  'a product that no decoy is': [
    sigma('s: { CommandLine: x }\ncondition: s', { logsource: 'product: windows, category: process_creation' }),
    [/^logsource .*product: windows/u],
  ],
  'a service that nobody sees': [sigma('s: { x: y }\ncondition: s', { logsource: 'product: zeek, service: kerberos' }), [/^logsource /u]],
  'records of another type': [
    sigma('s: { type: PATH, name: /etc/shadow }\ncondition: s', { logsource: AUDIT }),
    [/^detection\.s\.type type: of audit records/u, /^detection\.s\.name name is not seen on a decoy: files/u],
  ],
  'lines of a daemon': [
    sigma("keywords: ['fatal: buffer_get_string']\ncondition: keywords", { logsource: 'product: linux, service: sshd' }),
    [/^detection\.keywords are keywords/u],
  ],
  fieldref: [sigma('s: { CommandLine|fieldref: Image }\ncondition: s'), [/fieldref/u]],
  expand: [sigma("s: { User|expand: '%admins%' }\ncondition: s"), [/expand/u]],
  'modifiers that nobody knows': [
    sigma('s: { CommandLine|contains|frobnicate: x }\ncondition: s'),
    [/^detection\.s\.CommandLine\|contains\|frobnicate has the modifier frobnicate/u],
  ],
  'patterns with look-around': [sigma("s: { CommandLine|re: '(?<!x)curl' }\ncondition: s"), [/is no RE2 pattern/u]],
  'a broken pattern beside a program': [
    sigma("s: { Image|endswith: /x, CommandLine|re: 'a(b' }\ncondition: s"),
    [/^detection\.s\.CommandLine\|re is no RE2 pattern/u],
  ],
  'two patterns of one command': [
    sigma("s: { CommandLine|re|all: ['a+b', 'c+d'] }\ncondition: s"),
    [/^detection\.s\.CommandLine\|re\|all cannot be asked of one and the same command/u],
  ],
  'numbers that are none': [
    sigma('s: { sc-status|gt: many }\ncondition: s', { logsource: WEB }),
    [/^detection\.s\.sc-status\|gt gt takes a number/u],
  ],
  'a condition that is only no': [sigma('s: { CommandLine: x }\ncondition: not s'), [/only says what an event is not/u]],
  'what everybody does': [sigma('s: { User|contains: "*" }\ncondition: s'), [/^detection\.condition only says/u]],
  'conditions that do not parse': [sigma('s: { CommandLine: x }\ncondition: s and (s or'), [/^detection\.condition ends too early/u]],
  'names of nothing': [sigma('s: { CommandLine: x }\ncondition: t'), [/names t, which is no selection/u]],
  'no condition': [sigma('s: { CommandLine: x }'), [/^detection has no condition/u]],
  'no technique': [
    sigma('s: { CommandLine: x }\ncondition: s', { more: 'tags: [attack.execution, cve.2021-1]' }),
    [/^tags name no technique/u],
  ],
  'techniques that are none, each by its line': [
    sigma('s: { CommandLine: x }\ncondition: s', { more: 'tags:\n  - attack.t9999\n  - attack.t105\n  - attack.execution' }),
    [/^tags\.0 ATT&CK has no technique T9999\.$/u, /^tags\.1 T105 is no id of a technique: they are like T1059 and T1059\.004/u],
  ],
  'no tags at all': [sigma('s: { CommandLine: x }\ncondition: s', { more: 'level: low' }), [/^tags are missing: a rule of ours claims/u]],
  'members that are missing or of another kind': [
    'id: 5\nlevel: huge\nlogsource: x\ndetection: [1]\n',
    [
      /^title is missing\.$/u,
      /^id is to be a text\.$/u,
      /^level is to be one of informational, low, medium, high, critical\.$/u,
      /^logsource is to be a mapping\.$/u,
      /^detection is to be a mapping\.$/u,
    ],
  ],
  'days that no calendar has': [
    `${sigma('s: { CommandLine: x }\ncondition: s')}date: 2023/02/30\nmodified: 2024-13-45\n`,
    [/^date is no date/u, /^modified is no date: it is to be a day such as/u],
  ],
  'rules that were taken back': [
    sigma('s: { CommandLine: x }\ncondition: s').replace('status: test', 'status: deprecated'),
    [/^status is deprecated/u],
  ],
  correlations: ['title: x\ncorrelation: { type: event_count }\n', [/^correlation is a correlation/u]],
  'several documents': [`${sigma('s: { CommandLine: x }\ncondition: s')}---\ntitle: y\n`, [/several documents/u]],
  'what is no mapping': ['- a\n- b\n', [/is no Sigma rule/u]],
  'values that are no texts': [
    sigma('s: { CommandLine: [{ a: b }] , Image: [[x]] }\ncondition: s'),
    [/holds something else/u, /holds something else/u],
  ],
}

describe('what cannot be carried over is named, and no rule is made', () => {
  it.each(Object.entries(REFUSED))('%s', (_name, [text, said]) => {
    const refused = refusals(text)
    expect(refused).toHaveLength(said.length)
    for (const [index, expected] of said.entries()) expect(refused[index]).toMatch(expected)
  })
})

it('says what took the place of a technique that MITRE took back', () => {
  const data = attackData(homeAt('/nonexistent'))
  const later = {
    ...data,
    technique: (id: string) => data.technique(id),
    retired: () => ({ id: 'T1086', name: 'PowerShell', state: 'revoked' as const, replacedBy: 'T1059.001' }),
  }
  const text = sigma('s: { CommandLine: x }\ncondition: s', { more: 'tags: [attack.t1086]' })
  expect(workbench(later).refusals(text)).toEqual(['tags.0 T1086 (PowerShell) was revoked by MITRE; T1059.001 took its place.'])
})

it('hostile documents cost little and are named: aliases that multiply, depth, length', () => {
  const bomb = 'a: &a [x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\ntitle: *c\n'
  const texts = [
    bomb,
    '['.repeat(30_000),
    '- '.repeat(20_000),
    'a: b\n'.repeat(2_000_000),
    `${sigma('s: { CommandLine: x }\ncondition: s')}title: twice\n`,
  ]
  for (const text of texts) expect(refusals(text).join()).toMatch(/aliases|stack|nested|longer|unique/u)
  const many = Array.from({ length: 40 }, (_, n) => `s${n}: { CommandLine|contains: [a${n}, b${n}], User: [u${n}, v${n}] }`).join('\n')
  expect(refusals(sigma(`${many}\ncondition: s1 and not all of them`)).join()).toMatch(/combinations/u)
  expect(refusals(sigma(`${many}\ncondition: not (1 of s1* and 1 of s2* and 1 of s3*)`)).join()).toMatch(/combinations/u)
})

it('whatever a document holds, something is said of it, and nothing is thrown', () => {
  const base = sigma("s: { Image|endswith: /x, CommandLine|re: 'a+(b|c)', User: [a, 1, null] }\nt: ['k*', 5]\ncondition: s or 1 of t*")
  const pieces = [
    '|',
    '(',
    ')',
    '[',
    ']',
    '*',
    '?',
    '\\\\',
    '{',
    '}',
    ': ',
    '- ',
    "'",
    '"',
    ' not ',
    ' and ',
    '|re',
    '|all',
    '|contains',
    '|base64offset',
    '|cidr',
    '\n',
    '%',
    '\u0000',
    '1 of ',
    '$',
    '^',
    '+',
  ]
  const edit = fc.tuple(fc.nat(base.length), fc.nat(6), fc.constantFrom(...pieces))
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce((text, [at, cut, piece]) => text.slice(0, at) + piece + text.slice(at + cut), base)
      const { rule, remarks } = convert(text)
      expect(rule !== null || remarks.length > 0).toBe(true)
    }),
    { numRuns: 400 },
  )
})
