import { execFileSync, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@decnet/kernel'
import type { NewLogRecord } from '@decnet/kernel/log'
import type { SensorEvent } from '@decnet/kernel/service'
import { decodeEvent } from '@decnet/kernel/syslog'
import { when } from '@decnet/kernel/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSpool, type Spool, type SpoolOptions } from './open-spool.ts'
import { idBehind } from './spool-file.ts'

const PATIENT = { timeout: 10_000, interval: 3 }
let home: string
let directory: string
const opened: Spool[] = []
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'spool-'))
  directory = join(home, 'spool')
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((spool) => spool.close()))
  await rm(home, { recursive: true, force: true })
})

function spoolWith(options: Partial<SpoolOptions> = {}): Spool {
  const spool = openSpool({ directory, ...options })
  opened.push(spool)
  return spool
}
const event = (n: number, fill = ''): SensorEvent => ({
  id: newId(),
  ts: Date.now(),
  decky: 'web-01',
  service: 'ssh',
  type: 'command',
  severity: 5,
  fields: { n: String(n), command: `id\n${fill}` },
})
const files = async (): Promise<string[]> => (await readdir(directory)).sort()
/** Records of the whole lines of every file, in order. */
async function records(): Promise<NewLogRecord[]> {
  const found: NewLogRecord[] = []
  for (const name of await files()) {
    const text = await readFile(join(directory, name), 'utf8')
    for (const [index, line] of text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .slice(0, -1)
      .entries()) {
      const record = decodeEvent(line, { source: 'sensor', position: `${name}:${index}` })
      if ('error' in record) throw new Error(record.error)
      found.push(record)
    }
  }
  return found
}
const numbers = async (): Promise<number[]> => (await records()).filter(({ type }) => type === 'command').map(({ body }) => Number(body.n))
const lost = async (): Promise<number> =>
  (await records()).filter(({ type }) => type === 'spool_loss').reduce((sum, { body }) => sum + Number(body.lost), 0)
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('the spool', () => {
  it('has an event on disk soon after it was written, and rings after that', async () => {
    const rung = vi.fn()
    const spool = spoolWith({ onRing: rung })
    spool.write(event(0))
    await vi.waitFor(() => expect(rung).toHaveBeenCalledTimes(1), PATIENT)
    expect(await numbers()).toEqual([0])
    expect(spool.stats).toMatchObject({ written: 1, lost: 0, queued: 0, queuedBytes: 0, error: null })
  })

  it('writes many events in few writes and in order', async () => {
    const rung = vi.fn()
    const spool = spoolWith({ onRing: rung })
    for (const n of range(5_000)) spool.write(event(n))
    await spool.close()
    expect(await numbers()).toEqual(range(5_000))
    expect(rung.mock.calls.length).toBeLessThan(20)
  })

  it('begins a new file at each start and leaves a torn line behind alone', async () => {
    const first = spoolWith()
    first.write(event(0))
    await first.close()
    const [torn = ''] = await files()
    await writeFile(join(directory, torn), 'half a li', { flag: 'a' })
    const second = spoolWith()
    second.write(event(1))
    await second.close()
    expect(await numbers()).toEqual([0, 1])
    expect(await files()).toHaveLength(2)
    expect(await readFile(join(directory, torn), 'utf8')).toMatch(/\nhalf a li$/)
  })

  it('names each file so that it sorts behind those before it, also when the clock went back', () => {
    const later = 'ffffffff-0000-7abc-8def-0123456789ab'
    expect(idBehind(['', later])).toMatch(/^ffffffff-0001-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(idBehind([later, idBehind([later])]) > idBehind([later])).toBe(true)
    expect(idBehind(['00000000-0000-7abc-8def-0123456789ab']) > '0199').toBe(true)
  })

  it('rotates at its size and keeps whole lines in each file', async () => {
    const spool = spoolWith({ rotateBytes: 10_000 })
    for (const n of range(100)) {
      spool.write(event(n, 'x'.repeat(500)))
      if (n % 10 === 0) await vi.waitFor(() => expect(spool.stats.queued).toBe(0), PATIENT)
    }
    await spool.close()
    expect(await numbers()).toEqual(range(100))
    const names = await files()
    expect(names.length).toBeGreaterThan(4)
    for (const name of names) expect((await stat(join(directory, name))).size).toBeLessThan(15_000)
  })

  it('goes on in a new file when somebody deletes the open one', async () => {
    const spool = spoolWith({ fsyncMs: 20 })
    spool.write(event(0))
    await vi.waitFor(async () => expect(await numbers()).toEqual([0]), PATIENT)
    const [name = ''] = await files()
    await unlink(join(directory, name))
    await vi.waitFor(async () => {
      spool.write(event(1))
      expect((await files()).length).toBeGreaterThan(0)
      expect((await numbers()).length).toBeGreaterThan(0)
    }, PATIENT)
  })

  it('keeps to its quota, keeps serving, and reports what it dropped once the reader made room', async () => {
    const spool = spoolWith({ rotateBytes: 20_000, quotaBytes: 60_000, queueBytes: 20_000, retryMs: 10 })
    const write = async (from: number, count: number) => {
      for (let n = from; n < from + count; n++) {
        spool.write(event(n, 'x'.repeat(800)))
        if (n % 5 === 0) await vi.waitFor(() => expect(spool.stats.queued === 0 || spool.stats.error !== null).toBe(true), PATIENT)
      }
    }
    await write(0, 200)
    expect(spool.stats.error).toBe('quota')
    expect(spool.stats.lost).toBeGreaterThan(50)
    const sizes = await Promise.all((await files()).map(async (name) => (await stat(join(directory, name))).size))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000)
    const kept = await numbers()
    for (const name of (await files()).slice(0, -1)) await unlink(join(directory, name))
    const surviving = await numbers()
    await vi.waitFor(async () => expect(await lost()).toBe(spool.stats.lost), PATIENT)
    spool.write(event(1_000))
    await spool.close()
    const all = new Set([...kept, ...(await numbers())])
    expect(all.size + spool.stats.lost).toBe(201)
    expect((await numbers()).slice(0, surviving.length)).toEqual(surviving)
    const [report] = (await records()).filter(({ type }) => type === 'spool_loss')
    expect(report).toMatchObject({ decky: 'sensor', service: 'sensor', body: { reason: 'quota' } })
  })

  it('waits for a folder that cannot be used, and loses nothing that its queue holds', async () => {
    await writeFile(directory, 'in the way')
    const spool = spoolWith({ retryMs: 10 })
    for (const n of range(10)) spool.write(event(n))
    await vi.waitFor(() => expect(spool.stats.failures).toBeGreaterThan(1), PATIENT)
    await rename(directory, join(home, 'moved'))
    await vi.waitFor(() => expect(spool.stats.written).toBe(10), PATIENT)
    expect(await numbers()).toEqual(range(10))
    expect(spool.stats).toMatchObject({ lost: 0, error: null })
  })

  it('drops and counts what comes after it was closed', async () => {
    const spool = spoolWith()
    await spool.close()
    spool.write(event(0))
    await spool.close()
    expect(spool.stats).toMatchObject({ written: 0, lost: 1 })
  })

  it('is not stopped by a doorbell that throws', async () => {
    const spool = spoolWith({
      onRing: () => {
        throw new Error('deaf')
      },
    })
    spool.write(event(0))
    await vi.waitFor(() => expect(spool.stats.written).toBe(1), PATIENT)
    spool.write(event(1))
    await spool.close()
    expect(await numbers()).toEqual([0, 1])
  })

  const module = JSON.stringify(new URL('./open-spool.ts', import.meta.url).href)
  const child = (body: string) =>
    `import { openSpool } from ${module};
     process.chdir(process.argv[1]);
     const spool = openSpool({ directory: '.' });
     const event = (n) => ({ id: crypto.randomUUID(), ts: Date.now(), decky: 'd', service: 's', type: 'command', severity: 5, fields: { n: String(n) } });
     ${body}`

  it('loses on kill -9 only what was not on disk yet, with paths relative to where the process went', async () => {
    await mkdir(directory)
    const script = child(`let n = 0; setInterval(() => { spool.write(event(n)); process.stdout.write(n++ + ' ' + Date.now() + '\\n') }, 1)`)
    const victim = spawn(process.execPath, ['--input-type=module', '-e', script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    victim.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const exited = new Promise((resolve) => victim.once('close', resolve))
    await vi.waitFor(() => expect(said.split('\n').length).toBeGreaterThan(500), PATIENT)
    const killedAt = Date.now()
    victim.kill('SIGKILL')
    await exited
    const seen = said
      .slice(0, said.lastIndexOf('\n'))
      .split('\n')
      .map((line) => line.split(' ').map(Number))
    const safe = seen.filter(([, at = Number.POSITIVE_INFINITY]) => at < killedAt - 200)
    expect(safe.length).toBeGreaterThan(100)
    const kept = await numbers()
    expect(kept).toEqual(range(kept.length))
    expect(kept.length).toBeGreaterThanOrEqual(safe.length)
  })

  when({ root: true, tools: { unshare: 'util-linux' } }).test(
    'serves on a full disk and reports its loss when there is room again',
    async () => {
      await mkdir(directory)
      const script = child(`
      import { execFileSync } from 'node:child_process'; import { writeFileSync, rmSync } from 'node:fs'
      const small = openSpool({ directory: '.', queueBytes: 20_000, retryMs: 10 })
      await spool.close()
      const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
      for (let n = 0; n < 2_000; n++) { small.write({ ...event(n), fields: { n: String(n), fill: 'x'.repeat(100) } }); if (n % 20 === 0) while (small.stats.queued > 0 && small.stats.error === null) await pause(2) }
      await pause(50)
      const full = { ...small.stats }
      execFileSync('mount', ['-o', 'remount,size=8m', '.'])
      for (let tries = 0; small.stats.error !== null && tries < 200; tries++) await pause(10)
      await pause(100)
      small.write(event(2_000))
      await small.close()
      execFileSync('sh', ['-c', 'cat *.log > "$1/all"', 'sh', process.argv[2]])
      process.stdout.write(JSON.stringify({ full, end: small.stats }))`)
      const command = `mount -t tmpfs -o size=128k none "$1" && exec "$2" --input-type=module -e "$3" "$1" "$4"`
      const output = execFileSync('unshare', ['-m', 'sh', '-c', command, 'sh', directory, process.execPath, script, home], {
        encoding: 'utf8',
      })
      const { full, end } = JSON.parse(output)
      expect(full).toMatchObject({ error: 'ENOSPC' })
      expect(full.lost).toBeGreaterThan(100)
      expect(end).toMatchObject({ lost: full.lost, error: null, queued: 0 })
      await mkdir(directory, { recursive: true })
      await rename(join(home, 'all'), join(directory, 'all'))
      const kept = await numbers()
      expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b))
      expect(kept.length + (await lost())).toBe(2_001)
      expect((await records()).find(({ type }) => type === 'spool_loss')?.body.reason).toBe('ENOSPC')
    },
  )
})
