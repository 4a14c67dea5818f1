import { expect, test } from 'vitest'
import { ruleText } from '../apps/server/src/domain/ttp/rule.fixture.ts'
import { textHash } from '../apps/server/src/store/rule-texts.ts'
import { rulesDigest } from './rules-digest.ts'

const one = ruleText('{ programs: nmap }')
const other = ruleText("{ line: { regex: '^id$' } }", { id: 'R9001' })

test('sound rules stand in the digest, a rule a line, by the hash of their text', () => {
  const digest = rulesDigest([one, other])
  expect(Object.keys(JSON.parse(digest))).toEqual([textHash(one), textHash(other)])
  expect(JSON.parse(digest)[textHash(other)]).toMatchObject({ id: 'R9001', when: { line: { regex: '^id$' } } })
  expect(digest.trimEnd().split('\n')).toHaveLength(4)
})

test('a rule with something wrong in it does not: YAML, schema, pattern', () => {
  const broken = [one.replace('[', ''), one.replace('version: 1', 'version: 0'), other.replace('^id$', '(')]
  expect(JSON.parse(rulesDigest([...broken, one]))).toHaveProperty(textHash(one))
  expect(Object.keys(JSON.parse(rulesDigest([...broken, one])))).toHaveLength(1)
  expect(JSON.parse(rulesDigest([]))).toEqual({})
})
