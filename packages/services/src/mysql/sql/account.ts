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
    if (cursor.accept('IDENTIFIED')) {
      if (cursor.acceptOne('VIA', 'WITH') !== null) cursor.anyName()
      if (cursor.acceptOne('BY', 'AS', 'USING') !== null) {
        const hashed = cursor.accept('PASSWORD')
        if (cursor.accept('(')) {
          password = cursor.text()
          cursor.expect(')')
        } else {
          const text = cursor.text()
          password = hashed ? null : text
        }
      }
    }
    return { ...account, password }
  })
  if (!cursor.done && !cursor.is('WITH', 'REQUIRE', 'PASSWORD', 'ACCOUNT', 'DEFAULT', 'FROM', 'COMMENT', 'ATTRIBUTE')) cursor.wrong()
  cursor.skip()
  return { is: 'account', verb, users, ifExists: tolerant }
}

export function parseGrant(cursor: Cursor, verb: 'GRANT' | 'REVOKE'): Statement {
  const towards = verb === 'GRANT' ? 'TO' : 'FROM'
  while (!cursor.done && !cursor.is(towards)) cursor.take()
  cursor.expect(towards)
  return parseUsers(cursor, verb, true)
}
