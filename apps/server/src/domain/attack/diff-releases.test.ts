import { describe, expect, it } from 'vitest'
import { bundleText, chunksOf, collection, matrix, smallBundle, stixIdOf, tactic, technique } from './bundle.fixture.ts'
import { diffReleases } from './diff-releases.ts'
import { readBundle } from './read-bundle.ts'

const read = (objects: readonly unknown[]) => readBundle(chunksOf(bundleText(objects)))
/** The small bundle in which some objects are others, by their STIX ids, and some are new. */
const changed = (gone: readonly string[], ...objects: readonly { readonly id?: unknown }[]) => {
  const ids = new Set([...objects.map(({ id }) => id), ...gone])
  return read([...smallBundle().filter(({ id }) => !ids.has(id)), ...objects])
}

describe('the difference of two releases', () => {
  it('of the same is nothing', async () => {
    const release = await read(smallBundle())
    expect(diffReleases(release, release)).toEqual({
      domain: 'enterprise-attack',
      groups: { added: [], removed: [], renamed: [] },
      doubts: [],
      from: '19.1',
      to: '19.1',
      tactics: { added: [], removed: [], renamed: [] },
      techniques: { added: [], removed: [], renamed: [], retired: [], moved: [] },
    })
  })

  it('names what is new, gone, retired, renamed and moved, each once', async () => {
    const before = await read(smallBundle())
    const after = await changed(
      [stixIdOf('attack-pattern', 'T1110.003')],
      collection('20.0'),
      tactic('TA0006', 'credential-access', 'Access by Credentials'),
      tactic('TA0112', 'stealth', 'Stealth'),
      matrix('TA0002', 'TA0006', 'TA0112'),
      technique('T1110', 'Guessing', ['execution', 'credential-access']),
      technique('T1110.001', 'Password Guessing', ['credential-access'], { revoked: true }),
      technique('T1685', 'Disable or Modify Tools', ['stealth']),
      technique('T1059', 'Command and Scripting Interpreter', ['execution', 'credential-access']),
    )
    expect(diffReleases(before, after)).toEqual({
      domain: 'enterprise-attack',
      groups: { added: [], removed: [], renamed: [] },
      doubts: ['1 of 4 techniques are gone and nothing says what became of them: is the bundle whole?'],
      from: '19.1',
      to: '20.0',
      tactics: {
        added: [{ id: 'TA0112', name: 'Stealth' }],
        removed: [],
        renamed: [{ id: 'TA0006', from: 'Credential Access', to: 'Access by Credentials' }],
      },
      techniques: {
        added: [{ id: 'T1685', name: 'Disable or Modify Tools' }],
        removed: [{ id: 'T1110.003', name: 'Password Spraying' }],
        retired: [{ id: 'T1110.001', name: 'Password Guessing', state: 'revoked', replacedBy: null }],
        renamed: [{ id: 'T1110', from: 'Brute Force', to: 'Guessing' }],
        moved: [{ id: 'T1110', name: 'Guessing', from: ['credential-access'], to: ['credential-access', 'execution'] }],
      },
    })
  })

  it('the other way round swaps what came and what went', async () => {
    const before = await read(smallBundle())
    const after = await changed([], technique('T1685', 'Disable or Modify Tools', ['execution']))
    const [there, back] = [diffReleases(before, after), diffReleases(after, before)]
    expect(back.techniques.removed).toEqual(there.techniques.added)
    expect(back.techniques.added).toEqual([])
  })
})
