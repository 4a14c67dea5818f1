import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readPage } from './read-page.ts'

const folder = mkdtempSync(join(tmpdir(), 'page-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)

writeFileSync(at('page'), 'id: R1 # ä')
writeFileSync(at('full'), 'x'.repeat(262_144))
writeFileSync(at('long'), 'x'.repeat(262_145))
writeFileSync(at('bytes'), Uint8Array.of(0xff, 0xfe, 0))
mkdirSync(at('folder'))
execFileSync('mkfifo', [at('pipe')])
symlinkSync('circle', at('circle'))
symlinkSync('nowhere', at('link'))
symlinkSync('/dev/zero', at('zeros'))

it.each([
  ['page', { text: 'id: R1 # ä' }],
  ['full', { text: 'x'.repeat(262_144) }],
  ['long', { unreadable: 'is larger than 256 kB: a rule is a page.' }],
  ['bytes', { unreadable: 'is no text in UTF-8.' }],
  ['folder', { unreadable: 'is no file.' }],
  ['pipe', { unreadable: 'is no file.' }],
  ['zeros', { unreadable: 'is no file.' }],
  ['circle', { unreadable: 'is a link that leads in a circle.' }],
  ['link', { unreadable: 'is a link that leads nowhere.' }],
  ['page/below', { unreadable: 'is a link that leads nowhere.' }],
])('%s is read, or said why not', async (name, expected) => {
  expect(await readPage(at(name))).toEqual(expected)
})

it('reads files of which the system does not say how long they are', async () => {
  expect(await readPage('/proc/self/status')).toMatchObject({ text: expect.stringContaining('Pid:') })
})
