import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import type { ServerAddress } from '../database-url.ts'
import type { Schema } from '../schema.ts'
import { CONNECT_MS, IDLE_MS, LOCK_WAIT_MS, lost, type PoolSettings, QUERY_MS } from './limits.ts'

/** Numbers up to 2^53 as numbers: counts and sums have other types there. */
const NUMERIC = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC])
const TEXTS = new Set<number>([pg.types.builtins.TEXT, pg.types.builtins.VARCHAR, pg.types.builtins.BPCHAR])

/** A text column takes no NUL: two code points that are no characters stand for it and for themselves. */
const escapeNul = (text: string) => text.replace(/[\0\ufdd0]/gu, (found) => (found === '\0' ? '\ufdd0\ufdd1' : '\ufdd0\ufdd2'))
const unescapeNul = (text: string) => text.replace(/\ufdd0[\ufdd1\ufdd2]/gu, (found) => (found === '\ufdd0\ufdd1' ? '\0' : '\ufdd0'))
const given = (value: unknown) => (typeof value === 'string' && /[\0\ufdd0]/u.test(value) ? escapeNul(value) : value)
const taken = (text: string) => (text.includes('\ufdd0') ? unescapeNul(text) : text)

const types = {
  getTypeParser(oid: number, format: 'text' | 'binary') {
    if (NUMERIC.has(oid)) return Number
    if (TEXTS.has(oid)) return taken
    return pg.types.getTypeParser(oid, format)
  },
}

/** Each connection: its time zone and isolation, and what frees the locks of a process that was stopped in its tracks. */
const session = ({
  readonly,
  idleTransactionMs,
}: PoolSettings) => `set client_encoding to 'UTF8'; set timezone to 'UTC'; set standard_conforming_strings to on;
  set default_transaction_isolation to 'read committed'; set lock_timeout to ${LOCK_WAIT_MS};
  set idle_in_transaction_session_timeout to ${idleTransactionMs}${readonly ? '; set default_transaction_read_only to on' : ''}`

function clientOf(client: pg.PoolClient): PostgresPoolClient {
  let broken = false
  client.on('error', () => {
    broken = true
  })
  const query = async (text: string, values: readonly unknown[]) => {
    try {
      return await client.query(text, values.map(given))
    } catch (error) {
      // What the server did not say itself is a lost link; then nothing of the transaction is left that could be rolled back.
      if (!(error instanceof pg.DatabaseError) || error.severity === 'FATAL') broken = true
      if (broken && text === 'rollback') return { command: 'ROLLBACK', rowCount: 0, rows: [] }
      throw error instanceof pg.DatabaseError ? error : lost(error)
    }
  }
  return { query: query as unknown as PostgresPoolClient['query'], release: (destroy) => client.release(destroy || broken) }
}

/** A pool over PostgreSQL; nothing is connected yet. */
export function openPostgres(address: ServerAddress, options: PoolSettings) {
  const pool = new pg.Pool({
    host: address.socket ?? address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    ssl: address.tls ? { ...address.tls, ...(address.socket === null && { servername: address.host }) } : false,
    max: options.connections,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'decnet',
    types: types as pg.CustomTypesConfig,
    onConnect: (client) => client.query(session(options)).then(() => undefined),
  })
  // An idle connection that ends is replaced when it is needed.
  pool.on('error', () => undefined)
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>()
  const connect = async () => {
    const client = await pool.connect().catch((error: unknown) => {
      throw error instanceof pg.DatabaseError ? error : lost(error)
    })
    const wrapped = known.get(client) ?? clientOf(client)
    known.set(client, wrapped)
    return wrapped
  }
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: { connect, end: () => pool.end(), options: {} } }) })
  return { db, close: () => db.destroy() }
}
