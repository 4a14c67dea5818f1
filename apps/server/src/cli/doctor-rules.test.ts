import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from '@decnet/contracts/api'
import { afterAll, expect, it } from 'vitest'
import { loadRelease } from '../attack/load.ts'
import { homeFiles } from '../attack/release-file.ts'
import { replaceRelease } from '../attack/replace.ts'
import { homeAt } from '../home.ts'
import { saveSnapshot } from '../workers/snapshot-file.ts'
import { checkRules, checkWorkers } from './doctor-rules.ts'

const folder = mkdtempSync(join(tmpdir(), 'doctor-rules-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const ATTACK = 'enterprise-attack'

it('the doctor names the rules that a release of ATT&CK does not fit, those that are broken, and data that cannot be read', async () => {
  const home = homeAt(join(folder, 'home'))
  const look = () => checkRules({ json: false, home: home.path })
  expect(await look()).toMatchObject([{ check: 'rules', verdict: 'ok' }])
  const release = loadRelease(home, ATTACK)
  const { 'T1003.008': _, ...groupsByTechnique } = release.groupsByTechnique
  const techniques = release.techniques.filter(({ id }) => id !== 'T1003.008')
  mkdirSync(join(home.path, 'rules'), { recursive: true })
  replaceRelease(home, { ...release, groupsByTechnique, techniques })
  writeFileSync(join(home.path, 'rules', 'mine.yaml'), 'id: MINE\n')
  expect(await look()).toMatchObject([
    { verdict: 'note', found: expect.stringMatching(/not asked.*R0014/u), advice: expect.stringContaining('decnet attack revert') },
    { verdict: 'note', found: expect.stringMatching(/1 rule of your own .*MINE/u) },
  ])
  writeFileSync(homeFiles(home, ATTACK).current, '{')
  expect(await look()).toMatchObject([
    { check: 'attack', verdict: 'bad' },
    { check: 'rules', found: expect.stringContaining('MINE') },
  ])
})

it('the doctor names workers that fail time and again, and how to try them at once', async () => {
  const workersFile = join(folder, 'workers.json')
  expect(checkWorkers({ workersFile })).toEqual([])
  const worker = (name: string, state: Worker['state']): Worker => ({
    ...{ name, state, summary: '', kind: 'fold', status: 'ok', desired: 'running', desired_by: null, desired_at: null },
    ...{ last_heartbeat_ts: 0, seconds_since: 0, installed: true, stoppable: true, stops_with: null, stop_means: null, lag: 0 },
    ...{ lag_history: [], last_error: 'Error: no such table', parked: 0, dropped: 0, restarts: 0, replicas: [], extra: {} },
  })
  const workers = [worker('profiler', 'running'), worker('ttp-tagger', 'quarantined')]
  await saveSnapshot(workersFile, { generated_at: new Date(0).toISOString(), bus_connected: true, workers })
  expect(checkWorkers({ workersFile }, 1_000)).toMatchObject([
    { verdict: 'bad', found: expect.stringContaining('ttp-tagger'), advice: expect.stringContaining('decnet workers start ttp-tagger') },
  ])
})
