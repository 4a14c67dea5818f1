import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { evidenceFolder } from './evidence-folder.ts'
import { importFolders, prepareImportFolders } from './folders.ts'

const CONTENT = Buffer.from([0, 255, 1, 127])
const HASH = createHash('sha256').update(CONTENT).digest('hex')

describe('files that lie beside a log', () => {
  let work: string
  let folders: ReturnType<typeof importFolders>
  let find: ReturnType<typeof evidenceFolder>
  let downloads: string
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'evidence-'))
    downloads = join(work, 'downloads')
    mkdirSync(downloads)
    folders = importFolders({ path: join(work, 'home') })
    prepareImportFolders(folders)
    find = evidenceFolder(folders, { recordings: downloads, downloads })
  })
  afterEach(() => rmSync(work, { recursive: true, force: true }))
  const artifact = (file: string, sha256 = HASH) => find({ kind: 'artifact', sha256, file }, 'id')

  it('are taken by their hash or by the name that the log gives, whatever folder that names', () => {
    writeFileSync(join(downloads, 'bot.bin'), CONTENT)
    expect(artifact('../../../etc/bot.bin')).toEqual({ size: 4 })
    expect(readFileSync(join(folders.artifacts, HASH)).equals(CONTENT)).toBe(true)
    expect(artifact('gone')).toEqual({ size: 4 })
  })

  it('are not taken where their content has another hash, nor links, nor anything outside', () => {
    writeFileSync(join(downloads, 'bot.bin'), 'something else')
    writeFileSync(join(work, 'secret'), CONTENT)
    symlinkSync(join(work, 'secret'), join(downloads, HASH))
    for (const file of ['bot.bin', '../secret', '/etc/passwd', '', '..', 'a\0b', 'x'.repeat(5_000)]) expect(artifact(file)).toEqual({})
    expect(readdirSync(folders.artifacts)).toEqual([])
  })

  it('are no recording where nothing can be played', () => {
    writeFileSync(join(downloads, 'tty'), 'short')
    expect(find({ kind: 'recording', file: 'tty', columns: 80, rows: 24, title: 'x' }, 'id')).toBeNull()
    expect(find({ kind: 'recording', file: 'gone', columns: 80, rows: 24, title: 'x' }, 'id')).toBeNull()
    expect(readdirSync(folders.replays)).toEqual([])
  })
})
