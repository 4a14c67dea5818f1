import { AppError } from '@decnet/kernel'
import type { ServerAddress } from './database-url.ts'

/** The oldest release of each server that has what is needed. */
const OLDEST = { MariaDB: [10, 5], MySQL: [8, 0], PostgreSQL: [13, 0] } as const

/** What `select version()` answers, taken apart. MariaDB may hide behind a `5.5.5-`. */
export function productOf(
  engine: ServerAddress['engine'],
  version: string,
): { readonly name: keyof typeof OLDEST; readonly version: string } {
  const name = engine === 'postgres' ? 'PostgreSQL' : version.includes('MariaDB') ? 'MariaDB' : 'MySQL'
  const number = /\d+(?:\.\d+)*/u.exec(version.replace(/^5\.5\.5-/u, ''))?.[0]
  return { name, version: number ?? '0' }
}

/** @throws {AppError} `database_version`. */
export function refuseOld({ engine, label }: ServerAddress, answer: string): void {
  const { name, version } = productOf(engine, answer)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [least, after] = OLDEST[name]
  if (major > least || (major === least && minor >= after)) return
  throw new AppError(`The server at ${label} is ${name} ${version}, which is too old.`, {
    code: 'database_version',
    hint: `Use ${name} ${least}${after > 0 ? `.${after}` : ''} or newer.`,
  })
}

/** Whose texts are not Unicode cannot hold what attackers send. @throws {AppError} `database_encoding`. */
export function refuseEncoding({ label, database, user }: ServerAddress, encoding: string): void {
  if (encoding === 'UTF8') return
  throw new AppError(`The database at ${label} has the encoding ${encoding}.`, {
    code: 'database_encoding',
    hint: `Make one that holds every text: create database "${database}" owner "${user}" encoding 'UTF8' template template0;`,
  })
}
