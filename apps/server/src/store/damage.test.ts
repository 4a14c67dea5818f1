import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { corrupt } from './damage.ts'

describe('the way out of a damaged database', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'damage-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('names the log only where there is one', () => {
    const path = join(folder, 'x.db')
    writeFileSync(path, 'no database')
    expect(corrupt(path, undefined).hint).toContain(`mv '${path}' '${path}.damaged')`)
    writeFileSync(`${path}-wal`, 'its log')
    expect(corrupt(path, undefined).hint).toContain(`mv '${path}' '${path}-wal' '${path}.damaged')`)
  })
})
