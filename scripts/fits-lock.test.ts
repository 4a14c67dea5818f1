import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const { fitsLock } = createRequire(import.meta.url)('./fits-lock.cjs') as { fitsLock(root: string): boolean }

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

type Packages = Readonly<Record<string, object>>
const A = { version: '1.0.0', integrity: 'sha512-a' }
const OTHER_SYSTEM = { version: '2.0.0', integrity: 'sha512-b', optional: true, os: ['sunos'] }
const LOCK = { '': {}, 'apps/x': {}, 'node_modules/a': A, 'node_modules/b': OTHER_SYSTEM, 'node_modules/x': { link: true } }
const INSTALLED = { 'apps/x': {}, 'node_modules/a': A, 'node_modules/x': { link: true } }

function tree(lock: Packages | string, installed: Packages | string, folders = ['a', 'x']): string {
  const root = mkdtempSync(join(tmpdir(), 'fits-lock-'))
  roots.push(root)
  for (const folder of folders) mkdirSync(join(root, 'node_modules', folder), { recursive: true })
  const text = (content: Packages | string) => (typeof content === 'string' ? content : JSON.stringify({ packages: content }))
  writeFileSync(join(root, 'package-lock.json'), text(lock))
  if (installed !== '') writeFileSync(join(root, 'node_modules', '.package-lock.json'), text(installed))
  return root
}

test('what npm installed by this lock file fits, packages of other systems apart', () => {
  expect(fitsLock(tree(LOCK, INSTALLED))).toBe(true)
})
test.each([
  ['nothing was installed', ''],
  ['the list is cut off', '{"packages": {'],
  ['a package is missing', { 'node_modules/x': { link: true } }],
  ['a package has another version', { ...INSTALLED, 'node_modules/a': { ...A, version: '1.0.1' } }],
  ['a package has another content', { ...INSTALLED, 'node_modules/a': { ...A, integrity: 'sha512-c' } }],
])('it does not when %s', (_, installed) => {
  expect(fitsLock(tree(LOCK, installed))).toBe(false)
})
test('nor when a folder was removed by hand', () => {
  expect(fitsLock(tree(LOCK, INSTALLED, ['x']))).toBe(false)
})
