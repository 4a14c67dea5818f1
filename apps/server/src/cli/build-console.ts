import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError, isNodeError } from '@decnet/kernel'

const consoleFolder = dirname(fileURLToPath(import.meta.resolve('@decnet/console/package.json')))
const contracts = join(dirname(fileURLToPath(import.meta.resolve('@decnet/contracts'))), '..')

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === 'node_modules' || entry.name.startsWith('dist') || entry.name === 'dev') continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else if (entry.isFile()) yield path
  }
}

/** Changes whenever a file that the console is built from does. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  for (const source of [folder, contracts])
    for (const path of files(source)) hash.update(path.slice(source.length)).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

/** @throws {AppError} `console_build`; the signal's reason when that ended it. */
async function build(folder: string, into: string, signal: AbortSignal): Promise<void> {
  const vite = fileURLToPath(new URL('./bin/vite.js', new URL('.', import.meta.resolve('vite/package.json'))))
  const output: Buffer[] = []
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn', '--outDir', into, '--emptyOutDir'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A Ctrl-C at the terminal comes by the signal alone.
      detached: true,
      signal,
    })
    child.stdout.on('data', (data: Buffer) => output.push(data))
    child.stderr.on('data', (data: Buffer) => output.push(data))
    child.on('error', (error) => (child.pid === undefined ? reject(error) : undefined))
    child.once('exit', resolve)
  })
  signal.throwIfAborted()
  if (code !== 0)
    throw new AppError(`The console could not be built:\n${Buffer.concat(output).toString('utf8').slice(-2_000)}`, {
      code: 'console_build',
      hint: 'Is everything installed? Run npm ci --ignore-scripts, then try again.',
    })
}

/** Puts a built console in its place; where another start has done so meanwhile, that one stays. */
function place(fresh: string, dist: string): void {
  const old = `${fresh}-old`
  try {
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(fresh, dist)
  } catch (error) {
    if (!isNodeError(error) || !/^(?:ENOTEMPTY|EEXIST|ENOENT)$/u.test(error.code ?? '') || !existsSync(join(dist, '.built-from')))
      throw error
  }
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
}

const isForbidden = (error: unknown) => isNodeError(error) && /^(?:EACCES|EPERM|EROFS)$/u.test(error.code ?? '')

/**
 * The folder of the built console, built first when its sources have changed since. Where the program's folder is another user's, the one that
 * was built last is served, and `notice` says so.
 * @throws {AppError} `console_build`, `console_forbidden`; the signal's reason when that gave it up.
 */
export async function ensureConsole(notice: (text: string) => void, signal: AbortSignal, folder = consoleFolder): Promise<string> {
  const dist = join(folder, 'dist')
  const stamp = join(dist, '.built-from')
  const built = statSync(join(dist, 'index.html'), { throwIfNoEntry: false })?.isFile() === true
  const wanted = fingerprint(folder)
  if (built && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return dist
  // Built beside the old one and put in its place whole: a server that serves it meets no hole.
  let fresh: string | undefined
  try {
    fresh = mkdtempSync(join(folder, 'dist-'))
    notice('Building the console (once; some seconds)…')
    await build(folder, fresh, signal)
    writeFileSync(join(fresh, '.built-from'), wanted)
    chmodSync(fresh, 0o755)
    place(fresh, dist)
    return dist
  } catch (error) {
    if (fresh !== undefined) rmSync(fresh, { recursive: true, force: true })
    if (!isForbidden(error)) throw error
    const way = `start decnet up once as the user who owns ${folder}, or give that folder to yourself`
    if (!built)
      throw new AppError(`The console is not built yet, and ${folder} is not yours to build it in.`, {
        code: 'console_forbidden',
        hint: `${way.replace('start', 'Start')}.`,
        cause: error,
      })
    notice(`The console that is served is older than its sources: ${folder} is not yours to build it anew. To have the new one, ${way}.`)
    return dist
  }
}
