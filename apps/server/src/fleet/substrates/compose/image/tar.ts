import { createReadStream } from 'node:fs'
import { AppError } from '@decnet/kernel'

/** One thing in an image, by its path from the root, without a leading slash. */
export interface ImageFile {
  readonly path: string
  readonly mode: number
  /** Bytes, a file of this machine, the target of a symbolic link; a folder has none of them. */
  readonly content?: Uint8Array | { readonly file: string; readonly size: number } | { readonly link: string }
}

const BLOCK = 512

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`

/** A name of up to 100 bytes, and a folder of up to 155 before it. @throws {AppError} `path_too_long`. */
function splitPath(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path]
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100 && name !== '') return [prefix, name]
  }
  throw new AppError(`The path ${path} is too long for an archive.`, { code: 'path_too_long' })
}

const sizeOf = ({ content }: ImageFile): number =>
  content instanceof Uint8Array ? content.byteLength : content && 'file' in content ? content.size : 0

function header(entry: ImageFile): Buffer {
  const { path, mode, content } = entry
  const link = content && 'link' in content ? content.link : ''
  const [prefix, name] = splitPath(path)
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0)
  block.write(octal(mode, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(sizeOf(entry), 11), 124)
  block.write(octal(0, 11), 136)
  // Of the checksum, which counts itself as blanks.
  block.write('        ', 148)
  block.write(content === undefined ? '5' : link === '' ? '0' : '2', 156)
  block.write(link, 157)
  block.write('ustar\x0000', 257)
  block.write(prefix, 345)
  block.write(
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )} `,
    148,
  )
  return block
}

/** The archive of these files, as POSIX.1-1988 (ustar) has it: all of root, all of the first second of 1970. */
export async function* tar(files: Iterable<ImageFile>): AsyncGenerator<Uint8Array> {
  for (const entry of files) {
    yield header(entry)
    const { content } = entry
    const size = sizeOf(entry)
    if (content instanceof Uint8Array) yield content
    // A file that grew meanwhile ends where it was measured.
    else if (content && 'file' in content && size > 0) yield* createReadStream(content.file, { end: size - 1, highWaterMark: 1024 * 1024 })
    if (size % BLOCK > 0) yield Buffer.alloc(BLOCK - (size % BLOCK))
  }
  yield Buffer.alloc(2 * BLOCK)
}
