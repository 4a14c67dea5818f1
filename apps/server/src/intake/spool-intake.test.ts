import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { newId } from '@decnet/kernel'
import type { Intake, IntakeBatch } from '@decnet/kernel/intake'
import { intakeConformance } from '@decnet/kernel/intake/conformance'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spoolIntake } from './spool-intake.ts'

let home: string
let directory: string
let intake: Intake
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'intake-'))
  directory = join(home, 'spool')
  intake = spoolIntake({ directory })
})
afterEach(async () => {
  await intake[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

const file = (id: string) => join(directory, `${id}.log`)
const texts = (batch: IntakeBatch) => batch.lines.map(({ line }) => line.toString())
async function write(id: string, text: string | Buffer): Promise<string> {
  await mkdir(directory, { recursive: true })
  await appendFile(file(id), text)
  return id
}

intakeConformance('a spool folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'intake-suite-'))
  let id = newId()
  const start = async () => {
    id = newId()
    await writeFile(join(folder, `${id}.log`), '')
  }
  await start()
  return {
    append: (lines) => appendFile(join(folder, `${id}.log`), Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]))),
    turn: start,
    async tear(bytes) {
      await appendFile(join(folder, `${id}.log`), bytes)
      await start()
    },
    open: async () => spoolIntake({ directory: folder }),
    close: () => rm(folder, { recursive: true, force: true }),
  }
})

describe('the spool reader', () => {
  it('waits for a folder that does not exist yet', async () => {
    expect(await intake.read(null, 10)).toEqual({ source: 'sensor', lines: [], torn: null, position: '', more: false })
    await write(newId(), 'a\n')
    expect(texts(await intake.read('', 10))).toEqual(['a'])
  })

  it('leaves a line alone until its line break is there', async () => {
    const id = await write(newId(), 'a\nb')
    const first = await intake.read(null, 10)
    expect(first).toMatchObject({ position: `${id}:2`, more: false, torn: null })
    await write(id, 'c\n')
    expect(texts(await intake.read(first.position, 10))).toEqual(['bc'])
  })

  it('looks at a file once more after it has seen a newer one', async () => {
    const id = await write(newId(), 'a\nha')
    const first = await intake.read(null, 10)
    await write(id, 'lf\nb\n')
    await write(newId(), 'c\n')
    const second = await intake.read(first.position, 10)
    expect(texts(second)).toEqual(['half', 'b', 'c'])
    expect(second.torn).toBeNull()
  })

  it('gives the torn end of a finished file, then the next file', async () => {
    await write(newId(), 'a\ntorn')
    const next = await write(newId(), 'b\n')
    const first = await intake.read(null, 10)
    expect(first).toMatchObject({ torn: Buffer.from('torn'), position: `${next}:0`, more: true })
    expect(texts(first)).toEqual(['a'])
    expect(await intake.read(first.position, 10)).toMatchObject({ lines: [{ line: Buffer.from('b') }], torn: null, more: false })
  })

  it('goes on with the next file when the one of its position is gone', async () => {
    const [gone, next] = [newId(), await write(newId(), 'b\n')]
    expect(texts(await intake.read(`${gone}:17`, 10))).toEqual(['b'])
    expect(next > gone).toBe(true)
  })

  it('reads what is kept again when nothing follows a file that is gone', async () => {
    const kept = await write(newId(), 'b\n')
    const batch = await intake.read(`${newId()}:17`, 10)
    expect(texts(batch)).toEqual(['b'])
    expect(await intake.read(batch.position, 10)).toMatchObject({ lines: [], position: `${kept}:2`, more: false })
  })

  it('takes a position that is none for the beginning', async () => {
    await write(newId(), 'a\n')
    for (const position of ['', 'x', '../../etc/passwd:0', `${newId()}:-1`]) expect(texts(await intake.read(position, 10))).toEqual(['a'])
  })

  it('waits when a file became shorter than its position', async () => {
    const id = await write(newId(), 'aaaa\nbbbb\n')
    const { position } = await intake.read(null, 10)
    await truncate(file(id), 3)
    expect(await intake.read(position, 10)).toMatchObject({ lines: [], torn: null, more: false })
    await write(newId(), 'c\n')
    expect(texts(await intake.read(position, 10))).toEqual(['c'])
  })

  it('gives up a line over the limit with its beginning as evidence, and reads on behind it', async () => {
    intake = spoolIntake({ directory, lineBytes: 1_000, batchBytes: 4_000 })
    const exact = 'e'.repeat(1_000)
    await write(newId(), `a\n${'x'.repeat(50_000)}\n${exact}\nb\n`)
    const seen: string[] = []
    const corrupt: string[] = []
    for (let position: string | null = null, more = true; more; ) {
      const batch: IntakeBatch = await intake.read(position, 10)
      for (const line of batch.lines) (line.corrupt === undefined ? seen : corrupt).push(line.line.toString())
      position = batch.position
      more = batch.more
    }
    expect(seen).toEqual(['a', exact, 'b'])
    expect(corrupt.map((text) => [text.length, text.replaceAll('x', '')])).toEqual([[50_000, '']])
  })

  it('goes on within a line that it gave up after a restart, and never calls its end torn', async () => {
    intake = spoolIntake({ directory, lineBytes: 100 })
    const id = await write(newId(), 'x'.repeat(500))
    const first = await intake.read(null, 10)
    expect(first.lines.map(({ corrupt }) => corrupt)).toEqual(['longer than 100 bytes'])
    const again = spoolIntake({ directory, lineBytes: 100 })
    await write(id, `${'x'.repeat(500)}\nb\n${'y'.repeat(500)}`)
    const second = await again.read(first.position, 10)
    expect(second.lines.map(({ line, corrupt }) => corrupt ?? line.toString())).toEqual(['b', 'longer than 100 bytes'])
    await write(newId(), 'c\n')
    const third = await again.read(second.position, 10)
    expect([texts(third), third.torn]).toEqual([['c'], null])
    await again[Symbol.asyncDispose]()
  })

  it('bounds a batch in bytes as well as in lines', async () => {
    intake = spoolIntake({ directory, batchBytes: 10_000 })
    await write(newId(), `${'z'.repeat(999)}\n`.repeat(50))
    const batch = await intake.read(null, 1_000_000)
    expect([batch.lines.length, batch.more]).toEqual([10, true])
  })

  it('skips empty lines', async () => {
    await write(newId(), '\n\na\n\n')
    expect(texts(await intake.read(null, 10))).toEqual(['a'])
  })

  it('passes over links, pipes, folders and foreign names without waiting for them', async () => {
    await write(newId(), 'a\n')
    await writeFile(join(home, 'secret'), 'root:x:0:0\n')
    await symlink(join(home, 'secret'), file(newId()))
    execFileSync('mkfifo', [file(newId())])
    await mkdir(file(newId()))
    await writeFile(join(directory, 'zzz.log'), 'foreign\n')
    await writeFile(join(directory, `${newId()}.log.gz`), 'foreign\n')
    const pipe = newId()
    execFileSync('mkfifo', [file(pipe)])
    await write(newId(), 'b\n')
    expect(texts(await intake.read(null, 10))).toEqual(['a', 'b'])
    expect(texts(await intake.read(`${pipe}:0`, 10))).toEqual(['b'])
  })

  it('deletes on acknowledgement the files before the position only, and never the newest', async () => {
    const ids = [newId(), newId(), newId()]
    for (const id of ids) await write(id, 'a\n')
    await intake.ack(`${ids[1]}:2`)
    expect((await readdir(directory)).sort()).toEqual([`${ids[1]}.log`, `${ids[2]}.log`])
    await intake.ack(`${newId()}:0`)
    expect(await readdir(directory)).toEqual([`${ids[2]}.log`])
  })

  it('reads thousands of files in order, each once', async () => {
    const expected: string[] = []
    await mkdir(directory)
    for (let index = 0; index < 2_500; index++) {
      expected.push(String(index))
      await writeFile(file(newId()), `${index}\n`)
    }
    expect(texts(await intake.read(null, 10_000))).toEqual(expected)
  })

  it('holds no more than a few chunks of a file without a line break', async () => {
    const id = await write(newId(), '')
    await truncate(file(id), 128 * 1024 * 1024)
    let position: string | null = null
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    collect()
    const before = process.memoryUsage().arrayBuffers
    let peak = 0
    for (let reads = 0, more = true; more; reads++) {
      const batch: IntakeBatch = await intake.read(position, 500)
      collect()
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
      position = batch.position
      more = batch.more
      if (reads === 0) expect(batch.lines).toMatchObject([{ corrupt: 'longer than 1048576 bytes' }])
      else expect(batch.lines).toEqual([])
    }
    expect(position).toBe(`${id}:${(await stat(file(id))).size}:skip`)
    expect(peak).toBeLessThan(32 * 1024 * 1024)
  })
})
