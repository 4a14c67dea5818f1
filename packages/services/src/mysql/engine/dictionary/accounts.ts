import { type Account, nativeHash } from '../accounts.ts'
import type { Session } from '../session.ts'
import type { Value } from '../value.ts'
import type { DictionaryRow } from './row.ts'

const PRIVILEGES =
  `Select Insert Update Delete Create Drop Reload Shutdown Process File Grant References Index Alter Show_db Super Create_tmp_table Lock_tables Execute
  Repl_slave Repl_client Create_view Show_view Create_routine Alter_routine Create_user Event Trigger Create_tablespace Delete_history Create_role Drop_role`
    .split(/\s+/u)
    .filter((word) => word !== '')

const privileges = (granted: boolean): DictionaryRow => Object.fromEntries(PRIVILEGES.map((name) => [`${name}_priv`, granted ? 'Y' : 'N']))

/** What MySQL 8 keeps of a password: `$A$005$`, salt, hash. Nothing here can be turned into the password. */
const sha2Hash = (session: Session, name: string): string => {
  const { persona } = session.server
  const printable = persona.bytes(`mysql/sha2-salt/${name}`, 20).map((byte) => byte & 0x7f || 1)
  return `$A$005$${Buffer.from(printable).toString('latin1')}${persona.bytes(`mysql/sha2/${name}`, 32).toString('base64').slice(0, 43)}`
}

function userRow(session: Session, name: string, host: string, all: boolean, secret: string, plugin: string): DictionaryRow {
  const mariadb = session.server.product.mariadb
  return {
    Host: host,
    User: name,
    Password: secret,
    host,
    user: name,
    ...privileges(all),
    plugin,
    authentication_string: secret,
    password_expired: 'N',
    is_role: 'N',
    default_role: '',
    account_locked: 'N',
    ...(mariadb ? {} : { password_last_changed: null }),
  }
}

const SYSTEM_USERS: Readonly<
  Record<'mariadb' | 'mysql', readonly (readonly [name: string, all: boolean, plugin: string, secret: string])[]>
> = {
  mariadb: [
    ['mariadb.sys', false, 'mysql_native_password', ''],
    ['root', true, 'mysql_native_password', 'invalid'],
    ['mysql', true, 'mysql_native_password', 'invalid'],
  ],
  mysql: [
    ['debian-sys-maint', true, 'caching_sha2_password', '*'],
    ['mysql.infoschema', false, 'caching_sha2_password', '$A$005$THISISACOMBINATIONOFINVALIDSALTANDPASSWORDTHATMUSTNEVERBRBEUSED'],
    ['mysql.session', false, 'caching_sha2_password', '$A$005$THISISACOMBINATIONOFINVALIDSALTANDPASSWORDTHATMUSTNEVERBRBEUSED'],
    ['mysql.sys', false, 'caching_sha2_password', '$A$005$THISISACOMBINATIONOFINVALIDSALTANDPASSWORDTHATMUSTNEVERBRBEUSED'],
    ['root', true, 'auth_socket', ''],
  ],
}

/** What the server keeps of an account's password. */
export const storedSecret = (session: Session, account: Account): string =>
  session.server.product.mariadb ? nativeHash(account.password ?? '') : sha2Hash(session, account.name)

function users(session: Session): readonly DictionaryRow[] {
  const { product, accounts } = session.server
  const system = SYSTEM_USERS[product.mariadb ? 'mariadb' : 'mysql'].map(([name, all, plugin, secret]) =>
    userRow(session, name, 'localhost', all, secret === '*' ? sha2Hash(session, name) : secret, plugin),
  )
  return [
    ...accounts.map((account) => userRow(session, account.name, account.host, account.all, storedSecret(session, account), product.plugin)),
    ...system,
  ]
}

/** Rows of the tables of the database `mysql`; others than those of accounts are empty. */
export function accountRows(session: Session, table: string): readonly DictionaryRow[] {
  if (table === 'user') return users(session)
  if (table === 'global_priv')
    return session.server.accounts.map((account) => ({
      Host: account.host,
      User: account.name,
      Priv: JSON.stringify({
        access: account.all ? 549_755_813_887 : 0,
        version_id: session.server.product.number,
        plugin: 'mysql_native_password',
        authentication_string: storedSecret(session, account),
      }),
    }))
  if (table === 'db')
    return session.server.accounts
      .filter(({ all }) => !all)
      .flatMap((account) =>
        account.databases.map((Db) => ({
          Host: account.host,
          User: account.name,
          Db,
          ...Object.fromEntries('Select Insert Update Delete Create Drop Index Alter'.split(' ').map((name) => [`${name}_priv`, 'Y'])),
        })),
      )
  return []
}

/** What GRANT names, in SHOW GRANTS' order. */
export const DATABASE_PRIVILEGES = 'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, INDEX, ALTER'
const GLOBAL_PRIVILEGES =
  'SELECT,INSERT,UPDATE,DELETE,CREATE,DROP,RELOAD,SHUTDOWN,PROCESS,FILE,REFERENCES,INDEX,ALTER,SHOW DATABASES,SUPER,CREATE TEMPORARY TABLES,LOCK TABLES,EXECUTE,REPLICATION SLAVE,CREATE VIEW,SHOW VIEW,CREATE ROUTINE,ALTER ROUTINE,CREATE USER,EVENT,TRIGGER,CREATE TABLESPACE'.split(
    ',',
  )

/** Rows of USER_PRIVILEGES and SCHEMA_PRIVILEGES; null for other tables. */
export function grantRows(session: Session, table: string): readonly DictionaryRow[] | null {
  const shown = session.account.all ? session.server.accounts : [session.account]
  const grantee = (account: Account): Value => `'${account.name}'@'${account.host}'`
  if (table === 'USER_PRIVILEGES')
    return shown.flatMap((account) =>
      (account.all ? GLOBAL_PRIVILEGES : ['USAGE']).map((PRIVILEGE_TYPE) => ({
        GRANTEE: grantee(account),
        TABLE_CATALOG: 'def',
        PRIVILEGE_TYPE,
        IS_GRANTABLE: account.all ? 'YES' : 'NO',
      })),
    )
  if (table === 'SCHEMA_PRIVILEGES')
    return shown.flatMap((account) =>
      account.databases.flatMap((TABLE_SCHEMA) =>
        DATABASE_PRIVILEGES.split(', ').map((PRIVILEGE_TYPE) => ({
          GRANTEE: grantee(account),
          TABLE_CATALOG: 'def',
          TABLE_SCHEMA,
          PRIVILEGE_TYPE,
          IS_GRANTABLE: 'NO',
        })),
      ),
    )
  return null
}
