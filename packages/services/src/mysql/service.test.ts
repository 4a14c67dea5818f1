import { createHash } from 'node:crypto'
import { events } from '@decnet/contracts/events'
import { ofType, type ServiceHarness, serviceConformance, startService } from '@decnet/kernel/service/conformance'
import type { Persona } from '@decnet/persona'
import { afterEach, describe, expect, test } from 'vitest'
import { frame } from './packet.ts'
import { answerOf } from './scripted-answer.ts'
import { CLIENT_CAPABILITIES, type Login, nativeProof, ScriptedClient } from './scripted-client.ts'
import service from './service.ts'
import { mariadb, mysql8 } from './test-personas.ts'

let harness: ServiceHarness
const clients: ScriptedClient[] = []
const start = async (persona: Persona, config: Readonly<Record<string, unknown>> = {}) => {
  harness = await startService(service, { persona, config })
}
const open = async (): Promise<ScriptedClient> => {
  const client = await ScriptedClient.open(harness.port)
  clients.push(client)
  return client
}
const signedIn = async (login: Partial<Login> = {}): Promise<ScriptedClient> => {
  const client = await open()
  const heard = await client.login({ user: 'dba', password: 'dba123', ...login })
  expect(heard.at(-1)?.[0]).toBe(0)
  return client
}
const errorOf = (packets: readonly (Buffer | null)[]): string => answerOf(packets.filter((packet) => packet !== null)).error ?? ''
const firstValue = async (client: ScriptedClient, sql: string): Promise<string | null | undefined> =>
  answerOf(await client.query(sql)).rows?.[0]?.[0]

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await harness.close()
})

describe('the greeting', () => {
  test('of MariaDB is that of the package: version, flags, charset, plug-in; ids rise, salts are new', async () => {
    await start(mariadb)
    const [first, second] = [await open(), await open()]
    const fixed = (greeting: Buffer) => {
      const copy = Buffer.from(greeting)
      const from = copy.indexOf(0, 1) + 1
      copy.fill(0, from, from + 12).fill(0, from + 31, from + 43)
      return copy.toString('hex')
    }
    const version = Buffer.from('5.5.5-10.11.19-MariaDB-0+deb12u1\0').toString('hex')
    expect(fixed(first.greeting)).toBe(
      `0a${version}00000000${'00'.repeat(8)}00fef72d0200ff81150000000000001d000000${'00'.repeat(12)}006d7973716c5f6e61746976655f70617373776f726400`,
    )
    expect(second.threadId).toBeGreaterThan(first.threadId)
    expect(first.salt.equals(second.salt)).toBe(false)
    expect([...first.salt].every((byte) => byte > 32 && byte < 127)).toBe(true)
  })

  test('of MySQL 8 offers caching_sha2_password and no TLS', async () => {
    await start(mysql8)
    const { greeting } = await open()
    expect(greeting.toString('latin1')).toMatch(/^\n8\.0\.43-0ubuntu0\.24\.04\.1\0/u)
    expect(greeting.toString('latin1')).toMatch(/caching_sha2_password\0$/u)
    const flags = greeting.indexOf(0, 1) + 14
    expect(greeting.readUInt16LE(flags) & 0x800).toBe(0)
    expect(greeting[flags + 2]).toBe(255)
  })
})

describe('what breaks the protocol', () => {
  const say = async (bytes: Uint8Array | string): Promise<string> => {
    const client = await open()
    client.socket.write(bytes)
    return (await client.packet(1_500))?.toString('latin1') ?? ''
  }

  test('gets what the real server gives: order, shape, TLS that was not offered, protocols of the past', async () => {
    await start(mariadb)
    expect(await say('GET / HTTP/1.0\r\n\r\n')).toBe('\xff\x84\x04#08S01Got packets out of order')
    expect(await say(frame(1, Buffer.from('garbage')))).toBe('\xff\x13\x04Bad handshake')
    expect(await say(frame(1, Buffer.alloc(0)))).toBe('\xff\x13\x04#08S01Bad handshake')
    const tls = Buffer.alloc(32)
    tls.writeUInt32LE((CLIENT_CAPABILITIES | 0x800) >>> 0)
    expect(await say(frame(1, tls))).toBe('\xff\x13\x04#08S01Bad handshake')
    expect(await say(frame(1, Buffer.from('\x85\0\0\0\0root\0xxxxxxxx\0')))).toMatch(
      /^\xff\xe3\x04Client does not support authentication protocol/u,
    )
    expect(await say(frame(1, Buffer.alloc(40)))).toBe("\xff\x15\x04Access denied for user ''@'127.0.0.1' (using password: NO)")
  })

  test('ends a session too: a packet over max_allowed_packet, a number out of turn', async () => {
    await start(mariadb)
    const large = await signedIn()
    large.send(0, Buffer.concat([Buffer.from([3]), Buffer.alloc(17_000_000, 0x20)]))
    expect(errorOf([await large.packet()])).toBe("1153 #08S01Got a packet bigger than 'max_allowed_packet' bytes")
    const turned = await signedIn()
    turned.send(5, Buffer.from('\x03select 1'))
    expect(errorOf([await turned.packet()])).toBe('1156 #08S01Got packets out of order')
    expect(await turned.packet(500)).toBeNull()
  })

  test('a client that says nothing is left without a word after connect_timeout', async () => {
    await start(mariadb, { connect_timeout: 1 })
    const client = await open()
    const began = performance.now()
    expect(await client.packet(4_000)).toBeNull()
    expect(performance.now() - began).toBeLessThan(3_000)
    await harness.waitFor(ofType(events.disconnect, { reason: 'server' }))
  })

  test('one connection too many is told so before any greeting', async () => {
    await start(mariadb, { max_connections: 2 })
    await open()
    await open()
    const third = await open()
    expect(third.greeting.toString('latin1')).toBe('\xff\x10\x04Too many connections')
  })
})

describe('commands', () => {
  test('besides queries are answered as the real server answers them', async () => {
    await start(mariadb)
    const client = await signedIn()
    const once = async (...payload: number[]) => {
      client.send(0, Buffer.from(payload))
      return (await client.packet())?.toString('latin1')
    }
    expect(await once(14)).toBe('\0\0\0\x02\0\0\0')
    expect(await once(9)).toMatch(
      /^Uptime: \d+ {2}Threads: 1 {2}Questions: \d+ {2}Slow queries: 0 {2}Opens: \d+ {2}Open tables: \d+ {2}Queries per second avg: \d+\.\d{3}$/u,
    )
    expect(await once(27, 0, 0)).toBe('\xfe\0\0\x02\0')
    expect(await once(200)).toBe('\xff\x17\x04#08S01Unknown command')
    expect(errorOf(await client.command(2, 'nodb'))).toBe("1049 #42000Unknown database 'nodb'")
    expect(answerOf(await client.command(2, 'mysql')).ok).toBe('0 ')
    expect(await firstValue(client, 'select database()')).toBe('mysql')
    client.send(0, Buffer.from('\x04db\0User%'))
    expect((await client.packet())?.toString('latin1')).toContain('\x05mysql\x02db\x02db\x04User\x04User')
    expect((await client.packet())?.toString('latin1')).toBe('\xfe\0\0\x02\0')
    expect(await once(31)).toBe('\0\0\0\x02\0\0\0')
    client.send(0, Buffer.from([1]))
    expect(await client.packet(1_000)).toBeNull()
  })

  test('several statements in one are run only for a client that asked for it', async () => {
    await start(mariadb)
    const plain = await signedIn()
    expect(errorOf(await plain.query('select 1; select 2'))).toContain("near 'select 2' at line 1")
    const multi = await signedIn({ capabilities: CLIENT_CAPABILITIES | 0x1_0000 })
    multi.send(0, Buffer.from('\x03select 1; set @a=5; select @a; selec'))
    const heard: Buffer[] = []
    while (heard.at(-1)?.[0] !== 0xff) heard.push((await multi.packet()) ?? Buffer.from([0xff]))
    expect(heard.map((packet) => packet.toString('latin1'))).toEqual(
      expect.arrayContaining(['\x011', '\0\0\0\x0a\0\0\0', '\x015', expect.stringContaining("near 'selec' at line 1")]),
    )
  })

  test('prepared statements take parameters and answer in binary', async () => {
    await start(mariadb)
    const client = await signedIn()
    client.send(0, Buffer.concat([Buffer.from([22]), Buffer.from("select ?, 7 as n, concat('<', ?, '>'), null")]))
    const head = (await client.packet()) ?? Buffer.alloc(0)
    expect([head[0], head.readUInt16LE(5), head.readUInt16LE(7)]).toEqual([0, 4, 2])
    for (let index = 0; index < 8; index += 1) await client.packet()
    const body = [23, head[1] ?? 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 8, 0, 0xfd, 0, 5, 0, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69]
    client.send(0, Buffer.from(body))
    const heard = await client.answer()
    expect(heard.at(-2)?.toString('latin1')).toBe('\0\x20\x05\0\0\0\0\0\0\0\x07\0\0\0\x04<hi>')
    const asked = await harness.waitFor((event) => event.type === 'query' && (event.fields.query ?? '').includes('/* 5'))
    expect(asked.fields.query).toBe("select ?, 7 as n, concat('<', ?, '>'), null /* 5, 'hi' */")
    client.send(0, Buffer.from([23, 99, 0, 0, 0, 0, 1, 0, 0, 0]))
    expect(errorOf([await client.packet()])).toBe('1243 #HY000Unknown prepared statement handler (99) given to mysqld_stmt_execute')
  })

  test('another user may take over the connection, a wrong one ends it', async () => {
    await start(mariadb)
    const client = await signedIn()
    const change = (user: string) =>
      client.send(
        0,
        Buffer.concat([Buffer.from([17]), Buffer.from(`${user}\0\0\0`), Buffer.from([45, 0]), Buffer.from('mysql_native_password\0')]),
      )
    change('app')
    const asked = (await client.packet()) ?? Buffer.alloc(0)
    expect(asked[0]).toBe(0xfe)
    client.send(client.sequence + 1, nativeProof('apppw', asked.subarray(asked.indexOf(0) + 1, asked.indexOf(0) + 21)))
    expect((await client.packet())?.[0]).toBe(0)
    expect(await firstValue(client, 'select current_user()')).toBe('app@%')
    change('nobody')
    await client.packet()
    client.send(client.sequence + 1, Buffer.alloc(20, 7))
    expect(errorOf([await client.packet(4_000)])).toContain("Access denied for user 'nobody'")
    expect(await client.packet(1_000)).toBeNull()
  })
})

describe('an attack', () => {
  test('that takes the data hostage works as the attacker expects, and every statement is kept with its exact bytes', async () => {
    await start(mariadb)
    const thief = await signedIn({ capabilities: CLIENT_CAPABILITIES })
    const databases = (answerOf(await thief.query('SHOW DATABASES')).rows ?? []).map(([name]) => name)
    const [shop = ''] = databases.filter((name) => !['information_schema', 'mysql', 'performance_schema', 'sys'].includes(name ?? ''))
    const tables = (answerOf(await thief.query(`SHOW TABLES FROM \`${shop}\``)).rows ?? []).map(([name]) => name)
    expect(tables.length).toBeGreaterThan(3)
    const stolen = answerOf(await thief.query(`SELECT * FROM \`${shop}\`.users`))
    expect(stolen.rows?.length).toBeGreaterThan(0)
    expect(answerOf(await thief.query(`DROP DATABASE \`${shop}\``)).ok).toMatch(new RegExp(`^${tables.length} `, 'u'))
    await thief.query('CREATE DATABASE PLEASE_READ')
    await thief.query(
      'CREATE TABLE PLEASE_READ.WARNING (id INT AUTO_INCREMENT PRIMARY KEY, warning LONGTEXT, btc VARCHAR(64)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4',
    )
    const note = Buffer.concat([Buffer.from("INSERT INTO PLEASE_READ.WARNING (warning, btc) VALUES ('pay \xff\xfe', 'bc1q')", 'latin1')])
    expect(answerOf(await thief.command(3, note)).ok).toBe('1 ')
    const later = await signedIn()
    expect(answerOf(await later.query('SHOW DATABASES')).rows?.flat()).not.toContain(shop)
    expect(await firstValue(later, 'SELECT btc FROM PLEASE_READ.WARNING')).toBe('bc1q')
    expect(await firstValue(later, 'SELECT hex(warning) FROM PLEASE_READ.WARNING')).toBe('70617920FFFE')
    const kept = harness.ofType('query').find(({ fields }) => fields.query_b64 !== undefined)
    expect(kept?.fields).toMatchObject({ query_b64: note.toString('base64'), user: 'dba' })
  })

  test('that writes files is kept with what it would write, and meets the file system of the host', async () => {
    await start(mariadb)
    const client = await signedIn()
    const shell = "<?php system($_GET['c']); ?>"
    expect(errorOf(await client.query(`select '${shell.replaceAll("'", "''")}' into outfile '/etc/x.php'`))).toBe(
      "1 #HY000Can't create/write to file '/etc/x.php' (Errcode: 30 \"Read-only file system\")",
    )
    const event = await harness.waitFor(ofType(events.fileCaptured))
    const content = Buffer.from(`${shell}\n`)
    expect(event.fields).toMatchObject({ path: '/etc/x.php', via: 'mysql', sha256: createHash('sha256').update(content).digest('hex') })
    expect(harness.captures(event.fields.sha256 ?? '')).toEqual(content)
    expect(errorOf(await client.query("select 0x7f454c46 into dumpfile '/usr/lib/mysql/plugin/u.so'"))).toContain('Errcode: 30')
    expect(answerOf(await client.query("select 'a','b' into outfile '/tmp/one'")).ok).toBe('1 ')
    expect(errorOf(await client.query("select 'a' into outfile '/tmp/one'"))).toBe("1086 #HY000File '/tmp/one' already exists")
    expect(await firstValue(client, "select load_file('/tmp/one')")).toBe('a\tb\n')
    expect(await firstValue(client, "select load_file('/etc/passwd')")).toMatch(/^root:x:0:0:/u)
    expect(await firstValue(client, "select load_file('/etc/shadow')")).toBeNull()
    expect(errorOf(await client.query("create function sys_exec returns int soname 'u.so'"))).toMatch(
      /^1126 #HY000Can't open shared library 'u\.so'/u,
    )
    expect(errorOf(await client.query("load data local infile '/etc/passwd' into table mysql.user"))).toContain(
      'has disabled the local infile capability',
    )
  })

  test('that leaves an account of its own finds it open later', async () => {
    await start(mariadb)
    const client = await signedIn()
    await client.query("create user 'backdoor'@'%' identified by 'open sesame'")
    await client.query("grant all privileges on *.* to 'backdoor'@'%' with grant option")
    const later = await signedIn({ user: 'backdoor', password: 'open sesame' })
    expect(await firstValue(later, 'select count(*) > 0 from mysql.user where user like "back%"')).toBe('1')
  })

  test('that measures time finds SLEEP asleep, and leaving ends the sleep', async () => {
    await start(mariadb)
    const client = await signedIn()
    const began = performance.now()
    expect(await firstValue(client, 'select if(1=1, sleep(0.4), 0)')).toBe('0')
    expect(performance.now() - began).toBeGreaterThan(390)
    client.send(0, Buffer.from('\x03select sleep(600)'))
    await harness.waitFor(ofType(events.query, { query: 'select sleep(600)' }))
    client.close()
    await harness.waitFor(ofType(events.disconnect))
  })

  test('that kills a connection ends it', async () => {
    await start(mariadb)
    const [victim, killer] = [await signedIn(), await signedIn()]
    expect(answerOf(await killer.query(`kill ${victim.threadId}`)).ok).toBe('0 ')
    expect(await victim.packet(2_000)).toBeNull()
    expect(errorOf(await killer.query(`kill ${victim.threadId}`))).toBe(`1094 #HY000Unknown thread id: ${victim.threadId}`)
  })
})

const reply = Buffer.alloc(32)
reply.writeUInt32LE(CLIENT_CAPABILITIES)
const hello = frame(
  1,
  Buffer.concat([reply, Buffer.from('root\0'), Buffer.from([20]), Buffer.alloc(20, 7), Buffer.from('mysql_native_password\0')]),
)
serviceConformance({ service, persona: mariadb, greetsFirst: true, hello })
