import { matches } from '@decnet/kernel/bus'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { Kysely, SqliteDialect } from 'kysely'
import { afterAll, describe, expect, it } from 'vitest'
import { dialectOf } from './dialect.ts'
import type { Schema } from './schema.ts'
import { topicMatches } from './topic-filter.ts'

const raw = new Database(':memory:')
raw.exec('create table log (topic text)')
const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: raw }) })
afterAll(() => db.destroy())

async function found(pattern: string, topics: readonly string[]): Promise<string[]> {
  raw.exec('delete from log')
  const insert = raw.prepare('insert into log values (?)')
  for (const topic of topics) insert.run(topic)
  const rows = await db
    .selectFrom('log')
    .select('topic')
    .where((eb) => topicMatches(dialectOf(db), eb, pattern))
    .execute()
  return rows.map(({ topic }) => topic)
}

describe('a topic pattern in SQL', () => {
  it.each([
    ['attacker.*', ['attacker.observed'], ['Attacker.observed', 'ATTACKER.OBSERVED', 'attacker', 'attacker.a.b']],
    ['attacker.*.started', ['attacker.session.started'], ['attacker.session.Started', 'attacker.a.b.started', 'attacker..started']],
    ['decky.>', ['decky.web-01.state', 'decky.a'], ['decky', 'Decky.a', 'deckyx.a']],
    ['*.web.>', ['decky.web.state', 'a.web.b.c'], ['a.b.web.c', 'a.web', 'a.WEB.c']],
    ['*.[a].*', ['x.[a].y'], ['x.a.y', 'x.A.y']],
    ['a_%.*', ['a_%.b'], ['abc.b', 'a_c.b']],
    ['>', ['a', 'a.b.c'], []],
  ])('%s finds %j and none of %j', async (pattern, hits, misses) => {
    expect(await found(pattern, [...hits, ...misses])).toEqual(hits)
  })

  it('finds what the bus would deliver, whatever the names', async () => {
    const token = fc.constantFrom('a', 'A', 'ab', '[a]', '?', '%', '_', '^', ']', 'é', '')
    const topic = fc.array(token, { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join('.'))
    const pattern = fc.array(fc.oneof(token, fc.constantFrom('*', '>')), { minLength: 1, maxLength: 5 }).map((tokens) => tokens.join('.'))
    await fc.assert(
      fc.asyncProperty(pattern, fc.array(topic, { minLength: 20, maxLength: 40 }), async (wanted, topics) => {
        expect(await found(wanted, topics)).toEqual(topics.filter((one) => matches(wanted, one)))
      }),
      { numRuns: 500 },
    )
  })
})
