import { existsSync, rmSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fleet, startFleet } from './rig/fleet.ts'

const EVENTS = 20_000
const CONNECTIONS = 4
/** What was answered this long before a kill must survive it. */
const GRACE_MS = 200

interface Answered {
  readonly n: number
  readonly at: number
}

/** Sends numbered commands, several in flight, and notes when each was answered. Connects again whenever the other side dies. */
function numberedClient(target: { address: string; port: number }, next: () => number | undefined, answered: Answered[]): Promise<void> {
  return new Promise((resolve) => {
    let done = false
    const connect = () => {
      const socket = net.connect(target.port, target.address)
      let waiting: number[] = []
      let rest = ''
      const send = () => {
        if (socket.destroyed) return
        while (waiting.length < 8) {
          const n = next()
          if (n === undefined) break
          waiting.push(n)
          socket.write(`GET event-${n}-\r\n`)
        }
        if (waiting.length === 0) {
          done = true
          socket.destroy()
          resolve()
        }
      }
      socket.once('connect', send)
      socket.on('data', (data: Buffer) => {
        rest += data.toString('latin1')
        const lines = rest.split('\r\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          if (!line.startsWith('$-1') && !line.startsWith('_')) continue
          const n = waiting.shift()
          if (n !== undefined) answered.push({ n, at: Date.now() })
        }
        // Some seconds in all, so that the kills fall into the middle of it.
        setTimeout(send, 10)
      })
      socket.on('error', () => undefined)
      socket.once('close', () => {
        // It may die between two commands, when nothing is on its way.
        if (done) return
        waiting = []
        setTimeout(connect, 50)
      })
    }
    connect()
  })
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const between = (low: number, high: number) => low + Math.floor(Math.random() * (high - low))

describe('kill -9 at random moments', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet()
  })
  afterAll(() => fleet[Symbol.asyncDispose]())

  it('loses nothing that was answered 200 ms before, and repeats nothing', async () => {
    const answered: Answered[] = []
    let sent = 0
    const next = () => (sent < EVENTS ? ++sent : undefined)
    const target = fleet.target('redis')
    const clients = Promise.all(Array.from({ length: CONNECTIONS }, () => numberedClient(target, next, answered)))

    const sensorKills: number[] = []
    const progress = async (part: number) => {
      while (sent < EVENTS * part) await pause(5)
      await pause(between(0, 50))
    }
    await progress(0.2)
    process.kill(fleet.child('server'), 'SIGKILL')
    await progress(0.45)
    const sensor = fleet.child('sensor')
    sensorKills.push(Date.now())
    process.kill(sensor, 'SIGKILL')
    await progress(0.7)
    process.kill(fleet.child('server'), 'SIGKILL')
    // The bus loses its socket while everything works: nobody depends on it.
    rmSync(join(fleet.home, 'run', 'bus.sock'), { force: true })
    await clients

    const must = answered.filter(({ at }) => !sensorKills.some((kill) => at > kill - GRACE_MS && at < kill + 50)).map(({ n }) => n)
    expect(must.length).toBeGreaterThan(EVENTS * 0.85)

    const database = () => new Database(join(fleet.home, 'decnet.db'), { readonly: true })
    const stored = () => {
      const db = database()
      const rows = db.prepare<[], { body: string }>("select body from log where type = 'command' and topic = 'system.log'").all()
      db.close()
      return rows.flatMap(({ body }) => /event-(\d+)-/u.exec(body)?.[1] ?? []).map(Number)
    }
    const last = Math.max(...must)
    await expect.poll(() => stored().includes(last), { timeout: 60_000, interval: 250 }).toBe(true)
    await pause(2_000)

    const counts = new Map<number, number>()
    for (const n of stored()) counts.set(n, (counts.get(n) ?? 0) + 1)
    expect([...counts].filter(([, times]) => times > 1)).toEqual([])
    expect(must.filter((n) => !counts.has(n))).toEqual([])

    // What folds derived is right too: counted once each, nothing left behind.
    const db = database()
    const one = (sql: string) => (db.prepare(sql).get() as { n: number }).n
    await expect
      .poll(() => one("select seq - (select min(seq) from cursors where name in ('profiler')) as n from log_head"), { timeout: 30_000 })
      .toBeLessThan(50)
    expect(one('select event_count as n from attackers')).toBe(
      one("select count(*) as n from log where topic = 'system.log' and attacker_ip is not null"),
    )
    expect(one('select sum(command_count) as n from sessions')).toBe(one("select count(*) as n from log where type = 'command'"))
    expect(
      one(
        "select count(*) as n from (select session_id from log where topic = 'attacker.session.ended' group by session_id having count(*) > 1)",
      ),
    ).toBe(0)
    expect(one('select count(*) as n from sessions')).toBe(
      one('select count(distinct session_id) as n from log where session_id is not null'),
    )
    expect(one('select max(seq) - count(*) as n from log')).toBe(0)
    expect(one("select count(*) as n from log where topic = 'attacker.observed'")).toBe(1)
    db.close()
  })

  it('a bus socket that somebody deletes comes back by itself', async () => {
    const path = join(fleet.home, 'run', 'bus.sock')
    rmSync(path, { force: true })
    await expect.poll(() => existsSync(path), { timeout: 5_000 }).toBe(true)
  })

  it('everything stops within 5 s', async () => {
    const { code, ms } = await fleet.stop('SIGINT')
    expect(code).toBe(0)
    expect(ms).toBeLessThan(5_000)
  })
})
