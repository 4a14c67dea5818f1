import { fail } from '../sql-error.ts'
import type { Grantee, Statement } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseAccount } from './show.ts'

/** Accounts and what is said of them, after CREATE USER and its kin. */
export function parseUsers(
  cursor: Cursor,
  verb: 'CREATE USER' | 'ALTER USER' | 'DROP USER' | 'GRANT' | 'REVOKE',
  tolerant: boolean,
): Statement {
  const users = cursor.list((): Grantee => {
    const account = cursor.accept('CURRENT_USER') ? { name: '', host: '' } : parseAccount(cursor)
    let password: string | null = null
    let plugin: string | null = null
    let hash: string | null = null
    if (cursor.accept('IDENTIFIED')) {
      if (cursor.acceptOne('VIA', 'WITH') !== null) plugin = cursor.token().kind === 'string' ? cursor.text() : cursor.anyName()
      const by = cursor.acceptOne('BY', 'AS', 'USING')
      if (by !== null) {
        const hashed = cursor.accept('PASSWORD')
        if (cursor.accept('(')) {
          password = cursor.text()
          cursor.expect(')')
        } else {
          const text = cursor.text()
          password = hashed || by !== 'BY' ? null : text
          hash = hashed || by !== 'BY' ? text : null
        }
      }
    }
    return { ...account, password, plugin, hash }
  })
  if (!cursor.done && !cursor.is('WITH', 'REQUIRE', 'PASSWORD', 'ACCOUNT', 'DEFAULT', 'FROM', 'COMMENT', 'ATTRIBUTE')) cursor.wrong()
  cursor.skip()
  return { is: 'account', verb, users, ifExists: tolerant }
}

/** First words of privileges, and of what they are on. */
const PRIVILEGE_WORDS: ReadonlySet<string> = new Set(
  'ALL ALTER BINLOG BINLOG_ADMIN CONNECTION CREATE DELETE DROP EVENT EXECUTE FEDERATED FILE GRANT INDEX INSERT LOCK PROCESS PROXY READ_ONLY REFERENCES RELOAD REPLICA REPLICATION SELECT SET SHOW SHUTDOWN SLAVE SUPER TRIGGER UPDATE USAGE DELETE_HISTORY BACKUP_ADMIN CONNECTION_ADMIN ROLE_ADMIN SYSTEM_USER SYSTEM_VARIABLES_ADMIN CLONE_ADMIN SESSION_VARIABLES_ADMIN SERVICE_CONNECTION_ADMIN PERSIST_RO_VARIABLES_ADMIN GROUP_REPLICATION_ADMIN REPLICATION_SLAVE_ADMIN RESOURCE_GROUP_ADMIN XA_RECOVER_ADMIN APPLICATION_PASSWORD_ADMIN AUDIT_ADMIN ENCRYPTION_KEY_ADMIN INNODB_REDO_LOG_ARCHIVE SET_USER_ID TABLE_ENCRYPTION_ADMIN'.split(
    ' ',
  ),
)

export function parseGrant(cursor: Cursor, verb: 'GRANT' | 'REVOKE'): Statement {
  const towards = verb === 'GRANT' ? 'TO' : 'FROM'
  // Only privileges have an ON; any other name is a role's.
  if (!PRIVILEGE_WORDS.has(cursor.token().key) && cursor.token(1).key === 'ON') cursor.wrong(cursor.token(1))
  const first = cursor.token()
  let placed = false
  while (!cursor.done && !cursor.is(towards)) placed = cursor.take().key === 'ON' || placed
  // No host here has roles.
  if (verb === 'GRANT' && !placed && cursor.server === 'MariaDB' && cursor.is(towards)) throw fail.invalidRole(first.text)
  cursor.expect(towards)
  return parseUsers(cursor, verb, true)
}
