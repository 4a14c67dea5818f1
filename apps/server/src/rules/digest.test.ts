import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, expect, it } from 'vitest'
import { readRule, readSoundRule } from '../domain/ttp/rule/read-rule.ts'
import { shippedDigest } from './digest.ts'
import { loadRules, readRuleFiles } from './rule-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'digest-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const digested = await shippedDigest()
const files = await readRuleFiles([])
const readInFull = files.map(({ text }) => {
  const reading = readRule(text)
  return 'rule' in reading ? reading.rule : undefined
})

it('every shipped rule is ready without its YAML, and says the same as with it', async () => {
  const other = files.filter(({ text }, index) => !isDeepStrictEqual(readSoundRule(digested(text)), readInFull[index]))
  expect(other.map(({ path }) => path)).toEqual([])
  expect((await loadRules([])).map(({ id }) => id)).toEqual(readInFull.map((rule) => rule?.id))
})

it('a text that differs by one character is read as it is written, and what is wrong is told with its place', async () => {
  const { path, text } = files.find((file) => file.path.includes('R0014')) ?? { path: '', text: '' }
  const copy = join(folder, basename(path))
  cpSync(path, copy)
  expect(await loadRules([copy])).toMatchObject([{ id: 'R0014', maturity: 'stable' }])
  writeFileSync(copy, text.replace('maturity: stable', 'maturity: sandbox'))
  expect(await loadRules([copy])).toMatchObject([{ id: 'R0014', maturity: 'sandbox' }])
  writeFileSync(copy, text.replace("'^getent g?shadow\\b'", "'^getent (g?shadow'"))
  const line =
    readFileSync(copy, 'utf8')
      .split('\n')
      .findIndex((each) => each.includes('getent (')) + 1
  expect(line).toBeGreaterThan(0)
  await expect(loadRules([copy])).rejects.toThrow(`${copy}:${line}:`)
})

it('what says something wrong is no sound rule, whatever was found before', () => {
  const sound = digested(files[0]?.text ?? '') as object
  expect(readSoundRule(sound)).not.toBeNull()
  for (const value of [
    undefined,
    null,
    'x',
    {},
    { ...sound, version: 0 },
    { ...sound, when: { nothing: 'x' } },
    { ...sound, sources: ['nothing'] },
  ])
    expect(readSoundRule(value)).toBeNull()
})
