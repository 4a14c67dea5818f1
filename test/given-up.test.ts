import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { homeAt } from '../apps/server/src/home.ts'
import { markedProcesses, markOf } from '../apps/server/src/supervisor/strays.ts'
import { DECNET, decnet } from './rig/cli.ts'

const work = mkdtempSync(join(tmpdir(), 'given-up-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const processesOf = (home: string) => markedProcesses(markOf(homeAt(home)))

describe('decnet up that is stopped before it is ready', () => {
  it.each([
    ['SIGINT', 0],
    ['SIGTERM', 150],
    ['SIGINT', 400],
    ['SIGHUP', 800],
  ] as const)('ends in order on %s, %i ms after it took its home, and leaves no process and no claim', async (signal, afterMs) => {
    const home = join(work, `home-${afterMs}`)
    const child = spawn(DECNET, ['up', '--json', '--home', home, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString()
    })
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString()
    })
    const exited = once(child, 'exit')
    while (!existsSync(join(home, 'run', 'state.json'))) await pause(5)
    await pause(afterMs)
    child.kill(signal)
    expect(await exited).toEqual([0, null])
    // Ready or not by then, nothing was called a failure.
    expect([out === '' || out.startsWith('{"console"'), err.replace(/^Building the console.*\n/u, '')]).toEqual([true, ''])
    expect(processesOf(home)).toEqual([])
    expect((await decnet(['status', '--home', home])).code).toBe(3)
  })
})

describe('decnet up that cannot have what it needs', () => {
  it('says once that it cannot have its address, and nothing of starting again', async () => {
    const home = join(work, 'address')
    for (let n = 0; n < 3; n += 1) {
      const { code, stdout, stderr } = await decnet(['up', '--home', home, '--listen', '203.0.113.1:80'])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr.replace(/^Building the console.*\n/u, '')).toMatch(
        /^✗ Cannot listen on 203\.0\.113\.1:80 \(EADDRNOTAVAIL\)\.\n {2}Choose an address .*\n$/u,
      )
    }
    expect(processesOf(home)).toEqual([])
  })

  it('is one fleet of eight that are started at once in one home', async () => {
    const home = join(work, 'eight')
    const children = Array.from({ length: 8 }, () =>
      spawn(DECNET, ['up', '--json', '--home', home, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] }),
    )
    const ends = children.map(async (child) => {
      let err = ''
      child.stderr.on('data', (data: Buffer) => {
        err += data.toString()
      })
      const up = once(child.stdout, 'data').then(() => 'up')
      const over = once(child, 'close').then(() => err.trim().split('\n').at(-1) ?? '')
      return Promise.race([up, over])
    })
    try {
      const said = await Promise.all(ends)
      expect(said.filter((what) => what === 'up')).toHaveLength(1)
      expect(said.filter((what) => what.includes('"code":"already_running"'))).toHaveLength(7)
    } finally {
      for (const child of children) child.kill('SIGTERM')
      await Promise.all(children.map((child) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined)))
    }
    expect(processesOf(home)).toEqual([])
  })
})
