import { newId } from '@decnet/kernel'
import type { Bus } from '@decnet/kernel/bus'
import type { NewLogRecord } from '@decnet/kernel/log'
import { type AnyWorker, runWorker } from '@decnet/kernel/worker'
import { logTable, type Tx } from '../store/log-table.ts'
import type { Store } from '../store/open.ts'
import { isTransient } from '../store/transient.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
/** When everything begins, epoch milliseconds. */
export const T0 = 1_763_000_000_000

export interface Seen {
  readonly type: string
  /** Milliseconds after the beginning. */
  readonly at?: number
  readonly ip?: string | null
  readonly session?: string | null
  readonly decky?: string
  readonly service?: string
  readonly body?: Record<string, unknown>
}
export const event = ({
  type,
  at = 0,
  ip = '203.0.113.7',
  session = 'session-1',
  decky = 'web-01',
  service = 'ssh',
  body = {},
}: Seen): NewLogRecord => ({
  id: newId(),
  topic: 'system.log',
  ts: T0 + at,
  source: 'sensor',
  type,
  decky,
  service,
  attackerIp: ip,
  attackerPort: null,
  sessionId: session,
  body,
  msg: null,
})

export interface Visit {
  readonly ip: string
  readonly at?: number
  readonly decky?: string
  readonly hassh?: string
  /** Tried in vain, before those that are let in. */
  readonly refused?: readonly (readonly [user: string, secret: string])[]
  readonly logins?: readonly (readonly [user: string, secret: string])[]
  readonly commands?: readonly string[]
  readonly fetches?: readonly string[]
  readonly files?: readonly string[]
}
/** One SSH session from an address, from its beginning to its end. */
export function visit({
  ip,
  at = 0,
  decky = 'web-01',
  hassh,
  refused = [],
  logins = [],
  commands = [],
  fetches = [],
  files = [],
}: Visit): NewLogRecord[] {
  const session = newId()
  let now = at
  const seen = (type: string, body: Record<string, unknown> = {}) => {
    now += 1_000
    return event({ type, at: now, ip, session, decky, body })
  }
  const tried = ([principal, secret]: readonly [string, string], outcome: 'success' | 'failure') =>
    seen('auth_attempt', {
      principal,
      secret_b64: Buffer.from(secret).toString('base64'),
      secret_printable: secret,
      secret_kind: 'plaintext',
      outcome,
      method: 'password',
    })
  return [
    seen('connect'),
    ...(hassh === undefined ? [] : [seen('client_hello', { client_version: 'SSH-2.0-Go', hassh })]),
    ...refused.map((login) => tried(login, 'failure')),
    ...logins.map((login) => tried(login, 'success')),
    ...commands.map((command) => seen('command', { command, mode: 'interactive' })),
    ...fetches.map((url) => seen('download_attempt', { url, tool: 'wget' })),
    ...files.map((sha256) => seen('file_captured', { sha256, size: 1, path: '/tmp/x', via: 'scp' })),
    seen('disconnect'),
  ]
}

/** Runs workers over what is appended until nothing is left to do. */
export async function settle(
  store: Store,
  bus: Bus,
  definitions: readonly AnyWorker<Tx>[],
  records: readonly NewLogRecord[] = [],
): Promise<void> {
  const log = logTable(store)
  if (records.length > 0) await log.transaction((_tx, log) => log.append(records))
  const workers = definitions.map((worker) => runWorker(worker, { log, bus, logger: silent, transient: isTransient, restMs: 5 }))
  /** Each question asks the database what it is busy with: the first who is behind answers for all. */
  const through = async () => {
    for (const worker of workers) {
      const { lag, failuresInARow, lastError } = await worker.status()
      if (failuresInARow > 3) throw new Error(lastError ?? 'a worker fails')
      if (lag !== 0) return false
    }
    return true
  }
  for (const worker of workers) worker.start()
  try {
    for (let idle = 0; idle < 3; ) {
      idle = (await through()) ? idle + 1 : 0
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  } finally {
    for (const worker of workers) await worker.close()
  }
}
