import { attackerId } from '@decnet/kernel'
import { createMemoryBus } from '@decnet/kernel/bus'
import type { AnyWorker } from '@decnet/kernel/worker'
import { expect, it } from 'vitest'
import { indexRules } from '../domain/ttp/engine/index-of-rules.ts'
import { ruleIn } from '../domain/ttp/rule.fixture.ts'
import { onEachDatabase } from '../store/fixtures/each-database.ts'
import type { Tx } from '../store/log-table.ts'
import credentials from './credentials/worker.ts'
import { settle, visit } from './folds.fixture.ts'
import profiler from './profiler/worker.ts'
import reuse from './reuse-correlator/worker.ts'
import { ttpTagger } from './ttp-tagger/worker.ts'

const IP = '203.0.113.7'
const MANY_DECKIES = ruleIn(`
id: R0344
version: 1
title: One attacker on many deckies
maturity: stable
sources: [topology_traversal]
when: { decky_count: { gte: 3 } }
emits: [{ technique: T1021, tactic: TA0008, confidence: 0.4 }]
examples: { match: [{ decky_count: 3 }], no_match: [{ decky_count: 2 }] }
`)
const REUSED = ruleIn(`
id: R0004
version: 1
title: One credential used on many targets
maturity: stable
sources: [credential]
when: { target_count: { gte: 2 } }
emits: [{ technique: T1003, tactic: TA0006, confidence: 0.45 }]
examples: { match: [{ target_count: 3 }], no_match: [{ target_count: 1 }] }
`)
const SHADOW = ruleIn(`
id: R0014
version: 1
title: Password hashes read
maturity: stable
sources: [command]
when: { command_text: { contains: /etc/shadow } }
emits: [{ technique: T1003.008, tactic: TA0006, confidence: 0.3 }]
examples: { match: [cat /etc/shadow], no_match: [cat /etc/passwd] }
`)

onEachDatabase('a score', ({ open }) => {
  it('is the same whichever of an attacker’s visits was heard of first', async () => {
    const loud = visit({
      ip: IP,
      decky: 'web-01',
      logins: [['root', 'root']],
      commands: ['id', 'cat /etc/shadow'],
      files: ['a'.repeat(64)],
    })
    const quiet = ['web-02', 'web-03'].flatMap((decky, n) => visit({ ip: IP, decky, at: (n + 1) * 60_000, refused: [['root', 'root']] }))
    const outcomes: unknown[] = []
    for (const parts of [
      [loud, quiet],
      [quiet, loud],
    ]) {
      await using store = await open()
      const bus = createMemoryBus()
      const tagger = ttpTagger(async () => ({ index: indexRules([MANY_DECKIES, REUSED, SHADOW]), release: '18' }))
      const workers = [credentials, reuse, profiler, tagger] as readonly AnyWorker<Tx>[]
      for (const records of parts) await settle(store, bus, workers, records)
      await bus.close()
      const rows = await store.db
        .selectFrom('attackers')
        .select(['score', 'severity', 'techniques'])
        .where('uuid', '=', attackerId(IP))
        .execute()
      outcomes.push(rows)
    }
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[0]).toMatchObject([{ techniques: '{"T1003 TA0006":0.3}' }])
  })
})
