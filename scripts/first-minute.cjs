// Runs on whatever Node the machine has (20 or newer), without a single dependency: it installs what is missing, once, then hands over to Node 24.
'use strict'
const { spawnSync, spawn } = require('node:child_process')
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { fitsLock } = require('./fits-lock.cjs')

const root = join(__dirname, '..')
const node = join(root, 'node_modules', '.bin', 'node')

function install() {
  // Node 24 is optional to npm, not to us.
  if (fitsLock(root) && (existsSync(node) || Number.parseInt(process.versions.node, 10) >= 24)) return
  process.stderr.write('Installing what is needed (once; about half a minute)…\n')
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
  const { status } = spawnSync(npm[0], [...npm.slice(1), 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) {
    process.stderr.write('npm ci failed; its own words stand above. Is the registry reachable, is the disk full?\n')
    process.exit(status || 1)
  }
}

function handOver(command, args) {
  const child = spawn(command, args, { cwd: process.env.INIT_CWD || process.cwd(), stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`${command}: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

const [what, ...rest] = process.argv.slice(2)
install()
if (what === 'start') handOver(join(root, 'bin', 'decnet'), ['up', ...rest])
else handOver(existsSync(node) ? node : process.execPath, [join(root, 'scripts', 'check.ts'), '--all', ...rest])
