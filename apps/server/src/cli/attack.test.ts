import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { bundleText, smallBundle, technique } from '../domain/attack/bundle.fixture.ts'
import { attack } from './attack.ts'
import { listRules } from './ttp-catalogue.ts'

let folder: string
let said = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attack-cli-'))
  said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})
const home = () => join(folder, 'home')
const kept = () => join(home(), 'attack', 'enterprise.json')
/** What the command says, in words. */
async function words(args: readonly string[], options: Record<string, unknown> = {}): Promise<string> {
  said = ''
  expect(await attack.run({ args, options: { json: false, home: home(), ...options } })).toBe(0)
  return said
}
const json = async (args: readonly string[], options: Record<string, unknown> = {}): Promise<unknown> =>
  JSON.parse(await words(args, { json: true, ...options }))
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('decnet attack', () => {
  it('technique shows one, however its id is written, without a home', async () => {
    const text = await words(['technique', ' t1110.001'])
    for (const part of ['T1110.001  Password Guessing', 'Enterprise 18', 'T1110 Brute Force', 'TA0006 Credential Access', '/T1110/001'])
      expect(text).toContain(part)
    expect(await json(['technique', 'T1110'])).toMatchObject({
      id: 'T1110',
      parent: null,
      release: '18',
      tactics: [{ id: 'TA0006', name: 'Credential Access' }],
      sub_techniques: [{ id: 'T1110.001' }, { id: 'T1110.002' }, { id: 'T1110.003' }, { id: 'T1110.004' }],
      groups: expect.arrayContaining([expect.objectContaining({ id: 'G0007', techniques: expect.arrayContaining(['T1110.001']) })]),
    })
    expect(existsSync(home())).toBe(false)
  })

  it('tactics lists them by domain in kill-chain order', async () => {
    const text = await words(['tactics'])
    const at = ['Enterprise 18', 'TA0043', 'TA0001', 'TA0011', 'TA0010', 'TA0040', 'ICS 18', 'TA0108', 'TA0105'].map((part) =>
      text.indexOf(part),
    )
    expect(at).toEqual(at.toSorted((a, b) => a - b))
    expect(at[0]).toBeGreaterThanOrEqual(0)
    expect(await json(['tactics'])).toMatchObject({ releases: [{ release: '18' }, { release: '18' }], data: { length: 26 } })
  })

  it('groups says who uses a technique, or that nobody does', async () => {
    expect(await words(['groups', 'T1110.001'])).toMatch(/G0007\s+APT28\s.*T1110\.001/u)
    expect(await json(['groups', 'T0807'])).toEqual([expect.objectContaining({ id: 'G0034', techniques: ['T0807'] })])
    expect(await words(['groups', 'T0800'])).toBe('No group is known to use T0800.\n')
  })

  it('update says what would change, changes it when it is no dry run, and revert goes back', async () => {
    const path = file('enterprise-attack.json', bundleText(smallBundle()))
    expect(await words(['update', path], { dryRun: true })).toMatch(
      /From 18 to 19\.1: [\d,]+ changes\.[\s\S]*removed\s+T1595[\s\S]*dry run/u,
    )
    expect(existsSync(home())).toBe(false)

    expect(await json(['update', path])).toMatchObject({
      domain: 'enterprise-attack',
      from: '18',
      to: '19.1',
      written: true,
      source: expect.stringMatching(/^enterprise-attack\.json, sha256 [0-9a-f]{64}$/u),
      techniques: { added: [], moved: [{ id: 'T1059', from: ['execution'], to: ['credential-access', 'execution'] }] },
    })
    expect(await words(['technique', 'T1059'])).toContain('Enterprise 19.1')
    await expect(words(['technique', 'T1086'])).rejects.toMatchObject({ code: 'technique_unknown', hint: 'T1059 took its place.' })
    await expect(words(['technique', 'T1108'])).rejects.toMatchObject({ message: expect.stringContaining('deprecated') })

    expect(await words(['revert'])).toBe('ATT&CK Enterprise 18 is in use again, as it came with the product.\n')
    await expect(words(['revert'])).rejects.toMatchObject({ code: 'nothing_to_revert' })
  })

  it('update tells a new name, and what was in use before becomes the former', async () => {
    await words(['update', file('a.json', bundleText(smallBundle()))])
    const next = [...smallBundle().filter(({ name }) => name !== 'Brute Force'), technique('T1110', 'Guessing', ['credential-access'])]
    expect(await words(['update', file('b.json', bundleText(next))])).toMatch(
      /1 change\.\s[\s\S]*renamed\s+T1110\s+Brute Force → Guessing/u,
    )
    expect(await json(['revert', 'enterprise'])).toEqual({ reverted: [{ domain: 'enterprise-attack', to: 'former', release: '19.1' }] })
  })

  it('update names the rules that are not asked under a release, with their places; so does the list of rules, and revert has them asked again', async () => {
    const path = file('small.json', bundleText(smallBundle()))
    expect(await words(['update', path], { dryRun: true })).toMatch(
      /[\d]+ rules are not asked under it:[\s\S]*R0014\s+emits\.0\.technique: .*T1003/u,
    )
    const shadow = { id: 'R0014', origin: 'shipped', path: expect.stringContaining('R0014-'), line: expect.any(Number) }
    expect(await json(['update', path])).toMatchObject({
      rules: expect.arrayContaining([expect.objectContaining(shadow)]),
      doubts: [expect.stringMatching(/of 691 techniques/u), expect.stringMatching(/of 172 groups/u)],
    })
    const catalogue = async () => {
      said = ''
      vi.spyOn(process.stderr, 'write').mockReturnValue(true)
      await listRules([], { json: true, home: home() })
      return (JSON.parse(said) as { rules: { id: string; problem: unknown }[] }).rules.find(({ id }) => id === 'R0014')
    }
    expect(await catalogue()).toMatchObject({ problem: { message: expect.stringContaining('T1003.008') } })
    await words(['revert'])
    expect(await catalogue()).toMatchObject({ problem: null })
  })

  it('update takes a bundle that does not say its release when it is told', async () => {
    const path = file('a.json', bundleText(smallBundle().slice(1)))
    await expect(words(['update', path])).rejects.toMatchObject({ hint: expect.stringContaining('--release') })
    expect(await json(['update', path], { release: '17.1' })).toMatchObject({ to: '17.1' })
    await expect(words(['update', path], { release: 'new' })).rejects.toMatchObject({ code: 'usage' })
  })

  it('update and revert are the way out of a broken file in the home', async () => {
    const path = file('a.json', bundleText(smallBundle()))
    await words(['update', path])
    writeFileSync(kept(), readFileSync(kept()).subarray(0, 1_000))
    await expect(words(['technique', 'T1110'])).rejects.toMatchObject({
      code: 'attack_data_broken',
      hint: expect.stringContaining('revert'),
    })
    expect(await json(['update', path])).toMatchObject({ from: '18', to: '19.1' })
    writeFileSync(kept(), '{}')
    expect(await json(['revert'])).toMatchObject({ reverted: [{ to: 'shipped', release: '18' }] })
  })

  it.each<[string, string | Uint8Array | null, string]>([
    ['is not there', null, 'bundle_unreadable'],
    ['is empty', '', 'bundle_invalid'],
    ['is cut off', bundleText(smallBundle()).slice(0, -900), 'bundle_invalid'],
    ['is compressed', Buffer.from([0x1f, 0x8b, 8, 0]), 'bundle_invalid'],
    ['is of something else', '{"type":"bundle","objects":[{"type":"malware"}]}', 'bundle_invalid'],
    ['contradicts itself', bundleText([...smallBundle(), technique('T1200.001', 'Orphan', ['execution'])]), 'attack_data_invalid'],
  ])('update changes nothing when the file %s', async (_what, content, code) => {
    await words(['update', file('good.json', bundleText(smallBundle()))])
    const before = readFileSync(kept(), 'utf8')
    const path = content === null ? join(folder, 'none.json') : file('bad.json', content)
    await expect(words(['update', path])).rejects.toMatchObject({ code })
    expect(readFileSync(kept(), 'utf8')).toBe(before)
    expect(await words(['technique', 'T1110'])).toContain('Enterprise 19.1')
  })

  it.each([
    ['nothing', [], 'usage'],
    ['an action that is none', ['techniques'], 'usage'],
    ['a name that every object has', ['constructor'], 'usage'],
    ['no technique', ['technique'], 'usage'],
    ['no technique for groups', ['groups'], 'usage'],
    ['no file', ['update'], 'usage'],
    ['a domain that is none', ['revert', 'mobile'], 'usage'],
    ['an unknown id', ['technique', 'T9999'], 'technique_unknown'],
    ['a name that every object has as an id', ['groups', '__proto__'], 'technique_unknown'],
    ['a folder', ['update', tmpdir()], 'bundle_unreadable'],
  ])('with %s is refused with what to do', async (_what, args, code) => {
    await expect(words(args)).rejects.toMatchObject({ code })
  })
})
