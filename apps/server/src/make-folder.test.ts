import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from './make-folder.ts'

it('a folder is made with those above it, with their mode, and a second time nothing is done', () => {
  const base = mkdtempSync(join(tmpdir(), 'make-folder-'))
  try {
    makeFolder(join(base, 'a', 'b'), 0o700)
    makeFolder(join(base, 'a', 'b'), 0o755)
    expect(['a', 'a/b'].map((path) => statSync(join(base, path)).mode & 0o777)).toEqual([0o700, 0o700])
  } finally {
    rmSync(base, { recursive: true })
  }
})

it('where none can be made it says so at once', () => {
  expect(() => makeFolder('/proc/there/is/none')).toThrow('ENOENT')
})
