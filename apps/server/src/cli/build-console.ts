import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@decnet/kernel'

const console_ = dirname(fileURLToPath(import.meta.resolve('@decnet/console/package.json')))
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
function fingerprint(): string {
  const hash = createHash('sha256')
  for (const folder of [console_, contracts])
    for (const path of files(folder)) hash.update(path.slice(folder.length)).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

/** The folder of the built console, built first when its sources have changed since. @throws {AppError} `console_build`. */
export async function ensureConsole(notice: (text: string) => void): Promise<string> {
  const dist = join(console_, 'dist')
  const stamp = join(dist, '.built-from')
  const wanted = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && statSync(join(dist, 'index.html')).isFile()) return dist
  notice('Building the console (once; some seconds)…')
  const vite = fileURLToPath(new URL('./bin/vite.js', new URL('.', import.meta.resolve('vite/package.json'))))
  // Built beside the old one and put in its place whole: a server that serves it meets no hole.
  const fresh = mkdtempSync(join(console_, 'dist-'))
  const output: Buffer[] = []
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn', '--outDir', fresh, '--emptyOutDir'], {
      cwd: console_,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', (data: Buffer) => output.push(data))
    child.stderr.on('data', (data: Buffer) => output.push(data))
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    throw new AppError(`The console could not be built:\n${Buffer.concat(output).toString('utf8').slice(-2_000)}`, {
      code: 'console_build',
      hint: 'Is everything installed? Run npm ci --ignore-scripts, then try again.',
    })
  }
  writeFileSync(join(fresh, '.built-from'), wanted)
  chmodSync(fresh, 0o755)
  const old = `${fresh}-old`
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(fresh, dist)
  rmSync(old, { recursive: true, force: true })
  return dist
}
