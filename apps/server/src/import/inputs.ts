import { createReadStream } from 'node:fs'
import { type FileHandle, open, opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip, gunzipSync, constants as zlib } from 'node:zlib'
import { AppError, isNodeError } from '@decnet/kernel'
import { moment } from './reading.ts'

/** One file to read, or standard input. */
export interface Input {
  /** `-` is standard input. */
  readonly path: string
  readonly gzip: boolean
  /** Bytes on disk; null where nobody knows. */
  readonly size: number | null
  /** Nobody writes it any more: it is packed, comes over a pipe, or was left alone for a minute. */
  readonly atRest: boolean
  /** How it begins, unpacked. */
  readonly head: Buffer
}

const HEAD = 64 * 1024
/** Milliseconds without a change after which a file counts as finished. */
const REST_MS = 60_000
/** Names below the folders that are given. */
const MOST_FILES = 100_000
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/
const MAGIC: readonly (readonly [hex: string, name: string])[] = [
  ['425a68', 'bzip2'],
  ['fd377a58', 'xz'],
  ['28b52ffd', 'zstd'],
  ['504b0304', 'zip'],
]

/** The first bytes of a file, as they lie there. */
async function firstBytes(file: FileHandle): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0)
  return buffer.subarray(0, bytesRead)
}

/** The beginning of a file that is not packed. */
export async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path)
  return firstBytes(file).finally(() => file.close())
}

async function look(path: string, now: number): Promise<Input> {
  const file = await open(path)
  try {
    const { size, mtimeMs } = await file.stat()
    const raw = await firstBytes(file)
    const gzip = raw[0] === 0x1f && raw[1] === 0x8b
    return { path, gzip, size, atRest: gzip || now - mtimeMs >= REST_MS, head: gzip ? unpacked(raw) : raw }
  } finally {
    await file.close()
  }
}

function unpacked(raw: Buffer): Buffer {
  try {
    return gunzipSync(raw, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength: 16 * 1024 * 1024 }).subarray(0, HEAD)
  } catch {
    return Buffer.alloc(0) // damaged: it says so when it is read
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const entry of await opendir(folder)) {
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) yield* filesBelow(join(folder, entry.name))
    else if (entry.isFile()) yield join(folder, entry.name)
  }
}

const begins = (input: Input): number => moment(TIME.exec(input.head.toString('latin1'))?.[0]) ?? Number.POSITIVE_INFINITY
const names = new Intl.Collator('en', { numeric: true })
const earlier = (one: Input, other: Input): number => {
  const [first, second] = [begins(one), begins(other)]
  return first === second ? names.compare(one.path, other.path) : first - second
}

/**
 * The files that paths mean: files as they are, and of folders those whose beginning `fits`, all in the order of their first times. `others` lie in
 * those folders and do not fit. `now`: what tells which of them are at rest. @throws {AppError} `import_absent`, `import_packed`.
 */
export async function findInputs(
  paths: readonly string[],
  fits: (head: Buffer) => boolean,
  now = Date.now(),
): Promise<{ readonly inputs: readonly Input[]; readonly others: readonly string[] }> {
  const inputs: Input[] = []
  const others: string[] = []
  for (const path of paths) {
    if (path === '-') inputs.push({ path, gzip: false, size: null, atRest: true, head: Buffer.alloc(0) })
    else if (await isFolder(path)) {
      let count = 0
      for await (const file of filesBelow(path)) {
        if (++count > MOST_FILES)
          throw new AppError(`${path} holds more than ${MOST_FILES} files.`, { code: 'import_too_many', hint: 'Name fewer at a time.' })
        const input = await look(file, now)
        if (fits(input.head)) inputs.push(input)
        else others.push(file)
      }
    } else inputs.push(refusePacked(await look(path, now)))
  }
  return { inputs: inputs.sort(earlier), others: others.sort(names.compare) }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (!isNodeError(error)) throw error
    throw new AppError(`${path} cannot be read: ${error.message}.`, {
      code: 'import_absent',
      hint: 'Name a file, a folder, or - for standard input.',
      cause: error,
    })
  }
}

function refusePacked(input: Input): Input {
  const packed = MAGIC.find(([hex]) => input.head.subarray(0, hex.length / 2).toString('hex') === hex)
  if (!packed) return input
  throw new AppError(`${input.path} is packed with ${packed[1]}, which is not read here.`, {
    code: 'import_packed',
    hint: 'Unpack it first, or into a pipe: … | decnet import --format … -',
  })
}

/** The bytes of an input from `offset` on, unpacked. */
export function openInput({ path, gzip }: Pick<Input, 'path' | 'gzip'>, offset: number): AsyncIterable<Buffer> {
  if (path === '-') return process.stdin
  const highWaterMark = 1024 * 1024
  if (!gzip) return createReadStream(path, { start: offset, highWaterMark })
  // What fails of the file below comes out of the one above.
  return from(
    pipeline(createReadStream(path, { highWaterMark }), createGunzip({ chunkSize: highWaterMark }), () => undefined),
    offset,
  )
}

async function* from(stream: AsyncIterable<Buffer>, offset: number): AsyncGenerator<Buffer> {
  let passed = 0
  for await (const chunk of stream) {
    const skip = Math.min(chunk.length, Math.max(0, offset - passed))
    passed += chunk.length
    if (skip < chunk.length) yield chunk.subarray(skip)
  }
}
