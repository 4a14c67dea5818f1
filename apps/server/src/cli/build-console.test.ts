import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@decnet/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureConsole } from './build-console.ts'

const NOBODY = 65_534

describe('a console whose folder is not ours to write', () => {
  let folder: string
  const notices: string[] = []
  beforeEach(() => {
    notices.length = 0
    folder = mkdtempSync(join(tmpdir(), 'console-'))
    writeFileSync(join(folder, 'main.ts'), 'export {}')
  })
  afterEach(() => {
    chmodSync(folder, 0o700)
    rmSync(folder, { recursive: true, force: true })
  })

  /** As root nothing is forbidden: then as somebody else. */
  async function ensure(): Promise<string> {
    const root = process.geteuid?.() === 0
    chmodSync(folder, 0o555)
    if (root) process.seteuid?.(NOBODY)
    try {
      return await ensureConsole((text) => notices.push(text), new AbortController().signal, folder)
    } finally {
      if (root) process.seteuid?.(0)
    }
  }
  const builtBefore = (stamp: string) => {
    mkdirSync(join(folder, 'dist'))
    writeFileSync(join(folder, 'dist', 'index.html'), '<!doctype html>')
    writeFileSync(join(folder, 'dist', '.built-from'), stamp)
  }

  it('is served as it was built last, and that is said with the way out', async () => {
    builtBefore('something older')
    expect(await ensure()).toBe(join(folder, 'dist'))
    expect(notices).toEqual([
      expect.stringMatching(/^The console that is served is older than its sources: .* start decnet up once as the user who owns/u),
    ])
    expect(readdirSync(folder).toSorted()).toEqual(['dist', 'main.ts'])
  })

  it('is refused in a sentence when it was never built', async () => {
    const error = await ensure().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({
      code: 'console_forbidden',
      message: `The console is not built yet, and ${folder} is not yours to build it in.`,
      hint: expect.stringMatching(/^Start decnet up once as the user who owns /u),
    })
    expect(notices).toEqual([])
  })
})

describe('a build of the console that is given up', () => {
  it('leaves nothing behind and ends with the reason', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'console-'))
    try {
      writeFileSync(join(folder, 'index.html'), '<!doctype html>')
      const asked = new AbortController()
      const building = ensureConsole(() => asked.abort(), asked.signal, folder)
      await expect(building).rejects.toBe(asked.signal.reason)
      expect(readdirSync(folder)).toEqual(['index.html'])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
