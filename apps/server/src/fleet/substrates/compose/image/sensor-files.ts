import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@decnet/kernel'
import { idleProgram } from './idle-program.ts'
import type { ImageFile } from './tar.ts'

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}
const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

/** Of us what tests alone need, of others what Node never loads. */
const OURS = /\.(?:test|fixture)\.ts$|\/(?:fixtures|testing)\/|\.md$/u
const THEIRS =
  /\.(?:[cm]?ts|map|md|markdown|flow|yml|gyp|gypi|cc|cpp|h|o|d|mk|stamp)$|(?:^|\/)(?:\.|(?:docs?|tests?|benchmarks?|examples?|coverage)\/)/u

/** Where Node finds a package, from a folder upwards; null where it is not installed. */
function find(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return candidate
    if (dirname(folder) === folder) return null
  }
}

/** Where each package lies that a package needs, itself included, by the place where it is found. */
function needed(place: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(place)) return found
  const folder = realpathSync(place)
  found.set(place, folder)
  for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
    const dependency = find(name, folder)
    if (dependency === null)
      throw new AppError(`The package ${name} is not installed.`, { code: 'install_broken', hint: 'Install DECNET again: npm ci' })
    needed(dependency, found)
  }
  return found
}

function filesBelow(folder: string, left: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split('/').includes('node_modules') && !left.test(path))
    .sort()
}

const fromDisk = (path: string, file: string, mode = 0o644): ImageFile => ({ path, mode, content: { file, size: statSync(file).size } })

/** The sensor with all that it needs and nothing else: no database, no web framework. `app/` in the image is the root of this checkout. */
function sensorSources(): { readonly files: readonly ImageFile[]; readonly main: string } {
  const main = fileURLToPath(import.meta.resolve('@decnet/sensor/container'))
  const sensor = dirname(dirname(dirname(main)))
  const root = dirname(dirname(sensor))
  const at = (path: string) => `app/${relative(root, path)}`
  const files: ImageFile[] = [{ path: 'app/package.json', mode: 0o644, content: Buffer.from('{"type":"module"}') }]
  const taken = new Set<string>()
  for (const [place, folder] of needed(sensor)) {
    if (place !== folder) files.push({ path: at(place), mode: 0o777, content: { link: relative(dirname(place), folder) } })
    if (taken.has(folder)) continue
    taken.add(folder)
    const ours = !folder.split('/').includes('node_modules')
    const paths = ours
      ? ['package.json', ...filesBelow(join(folder, 'src'), OURS).map((path) => `src/${path}`)]
      : filesBelow(folder, THEIRS)
    files.push(...paths.map((path) => fromDisk(at(join(folder, path)), join(folder, path))))
  }
  return { files, main: `/${at(main)}` }
}

/** Node as it runs here, with the libraries that the system's loader gave it. */
function nodeFiles(): { readonly files: readonly ImageFile[]; readonly folders: readonly string[] } {
  // Names of peers would be asked for.
  Object.assign(process.report, { excludeNetwork: true })
  const report = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] }
  const libraries = report.sharedObjects.filter((path) => path.startsWith('/') && !path.endsWith('.node') && /\.so(?:\.|$)/u.test(path))
  return {
    files: [fromDisk('bin/node', realpathSync(process.execPath), 0o755), ...libraries.map((path) => fromDisk(path.slice(1), path, 0o755))],
    folders: [...new Set(libraries.map((path) => dirname(path)))],
  }
}

/** Every folder on the way to these, outermost first. */
function foldersOf(files: readonly ImageFile[]): ImageFile[] {
  const folders = new Set<string>(['data/spool', 'data/artifacts', 'data/replays', 'data'])
  for (const { path } of files) for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder)
  return [...folders].sort().map((path) => ({ path, mode: 0o755 }))
}

/** What the image holds, and how its two programs are started. */
export interface SensorImage {
  readonly files: readonly ImageFile[]
  /** Sleeps for ever. */
  readonly idle: readonly string[]
  /** Serves what `/data/service.json` says. */
  readonly serve: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** Small heaps: one service has many idle connections and few live objects. */
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1', '--v8-pool-size=1']

/** @throws {AppError} `install_broken`. */
export function sensorImage(): SensorImage {
  const { files, main } = sensorSources()
  const node = nodeFiles()
  const small = process.arch === 'x64'
  const idle: readonly ImageFile[] = small ? [{ path: 'bin/idle', mode: 0o755, content: idleProgram() }] : []
  const all = [...node.files, ...idle, ...files]
  return {
    files: [...foldersOf(all), ...all],
    idle: small ? ['/bin/idle'] : ['/bin/node', '-e', 'setInterval(() => undefined, 2147483647)'],
    serve: ['/bin/node', ...FLAGS, main],
    env: { NODE_ENV: 'production', LD_LIBRARY_PATH: node.folders.join(':') },
  }
}
