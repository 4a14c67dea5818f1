import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Decky } from '@decnet/contracts/api'
import { newId } from '@decnet/kernel'
import { encodeEvent } from '@decnet/kernel/syslog'
import { when } from '@decnet/kernel/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { decnet, errorOf } from './rig/cli.ts'
import { type Fleet, freePort, startFleet } from './rig/fleet.ts'

import { ftpLogin } from './rig/wire.ts'

const work = mkdtempSync(join(tmpdir(), 'bad-input-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))
const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

/** `decnet up` that is expected to say why it does not start. */
async function refused(home: string, ...args: string[]) {
  const answer = await decnet(['up', '--json', '--home', home, '--listen', `127.0.0.1:${await freePort()}`, ...args])
  expect([answer.code, answer.stdout]).toEqual([1, ''])
  expect(answer.stderr).not.toMatch(/^\s+at /mu)
  return errorOf(answer)
}

/** Holds a port until it is let go. */
async function hold(host: string, port: number): Promise<net.Server> {
  const server = net.createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server
}
const release = (server: net.Server) => new Promise<void>((resolve) => server.close(() => resolve()))

describe('a home that cannot be used', () => {
  it('open to others and not empty is refused, with the line that closes it, and nothing in it is touched', async () => {
    const home = join(work, 'open')
    mkdirSync(home, { mode: 0o755 })
    writeFileSync(join(home, 'mine.txt'), 'mine')
    chmodSync(home, 0o755)
    const error = await refused(home)
    expect(error).toMatchObject({ code: 'home_permissions', hint: expect.stringContaining(`chmod 700 '${home}'`) })
    expect([readdirSync(home), statSync(home).mode & 0o777]).toEqual([['mine.txt'], 0o755])
  })

  it('that is a file, or lies below one, is refused', async () => {
    const file = join(work, 'file')
    writeFileSync(file, 'mine')
    expect((await refused(file)).code).toBe('home_unusable')
    expect((await refused(join(file, 'below'))).code).toBe('home_unusable')
    expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  it('where none can be made is refused in words, and doctor says the same', async () => {
    expect(await refused('/proc/there/is/none')).toMatchObject({
      code: 'home_unusable',
      message: 'The home /proc/there/is/none cannot be used: no folder can be made there.',
      hint: expect.stringContaining('--home'),
    })
    const { code, stdout } = await decnet(['doctor', '--home', '/proc/there/is/none'])
    expect([code, stdout]).toEqual([1, expect.stringContaining('cannot be used: no folder can be made there.')])
  })

  it('in which a folder has become a link is refused: what the sensor owns leads nobody out', async () => {
    const home = join(work, 'linked')
    const elsewhere = join(work, 'elsewhere')
    mkdirSync(join(home, 'sensor'), { recursive: true, mode: 0o700 })
    chmodSync(home, 0o700)
    mkdirSync(elsewhere)
    const before = statSync(elsewhere)
    symlinkSync(elsewhere, join(home, 'sensor', 'spool'))
    expect((await refused(home)).code).toBe('home_unusable')
    expect([statSync(elsewhere).uid, statSync(elsewhere).mode]).toEqual([before.uid, before.mode])
  })
})

when({ root: true }).describe('a home of another user', () => {
  it('is refused, also by root', async () => {
    const home = join(work, 'theirs')
    mkdirSync(home, { mode: 0o700 })
    chownSync(home, 65_534, 65_534)
    expect(await refused(home)).toMatchObject({ code: 'home_permissions', message: expect.stringContaining('uid 65534') })
  })
})

describe('ports that are taken', () => {
  it("a decky's: the service goes to its port plus ten thousand, then to any, and says so", async () => {
    const home = join(work, 'ports')
    const first = await startFleet({ home })
    const usual = 21
    const ftpOf = (fleet: Fleet) => fleet.ready.deckies.flatMap((decky) => decky.services).find((service) => service.name === 'ftp')
    let address = first.target('ftp').address
    await first.stop()

    /** The first ftp of a fleet that is started while these ports of its address are held. */
    const startedBeside = async (ports: readonly number[], look: (fleet: Fleet) => Promise<void>) => {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const held = await Promise.all(ports.map((port) => hold(address, port).catch(() => undefined)))
        try {
          await using fleet = await startFleet({ home })
          // Another fleet of this machine may have taken the network meanwhile: then the ports held are not its own.
          const now = ftpOf(fleet)?.address ?? ''
          if (now === address) return await look(fleet)
          address = now
        } finally {
          for (const server of held) if (server) await release(server)
        }
      }
      throw new Error('the network never stayed')
    }

    await startedBeside([usual, usual + 10_000], async (fleet) => {
      const moved = ftpOf(fleet)
      expect([usual, usual + 10_000]).not.toContain(moved?.port)
      expect(moved?.note).toMatch(/^port 21 not to be had: \S/u)
      expect(await ftpLogin({ address, port: moved?.port ?? 0 }, 'somebody', 'something')).toMatch(/^220[ -]/u)
      const deckies = await fleet.get<Decky[]>('/deckies')
      const shown = deckies.flatMap((decky) => decky.services).find((service) => service.name === 'ftp' && service.address === address)
      expect(shown).toMatchObject({ port: moved?.port, wanted_port: usual, detail: moved?.note, state: 'listening' })
    })
    await startedBeside([usual], async (fleet) => expect(ftpOf(fleet)).toMatchObject({ port: usual + 10_000, note: expect.any(String) }))
  })

  it("the console's: nothing starts, and another is proposed", async () => {
    const port = await freePort()
    const held = await hold('127.0.0.1', port)
    const home = join(work, 'console-port')
    const error = await refused(home, '--listen', `127.0.0.1:${port}`)
    expect(error).toMatchObject({ code: 'port_taken', hint: expect.stringContaining(`--listen 127.0.0.1:${port + 1}`) })
    expect((await decnet(['status', '--home', home])).code).toBe(3)
    await release(held)
    await using _fleet = await startFleet({ home })
  })

  it("an address that is not this machine's is refused, after what a public one means was said", async () => {
    const answer = await decnet(['up', '--json', '--home', join(work, 'public'), '--listen', `203.0.113.1:${await freePort()}`])
    expect([answer.code, errorOf(answer).code]).toEqual([1, 'listen_failed'])
    expect(answer.stderr).toMatch(/which other machines can reach, without TLS/u)
  })
})

describe('several fleets', () => {
  it('in two homes have two networks; in one home the second is refused and the first goes on', async () => {
    await using one = await startFleet()
    await using two = await startFleet()
    const network = (fleet: Fleet) => [...new Set(fleet.ready.deckies.map((decky) => decky.ip.replace(/\.\d+$/u, '')))]
    expect([...network(one), ...network(two)]).toHaveLength(2)
    expect(new Set([...network(one), ...network(two)]).size).toBe(2)
    expect(network(one)[0]).toMatch(/^127\.77\.\d+$/u)
    expect(await refused(one.home)).toMatchObject({ code: 'already_running', message: expect.stringContaining(String(one.supervisor())) })
    expect(await ftpLogin(one.target('ftp'), 'a', 'b')).toMatch(/^220 /u)
    await one.get('/ready')
    expect((await decnet(['status', '--home', one.home])).code).toBe(0)
  })

  it('a home keeps its network over restarts, unless another has taken it, and then says so', async () => {
    const home = join(work, 'remembered')
    const ips = (fleet: Fleet) => fleet.ready.deckies.map((decky) => decky.ip)
    const first = await startFleet({ home })
    await first.stop()
    const second = await startFleet({ home })
    if (second.ready.movedFrom === null) expect(ips(second)).toEqual(ips(first))
    await second.stop()
    const network = ips(second)[0]?.replace(/\.\d+$/u, '')
    const taken = await hold(`${network}.254`, 47_077).catch(() => undefined)
    await using third = await startFleet({ home })
    expect(third.ready.movedFrom).toBe(network)
    expect(ips(third).map((ip) => ip.split('.')[3])).toEqual(ips(second).map((ip) => ip.split('.')[3]))
    expect(ips(third)[0]).not.toBe(ips(second)[0])
    if (taken) await release(taken)
  })
})

describe('a damaged home', () => {
  it.each([
    ['holds random bytes', (path: string) => writeFileSync(path, Buffer.from(Array.from({ length: 40_000 }, (_, n) => (n * 7919) % 251)))],
    ['is cut off', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 4096 / 2) * 4096)],
    ['is cut off within its first page', (path: string) => truncateSync(path, 100)],
  ])('whose database %s: up says the way out and touches nothing; the way works', async (what, damage) => {
    const home = join(work, `damaged-${what.replaceAll(' ', '-')}`)
    const first = await startFleet({ home })
    await ftpLogin(first.target('ftp'), 'somebody', 'something')
    await first.stop()
    const database = join(home, 'decnet.db')
    damage(database)
    const before = hashOf(database)
    const error = await refused(home)
    expect(error).toMatchObject({
      code: 'database_corrupt',
      message: expect.stringContaining(database),
      hint: expect.stringContaining(`mv '${database}'`),
    })
    expect(hashOf(database)).toBe(before)
    for (const command of ['attackers', 'events']) {
      const answer = await decnet([command, '--home', home, '--json'])
      expect([command, answer.code, errorOf(answer).code]).toEqual([command, 1, 'database_corrupt'])
    }
    const doctor = JSON.parse((await decnet(['doctor', '--home', home, '--json'])).stdout) as {
      findings: { check: string; verdict: string }[]
    }
    expect(doctor.findings.find((finding) => finding.check === 'database')?.verdict).toBe('bad')
    renameSync(database, `${database}.damaged`)
    await using fleet = await startFleet({ home })
    expect((await fleet.get<{ total: number }>('/attackers')).total).toBeGreaterThanOrEqual(0)
  })

  it('whose database is damaged while it runs: the sensor goes on, and the server comes back when the file does', async () => {
    const home = join(work, 'damaged-running')
    await using fleet = await startFleet({ home })
    const files = ['decnet.db', 'decnet.db-wal', 'decnet.db-shm'].map((name) => join(home, name))
    const server = fleet.child('server')
    process.kill(server, 'SIGSTOP')
    for (const file of files) copyFileSync(file, `${file}.whole`)
    for (const file of files.slice(1)) rmSync(file)
    writeFileSync(files[0] ?? '', 'no database\n'.repeat(1000))
    process.kill(server, 'SIGKILL')
    const said = await ftpLogin(fleet.target('ftp'), 'mallory', 'while-damaged')
    expect(said).toMatch(/^220[ -]/u)
    await expect.poll(() => existsSync(`/proc/${server}`), { timeout: 10_000 }).toBe(false)
    // Tried again and again meanwhile; the fleet stays.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect([fleet.process.exitCode, (await decnet(['status', '--home', home])).code]).toEqual([null, 0])
    for (const file of files) {
      rmSync(file, { force: true })
      renameSync(`${file}.whole`, file)
    }
    await expect
      .poll(
        () =>
          fleet.get<{ total: number }>('/credentials?search=while-damaged').then(
            ({ total }) => total,
            () => -1,
          ),
        { timeout: 60_000, interval: 250 },
      )
      .toBe(1)
  })

  it('whose spool holds a line that is no event keeps its bytes and loses none around it', async () => {
    const home = join(work, 'spool')
    const first = await startFleet({ home })
    await first.stop()
    const line = (n: number) =>
      encodeEvent({
        id: newId(),
        ts: Date.now(),
        decky: first.target('ftp').decky,
        service: 'ftp',
        type: 'command',
        severity: 6,
        fields: { session_id: 'planted', src_ip: '203.0.113.9', src_port: '4000', command: `planted ${n}` },
      })
    const rubbish = Buffer.from([0xff, 0x00, 0xfe, 0x3c, 0x31, 0x33])
    const file = join(home, 'sensor', 'spool', `${newId()}.log`)
    writeFileSync(file, Buffer.concat([Buffer.from(`${line(1)}\n`), rubbish, Buffer.from(`\n${line(2)}\n<134>1 cut o`)]))
    const { uid, gid } = statSync(join(home, 'sensor'))
    chownSync(file, uid, gid)
    await using fleet = await startFleet({ home })
    const found = () => fleet.get<{ data: { fields: { command: string } }[] }>('/logs?search=attacker:203.0.113.9%20event:command')
    await expect
      .poll(async () => (await found()).data.map((row) => row.fields.command), { timeout: 30_000 })
      .toEqual(['planted 2', 'planted 1'])
    const { default: Database } = await import('better-sqlite3')
    const letters = () => {
      const db = new Database(join(home, 'decnet.db'), { readonly: true })
      const rows = db.prepare<[], { raw: string }>("select raw from dead_letters where worker = 'ingester' order by id").all()
      db.close()
      return rows.map((row) => Buffer.from(row.raw, 'base64').toString('latin1'))
    }
    await expect.poll(letters, { timeout: 30_000 }).toEqual([rubbish.toString('latin1'), '<134>1 cut o'])
  })
})
