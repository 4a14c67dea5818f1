import { own } from '@decnet/kernel'
import { charsetOfCollation } from '../charset.ts'
import type { Assignment } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import type { SystemVariable } from '../system-variables.ts'
import { evaluate } from './evaluate.ts'
import { bytesMeta, FLAG, longMeta, type Meta, NULL_META, TYPE, textMeta } from './meta.ts'
import { Scope } from './scope.ts'
import type { Session } from './session.ts'
import { integerOf, numberOf, textOf, type Value } from './value.ts'

/** Other names of the same variable. */
const SYNONYMS: Readonly<Record<string, string>> = { tx_isolation: 'transaction_isolation', tx_read_only: 'transaction_read_only' }

function find(session: Session, name: string): { readonly key: string; readonly variable: SystemVariable } | null {
  const { globals } = session.server
  const lower = name.toLowerCase()
  const key = globals.has(lower)
    ? lower
    : (own(SYNONYMS, lower) ?? Object.entries(SYNONYMS).find(([, other]) => other === lower)?.[0] ?? '')
  const variable = globals.get(key)
  return variable === undefined ? null : { key, variable }
}

/** As SHOW VARIABLES prints it. */
export function variableText(session: Session, name: string, variable: SystemVariable, global: boolean): string {
  if (!global) {
    const assigned = session.variables.get(name)
    if (assigned !== undefined) return assigned
    if (name === 'pseudo_thread_id') return String(session.id)
    if (name === 'timestamp') return (session.startedAt / 1000).toFixed(6)
    if (name === 'identity' || name === 'last_insert_id') return session.lastInsertId.toString()
    if (name === 'warning_count') return String(session.warnings.length)
    if (name === 'error_count') return String(session.warnings.filter(({ level }) => level === 'Error').length)
    if (name === 'in_transaction') return session.inTransaction ? '1' : '0'
    const database = session.database === null ? undefined : session.server.catalog.databases.get(session.database)
    if (name === 'character_set_database' && database) return database.charset
    if (name === 'collation_database' && database) return database.collation
  }
  return variable.value
}

/** `@@name`. @throws {SqlError} 1193, 1238 */
export function variableValue(session: Session, name: string, global: boolean): Value {
  const found = find(session, name)
  if (found === null) throw fail.unknownVariable(name)
  const { key, variable } = found
  if (global && variable.scope === 'session') throw fail.localOnly(name, 'SESSION')
  const text = variableText(session, key, variable, global)
  if (variable.type === 'boolean') return text === 'ON' || text === 'YES' || text === '1' ? 1n : 0n
  if (variable.type === 'number') return /^-?\d+$/u.test(text) ? BigInt(text) : text
  if (variable.type === 'double') return numberOf(text)
  if (
    text === '' &&
    [
      'secure_file_priv',
      'character_set_results',
      'ssl_ca',
      'ssl_cert',
      'ssl_key',
      'init_file',
      'log_bin_basename',
      'log_bin_index',
    ].includes(key)
  )
    return null
  return text
}

export function variableMeta(session: Session, name: string, global: boolean): Meta {
  const value = variableValue(session, name, global)
  const found = find(session, name)
  if (found?.variable.type === 'boolean') return longMeta(1)
  if (found?.variable.type === 'number') return longMeta(21, FLAG.unsigned)
  if (found?.variable.type === 'double') return { ...bytesMeta(23), type: TYPE.double, decimals: 6 }
  return value === null ? { ...NULL_META, ...textMeta(0) } : textMeta((textOf(value) ?? '').length)
}

const CHARSETS =
  /^(?:utf8|utf8mb3|utf8mb4|latin1|latin2|ascii|binary|cp125[0-7]|cp850|koi8r|gbk|gb2312|big5|sjis|ujis|euckr|ucs2|utf16|utf32|hebrew|greek|tis620|swe7)$/iu
/** MariaDB has a privilege of its own for these. */
const CONNECTION_VARIABLES =
  /^(?:connect_timeout|max_connections|max_connect_errors|max_user_connections|extra_max_connections|init_connect|slow_launch_time|thread_pool_\w+|secure_auth|max_password_errors)$/u
const truthy = /^(?:1|on|true|yes)$/iu

/** As the variable keeps it. @throws {SqlError} */
function normalised(variable: SystemVariable, name: string, value: Value): string {
  const text = textOf(value) ?? ''
  if (variable.type === 'boolean') return truthy.test(text) ? 'ON' : 'OFF'
  if (variable.type === 'number') return integerOf(value).toString()
  if (name.startsWith('character_set_') && text !== '' && !CHARSETS.test(text)) throw fail.unknownCharset(text)
  if (name === 'sql_mode') return text.toUpperCase()
  return text.slice(0, 1024)
}

/** The collation that a character set has by itself. */
export const defaultCollation = (charset: string, product: { readonly mariadb: boolean; readonly collation: string }): string => {
  const lower = charset.toLowerCase()
  if (lower === 'utf8mb4') return product.collation
  if (lower === 'utf8' || lower === 'utf8mb3') return product.mariadb ? 'utf8mb3_general_ci' : 'utf8mb3_general_ci'
  if (lower === 'latin1') return 'latin1_swedish_ci'
  return lower === 'binary' ? 'binary' : `${lower}_general_ci`
}

export const isCharset = (name: string): boolean => CHARSETS.test(name)

/** SET. @throws {SqlError} 1193, 1227, 1238, 1229, 1115 */
export function assign(session: Session, { scope, name, value: expression }: Assignment): void {
  const value = expression === null ? null : evaluate(expression, new Scope(session, []))
  if (scope === 'USER') {
    session.server.setUserVariable(session, name, value)
    return
  }
  if (scope === 'NAMES') {
    const charset = (textOf(value) ?? session.server.product.charset).toLowerCase()
    if (!CHARSETS.test(charset)) throw fail.unknownCharset(textOf(value) ?? '')
    const known = charset === 'utf8' ? 'utf8mb3' : charset
    for (const each of ['client', 'connection', 'results']) session.variables.set(`character_set_${each}`, known)
    session.variables.set('collation_connection', defaultCollation(known, session.server.product))
    return
  }
  const found = find(session, name)
  if (found === null) {
    // CHARACTER_SET and friends of old clients.
    throw fail.unknownVariable(name)
  }
  const { key, variable } = found
  if (key.startsWith('collation_') && typeof value === 'string' && charsetOfCollation(value, session.server.product.mariadb) === null)
    throw fail.unknownCollation(value)
  if (variable.readOnly) throw fail.localOnly(key, 'read only')
  if (scope === 'GLOBAL') {
    session.need(
      session.server.product.mariadb
        ? `SUPER${CONNECTION_VARIABLES.test(key) ? ', CONNECTION ADMIN' : ''}`
        : 'SUPER or SYSTEM_VARIABLES_ADMIN',
    )
    if (variable.scope === 'session') throw fail.localOnly(key, 'SESSION')
    const text = expression === null ? variable.value : normalised(variable, key, value)
    session.server.globals.set(key, { ...variable, value: text })
    return
  }
  if (variable.scope === 'global') throw fail.globalOnly(key)
  if (expression === null) session.variables.delete(key)
  else session.variables.set(key, normalised(variable, key, value))
  if (key === 'autocommit' && session.autocommit) session.endTransaction(true)
  if (key === 'insert_id' || key === 'last_insert_id') session.lastInsertId = integerOf(value)
}
