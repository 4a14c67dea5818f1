import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { homeAt } from '../home.ts'
import { homeIntakes } from './home-intakes.ts'

const home = homeAt(mkdtempSync(join(tmpdir(), 'sources-')))
afterAll(() => rmSync(home.path, { recursive: true }))

it('the sensor is always a source, a folder below sources/ from when it is there, a link never', async () => {
  await using intakes = homeIntakes(home)
  const names = async () => (await intakes.list()).map(({ name }) => name)
  expect(await names()).toEqual(['sensor'])
  mkdirSync(join(home.sources, 'sniffer', 'spool'), { recursive: true })
  symlinkSync('/etc', join(home.sources, 'elsewhere'))
  await vi.waitUntil(async () => (await names()).length > 1, { timeout: 5_000 })
  expect(await names()).toEqual(['sensor', 'sniffer'])
  const [, sniffer] = await intakes.list()
  expect((await sniffer?.intake.read(null, 10))?.lines).toEqual([])
})
