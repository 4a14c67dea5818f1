import { newId } from '@decnet/kernel'
import { matches } from '@decnet/kernel/bus'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { onEachDatabase } from './fixtures/each-database.ts'
import type { Store } from './open.ts'
import { topicMatches } from './topic-filter.ts'

onEachDatabase('a topic pattern', ({ open }) => {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store.close())

  async function keep(topics: readonly string[]): Promise<void> {
    await store.db.deleteFrom('log').execute()
    const rows = topics.map((topic, n) => ({ seq: n + 1, id: newId(), topic, ts: 0, source: '', type: '', body: '{}' }))
    await store.db.insertInto('log').values(rows).execute()
  }
  async function found(pattern: string): Promise<string[]> {
    const query = store.db.selectFrom('log').select('topic').orderBy('seq')
    const rows = await query.where((eb) => topicMatches(store.dialect, eb, pattern)).execute()
    return rows.map(({ topic }) => topic)
  }

  it.each([
    ['attacker.*', ['attacker.observed'], ['Attacker.observed', 'ATTACKER.OBSERVED', 'attacker', 'attacker.a.b']],
    ['attacker.*.started', ['attacker.session.started'], ['attacker.session.Started', 'attacker.a.b.started', 'attacker..started']],
    ['decky.>', ['decky.web-01.state', 'decky.a'], ['decky', 'Decky.a', 'deckyx.a']],
    ['*.web.>', ['decky.web.state', 'a.web.b.c'], ['a.b.web.c', 'a.web', 'a.WEB.c']],
    ['*.[a].*', ['x.[a].y'], ['x.a.y', 'x.A.y']],
    ['a_%.*', ['a_%.b'], ['abc.b', 'a_c.b']],
    ['>', ['a', 'a.b.c'], []],
  ])('%s finds %j and none of %j', async (pattern, hits, misses) => {
    await keep([...hits, ...misses])
    expect(await found(pattern)).toEqual(hits)
  })

  it('finds what the bus would deliver, whatever the names', async () => {
    const token = fc.constantFrom('a', 'A', 'ab', '[a]', '?', '%', '_', '^', ']', 'é', '(', '\\', '$', '')
    const topic = fc.array(token, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join('.'))
    const pattern = fc.array(fc.oneof(token, fc.constantFrom('*', '>')), { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join('.'))
    const topics = fc.sample(topic, 400)
    await keep(topics)
    await fc.assert(
      fc.asyncProperty(pattern, async (wanted) => {
        expect(await found(wanted)).toEqual(topics.filter((one) => matches(wanted, one)))
      }),
      { numRuns: 300 },
    )
  })
})
