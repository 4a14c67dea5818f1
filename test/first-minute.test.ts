import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { when } from '@decnet/kernel/testing'
import { describe, expect, it } from 'vitest'
import { freePort, ROOT } from './rig/fleet.ts'

/** Node 20 of the machine, where there is one: what a stranger's first command runs on. */
const machineNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path))
const machinePath = machineNode ? `${join(machineNode, '..')}:/usr/local/bin:/usr/bin:/bin` : (process.env.PATH ?? '')

function clone(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'clone-')), 'decnet')
  execFileSync('git', ['clone', '--quiet', '--depth', '1', `file://${ROOT}`, folder])
  return folder
}

/** `npm start` in a fresh clone until its ready line; answers the line and the seconds from the end of the installation to it. */
/** What npm started may still write for a moment. */
const gone = (folder: string) => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })

async function npmStart(folder: string, home: string, as?: { uid: number; gid: number }) {
  const started = performance.now()
  const child = spawn('npm', ['start', '--silent', '--', '--json', '--home', home, '--listen', `127.0.0.1:${await freePort()}`], {
    cwd: folder,
    env: {
      PATH: machinePath,
      HOME: join(folder, '..'),
      npm_config_cache: join(folder, '..', 'npm-cache'),
      npm_config_update_notifier: 'false',
      ...(process.env.npm_config_registry ? { npm_config_registry: process.env.npm_config_registry } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...as,
  })
  let complaints = ''
  let installedAt = started
  const watch = setInterval(() => {
    if (installedAt === started && existsSync(join(folder, 'node_modules', '.package-lock.json'))) installedAt = performance.now()
  }, 50)
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString('utf8')
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  try {
    const line = await new Promise<string>((resolve, reject) => {
      let said = ''
      child.stdout.on('data', (data: Buffer) => {
        said += data.toString('utf8')
        if (said.includes('\n')) resolve(said.slice(0, said.indexOf('\n')))
      })
      void exited.then((code) => reject(new Error(`npm start ended with ${code}: ${complaints}`)))
    })
    return {
      ready: JSON.parse(line) as { console: string; adminPassword?: string; deckies: { services: { port: number }[] }[] },
      seconds: (performance.now() - installedAt) / 1000,
      complaints,
    }
  } finally {
    clearInterval(watch)
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
    await exited
  }
}

describe('a fresh clone', () => {
  it('npm start alone installs, builds and reaches the ready line, with an admin password shown once', async () => {
    const folder = clone()
    try {
      const { ready, seconds, complaints } = await npmStart(folder, join(folder, '..', 'home'))
      expect(ready.deckies).toHaveLength(5)
      expect(ready.adminPassword).toMatch(/^\w{5}(?:-\w{5}){3}$/u)
      expect(seconds).toBeLessThan(60)
      expect(complaints).toContain('Installing')
      const again = await npmStart(folder, join(folder, '..', 'home'))
      expect(again.ready.adminPassword).toBeUndefined()
      expect(again.complaints).not.toContain('Installing')
    } finally {
      gone(join(folder, '..'))
    }
  }, 300_000)
})

when({ root: true }).describe('a fresh clone of somebody who is not root', () => {
  it('npm start alone works, on ports that need no right', async () => {
    const folder = clone()
    const top = join(folder, '..')
    const nobody = { uid: 65_534, gid: 65_534 }
    const give = (path: string) => {
      chownSync(path, nobody.uid, nobody.gid)
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.isDirectory()) give(join(path, entry.name))
        else if (entry.isFile()) chownSync(join(path, entry.name), nobody.uid, nobody.gid)
      }
    }
    try {
      give(top)
      const { ready } = await npmStart(folder, join(top, 'home'), nobody)
      const ports = ready.deckies.flatMap((decky) => decky.services.map(({ port }) => port))
      expect(Math.min(...ports)).toBeGreaterThanOrEqual(1024)
    } finally {
      gone(top)
    }
  }, 300_000)
})
