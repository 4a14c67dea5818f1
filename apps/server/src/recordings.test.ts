import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@decnet/kernel'
import { afterAll, expect, it } from 'vitest'
import { homeAt } from './home.ts'
import { importFolders } from './import/folders.ts'
import { recordingsIn } from './recordings.ts'

const home = homeAt(mkdtempSync(join(tmpdir(), 'recordings-')))
afterAll(() => rmSync(home.path, { recursive: true }))
for (const folder of [home.replays, importFolders(home).replays]) mkdirSync(folder, { recursive: true })
const recordings = recordingsIn(home)

async function read(name: string): Promise<string | null> {
  const chunks = await recordings.read(`replays/${name}.cast`)
  if (chunks === null) return null
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString('utf8')
}

it.each([0, 1, 157, 65_536, 65_537, 300_000])('a recording of %i bytes is read whole', async (size) => {
  const name = newId()
  const text = 'x'.repeat(size)
  writeFileSync(join(home.replays, `${name}.cast`), text)
  expect(await read(name)).toBe(text)
})

it('what an import brought goes before what a sensor kept', async () => {
  const name = newId()
  writeFileSync(join(home.replays, `${name}.cast`), 'sensor')
  writeFileSync(join(importFolders(home).replays, `${name}.cast`), 'import')
  expect(await read(name)).toBe('import')
})

it('what a container kept in a folder of its own is found behind both', async () => {
  const name = newId()
  const replays = join(home.sources, 'web-01.ssh', 'replays')
  mkdirSync(replays, { recursive: true })
  writeFileSync(join(replays, `${name}.cast`), 'container')
  expect(await read(name)).toBe('container')
  const large = newId()
  writeFileSync(join(replays, `${large}.cast`), 'y'.repeat(300_000))
  expect((await read(large))?.length).toBe(300_000)
  writeFileSync(join(home.replays, `${name}.cast`), 'sensor')
  expect(await read(name)).toBe('sensor')
})

it('what is not there, no file, or a link leads to nothing', async () => {
  const [link, folder] = [newId(), newId()]
  symlinkSync('/etc/passwd', join(home.replays, `${link}.cast`))
  mkdirSync(join(home.replays, `${folder}.cast`))
  expect([await read(newId()), await read(link), await read(folder), await recordings.read('../../decnet.db')]).toEqual([
    null,
    null,
    null,
    null,
  ])
})
