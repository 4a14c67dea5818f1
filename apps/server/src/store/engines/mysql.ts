import { Kysely, MysqlDialect, type MysqlPool, type MysqlPoolConnection } from 'kysely'
import { createPool, type PoolConnection } from 'mysql2'
import type { ServerAddress } from '../database-url.ts'
import type { Schema } from '../schema.ts'
import { CONNECT_MS, IDLE_MS, LOCK_WAIT_MS, lost, type PoolSettings, QUERY_MS } from './limits.ts'

type Answer = (error: unknown, result?: unknown) => void

/** Each connection: how it reads literals and time, its isolation, and what frees the locks of a process that was stopped in its tracks. */
const session = (mariadb: boolean, { readonly, idleTransactionMs }: PoolSettings) => [
  `set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', foreign_key_checks = 1,
    innodb_lock_wait_timeout = ${LOCK_WAIT_MS / 1000}, ${mariadb ? 'idle_transaction_timeout' : 'wait_timeout'} = ${Math.ceil(idleTransactionMs / 1000)}`,
  'set session transaction isolation level read committed',
  ...(readonly ? ['set session transaction read only'] : []),
]

/** Nothing of what an attacker sent may ride on an error: the driver hangs the whole statement on it. */
function plain(error: NodeJS.ErrnoException & { sql?: string | undefined }): Error {
  delete error.sql
  return lost(error)
}

function connectionOf(raw: PoolConnection): MysqlPoolConnection {
  let broken = false
  const query = (sql: string, values: readonly unknown[], answer: Answer) => {
    raw.query({ sql, values: [...values], timeout: QUERY_MS }, (error, result) => {
      if (!error) return answer(null, result)
      broken ||= error.fatal || error.errno === undefined
      // Nothing of the transaction is left that could be rolled back.
      if (broken && sql === 'rollback') return answer(null, [])
      answer(plain(error))
    })
  }
  // A query that ran out of time is still under way there.
  const release = () => (broken ? raw.destroy() : raw.release())
  return { query, release } as unknown as MysqlPoolConnection
}

/** A pool over MariaDB or MySQL; nothing is connected yet. */
export function openMysql(address: ServerAddress, options: PoolSettings) {
  const pool = createPool({
    ...(address.socket === null ? { host: address.host, port: address.port } : { socketPath: address.socket }),
    user: address.user,
    password: address.password,
    database: address.database,
    ...(address.tls && {
      ssl: { ...address.tls, ca: address.tls.ca as Buffer, cert: address.tls.cert as Buffer, key: address.tls.key as Buffer },
    }),
    connectionLimit: options.connections,
    maxIdle: 1,
    idleTimeout: IDLE_MS,
    connectTimeout: CONNECT_MS,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    decimalNumbers: true,
    supportBigNumbers: false,
    // A changed row and one that was as wanted already are both found; no server asks this machine for files.
    flags: ['FOUND_ROWS', '-LOCAL_FILES'],
  })
  const known = new WeakMap<PoolConnection, MysqlPoolConnection>()
  const ask = (raw: PoolConnection, sql: string) =>
    new Promise<unknown>((resolve, reject) => {
      raw.query({ sql, timeout: CONNECT_MS }, (error, result) => (error ? reject(plain(error)) : resolve(result)))
    })
  let mariadb: boolean | undefined
  const prepare = async (raw: PoolConnection) => {
    if (mariadb === undefined) {
      const [row] = (await ask(raw, 'select version() as version')) as { version: string }[]
      mariadb = row?.version.includes('MariaDB') ?? false
    }
    for (const statement of session(mariadb, options)) await ask(raw, statement)
  }
  const getConnection: MysqlPool['getConnection'] = (answer) => {
    pool.getConnection((error, raw) => {
      if (error) return answer(plain(error), undefined as never)
      const wrapped = known.get(raw)
      if (wrapped) return answer(undefined, wrapped)
      prepare(raw).then(
        () => {
          const fresh = connectionOf(raw)
          known.set(raw, fresh)
          answer(undefined, fresh)
        },
        (trouble: unknown) => {
          raw.destroy()
          answer(trouble, undefined as never)
        },
      )
    })
  }
  const db = new Kysely<Schema>({ dialect: new MysqlDialect({ pool: { getConnection, end: (answer) => pool.end(answer) } }) })
  return { db, close: () => db.destroy() }
}
