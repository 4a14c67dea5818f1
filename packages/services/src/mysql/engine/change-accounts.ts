import type { Grantee, Statement } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import type { Account } from './accounts.ts'
import { type Answer, ok } from './answer.ts'
import type { Session } from './session.ts'

const ACCOUNTS_LIMIT = 100
const MARIADB_PLUGINS: ReadonlySet<string> = new Set(['mysql_native_password', 'mysql_old_password', 'unix_socket'])
const MYSQL_PLUGINS: ReadonlySet<string> = new Set(['mysql_native_password', 'caching_sha2_password', 'sha256_password'])

/** CREATE USER, ALTER USER, DROP USER, GRANT, REVOKE and SET PASSWORD: who was made here may log in. @throws {SqlError} 1133, 1227, 1372, 1396, 1524 */
export function changeAccounts(statement: Extract<Statement, { is: 'account' | 'set-password' }>, session: Session): Answer {
  const { server } = session
  const { mariadb } = server.product
  if (statement.is === 'set-password') {
    const { user } = statement
    if (user !== null) session.need('CREATE USER')
    if (user !== null && !server.accounts.some(({ name }) => name === user)) throw fail.noMatchingUser()
    return ok()
  }
  const self = statement.verb === 'ALTER USER' && statement.users.every(({ name }) => name === '' || name === session.account.name)
  if (!self) session.need(statement.verb.includes('USER') ? 'CREATE USER' : 'GRANT OPTION')
  const find = ({ name, host }: Grantee): Account | undefined =>
    name === '' ? session.account : server.accounts.find((account) => account.name === name && account.host === host)
  const failed: string[] = []
  const replace = (old: Account, account: Account): void => {
    server.accounts = server.accounts.map((other) => (other === old ? account : other))
    if (session.account === old) session.account = account
  }
  for (const { plugin, hash } of statement.users) {
    if (plugin !== null && !(mariadb ? MARIADB_PLUGINS : MYSQL_PLUGINS).has(plugin.toLowerCase())) throw fail.pluginNotLoaded(plugin)
    const native = plugin === null ? mariadb : /^mysql_native_password$/iu.test(plugin)
    if (native && hash !== null && !/^(\*[0-9a-f]{40}|[0-9a-f]{16}|)$/iu.test(hash)) throw fail.wrongHash()
  }
  for (const user of statement.users) {
    const known = find(user)
    const label = `'${user.name}'@'${user.host}'`
    switch (statement.verb) {
      case 'CREATE USER':
        if (known || server.accounts.length >= ACCOUNTS_LIMIT) failed.push(label)
        else
          server.accounts = [
            ...server.accounts,
            { name: user.name, host: user.host, password: user.password ?? '', all: false, databases: [] },
          ]
        break
      case 'ALTER USER':
        if (known === undefined) failed.push(label)
        else if (user.password !== null) replace(known, { ...known, password: user.password })
        break
      case 'DROP USER':
        if (known === undefined) failed.push(label)
        else server.accounts = server.accounts.filter((account) => account !== known)
        break
      case 'GRANT':
        // The root of the host itself, whom nobody becomes from afar.
        if (known === undefined && user.name === 'root' && user.host === 'localhost') break
        if (known) replace(known, { ...known, all: true, password: user.password ?? known.password })
        else if (mariadb && user.password === null && user.plugin === null && user.hash === null) throw fail.noMatchingUser()
        else if (mariadb && server.accounts.length < ACCOUNTS_LIMIT)
          server.accounts = [
            ...server.accounts,
            { name: user.name, host: user.host, password: user.password ?? '', all: true, databases: [] },
          ]
        else throw fail.cannotGrant()
        break
      case 'REVOKE':
        if (known === undefined) throw fail.noSuchGrant(user.name, user.host)
        break
    }
  }
  if (failed.length > 0 && !statement.ifExists) throw fail.userFailed(statement.verb, failed.join(','))
  return ok()
}
