import type { Credentials, FileStat, FileSystem } from '../_shared/shell/port.ts'
import type { WallTime } from '../_shared/shell/zoned-time.ts'

export interface Entry {
  readonly name: string
  readonly stat: FileStat
  /** Where a symbolic link points. */
  readonly target?: string
}

export interface ListRequest {
  readonly all: boolean
  readonly byTime: boolean
  readonly reverse: boolean
  /** Directory or file, with wildcards in its last part; empty = the working directory. */
  readonly path: string
}

/** `-la /etc` as daemons read it: leading words that begin with a dash are options. */
export function parseListRequest(argument: string): ListRequest {
  const options = /^(?:-\S*(?:\s+|$))*/u.exec(argument)?.[0] ?? ''
  return {
    all: options.includes('a'),
    byTime: options.includes('t'),
    reverse: options.includes('r'),
    path: argument.slice(options.length),
  }
}

/** Shell pattern with `*`, `?` and `{a,b}` as a test; every other byte stands for itself. Linear in the name for each star. */
export function matcher(pattern: string): (name: string) => boolean {
  const alternatives = expandBraces(pattern, 32)
  return (name) => alternatives.some((alternative) => wildcard(alternative, name))
}

function expandBraces(pattern: string, limit: number): string[] {
  const found = /\{([^{}]*)\}/u.exec(pattern)
  if (found === null || limit <= 1) return [pattern]
  const before = pattern.slice(0, found.index)
  const after = pattern.slice(found.index + found[0].length)
  return (found[1] ?? '')
    .split(',')
    .slice(0, limit)
    .flatMap((part) => expandBraces(before + part + after, limit >> 2))
    .slice(0, limit)
}

function wildcard(pattern: string, name: string): boolean {
  let [p, n, star, mark] = [0, 0, -1, 0]
  while (n < name.length) {
    if (p < pattern.length && pattern[p] === '*') [star, mark, p] = [p, n, p + 1]
    else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) [p, n] = [p + 1, n + 1]
    else if (star >= 0) [p, mark, n] = [star + 1, mark + 1, mark + 1]
    else return false
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** Entries of a directory, `.` and `..` among them where `all` says so, in the order of the names' bytes. @throws {FileError} */
export function entriesOf(fs: FileSystem, directory: string, as: Credentials, request: Omit<ListRequest, 'path'>): Entry[] {
  const names = [...fs.list(directory, as)].filter((name) => name !== '.' && name !== '..' && (request.all || !name.startsWith('.')))
  if (request.all) names.push('.', '..')
  const entries = names.sort(byBytes).map((name) => entryAt(fs, directory === '/' ? `/${name}` : `${directory}/${name}`, name, as))
  if (request.byTime) entries.sort((a, b) => b.stat.mtime - a.stat.mtime)
  return request.reverse ? entries.reverse() : entries
}

/** One entry, links not followed. @throws {FileError} */
export function entryAt(fs: FileSystem, path: string, name: string, as: Credentials): Entry {
  const stat = fs.lstat(path, as)
  return stat.kind === 'symlink' ? { name, stat, target: fs.readlink(path, as) } : { name, stat }
}

const KIND: Readonly<Record<FileStat['kind'], string>> = { file: '-', directory: 'd', symlink: 'l', device: 'c', fifo: 'p', socket: 's' }

/** `drwxr-xr-x` */
export function modeString({ kind, mode }: FileStat): string {
  const triple = (shift: number, special: number, letter: string): string => {
    const bits = mode >> shift
    const execute = (bits & 1) !== 0
    const last = (mode & special) !== 0 ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-'
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`
  }
  return KIND[kind] + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't')
}

/** `20261121222233` */
export function compactTime(time: WallTime): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${String(time.year).padStart(4, '0')}${two(time.month)}${two(time.day)}${two(time.hour)}${two(time.minute)}${two(time.second)}`
}
