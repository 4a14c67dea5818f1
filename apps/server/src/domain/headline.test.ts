import { expect, it } from 'vitest'
import { headline, isIdle, type Shown, techniqueIn } from './headline.ts'
import type { Conduct } from './scoring.ts'

const nothing: Conduct = {
  eventCount: 3,
  sessionCount: 1,
  credentialCount: 0,
  loginCount: 0,
  commandCount: 0,
  fileCount: 0,
  serviceCount: 1,
  deckyCount: 1,
}
const tried = (name: string | null, count = 1, technique = 'T1190'): Shown => ({ technique, name, count })
const say = (conduct: Partial<Conduct>, shown: readonly Shown[] = [], deckies: readonly string[] = ['web01']) =>
  headline({ ...nothing, deckyCount: deckies.length, ...conduct }, deckies, shown)

it('who only knocked did nothing more', () => {
  expect(say({})).toBe('looked at 1 service on web01 and did nothing more')
})
it('an exploit that was tried is named, with its technique', () => {
  expect(say({}, [tried('Log4Shell')])).toBe('tried Log4Shell (T1190) on web01')
  expect(say({}, [tried('Log4Shell'), tried('SQL injection', 9)])).toBe('tried SQL injection and Log4Shell (T1190) on web01')
  expect(say({}, [tried('a', 3), tried('b', 2), tried('c'), tried('d')], ['x', 'y'])).toBe(
    'tried a, b and 2 other exploits (T1190) on 2 deckies',
  )
})
it("one of an operator's own rules has no name", () => {
  expect(say({}, [tried(null)])).toBe('tried an exploit (T1190) on web01')
  expect(say({}, [tried(null), tried('Log4Shell')])).toBe('tried Log4Shell and 1 other exploit (T1190) on web01')
})
it('it stands in its place among what else was done', () => {
  expect(say({ credentialCount: 214, loginCount: 1, commandCount: 12, fileCount: 1 }, [tried('Log4Shell')], ['x', 'y', 'z'])).toBe(
    'made 214 log-in attempts on 3 deckies, got in once, tried Log4Shell (T1190), gave 12 commands and left 1 file',
  )
  expect(say({ commandCount: 2 }, [tried('Log4Shell')])).toBe('tried Log4Shell (T1190) on web01 and gave 2 commands')
})
it('of who did nothing else it is said what they were seen at', () => {
  const seen = [tried('vulnerability scanner', 4, 'T1595.002'), tried('word list scan', 2, 'T1595.003'), tried('x', 1, 'T1046')]
  expect(say({ serviceCount: 2 }, seen)).toBe(
    'looked at 2 services on web01, seen at vulnerability scanner (T1595.002) and word list scan (T1595.003)',
  )
  expect(say({ commandCount: 1 }, seen)).toBe('gave 1 command on web01')
})
it('the technique that it speaks of can be asked for', () => {
  expect(techniqueIn(say({}, [tried('Log4Shell')]))).toBe('T1190')
  expect(techniqueIn(say({}, [tried('x', 1, 'T1595.002')]))).toBe('T1595.002')
  expect(techniqueIn(say({}))).toBeNull()
})
it('idle is who left no credential, command or file', () => {
  expect([isIdle(nothing), isIdle({ ...nothing, fileCount: 1 })]).toEqual([true, false])
})
