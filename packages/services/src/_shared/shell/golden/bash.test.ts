import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import { expect, it } from 'vitest'
import { runCommand, testMachine } from '../test-shell.ts'

/** One script per line; `⏎` stands for a line end. */
const scripts = readFileSync(new URL('./scripts.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.replaceAll('⏎', '\n'))

const oracle = '/bin/bash'
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  LC_ALL: 'C.UTF-8',
}

const masked = (text: string): string =>
  text
    .replace(/line \d+: (\d+)/g, 'line N: $1')
    .replace(/\/tmp\/golden[-\w]*/g, '/tmp/w')
    .replace(/^(bash: line \d+: )?environment: /gm, '$1')

when({ tools: { bash: 'bash' }, root: true }).describe('the interpreter and bash agree', () => {
  const machine = testMachine()
  scripts.forEach((script, i) => {
    it(script, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'golden-'))
      try {
        const real = spawnSync(oracle, ['--norc', '-c', script], {
          cwd: folder,
          env: environment,
          encoding: 'latin1',
          input: '',
          timeout: 10_000,
        })
        const name = `/tmp/golden-${i}`
        machine.fs.mkdir(name, { uid: 0, gid: 0, groups: [] })
        const mine = await runCommand(script, { machine, stdin: '', cwd: name, env: environment })
        const theirs = { out: real.stdout, err: real.stderr, status: real.status ?? 0 }
        expect({
          out: masked(Buffer.from(mine.out).toString('latin1')),
          err: masked(Buffer.from(mine.err).toString('latin1')),
          status: mine.status,
        }).toEqual({
          out: masked(theirs.out),
          err: masked(theirs.err).replaceAll('/bin/bash: ', 'bash: '),
          status: theirs.status,
        })
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })
  })
})
