import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { startService } from '@decnet/kernel/service/conformance'
import { expect, test } from 'vitest'
import { answerOf, type ScriptedAnswer } from './scripted-answer.ts'
import { ScriptedClient } from './scripted-client.ts'
import service from './service.ts'
import { mariadb } from './test-personas.ts'

test('every recorded statement gets the answer that MariaDB 10.11.19 gave: values, columns, errors, counts', async () => {
  await using harness = await startService(service, { persona: mariadb })
  const client = await ScriptedClient.open(harness.port)
  await client.login({ user: 'dba', password: 'dba123' })
  const recorded: unknown = JSON.parse(await readFile(join(import.meta.dirname, 'recorded', 'turns.json'), 'utf8'))
  const turns = recorded as readonly (readonly [sql: string, answer: ScriptedAnswer])[]
  expect(turns.length).toBeGreaterThan(100)
  const differing: { readonly sql: string; readonly recorded: ScriptedAnswer; readonly ours: ScriptedAnswer }[] = []
  for (const [sql, answer] of turns) {
    const ours = answerOf(await client.query(sql))
    if (!isDeepStrictEqual(ours, answer)) differing.push({ sql, recorded: answer, ours })
  }
  expect(differing).toEqual([])
  client.close()
})
