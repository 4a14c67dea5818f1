import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { convert } from './convert.ts'
import { cowrieReader } from './cowrie.ts'
import { importIntakes } from './import-intakes.ts'
import { findInputs } from './inputs.ts'
import { newJournal } from './journal.ts'

let work: string
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'imports-'))
})
afterEach(() => rm(work, { recursive: true, force: true }))

/** An import of so many lines, ready to be taken in. */
async function waiting(name: string, count: number): Promise<string> {
  const folder = join(work, 'imports', name)
  await mkdir(folder, { recursive: true })
  const file = join(work, `${name}.json`)
  const line = (password: number) =>
    JSON.stringify({ eventid: 'cowrie.login.failed', session: 's', password, timestamp: '2026-01-05T10:00:00Z', src_ip: '192.0.2.1' })
  await writeFile(file, Array.from({ length: count }, (_, index) => line(index)).join('\n'))
  const { inputs } = await findInputs([file], () => true)
  const journal = newJournal(1_700_000_000_000, 0)
  await convert({
    format: 'cowrie',
    make: cowrieReader,
    inputs,
    folder,
    aside: join(work, 'aside'),
    evidence: () => null,
    journal,
    checkpointBytes: 1,
  })
  return folder
}

describe('the imports that wait in a home', () => {
  it('are none where no import ever was', async () => {
    await using intakes = importIntakes(join(work, 'none'))
    expect(await intakes.list()).toEqual([])
  })

  it('are sources of their own, each removed once it is committed to its end, not before', async () => {
    const [one, other] = [await waiting('cowrie-1', 20), await waiting('cowrie-2', 5)]
    await writeFile(join(work, 'imports', 'file'), 'no import')
    await using intakes = importIntakes(join(work, 'imports'))
    const sources = await intakes.list()
    expect(sources.map(({ name }) => name).sort()).toEqual(['import-cowrie-1', 'import-cowrie-2'])
    const intake = sources.find(({ name }) => name === 'import-cowrie-1')?.intake
    if (!intake) throw new Error('no intake')
    let lines = 0
    let position: string | null = null
    for (;;) {
      const batch = await intake.read(position, 7)
      expect(batch.source).toBe('import-cowrie-1')
      lines += batch.lines.length
      if (batch.position === position) break
      expect(existsSync(one)).toBe(true)
      position = batch.position
      await intake.ack(position)
    }
    // The last ones move the clock.
    expect(lines).toBeGreaterThan(20)
    expect([existsSync(one), existsSync(other)]).toEqual([false, true])
    expect((await intakes.list()).map(({ name }) => name)).toEqual(['import-cowrie-2'])
  })

  it('stay while they are not read to their end', async () => {
    const folder = await waiting('cowrie-1', 20)
    await rm(join(folder, 'journal.json'))
    await using intakes = importIntakes(join(work, 'imports'))
    const [source] = await intakes.list()
    const { position } = (await source?.intake.read(null, 1_000)) ?? { position: '' }
    expect((await source?.intake.read(position, 1_000))?.lines).toEqual([])
    expect(existsSync(folder)).toBe(true)
  })
})
