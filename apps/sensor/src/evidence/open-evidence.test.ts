import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EvidenceOptions, openEvidence } from './open-evidence.ts'

let directory: string
let clock: number
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'evidence-'))
  clock = 1_795_000_000_000
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const open = (options: Partial<EvidenceOptions> = {}) => openEvidence({ directory, now: () => clock, ...options })
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const artifacts = () => readdir(join(directory, 'artifacts'))
const artifact = (name: string) => readFile(join(directory, 'artifacts', name))
const shape = { columns: 80, rows: 24 }
type Result = { duration_s: number; bytes: number; truncated: boolean; replay: string }

async function cast(name: string): Promise<{ header: Record<string, unknown>; events: [number, string, string][] }> {
  const [header = '', ...events] = (await readFile(join(directory, 'replays', name), 'utf8')).trimEnd().split('\n')
  return { header: JSON.parse(header), events: events.map((line) => JSON.parse(line)) }
}
async function record(options: Partial<EvidenceOptions> = {}, name = '0199f1a2-7b3c-7d4e-8f50-61728394a5b6') {
  const results: Result[] = []
  const recording = (await open(options)).openRecording(name, { ...shape, startedAt: clock }, (result) => results.push(result))
  return { recording, results }
}

describe('a capture', () => {
  it('is kept under the hash of its content, whatever pieces it came in, readable by its owner only', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 5_000 }), { maxLength: 8 }), async (pieces) => {
        const capture = (await open()).openCapture()
        for (const piece of pieces) capture.write(piece)
        const whole = Buffer.concat(pieces)
        expect(await capture.finish()).toEqual({ sha256: sha256(whole), size: whole.length, truncated: false })
        expect((await artifact(sha256(whole))).equals(whole)).toBe(true)
        expect((await stat(join(directory, 'artifacts', sha256(whole)))).mode & 0o777).toBe(0o600)
        await rm(join(directory, 'artifacts', sha256(whole)))
      }),
      { numRuns: 30 },
    )
  })

  it('keeps its own copy of what it was given', async () => {
    const capture = (await open()).openCapture()
    const buffer = Buffer.from('first')
    capture.write(buffer)
    buffer.fill('x')
    expect((await artifact((await capture.finish()).sha256)).toString()).toBe('first')
  })

  it('of the same content twice is one file', async () => {
    const evidence = await open()
    const [one, two] = [evidence.openCapture(), evidence.openCapture()]
    for (const capture of [one, two]) capture.write(Buffer.from('same'))
    expect(await one.finish()).toEqual(await two.finish())
    expect(await artifacts()).toEqual([sha256(Buffer.from('same'))])
  })

  it('past its cap keeps the beginning, and hashes and counts everything', async () => {
    const capture = (await open({ captureCapBytes: 10 })).openCapture()
    capture.write(Buffer.from('12345678'))
    capture.write(Buffer.from('90abcdef'))
    capture.write(Buffer.from('xyz'))
    const all = Buffer.from('1234567890abcdefxyz')
    expect(await capture.finish()).toEqual({ sha256: sha256(all), size: all.length, truncated: true })
    expect((await artifact(sha256(all))).toString()).toBe('1234567890')
  })

  it('that came whole takes the place of one that was cut', async () => {
    const all = Buffer.from('1234567890abcdef')
    for (const [cap, kept] of [
      [10, 10],
      [100, 16],
      [5, 16],
    ] as const) {
      const capture = (await open({ captureCapBytes: cap })).openCapture()
      capture.write(all)
      await capture.finish()
      expect((await artifact(sha256(all))).length).toBe(kept)
    }
    expect(await artifacts()).toHaveLength(1)
  })

  it('leaves no file when it is aborted, also twice', async () => {
    const capture = (await open()).openCapture()
    capture.write(Buffer.from('gone'))
    await capture.abort()
    await capture.abort()
    expect(await artifacts()).toEqual([])
  })

  it('is finished once: what comes later is not part of it', async () => {
    const capture = (await open()).openCapture()
    capture.write(Buffer.from('a'))
    const first = await capture.finish()
    capture.write(Buffer.from('b'))
    await capture.abort()
    expect(await capture.finish()).toEqual(first)
    expect(await artifacts()).toEqual([first.sha256])
  })

  it('over the quota is hashed and counted and not kept, and gives back what it took', async () => {
    const evidence = await open({ quotaBytes: 20_000 })
    const big = randomBytes(30_000)
    const capture = evidence.openCapture()
    for (let at = 0; at < big.length; at += 1_000) capture.write(big.subarray(at, at + 1_000))
    expect(await capture.finish()).toEqual({ sha256: sha256(big), size: 30_000, truncated: true })
    expect(await artifacts()).toEqual([])
    const small = evidence.openCapture()
    small.write(big.subarray(0, 10_000))
    expect((await small.finish()).truncated).toBe(false)
  })

  it('counts files as well as bytes against the quota, also those of an earlier life', async () => {
    for (let life = 0; life < 3; life++) {
      const evidence = await open({ quotaBytes: 50_000 })
      for (let n = 0; n < 20; n++) {
        const capture = evidence.openCapture()
        capture.write(Buffer.from(`${life} ${n}`))
        await capture.finish()
      }
    }
    expect((await artifacts()).length).toBe(12)
  })

  it('holds no more memory than allowed while the disk is behind', async () => {
    const capture = (await open({ memoryBytes: 100_000 })).openCapture()
    const piece = Buffer.alloc(30_000, 'x')
    for (let n = 0; n < 10; n++) capture.write(piece)
    const { sha256: name, size, truncated } = await capture.finish()
    expect([size, truncated]).toEqual([300_000, true])
    expect((await artifact(name)).length).toBe(90_000)
  })

  it('says truncated instead of throwing when its folder is gone', async () => {
    const capture = (await open()).openCapture()
    await rm(join(directory, 'artifacts'), { recursive: true })
    capture.write(Buffer.from('a'))
    expect(await capture.finish()).toEqual({ sha256: sha256(Buffer.from('a')), size: 1, truncated: true })
  })

  it('that a killed sensor left half done is removed at the next start', async () => {
    await open()
    await writeFile(join(directory, 'artifacts', '.0199f1a2-7b3c-7d4e-8f50-61728394a5b6.part'), 'half')
    await open()
    expect(await artifacts()).toEqual([])
  })
})

describe('a recording', () => {
  it('is an asciicast v2 file with output, input and sizes at their times', async () => {
    const { recording, results } = await record()
    recording.output('$ ')
    clock += 1_500
    recording.input('ls\r')
    recording.resize(100, 30)
    clock += 250
    recording.output(Buffer.from('a\x1b[31mb\0\r\n'))
    await recording.close()
    await recording.close()
    expect(await cast('0199f1a2-7b3c-7d4e-8f50-61728394a5b6.cast')).toEqual({
      header: { version: 2, width: 80, height: 24, timestamp: 1_795_000_000, env: { TERM: 'xterm-256color', SHELL: '/bin/bash' } },
      events: [
        [0, 'o', '$ '],
        [1.5, 'i', 'ls\r'],
        [1.5, 'r', '100x30'],
        [1.75, 'o', 'a\x1b[31mb\0\r\n'],
      ],
    })
    expect(results).toEqual([{ duration_s: 1.75, bytes: 15, truncated: false, replay: '0199f1a2-7b3c-7d4e-8f50-61728394a5b6.cast' }])
  })

  it('replays text exactly however its bytes were cut', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.array(fc.nat(60), { maxLength: 5 }), async (text, cuts) => {
        const name = `cut-${run++}`
        const { recording } = await record({}, name)
        const bytes = Buffer.from(text)
        const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
        for (const [index, edge] of edges.entries()) recording.output(bytes.subarray(edge, edges[index + 1]))
        await recording.close()
        const { events } = await cast(`${name}.cast`)
        expect(events.map(([, , data]) => data).join('')).toBe(text)
      }),
      { numRuns: 40 },
    )
  })

  it('loses no byte that is no text, nor a character without its end', async () => {
    const { recording } = await record({}, 'bad')
    recording.output(Buffer.from([0x61, 0xff, 0x62]))
    recording.output(Buffer.from([0xe2, 0x82]))
    recording.output('text')
    recording.output(Buffer.from([0xf0, 0x9f]))
    await recording.close()
    expect((await cast('bad.cast')).events.map(([, , data]) => data)).toEqual(['a\udcffb', '\udce2\udc82text', '\udcf0\udc9f'])
  })

  it('stops at its cap with whole lines and goes on counting', async () => {
    const { recording, results } = await record({ recordingCapBytes: 1_000 }, 'cap')
    for (let n = 0; n < 100; n++) recording.output('x'.repeat(50))
    await recording.close()
    expect(results).toMatchObject([{ bytes: 5_000, truncated: true }])
    expect((await stat(join(directory, 'replays', 'cap.cast'))).size).toBeLessThanOrEqual(1_000)
    expect((await cast('cap.cast')).events.length).toBeGreaterThan(5)
  })

  it('is not kept when the quota is full, and still ends', async () => {
    const { recording, results } = await record({ quotaBytes: 100 }, 'full')
    recording.output('hello')
    await recording.close()
    expect(results).toMatchObject([{ bytes: 5, truncated: true }])
    expect(await readdir(join(directory, 'replays'))).toEqual([])
  })

  it('never lets time run backwards', async () => {
    const { recording } = await record({}, 'clock')
    clock += 2_000
    recording.output('a')
    clock -= 5_000
    recording.output('b')
    await recording.close()
    expect((await cast('clock.cast')).events.map(([at]) => at)).toEqual([2, 2])
  })

  it('is never named by anything but a plain name', async () => {
    for (const name of ['../../evil', 'a/b', '', '.', 'a\0b', 'x'.repeat(300)]) {
      const { recording, results } = await record({}, name)
      await recording.close()
      expect(results[0]?.replay).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}\.cast$/)
    }
    expect(await readdir(join(directory, 'replays'))).toHaveLength(6)
    expect((await readdir(directory)).sort()).toEqual(['artifacts', 'replays'])
  })

  it('says truncated when its folder is gone', async () => {
    const { recording, results } = await record({}, 'gone')
    await rm(join(directory, 'replays'), { recursive: true })
    recording.output('a')
    await recording.close()
    expect(results).toMatchObject([{ truncated: true }])
  })

  it('is readable up to its last writing after kill -9, with paths relative to where the process went', async () => {
    const script = `import { openEvidence } from ${JSON.stringify(new URL('./open-evidence.ts', import.meta.url).href)};
      process.chdir(process.argv[1]);
      const recording = (await openEvidence({ directory: '.' })).openRecording('live', { columns: 80, rows: 24, startedAt: Date.now() }, () => undefined);
      setInterval(() => recording.output('tick\\r\\n'), 5)`
    const victim = spawn(process.execPath, ['--input-type=module', '-e', script, directory], { stdio: 'inherit' })
    const exited = new Promise((resolve) => victim.once('close', resolve))
    await vi.waitFor(async () => expect((await cast('live.cast')).events.length).toBeGreaterThan(50), { timeout: 15_000, interval: 50 })
    victim.kill('SIGKILL')
    await exited
    const { header, events } = await cast('live.cast')
    expect(header.version).toBe(2)
    expect(new Set(events.map(([, kind, data]) => kind + data))).toEqual(new Set(['otick\r\n']))
  })

  it('that nobody closed is completed when the evidence closes, and a capture that nobody finished is thrown away', async () => {
    const evidence = await open()
    const results: Result[] = []
    const recording = evidence.openRecording('left', { ...shape, startedAt: clock }, (result) => results.push(result))
    recording.output('a')
    evidence.openCapture().write(Buffer.from('b'))
    await evidence.close()
    expect(results).toMatchObject([{ replay: 'left.cast' }])
    expect(await artifacts()).toEqual([])
  })
})
