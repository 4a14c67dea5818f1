import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { TechniqueTag } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Rule } from '../apps/server/src/domain/ttp/rule/rule.ts'
import { loadRules } from '../apps/server/src/rules/rule-files.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'
import { type Act, actsOf, openShell } from './rig/rule-acts.ts'

const tools = { sshpass: 'sshpass', ssh: 'openssh-client', curl: 'curl', 'redis-cli': 'redis-tools', mariadb: 'mariadb-client' }
const AT_ONCE = 6
const SOON_MS = 10_000

/** Does all of them, a few at a time. */
async function inTurn(acts: readonly Act[]): Promise<void> {
  const left = acts.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const { run } of left) await run()
    }),
  )
}

when({ tools }).describe('the first example of a rule, done by a real client against a real fleet', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-act-'))
  let fleet: Fleet
  let rules: readonly Rule[]
  beforeAll(async () => {
    rules = await loadRules([])
    fleet = await startFleet()
  })
  afterAll(async () => {
    await fleet[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it('is recognised, and the API says so with the evidence', async () => {
    await using shell = await openShell(fleet, folder)
    const acts = rules.flatMap((rule) => actsOf(rule, fleet, shell))
    await inTurn(acts)
    const known = async () => {
      const asked = new Map<string, readonly TechniqueTag[]>()
      const missing: Act[] = []
      for (const act of acts) {
        const [emission] = act.rule.emits
        const path = `/ttp/tags/by-attacker/${act.from}/${emission?.technique_id}?limit=1000`
        const tags = asked.get(path) ?? (await fleet.get<readonly TechniqueTag[]>(path).catch(() => []))
        asked.set(path, tags)
        if (!tags.some(({ rule_id, evidence }) => rule_id === act.rule.id && Object.keys(evidence).length > 0)) missing.push(act)
      }
      return missing
    }
    const missingAfter = async (ms: number) => {
      const until = Date.now() + ms
      let missing = await known()
      while (missing.length > 0 && Date.now() < until) {
        await pause(500)
        missing = await known()
      }
      return missing
    }
    // What a busy machine did not get through in time is done once more.
    await inTurn(await missingAfter(SOON_MS))
    const missing = await missingAfter(2 * SOON_MS)
    expect(missing.map(({ rule, by }) => `${rule.id} ${by}`)).toEqual([])
    expect(acts.length).toBeGreaterThan(200)
  })
})
