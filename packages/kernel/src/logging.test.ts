import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const SCRIPT = `
  import { createLogger } from '${import.meta.resolve('./logging.ts')}'
  const logger = createLogger({ name: 'test' })
  logger.warn({ password: 'hunter2', user: { token: 'hunter2' }, n: 7 }, 'a constant message')
  for (let n = 0; n < 20_000; n += 1) logger.error({ err: new Error('no'), n }, 'again and again')
  setTimeout(() => process.stdout.write(JSON.stringify(process.memoryUsage().heapUsed)), 50)
`
const logTo = (stderr: number | 'pipe') =>
  spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    stdio: ['ignore', 'pipe', stderr],
    encoding: 'utf8',
    maxBuffer: 1e9,
  })

describe('the log', () => {
  it('is JSON lines on standard error, without secrets', () => {
    const { status, stderr } = logTo('pipe')
    const [first] = stderr.split('\n')
    expect([status, JSON.parse(first ?? '')]).toEqual([0, expect.objectContaining({ name: 'test', n: 7, msg: 'a constant message' })])
    expect(first).not.toContain('hunter2')
  })

  it.skipIf(!existsSync('/dev/full'))('that cannot be written, because its disk is full, ends nobody and takes no memory', () => {
    const full = openSync('/dev/full', 'w')
    const { status, stdout } = logTo(full)
    closeSync(full)
    expect(status).toBe(0)
    expect(Number(stdout)).toBeLessThan(64e6)
  })
})
