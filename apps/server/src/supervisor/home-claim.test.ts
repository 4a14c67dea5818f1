import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@decnet/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Home, homeAt, prepareHome } from '../home.ts'
import { claimHome, type HomeClaim } from './home-claim.ts'

const CLAIMER = `
  const { claimHome } = await import(${JSON.stringify(new URL('./home-claim.ts', import.meta.url).href)})
  const { homeAt } = await import(${JSON.stringify(new URL('../home.ts', import.meta.url).href)})
  process.on('message', () => claimHome(homeAt(process.argv[1])).then(() => process.send('mine'), (error) => process.send(error.code)))
  process.send('here')
`

describe('claiming a home', () => {
  let folder: string
  let home: Home
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'claim-'))
    home = homeAt(join(folder, 'home'))
    prepareHome(home)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const outcome = (claim: Promise<HomeClaim>) =>
    claim.then(
      () => 'mine',
      (error: unknown) => (error instanceof AppError ? error.code : String(error)),
    )
  const claimer = () =>
    spawn(process.execPath, ['--input-type=module', '--eval', CLAIMER, home.path], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const said = async (child: ChildProcess) => String((await once(child, 'message'))[0])

  it('gives it to one of eight that ask at once', async () => {
    const claims = Array.from({ length: 8 }, () => claimHome(home))
    const answers = await Promise.all(claims.map(outcome))
    expect(answers.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'already_running'), 'mine'])
    for (const settled of await Promise.allSettled(claims)) if (settled.status === 'fulfilled') await settled.value.release()
    const again = await claimHome(home)
    await again.release()
  })

  it('knows it by every path that leads there, and no other by it', async () => {
    symlinkSync(home.path, join(folder, 'link'))
    const claim = await claimHome(home)
    expect(await outcome(claimHome(homeAt(join(folder, 'link'))))).toBe('already_running')
    const other = homeAt(join(folder, 'other'))
    prepareHome(other)
    await (await claimHome(other)).release()
    await claim.release()
  })

  it('gives it to one of eight processes that ask at once, and to the next when that one is killed', async () => {
    const children = Array.from({ length: 8 }, claimer)
    try {
      await Promise.all(children.map(said))
      const answers = children.map(said)
      for (const child of children) child.send('now')
      const settled = await Promise.all(answers)
      expect(settled.toSorted()).toEqual([...Array.from({ length: 7 }, () => 'already_running'), 'mine'])
      const winner = children[settled.indexOf('mine')]
      winner?.kill('SIGKILL')
      if (winner) await once(winner, 'exit')
      await (await claimHome(home)).release()
    } finally {
      for (const child of children) child.kill('SIGKILL')
    }
  })
})
