import type { Persona } from '@decnet/persona'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { execute } from './engine/execute.ts'
import { Server } from './engine/server.ts'
import { Session } from './engine/session.ts'
import { textOf } from './engine/value.ts'
import { productOf } from './product.ts'
import { plantApplications } from './seed/plant.ts'
import { mariadb, mysql8 } from './test-personas.ts'

let server: Server
let session: Session
const NOW = Date.UTC(2026, 10, 21, 12)
const serverOf = (persona: Persona, planted = false): Server => {
  const made = new Server({
    persona,
    product: productOf(persona),
    port: 3306,
    files: { load: () => null, write: () => 'written' },
    now: () => NOW,
  })
  if (planted) plantApplications(made, true)
  return made
}
const sessionOf = (of: Server, name: string): Session => {
  const account = of.accounts.find((each) => each.name === name)
  if (account === undefined) throw new Error(name)
  const made = new Session(of, of.nextId(Math.random), { address: '192.0.2.7', port: 40_000 }, account, name, Math.random)
  of.sessions.set(made.id, made)
  return made
}
/** Rows as text, or what went wrong. */
const ask = (sql: string, by = session): unknown => {
  const { answer } = execute(sql, by)
  if (answer.is === 'error') return `${answer.error.code}: ${answer.error.message}`
  return answer.is === 'ok' ? `ok ${answer.affected}` : answer.rows.map((row) => row.map(textOf))
}
beforeEach(() => {
  server = serverOf(mariadb)
  session = sessionOf(server, 'dba')
})

describe('what was written', () => {
  test('is seen by the next session, and a rolled-back transaction leaves nothing', () => {
    ask('create database d')
    ask('use d')
    ask('create table t (id int primary key auto_increment, v varchar(10))')
    expect(ask("insert into t (v) values ('a'),('b')")).toBe('ok 2')
    ask('begin')
    ask("insert into t (v) values ('c')")
    ask("update t set v='z' where id=1")
    ask('rollback')
    expect(ask('select * from d.t', sessionOf(server, 'dba'))).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ])
    ask('set autocommit=0')
    ask('delete from t')
    ask('commit')
    ask('rollback')
    expect(ask('select count(*) from t')).toEqual([['0']])
  })

  test('is bounded: a table that would hold too much is full', () => {
    ask('create database d')
    ask('create table d.t (v longtext)')
    const outcomes = new Set<unknown>()
    for (let round = 0; round < 12; round += 1) outcomes.add(ask("insert into d.t values (repeat('x', 4000000))"))
    expect(outcomes).toContain("1114: The table 't' is full")
    const databases = new Set(Array.from({ length: 400 }, (_, index) => ask(`create database many${index}`)))
    expect([...databases].some((outcome) => String(outcome).startsWith('1114'))).toBe(true)
  })
})

describe('a statement that would never end', () => {
  for (const sql of [
    'select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c',
    "select repeat(repeat('x', 1000000), 1000000)",
    `select ${Array.from({ length: 60 }, () => "repeat('x',16000000)").join(',')}`,
    `select '${'a'.repeat(5_000)}' regexp '(a+)+$b', '${'a'.repeat(30)}' rlike '^(([a-z])+.)+[A-Z]([a-z])+$'`,
  ])
    test(`is stopped or bounded: ${sql.slice(0, 60)}`, () => {
      const started = performance.now()
      ask(sql)
      expect(performance.now() - started).toBeLessThan(4_000)
    })

  test('SLEEP and BENCHMARK cost the client time, not us', () => {
    ask('select sleep(5), benchmark(5000000, md5(1)), if(1=2, sleep(100), 0)')
    expect(session.sleepMs).toBe(6_000)
    ask('select sleep(1e300)')
    expect(session.sleepMs).toBe(3_600_000)
  })
})

describe('an account with rights on the applications only', () => {
  test('sees its databases and is refused the rest in the words of the server', () => {
    server = serverOf(mariadb, true)
    session = sessionOf(server, 'app')
    const [mine = ''] = session.account.databases
    expect(ask('show databases')).toEqual([...session.account.databases, 'information_schema'].sort().map((name) => [name]))
    expect(ask(`select count(*) > 0 from ${mine}.users`)).toEqual([['1']])
    expect(ask('use mysql')).toBe("1044: Access denied for user 'app'@'%' to database 'mysql'")
    expect(ask('select * from mysql.user')).toBe("1142: SELECT command denied to user 'app'@'192.0.2.7' for table `mysql`.`user`")
    expect(ask('create database z')).toBe("1044: Access denied for user 'app'@'%' to database 'z'")
    expect(ask('set global max_connections=5')).toBe(
      '1227: Access denied; you need (at least one of) the SUPER, CONNECTION ADMIN privilege(s) for this operation',
    )
    expect(ask("select 1 into outfile '/tmp/x'")).toBe(
      '1227: Access denied; you need (at least one of) the FILE privilege(s) for this operation',
    )
    expect(ask('flush privileges')).toBe('1227: Access denied; you need (at least one of) the RELOAD privilege(s) for this operation')
    expect(ask('shutdown')).toBe('1227: Access denied; you need (at least one of) the SHUTDOWN privilege(s) for this operation')
  })
})

test('the seeded data is the same for the same host, differs between hosts, and names neither us nor a slip', () => {
  const dump = (persona: Persona): string => {
    const planted = serverOf(persona, true)
    const by = sessionOf(planted, 'dba')
    return JSON.stringify(
      [...planted.catalog.databases.values()].map(({ name, tables }) => [
        name,
        [...tables.values()].map((table) => ask(`select * from ${name}.${table.name}`, by)),
      ]),
    )
  }
  const first = dump(mariadb)
  expect(dump(mariadb)).toBe(first)
  expect(first).toContain(mariadb.domain)
  expect(first).not.toMatch(/decnet|honey|undefined|NaN/u)
  const seed = 'another'
  const other = { ...mariadb, seed, integer: (what: string, low: number, high: number) => mariadb.integer(`${seed}/${what}`, low, high) }
  expect(dump(other)).not.toBe(first)
})

test('a server that says MySQL 8 has the words, variables and defaults of MySQL 8', () => {
  server = serverOf(mysql8)
  session = sessionOf(server, 'dba')
  expect(ask('selec')).toBe(
    "1064: You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near 'selec' at line 1",
  )
  expect(ask('select nosuch')).toBe("1054: Unknown column 'nosuch' in 'field list'")
  expect(ask('select @@version, @@version_comment, @@default_authentication_plugin')).toEqual([
    ['8.0.43-0ubuntu0.24.04.1', '(Ubuntu)', 'caching_sha2_password'],
  ])
  expect(ask("select 'x' into outfile '/tmp/x'")).toBe(
    '1290: The MySQL server is running with the --secure-file-priv option so it cannot execute this statement',
  )
  expect(session.written).toEqual([{ path: '/tmp/x', content: 'x\n' }])
  expect(ask("select password('a')")).toBe('1305: FUNCTION password does not exist')
  ask('create database d')
  ask("create table d.t (id int not null auto_increment, v varchar(5) default 'x', primary key (id))")
  expect(ask('show create table d.t')).toEqual([
    [
      't',
      "CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `v` varchar(5) DEFAULT 'x',\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci",
    ],
  ])
  expect(
    JSON.stringify([ask('show variables'), ask('show status'), ask('show engines'), ask('show plugins'), ask('show collation')]),
  ).not.toMatch(/mariadb|\baria|wsrep/iu)
})

const TABLES = ['t', 'information_schema.tables', 'mysql.user', '(select 1 a, 2 b) d']
const ITEMS = [
  '*',
  'count(*)',
  'id',
  'v',
  'a',
  'max(v)',
  'id+1',
  "concat(v,'x')",
  "if(id>1,'y',null)",
  'sleep(0)',
  '@@version',
  '@x:=id',
  'nosuch',
  '-9223372036854775808 - id',
  'cast(v as decimal(5,2))',
  'group_concat(v)',
]
const CONDITIONS = [
  '1',
  'id=1',
  "v like '%a%'",
  'id in (select id from t)',
  'v is null',
  'id between 1 and 2',
  "v regexp '['",
  'exists(select 1)',
  'row(1,2)=1',
  'id div 0',
]
const statement = fc
  .tuple(
    fc.constantFrom(...TABLES),
    fc.array(fc.constantFrom(...ITEMS), { minLength: 1, maxLength: 4 }),
    fc.constantFrom(...CONDITIONS),
    fc.constantFrom('', 'group by 1', 'order by 1 desc', 'limit 1,1', 'union select 1', 'having 1'),
  )
  .map(([table, items, condition, tail]) => `select ${items.join(',')} from ${table} where ${condition} ${tail}`)

test('whatever is asked, an answer comes back: no other error leaves the engine', () => {
  ask('create database d')
  ask('use d')
  ask('create table t (id int, v varchar(20))')
  ask("insert into t values (1,'a'),(2,null),(3,'3x')")
  fc.assert(
    fc.property(fc.oneof(statement, fc.string()), (sql) => {
      expect(['ok', 'rows', 'error']).toContain(execute(sql, session).answer.is)
    }),
    { numRuns: 300 },
  )
})

describe('names that nobody has', () => {
  // Each as MariaDB 10.11.19 of Debian 12 answered it.
  test.each([
    ["select convert('a' using nope)", "1115: Unknown character set: 'nope'"],
    ["select 'a' collate nope", "1273: Unknown collation: 'nope'"],
    ['set names utf8mb4 collate nope', "1273: Unknown collation: 'nope'"],
    ['set collation_connection=nope', "1273: Unknown collation: 'nope'"],
    ['create database a collate nope', "1273: Unknown collation: 'nope'"],
    ['create database a character set latin1 collate utf8mb4_bin', "1253: COLLATION 'utf8mb4_bin' is not valid for CHARACTER SET 'latin1'"],
    ['grant select on *.* to nobody', "1133: Can't find any matching row in the user table"],
    ["set password for nobody = password('x')", "1133: Can't find any matching row in the user table"],
    ['grant all on *.* to x identified via nope', "1524: Plugin 'nope' is not loaded"],
    ['create user x identified via nope', "1524: Plugin 'nope' is not loaded"],
    ["create user y identified by password 'bad'", '1372: Password hash should be a 41-digit hexadecimal number'],
    ['grant nosuchrole to app', '1959: Invalid role specification `nosuchrole`'],
    ['drop role nosuch', "1396: Operation DROP ROLE failed for 'nosuch'"],
    ['drop function nope', '1305: FUNCTION (UDF) nope does not exist'],
    ['uninstall plugin x', '1305: PLUGIN x does not exist'],
    [
      "install plugin x soname 'nope.so'",
      "1126: Can't open shared library '/usr/lib/mysql/plugin/nope.so' (errno: 2, cannot open shared object file: No such file or directory)",
    ],
    [
      'select 1 from (select count(*),concat(0x71,version(),0x71,floor(rand(0)*2))x from information_schema.plugins group by x)a',
      "1062: Duplicate entry 'q10.11.19-MariaDB-0+deb12u1q1' for key 'group_key'",
    ],
  ])('%s', (sql, answer) => {
    expect(ask(sql)).toBe(answer)
  })

  test('grant to a role or of what is no privilege is a syntax error where the real parser stops', () => {
    expect(ask('grant nope on *.* to app')).toMatch(/^1064: .* near 'on \*\.\* to app' at line 1$/u)
    expect([ask("grant all on *.* to fresh identified by 'x'"), ask("select convert('a' using utf8mb4)")]).toEqual(['ok 0', [['a']]])
    expect(ask("create user z identified by password '*0123456789012345678901234567890123456789'")).toBe('ok 0')
  })
})
