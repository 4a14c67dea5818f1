import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { when } from '@decnet/kernel/testing'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { idleProgram } from './idle-program.ts'
import { sensorImage } from './sensor-files.ts'
import { type ImageFile, tar } from './tar.ts'

const folder = mkdtempSync(join(tmpdir(), 'image-'))
afterAll(() => rmSync(folder, { recursive: true }))
const archive = (files: readonly ImageFile[]) => buffer(Readable.from(tar(files)))

when({ tools: { tar: 'tar' } }).describe('an archive', () => {
  it('is unpacked by tar as it was meant: bytes, modes, folders, links, long paths', async () => {
    const source = join(folder, 'source')
    writeFileSync(source, 'x'.repeat(1_500_000))
    const long = `${'d'.repeat(90)}/${'e'.repeat(60)}/${'f'.repeat(90)}`
    const files: ImageFile[] = [
      { path: 'a', mode: 0o755 },
      { path: 'a/empty', mode: 0o600, content: Buffer.alloc(0) },
      { path: 'a/run', mode: 0o755, content: Buffer.from('grüße') },
      { path: 'a/large', mode: 0o644, content: { file: source, size: statSync(source).size } },
      { path: 'a/link', mode: 0o777, content: { link: '../elsewhere' } },
      { path: long, mode: 0o644, content: Buffer.from('far') },
    ]
    const out = mkdtempSync(join(folder, 'out-'))
    execFileSync('tar', ['-xf', '-', '-C', out], { input: await archive(files) })
    expect(readFileSync(join(out, 'a/run'), 'utf8')).toBe('grüße')
    expect(statSync(join(out, 'a/run')).mode & 0o777).toBe(0o755)
    expect(statSync(join(out, 'a/large')).size).toBe(1_500_000)
    expect(statSync(join(out, 'a/empty')).size).toBe(0)
    expect(readlinkSync(join(out, 'a/link'))).toBe('../elsewhere')
    expect(readFileSync(join(out, long), 'utf8')).toBe('far')
  })

  it('names what it holds, whatever the contents are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,30}$/u), { maxLength: 8 }),
        fc.uint8Array({ maxLength: 2_000 }),
        async (names, bytes) => {
          const input = await archive(names.map((path) => ({ path, mode: 0o644, content: bytes })))
          expect(input.length % 512).toBe(0)
          const listed = execFileSync('tar', ['-tf', '-'], { input, encoding: 'utf8' })
          expect(listed.split('\n').filter(Boolean)).toEqual(names)
        },
      ),
      { numRuns: 20 },
    )
  })
})

it('a path that no archive can name is refused in words', async () => {
  await expect(archive([{ path: 'x'.repeat(300), mode: 0o644, content: Buffer.alloc(0) }])).rejects.toThrow('too long')
})

describe('the image', () => {
  it('holds the sensor, Node and its libraries: no server, no database, no test, no way out of it', () => {
    const { files, serve } = sensorImage()
    const paths = new Set(files.map(({ path }) => path))
    for (const path of ['bin/node', 'app/packages/services/src/ssh/service.ts', 'app/node_modules/zod/package.json', 'data/spool'])
      expect(paths).toContain(path)
    expect(paths).toContain(serve.at(-1)?.slice(1))
    const wrong = /^app\/apps\/(?!sensor(?:\/|$))|better-sqlite3|fastify|koffi|kysely|\.test\.|\.fixture\.|(?:^|\/)\.\.(?:\/|$)|^\//u
    expect([...paths].filter((path) => wrong.test(path))).toEqual([])
    expect(paths.size).toBe(files.length)
  })

  it('is the same for the same installation', () => {
    expect(sensorImage()).toEqual(sensorImage())
  })
})

it.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'the program that holds a host sleeps, in next to no memory, until it is killed',
  async () => {
    const file = join(folder, 'idle')
    writeFileSync(file, idleProgram())
    chmodSync(file, 0o755)
    const child = spawn(file, { stdio: 'ignore' })
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    const resident = Number(/VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0)
    expect(child.exitCode).toBeNull()
    expect(resident).toBeLessThan(100)
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
    child.kill('SIGTERM')
    expect(await ended).toBe('SIGTERM')
  },
)
