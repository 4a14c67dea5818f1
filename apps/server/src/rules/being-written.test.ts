import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { beingWritten } from './being-written.ts'

const folder = mkdtempSync(join(tmpdir(), 'written-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'a.yaml')

it('a file is being written from when it is opened for that until it is closed; whoever only reads does not count', async () => {
  const written = await beingWritten()
  writeFileSync(path, 'x')
  const reader = openSync(path, 'r')
  expect(written(path)).toBe(false)
  const writer = openSync(path, 'a')
  expect([written(path), written(path)]).toEqual([true, true])
  closeSync(writer)
  expect(written(path)).toBe(false)
  closeSync(reader)
})

it('of what is not there, of a folder and without the library nothing is said', async () => {
  const written = await beingWritten()
  expect([written(join(folder, 'none')), written(folder)]).toEqual([false, false])
  const without = await beingWritten(() => Promise.reject(new Error('no library')))
  const writer = openSync(path, 'w')
  expect(without(path)).toBe(false)
  closeSync(writer)
})

it('somebody may open the file in the same moment, and nobody is harmed', async () => {
  const written = await beingWritten()
  writeFileSync(path, 'x')
  const writers = Array.from({ length: 200 }, () => appendFile(path, 'x'))
  for (let n = 0; n < 5_000; n++) written(path)
  await Promise.all(writers)
  expect(written(path)).toBe(false)
})
