import { describe, expect, test } from 'vitest'
import { execute } from './engine/execute.ts'
import { Server } from './engine/server.ts'
import { Session } from './engine/session.ts'
import { textOf } from './engine/value.ts'
import { productOf } from './product.ts'
import { mariadb, mysql8 } from './test-personas.ts'

const NAMES = ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__']

/** One administrator's session of a server of its own: rows as text, or what went wrong. A fault of the engine's own is thrown. */
function asking(persona: typeof mariadb): (sql: string) => unknown {
  const server = new Server({
    persona,
    product: productOf(persona),
    port: 3306,
    files: { load: () => null, write: () => 'written' },
    now: () => Date.UTC(2026, 10, 21, 12),
  })
  const account = server.accounts.find(({ all }) => all)
  if (account === undefined) throw new Error('no administrator')
  const session = new Session(server, 7, { address: '192.0.2.7', port: 40_000 }, account, account.name, Math.random)
  return (sql) => {
    const { answer } = execute(sql, session)
    if (answer.is === 'error') return `${answer.error.code}: ${answer.error.message}`
    return answer.is === 'ok' ? `ok ${answer.affected}` : answer.rows.map((row) => row.map(textOf))
  }
}

/** What a server without anything of that name says, statement by statement. */
function expected(name: string, isMariadb: boolean): readonly (readonly [sql: string, answer: unknown])[] {
  const product = isMariadb ? 'MariaDB' : 'MySQL'
  const syntax = (near: string): string =>
    `1064: You have an error in your SQL syntax; check the manual that corresponds to your ${product} server version for the right syntax to use near '${near}' at line 1`
  const noType = (near: string): string => (isMariadb ? `4161: Unknown data type: '${name}'` : syntax(near))
  const noVariable = `1193: Unknown system variable '${name}'`
  const noDatabase = `1049: Unknown database '${name}'`
  const noCharset = `1115: Unknown character set: '${name}'`
  const noStatement = (caller: string): string => `1243: Unknown prepared statement handler (${name}) given to ${caller}`
  return [
    [name, syntax(name)],
    [`SHOW ${name}`, syntax(name)],
    [`SELECT @@${name}`, noVariable],
    [`SELECT @@global.${name}`, noVariable],
    [`SET ${name} = 1`, noVariable],
    [`SET GLOBAL ${name} = 1`, noVariable],
    [`SHOW VARIABLES LIKE '${name}'`, []],
    [`SHOW STATUS LIKE '${name}'`, []],
    [`SELECT @${name}`, [[null]]],
    [`SET @${name} = 5`, 'ok 0'],
    [`SELECT @${name}`, [['5']]],
    [`SET NAMES ${name}`, noCharset],
    [`SET character_set_client = ${name}`, noCharset],
    [`CREATE DATABASE d CHARACTER SET ${name}`, noCharset],
    [`USE \`${name}\``, noDatabase],
    [`SHOW TABLES FROM \`${name}\``, noDatabase],
    [`SHOW CREATE DATABASE \`${name}\``, noDatabase],
    [`DROP DATABASE \`${name}\``, `1008: Can't drop database '${name}'; database doesn't exist`],
    [`SELECT * FROM \`${name}\`.\`${name}\``, isMariadb ? `1146: Table '${name}.${name}' doesn't exist` : expect.stringContaining(name)],
    [`SELECT * FROM information_schema.\`${name}\``, `1109: Unknown table '${name}' in information_schema`],
    [`SELECT * FROM mysql.\`${name}\``, `1146: Table 'mysql.${name}' doesn't exist`],
    [`SELECT * FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${name}'`, []],
    [`DROP USER ${name}`, `1396: Operation DROP USER failed for '${name}'@'%'`],
    [`SHOW GRANTS FOR ${name}`, `1141: There is no such grant defined for user '${name}' on host '%'`],
    [`EXECUTE ${name}`, noStatement('EXECUTE')],
    [`DEALLOCATE PREPARE ${name}`, noStatement('DEALLOCATE PREPARE')],
    [`SELECT '2026-01-02' + INTERVAL 1 ${name}`, syntax(name)],
    [`SELECT DATE_ADD('2026-01-02', INTERVAL 1 ${name})`, syntax(`${name})`)],
    [`SELECT CAST(1 AS ${name})`, syntax(`${name})`)],
    [`SELECT CONVERT(1, ${name})`, syntax(`${name})`)],
    ['CREATE DATABASE d', 'ok 1'],
    ['USE d', 'ok 0'],
    [`SELECT ${name}(1)`, expect.stringMatching(new RegExp(`^1305: FUNCTION (?:d\\.)?${name} does not exist$`, 'u'))],
    [`DESCRIBE \`${name}\``, `1146: Table 'd.${name}' doesn't exist`],
    [`DROP TABLE \`${name}\``, `1051: Unknown table 'd.${name}'`],
    [`CREATE TABLE t (a ${name})`, noType(`${name})`)],
    [`CREATE TABLE t (a int) ENGINE=${name}`, `1286: Unknown storage engine '${name}'`],
    [`CREATE TABLE t (a int) CHARSET=${name}`, noCharset],
    ['CREATE TABLE t (a int)', 'ok 0'],
    ['INSERT INTO t VALUES (1)', 'ok 1'],
    [`SELECT \`${name}\` FROM t`, expect.stringMatching(new RegExp(`^1054: Unknown column '${name}' in `, 'u'))],
    // Where the attacker makes something of that name, it is there as any other.
    [`CREATE DATABASE \`${name}\``, 'ok 1'],
    [`USE \`${name}\``, 'ok 0'],
    [`CREATE TABLE \`${name}\` (\`${name}\` int primary key)`, 'ok 0'],
    [`INSERT INTO \`${name}\` (\`${name}\`) VALUES (7)`, 'ok 1'],
    [`SELECT t.${name} AS ${name} FROM \`${name}\`.\`${name}\` t WHERE \`${name}\` = 7 GROUP BY ${name}`, [['7']]],
    [`DESCRIBE \`${name}\``, [[name, isMariadb ? 'int(11)' : 'int', 'NO', 'PRI', null, '']]],
    [`DROP DATABASE \`${name}\``, 'ok 1'],
  ]
}

describe.each([
  ['MariaDB', mariadb],
  ['MySQL', mysql8],
] as const)('%s', (product, persona) => {
  test.each(NAMES)('%s is a name that nothing has until somebody makes it', (name) => {
    const ask = asking(persona)
    const pairs = expected(name, product === 'MariaDB')
    expect(pairs.map(([sql]) => [sql, ask(sql)])).toEqual(pairs)
  })
})
