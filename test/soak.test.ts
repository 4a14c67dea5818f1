import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './rig/client.ts'
import { type Fleet, ROOT, startFleet } from './rig/fleet.ts'
import type { TrafficDone } from './rig/numbered-traffic.ts'

const FULL = process.env.DECNET_SOAK === 'full'
/** `npm run soak` runs it for ten minutes, everybody else for twenty seconds. */
const SECONDS = FULL ? 600 : 20
const RATE = 1_000
/** What may come on top, of what was there after the first third; a short run is still warming up. */
const GROWTH = FULL ? 1.15 : 1.5
const WAIT = { timeout: 60_000, interval: 250 }

interface Sample {
  readonly rssMb: number
  readonly descriptors: number
}

const sampleOf = (pid: number): Sample => ({
  rssMb: Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
})
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

interface Workers {
  readonly workers: readonly { readonly name: string; readonly lag: number | null }[]
}

describe(`${RATE} events a second`, () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet()
  })
  afterAll(() => fleet[Symbol.asyncDispose]())

  it(`leave memory, descriptors and lag flat, and nothing out (${SECONDS} s)`, { timeout: (SECONDS + 120) * 1_000 }, async () => {
    const target = fleet.target('redis')
    const script = join(ROOT, 'test', 'rig', 'numbered-traffic.ts')
    const traffic = run(process.execPath, [script, target.address, String(target.port), String(RATE), String(SECONDS)], {
      timeoutMs: (SECONDS + 60) * 1_000,
    })
    const samples = { server: [] as Sample[], sensor: [] as Sample[] }
    const lags: number[] = []
    const began = performance.now()
    while (performance.now() - began < SECONDS * 1_000) {
      for (const child of ['server', 'sensor'] as const) samples[child].push(sampleOf(fleet.child(child)))
      const { workers } = await fleet.get<Workers>('/workers')
      lags.push(Math.max(...workers.map(({ lag }) => lag ?? 0)))
      await pause(FULL ? 2_000 : 500)
    }
    const { commands, attempts } = JSON.parse((await traffic).stdout) as TrafficDone
    const events = commands.length + attempts
    expect(events).toBeGreaterThan(SECONDS * RATE * 0.95)

    const third = Math.floor(lags.length / 3)
    const figures: Record<string, string> = {}
    for (const child of ['server', 'sensor'] as const) {
      const all = samples[child]
      for (const [what, of] of [
        ['MB', ({ rssMb }: Sample) => rssMb],
        ['descriptors', ({ descriptors }: Sample) => descriptors],
      ] as const) {
        const early = middle(all.slice(third, 2 * third).map(of))
        const late = middle(all.slice(2 * third).map(of))
        figures[`${child} ${what}`] = `${early.toFixed(0)} → ${late.toFixed(0)}`
        expect(late, `${child} ${what}`).toBeLessThan(early * GROWTH)
      }
    }
    // A fold that could not keep up would fall behind by a thousand each second.
    expect(middle(lags.slice(2 * third))).toBeLessThan(RATE * 5)
    await expect.poll(async () => Math.max(...(await fleet.get<Workers>('/workers')).workers.map(({ lag }) => lag ?? 0)), WAIT).toBe(0)
    const { total } = await fleet.get<{ total: number }>('/logs?search=event:command&limit=1')
    expect(total).toBe(commands.length)
    process.stderr.write(
      `soak: ${events} events in ${SECONDS} s; ${Object.entries(figures)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}; lag at most ${Math.max(...lags)}\n`,
    )
  })
})
