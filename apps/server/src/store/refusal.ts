import { AppError, isNodeError } from '@decnet/kernel'
import type { ServerAddress } from './database-url.ts'

const CREATE = {
  mysql: (database: string, user: string) =>
    `Make it and give it to the user: create database \`${database}\` character set utf8mb4; grant all on \`${database}\`.* to '${user}';`,
  postgres: (database: string, user: string) => `Make it and give it to the user: create database "${database}" owner "${user}";`,
} as const

const RIGHTS = {
  mysql: (database: string, user: string) => `Let it: grant all on \`${database}\`.* to '${user}';`,
  postgres: (database: string, user: string) =>
    `Let it: alter database "${database}" owner to "${user}"; or, in that database, grant all on schema public to "${user}";`,
} as const

interface Refusal {
  readonly codes: RegExp
  readonly code: string
  say(address: ServerAddress): string
  hint(address: ServerAddress): string
}

/** SQLSTATEs of PostgreSQL, names of MySQL's errors, the system's and TLS's own. */
const REFUSALS: readonly Refusal[] = [
  {
    codes: /^(?:28P01|28000|ER_ACCESS_DENIED_ERROR|ER_HOST_NOT_PRIVILEGED|ER_ACCESS_DENIED_NO_PASSWORD_ERROR|ER_NOT_SUPPORTED_AUTH_MODE)$/u,
    code: 'database_login',
    say: ({ user, label }) => `The database at ${label} does not let ${user} in.`,
    hint: () => 'Check user and password in the URL (special characters are written %XX), and that the user may come from this host.',
  },
  {
    codes: /^(?:3D000|ER_BAD_DB_ERROR)$/u,
    code: 'database_missing',
    say: ({ database, label }) => `There is no database ${database} at ${label}.`,
    hint: ({ engine, database, user }) => CREATE[engine](database, user),
  },
  {
    codes: /^(?:42501|ER_DBACCESS_DENIED_ERROR|ER_TABLEACCESS_DENIED_ERROR|ER_SPECIFIC_ACCESS_DENIED_ERROR)$/u,
    code: 'database_rights',
    say: ({ user, label }) => `The user ${user} may not do what is needed in ${label}.`,
    hint: ({ engine, database, user }) => RIGHTS[engine](database, user),
  },
  {
    codes: /^(?:53300|ER_CON_COUNT_ERROR|ER_TOO_MANY_USER_CONNECTIONS)$/u,
    code: 'database_busy',
    say: ({ label }) => `The database at ${label} takes no more connections.`,
    hint: () => 'A server needs about 20 of them: raise max_connections there, or end what holds them.',
  },
  {
    codes:
      /^(?:HANDSHAKE_NO_SSL_SUPPORT|HANDSHAKE_SSL_ERROR|EPROTO|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*|ERR_TLS_.*|ERR_SSL_.*)$/u,
    code: 'database_tls',
    say: ({ label }) => `The link to ${label} cannot be protected as the URL asks.`,
    hint: () => 'Name the certificate that signed the server’s with sslrootcert=FILE, or ask for less with sslmode (require, disable).',
  },
  {
    codes: /^(?:ENOTFOUND|EAI_AGAIN)$/u,
    code: 'database_unreachable',
    say: ({ host }) => `There is no host ${host}.`,
    hint: () => 'Correct the name in the database URL.',
  },
  {
    codes: /^(?:E[A-Z]+|PROTOCOL_.*|DATABASE_LINK_LOST|08...|57P0.)$/u,
    code: 'database_unreachable',
    say: ({ label }) => `The database at ${label} cannot be reached.`,
    hint: () => 'Is its server running, does it listen on that address, and does nothing between block it?',
  },
]

/** What stands in the way of a database, in one sentence, and the way out; passwords are in neither. Other errors stay as they are. */
export function refusal(address: ServerAddress, error: unknown): unknown {
  if (error instanceof AppError || !isNodeError(error)) return error
  const noTls = error.message === 'The server does not support SSL connections'
  const code = noTls ? 'HANDSHAKE_NO_SSL_SUPPORT' : (error.code ?? '')
  const found = REFUSALS.find(({ codes }) => codes.test(code))
  return found ? new AppError(found.say(address), { code: found.code, hint: found.hint(address), cause: error }) : error
}
