import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createEngine } from '../../../apps/server/src/domain/ttp/engine/engine.ts'
import { indexRules } from '../../../apps/server/src/domain/ttp/engine/index-of-rules.ts'
import { memoryWindows } from '../../../apps/server/src/domain/ttp/engine/window-store.ts'
import { loadRules } from '../../../apps/server/src/rules/rule-files.ts'

/** Whoever acts on tags of this confidence or more is not woken by an administrator at work. */
const SURE = 0.5

const lines = readFileSync(new URL('everyday.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')

describe('the shipped rules', async () => {
  const index = indexRules((await loadRules([])).filter(({ maturity }) => maturity !== 'sandbox'))

  it('find nothing, or are not sure of it, in the single lines that administrators and developers type every day', () => {
    expect(lines.length).toBeGreaterThanOrEqual(400)
    const found = lines.flatMap((command_text) => {
      const payload = { command_text, service: 'ssh', mode: 'interactive' }
      const evidence = {
        kind: 'command',
        id: command_text,
        ts: 0,
        session: command_text,
        attacker: '198.51.100.7',
        identity: null,
        payload,
      }
      const { findings } = createEngine(index, memoryWindows()).match(evidence)
      return findings
        .filter(({ confidence }) => confidence >= SURE)
        .map((finding) => `${command_text}: ${finding.rule} ${finding.technique_id} ${finding.confidence}`)
    })
    expect(found).toEqual([])
  })
})
