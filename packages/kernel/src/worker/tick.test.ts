import { topics } from '@decnet/contracts/topics'
import { expect, it } from 'vitest'
import { defineTick } from './define.ts'
import { workerRig } from './worker.fixture.ts'

const WAIT = { timeout: 15_000 }
const HOUR = 3_600_000
const NEVER = { withBus: HOUR, withoutBus: HOUR }
const rig = workerRig()

it('a tick that knows when it has to run next is run then, and no later than it says it may be', async () => {
  const { run } = rig()
  const counted = (every: number, next: () => number) => {
    let steps = 0
    const step = async () => {
      steps += 1
      return 'done' as const
    }
    run(defineTick({ name: 'tick', summary: '', every, next, rest: 1, wakes: [], emits: [], run: step }), { pollMs: NEVER }).start()
    return () => steps
  }
  const [soon, capped] = [counted(HOUR, () => 2), counted(2, () => HOUR)]
  const late = counted(HOUR, () => HOUR)
  await expect.poll(soon, WAIT).toBeGreaterThan(5)
  await expect.poll(capped, WAIT).toBeGreaterThan(5)
  expect(late()).toBe(1)
})

it('a tick is told of each message that wakes it, before it runs', async () => {
  const { bus, run } = rig()
  const heard: string[] = []
  const seen: (readonly string[])[] = []
  const worker = run(
    defineTick({
      name: 'tick',
      summary: '',
      every: HOUR,
      rest: 1,
      wakes: [topics.deckyMutateRequest],
      emits: [],
      heard: ({ topic, payload }) => void heard.push(`${topic} ${String(payload.requested_by)}`),
      async run() {
        seen.push([...heard])
        return 'done'
      },
    }),
    { pollMs: NEVER },
  )
  worker.start()
  await expect.poll(() => seen.length, WAIT).toBe(1)
  for (const name of ['web-01', 'web-02']) bus.as('api').publishTo(topics.deckyMutateRequest, [name], { requested_by: 'ana' })
  await expect.poll(() => seen.at(-1), WAIT).toEqual(['decky.web-01.mutate_request ana', 'decky.web-02.mutate_request ana'])
})
