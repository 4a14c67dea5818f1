import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { endStrays, MARK } from './strays.ts'

const mark = `test-${process.pid}`
const marked = async (): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => 0); console.log('up'); setInterval(() => 0, 1000)"], {
    env: { PATH: process.env.PATH, [MARK]: mark },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return child
}

it('what a killed fleet left behind is killed when it does not end, and what a newer one started meanwhile is let be', async () => {
  const old = await marked()
  const ended = once(old, 'exit')
  const ending = endStrays(mark, 1_000)
  const young = await marked()
  try {
    expect(await ending).toBe(1)
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect([young.exitCode, young.signalCode]).toEqual([null, null])
  } finally {
    young.kill('SIGKILL')
    old.kill('SIGKILL')
    await once(young, 'exit')
  }
})
