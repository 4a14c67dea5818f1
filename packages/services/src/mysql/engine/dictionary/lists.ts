import lists from '../../recorded/lists.json' with { type: 'json' }
import type { Session } from '../session.ts'
import { statusOf } from '../status.ts'
import { variableText } from '../variables.ts'
import type { DictionaryRow } from './row.ts'

const shown = (value: string | undefined): string | null => (value === undefined || value === 'NULL' ? null : value)

function processes(session: Session): readonly DictionaryRow[] {
  const own = [...session.server.sessions.values()].filter((other) => session.account.all || other.user === session.user)
  return own.map((other) => {
    const self = other === session
    const seconds = Math.max(0, Math.floor((session.server.now() - (self ? other.startedAt : other.idleSince)) / 1000))
    return {
      ID: BigInt(other.id),
      USER: other.user,
      HOST: `${other.peer.address}:${other.peer.port}`,
      DB: other.database,
      COMMAND: self ? 'Query' : 'Sleep',
      TIME: BigInt(seconds),
      STATE: self ? (session.server.product.mariadb ? 'Filling schema table' : 'executing') : '',
      INFO: self ? other.info : null,
      TIME_MS: { digits: BigInt(seconds * 1_000_000), scale: 3 },
      STAGE: 0n,
      QUERY_ID: BigInt(session.server.questions),
    }
  })
}

/** Engines, plug-ins, character sets, variables, status: what the server lists of itself. */
export function listRows(session: Session, table: string): readonly DictionaryRow[] | null {
  const { mariadb, collation } = session.server.product
  switch (table) {
    case 'ENGINES':
      return lists.engines
        .filter(([name]) => mariadb || !['Aria', 'SEQUENCE'].includes(name ?? ''))
        .map(([ENGINE = '', SUPPORT = '', COMMENT = '', TRANSACTIONS, XA, SAVEPOINTS]) => ({
          ENGINE,
          SUPPORT,
          COMMENT: mariadb || ENGINE !== 'InnoDB' ? COMMENT : 'Supports transactions, row-level locking, and foreign keys',
          TRANSACTIONS: shown(TRANSACTIONS),
          XA: shown(XA),
          SAVEPOINTS: shown(SAVEPOINTS),
        }))
    case 'PLUGINS':
      return lists.plugins
        .filter(
          ([name = '']) =>
            mariadb ||
            !/^(?:Aria|SEQUENCE|wsrep|unix_socket|FEEDBACK|inet|uuid|user_variables|USER_|CLIENT_|INDEX_S|TABLE_S|THREAD_POOL|mysql_old|INNODB_(?:MUT|SYS|TABLESPACES_|SEM))/u.test(
              name,
            ),
        )
        .map(([PLUGIN_NAME = '', PLUGIN_STATUS = '', PLUGIN_TYPE = '', library, license]) => ({
          PLUGIN_NAME,
          PLUGIN_STATUS,
          PLUGIN_TYPE,
          PLUGIN_VERSION: '1.0',
          PLUGIN_LIBRARY: shown(library),
          PLUGIN_LICENSE: license ?? 'GPL',
          LOAD_OPTION: 'FORCE',
        }))
    case 'CHARACTER_SETS':
      return lists.charsets.map(([CHARACTER_SET_NAME = '', DESCRIPTION = '', DEFAULT_COLLATE_NAME = '', size = '1']) => ({
        CHARACTER_SET_NAME,
        DESCRIPTION,
        DEFAULT_COLLATE_NAME: CHARACTER_SET_NAME === 'utf8mb4' ? collation : DEFAULT_COLLATE_NAME,
        MAXLEN: BigInt(size),
      }))
    case 'COLLATIONS':
      return lists.collations
        .filter(([name = '']) => mariadb || !/uca1400|nopad/u.test(name))
        .map(([COLLATION_NAME = '', CHARACTER_SET_NAME, id, standard, compiled, length]) => ({
          COLLATION_NAME,
          CHARACTER_SET_NAME: shown(CHARACTER_SET_NAME),
          ID: id === undefined || id === 'NULL' ? null : BigInt(id),
          IS_DEFAULT: shown(standard),
          IS_COMPILED: compiled ?? 'Yes',
          SORTLEN: BigInt(length ?? 1),
        }))
    case 'GLOBAL_VARIABLES':
    case 'SESSION_VARIABLES':
      return [...session.server.globals]
        .filter(([, { scope }]) => table === 'SESSION_VARIABLES' || scope !== 'session')
        .map(([name, variable]) => ({
          VARIABLE_NAME: mariadb ? name : name,
          VARIABLE_VALUE: variableText(session, name, variable, table === 'GLOBAL_VARIABLES'),
        }))
    case 'SYSTEM_VARIABLES':
      return [...session.server.globals].map(([name, variable]) => ({
        VARIABLE_NAME: name.toUpperCase(),
        SESSION_VALUE: variable.scope === 'global' ? null : variableText(session, name, variable, false),
        GLOBAL_VALUE: variable.value,
        GLOBAL_VALUE_ORIGIN: 'COMPILE-TIME',
        VARIABLE_SCOPE: variable.scope === 'both' ? 'SESSION' : variable.scope === 'global' ? 'GLOBAL' : 'SESSION ONLY',
        VARIABLE_TYPE: variable.type === 'number' ? 'BIGINT UNSIGNED' : variable.type === 'boolean' ? 'BOOLEAN' : 'VARCHAR',
        READ_ONLY: variable.readOnly ? 'YES' : 'NO',
      }))
    case 'GLOBAL_STATUS':
    case 'SESSION_STATUS':
      return statusOf(session).map(([VARIABLE_NAME, VARIABLE_VALUE]) => ({ VARIABLE_NAME, VARIABLE_VALUE }))
    case 'PROCESSLIST':
      return processes(session)
    default:
      return null
  }
}
