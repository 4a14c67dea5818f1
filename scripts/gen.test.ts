import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { generate, stale } from './gen.ts'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})
function tree(...files: string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'gen-'))
  roots.push(root)
  for (const file of ['packages/services/src/_shared/ber.ts', ...files]) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), '')
  }
  return root
}

test('a folder that holds a service stands in the index, in order; shared folders and half-made ones do not', () => {
  const root = tree(
    'packages/services/src/ssh/service.ts',
    'packages/services/src/http-proxy/service.ts',
    'packages/services/src/draft/codec.ts',
    'packages/services/src/_shared/service.ts',
  )
  const [index] = generate(root)
  expect(index?.content.split('\n').slice(1)).toEqual([
    "import type { AnyService } from '@decnet/kernel/service'",
    "import httpProxy from './http-proxy/service.ts'",
    "import ssh from './ssh/service.ts'",
    '',
    '/** Every service there is. */',
    'export const services: readonly AnyService[] = [httpProxy, ssh]',
    '',
  ])
})

test('an index that is missing or older than its folders is stale until it is written', () => {
  const root = tree('packages/services/src/ssh/service.ts')
  const files = generate(root)
  expect(stale(files)).toHaveLength(1)
  for (const { path, content } of files) writeFileSync(path, content)
  expect(stale(files)).toEqual([])
  mkdirSync(join(root, 'packages/services/src/ftp'))
  writeFileSync(join(root, 'packages/services/src/ftp/service.ts'), '')
  expect(stale(generate(root))).toHaveLength(1)
})

test('a long list is broken as the formatter breaks it', () => {
  const names = Array.from({ length: 30 }, (_, index) => `service-number-${String(index).padStart(2, '0')}`)
  const [index] = generate(tree(...names.map((name) => `packages/services/src/${name}/service.ts`)))
  expect(index?.content).toContain('= [\n  serviceNumber00,\n  serviceNumber01,\n')
  expect(index?.content.endsWith('  serviceNumber29,\n]\n')).toBe(true)
})
