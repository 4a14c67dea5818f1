import { fail } from '../../sql-error.ts'
import { FLAG, integerMeta, longTextMeta, TYPE, textMeta } from '../meta.ts'
import { numberOf, textOf } from '../value.ts'
import { define, type FunctionTable, string, text } from './make.ts'

const SLEEP_LIMIT_MS = 3_600_000
/** One MD5 on a server of a few years ago. */
const BENCHMARK_MS = 0.0002
const BENCHMARK_LIMIT_MS = 120_000

const user = define(
  0,
  0,
  () => textMeta(384),
  (_args, session) => `${session.user}@${session.peer.address}`,
)
const database = define(
  0,
  0,
  () => textMeta(64),
  (_args, session) => session.database,
)

/** What EXTRACTVALUE and UPDATEXML say of a path that is none: the value itself, which is why it is asked. */
const xpath = (least: number) =>
  define(
    least,
    least,
    () => longTextMeta(),
    ([, path = null]) => {
      const given = textOf(path) ?? ''
      if (/^[~!#$%^&|\\:;,?0-9'"`-]/u.test(given)) throw fail.xpath(given.slice(0, 32))
      return ''
    },
  )

export const serverFunctions: FunctionTable = {
  VERSION: define(
    0,
    0,
    () => textMeta(26, FLAG.notNull),
    (_args, session) => session.server.product.version,
  ),
  USER: user,
  SESSION_USER: user,
  SYSTEM_USER: user,
  CURRENT_USER: define(
    0,
    0,
    () => textMeta(384),
    (_args, session) => session.currentUser,
  ),
  CURRENT_ROLE: define(
    0,
    0,
    () => textMeta(384),
    () => null,
  ),
  DATABASE: database,
  SCHEMA: database,
  CONNECTION_ID: define(
    0,
    0,
    () => ({ ...integerMeta(10, FLAG.notNull | FLAG.unsigned), type: TYPE.long }),
    (_args, session) => BigInt(session.id),
  ),
  LAST_INSERT_ID: define(
    0,
    1,
    () => integerMeta(20, FLAG.notNull),
    ([value], session) => {
      if (value !== undefined && value !== null) session.lastInsertId = BigInt(Math.trunc(numberOf(value)))
      return session.lastInsertId
    },
  ),
  ROW_COUNT: define(
    0,
    0,
    () => integerMeta(21, FLAG.notNull),
    (_args, session) => session.rowCount,
  ),
  FOUND_ROWS: define(
    0,
    0,
    () => integerMeta(21, FLAG.notNull),
    (_args, session) => session.foundRows,
  ),
  SLEEP: define(
    1,
    1,
    () => integerMeta(1, FLAG.notNull),
    ([seconds = null], session) => {
      const ms = Math.max(0, numberOf(seconds) * 1000)
      session.sleepMs = Math.min(SLEEP_LIMIT_MS, session.sleepMs + (Number.isFinite(ms) ? ms : 0))
      return 0n
    },
  ),
  BENCHMARK: define(
    2,
    2,
    () => integerMeta(1, FLAG.notNull),
    ([count = null], session) => {
      const ms = Math.max(0, numberOf(count)) * BENCHMARK_MS
      session.sleepMs = Math.min(SLEEP_LIMIT_MS, session.sleepMs + Math.min(BENCHMARK_LIMIT_MS, ms))
      return 0n
    },
  ),
  LOAD_FILE: define(
    1,
    1,
    () => ({ ...longTextMeta(), text: false, length: 16_777_216, flags: FLAG.binary }),
    ([path = null], session) => (path === null || !session.account.all ? null : session.server.files.load(string(path))),
  ),
  UUID: define(
    0,
    0,
    () => textMeta(36),
    (_args, session) => {
      const digits = Array.from({ length: 32 }, () => Math.floor(session.random() * 16).toString(16)).join('')
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-11f0-${digits.slice(16, 20)}-${session.server.node}`
    },
  ),
  GET_LOCK: define(
    2,
    2,
    () => integerMeta(1),
    () => 1n,
  ),
  RELEASE_LOCK: define(
    1,
    1,
    () => integerMeta(1),
    () => 1n,
  ),
  IS_FREE_LOCK: define(
    1,
    1,
    () => integerMeta(1),
    () => 1n,
  ),
  CHARSET: text(1, 1, 64, ([value]) => (typeof value === 'string' ? 'utf8mb4' : 'binary')),
  COLLATION: text(1, 1, 64, ([value], session) => (typeof value === 'string' ? session.server.product.collation : 'binary')),
  EXTRACTVALUE: xpath(2),
  UPDATEXML: xpath(3),
  ISNULL: define(
    1,
    1,
    () => integerMeta(1, FLAG.notNull),
    ([value = null]) => (value === null ? 1n : 0n),
  ),
  NAME_CONST: define(
    2,
    2,
    ([, value]) => value ?? textMeta(0),
    ([, value = null]) => value,
  ),
  ANY_VALUE: define(
    1,
    1,
    ([value]) => value ?? textMeta(0),
    ([value = null]) => value,
  ),
  IS_USED_LOCK: define(
    1,
    1,
    () => integerMeta(10),
    () => null,
  ),
  JSON_VALID: define(
    1,
    1,
    () => integerMeta(1),
    ([value = null]) => {
      if (value === null) return null
      try {
        JSON.parse(Buffer.from(string(value).slice(0, 100_000), 'latin1').toString('utf8'))
        return 1n
      } catch {
        return 0n
      }
    },
  ),
}
