import { constants, createHash, publicEncrypt } from 'node:crypto'
import { events } from '@decnet/contracts/events'
import { ofType, type ServiceHarness, startService } from '@decnet/kernel/service/conformance'
import type { Persona } from '@decnet/persona'
import { afterEach, describe, expect, test } from 'vitest'
import { answerOf } from './scripted-answer.ts'
import { CLIENT_CAPABILITIES, type Login, nativeProof, ScriptedClient, sha2Proof } from './scripted-client.ts'
import service from './service.ts'
import { mariadb, mysql8 } from './test-personas.ts'

let harness: ServiceHarness
const clients: ScriptedClient[] = []
const start = async (persona: Persona) => {
  harness = await startService(service, { persona })
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
const attempts = () => harness.ofType('auth_attempt').map(({ fields }) => fields)
const clear = (text: string) => Buffer.from(text, 'latin1').toString('base64')

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await harness.close()
})

describe('a login', () => {
  test("with the wrong password is refused in the server's words; scramble and salt are kept exactly", async () => {
    await start(mariadb)
    const client = await open()
    const heard = await client.login({ user: "ro'ot é", password: 'pâss' })
    expect(errorOf(heard)).toBe("1045 #28000Access denied for user 'ro'ot é'@'127.0.0.1' (using password: YES)")
    expect(await client.packet(500)).toBeNull()
    expect(attempts()).toMatchObject([
      {
        principal: "ro'ot é",
        secret_b64: nativeProof('pâss', client.salt).toString('base64'),
        secret_kind: 'mysql_native_password',
        challenge: client.salt.toString('hex'),
        outcome: 'failure',
      },
    ])
    const empty = await open()
    expect(errorOf(await empty.login({ user: 'root' }))).toBe("1045 #28000Access denied for user 'root'@'127.0.0.1' (using password: NO)")
    expect(attempts()[1]).toMatchObject({ principal: 'root', secret_b64: '', outcome: 'failure' })
  })

  test('with the right one tells the password behind the scramble, once', async () => {
    await start(mariadb)
    const client = await signedIn()
    expect(attempts()).toMatchObject([{ principal: 'dba', secret_kind: 'plaintext', secret_b64: clear('dba123'), outcome: 'success' }])
    expect(await firstValue(client, 'select current_user()')).toBe('dba@%')
  })

  test('by another plug-in is asked to switch, with the same salt', async () => {
    await start(mariadb)
    const client = await open()
    const heard = await client.login({ user: 'dba', password: 'dba123', plugin: 'caching_sha2_password' })
    expect(heard[0]?.toString('latin1')).toBe(`\xfemysql_native_password\0${client.salt.toString('latin1')}\0`)
    expect(heard.at(-1)?.[0]).toBe(0)
    expect(attempts().map(({ secret_kind, outcome }) => `${secret_kind} ${outcome}`)).toEqual(['plaintext success'])
  })

  test('to MySQL 8 takes the fast way when the password is right', async () => {
    await start(mysql8)
    const client = await open()
    const heard = await client.login({ user: 'dba', password: 'dba123', plugin: 'caching_sha2_password' })
    expect(heard.map((packet) => packet[0])).toEqual([1, 0].slice(0, heard.length))
    expect(attempts()).toMatchObject([{ secret_kind: 'plaintext', secret_b64: clear('dba123'), outcome: 'success' }])
  })

  describe('to MySQL 8 in full', () => {
    const refused = "1045 #28000Access denied for user 'admin'@'127.0.0.1' (using password: YES)"
    const oddities = () => harness.ofType('protocol_error').map(({ fields }) => fields)
    /** The fast way has failed; the server wants the whole password. */
    const asked = async (login: Partial<Login> = {}): Promise<ScriptedClient> => {
      await start(mysql8)
      const client = await open()
      const heard = await client.login({ user: 'admin', password: 'Secret#1', plugin: 'caching_sha2_password', ...login })
      expect(heard.map((packet) => packet.toString('hex'))).toEqual(['0104'])
      return client
    }
    const answer = async (client: ScriptedClient, payload: Uint8Array): Promise<Buffer | null> => {
      client.send(client.sequence + 1, payload)
      return client.packet()
    }
    const sealed = (client: ScriptedClient, key: string, text: string): Buffer => {
      const masked = Buffer.from(Buffer.from(text).map((byte, index) => byte ^ (client.salt[index % 20] ?? 0)))
      return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING }, masked)
    }
    const keyFor = async (client: ScriptedClient): Promise<string> => {
      const key = (await answer(client, Buffer.from([2])))?.subarray(1).toString('latin1') ?? ''
      expect(key).toMatch(/^-----BEGIN PUBLIC KEY-----\n/u)
      return key
    }

    test("gives away a wrong password when the client takes the server's key, in one record", async () => {
      const client = await asked()
      expect(errorOf([await answer(client, sealed(client, await keyFor(client), 'Secret#1\0'))])).toBe(refused)
      expect(attempts()).toMatchObject([
        {
          principal: 'admin',
          secret_kind: 'plaintext',
          secret_b64: clear('Secret#1'),
          outcome: 'failure',
          method: 'caching_sha2_password',
        },
      ])
      expect(oddities()).toEqual([])
    })

    test('takes what is sealed with a key that the client knew before', async () => {
      const first = await asked()
      const key = await keyFor(first)
      const client = await open()
      await client.login({ user: 'dba', password: 'other', plugin: 'caching_sha2_password' })
      expect((await answer(client, sealed(client, key, 'dba123\0')))?.[0]).toBe(0)
      expect(attempts()).toMatchObject([{ principal: 'dba', secret_kind: 'plaintext', secret_b64: clear('dba123'), outcome: 'success' }])
      expect(oddities()).toMatchObject([{ detail: 'caching_sha2_password of another password' }])
    })

    test('keeps a password that comes in clear, and refuses it as a server without TLS does, be it right or wrong', async () => {
      const client = await asked()
      expect(errorOf([await answer(client, Buffer.from('Secret#1\0'))])).toBe(refused)
      expect(await client.packet(500)).toBeNull()
      const right = await open()
      await right.login({ user: 'dba', password: 'x', plugin: 'caching_sha2_password' })
      expect(errorOf([await answer(right, Buffer.from('dba123\0'))])).toContain("Access denied for user 'dba'")
      const exact = await open()
      await exact.login({ user: 'admin', password: 'x', plugin: 'caching_sha2_password' })
      await answer(exact, Buffer.from('\xff\0\x02\0', 'latin1'))
      expect(attempts().map(({ secret_kind, secret_b64, outcome }) => [secret_kind, secret_b64, outcome])).toEqual([
        ['plaintext', clear('Secret#1'), 'failure'],
        ['plaintext', clear('dba123'), 'failure'],
        ['plaintext', clear('\xff\0\x02'), 'failure'],
      ])
    })

    test('keeps the scramble when no password comes, and a bounded sample of what came in its place', async () => {
      const client = await asked()
      const scramble = { principal: 'admin', secret_kind: 'caching_sha2_password', outcome: 'failure' }
      expect(errorOf([await answer(client, Buffer.alloc(5_000, 7))])).toBe(refused)
      expect(attempts()).toMatchObject([
        { ...scramble, secret_b64: sha2Proof('Secret#1', client.salt).toString('base64'), challenge: client.salt.toString('hex') },
      ])
      expect(oddities()).toMatchObject([
        {
          detail: 'neither a password nor a request for the key',
          sample: '\x07'.repeat(4096),
          sample_truncated: '5000',
          sample_sha256: createHash('sha256').update(Buffer.alloc(5_000, 7)).digest('hex'),
        },
      ])
      const unsealable = await open()
      await unsealable.login({ user: 'admin', password: 'two', plugin: 'caching_sha2_password' })
      expect(errorOf([await answer(unsealable, Buffer.alloc(256, 9))])).toBe(refused)
      const empty = await open()
      await empty.login({ user: 'admin', password: 'three', plugin: 'caching_sha2_password' })
      expect(errorOf([await answer(empty, Buffer.alloc(0))])).toBe(refused)
      const gone = await open()
      await gone.login({ user: 'admin', password: 'four', plugin: 'caching_sha2_password' })
      gone.close()
      await harness.waitFor((event) => event.type === 'auth_attempt' && attempts().length === 4)
      expect(attempts()).toMatchObject([scramble, scramble, scramble, scramble])
      expect(oddities()).toHaveLength(3)
    })

    test('is not asked for when the scramble has not the length of one', async () => {
      await start(mysql8)
      const client = await open()
      const head = Buffer.alloc(32)
      head.writeUInt32LE(CLIENT_CAPABILITIES)
      const reply = Buffer.concat([
        head,
        Buffer.from('admin\0'),
        Buffer.from([3]),
        Buffer.from('abc'),
        Buffer.from('caching_sha2_password\0'),
      ])
      expect(errorOf([await answer(client, reply)])).toBe(refused)
      expect(attempts()).toMatchObject([{ secret_kind: 'caching_sha2_password', secret_b64: clear('abc') }])
    })
  })

  describe('that has to switch is one record', () => {
    const respond = async (plugin: string, proof: Uint8Array): Promise<ScriptedClient> => {
      const client = await open()
      const head = Buffer.alloc(32)
      head.writeUInt32LE(CLIENT_CAPABILITIES)
      client.send(1, Buffer.concat([head, Buffer.from('admin\0'), Buffer.from([proof.length]), proof, Buffer.from(`${plugin}\0`)]))
      expect((await client.packet())?.[0]).toBe(0xfe)
      return client
    }

    test('to MySQL 8 from mysql_native_password, whatever comes of it', async () => {
      await start(mysql8)
      const heard = await (await open()).login({ user: 'dba', password: 'dba123' })
      expect(heard.at(-1)?.[0]).toBe(0)
      const wrong = await open()
      expect((await wrong.login({ user: 'admin', password: 'x', capabilities: CLIENT_CAPABILITIES })).length).toBeGreaterThan(0)
      wrong.send(wrong.sequence + 1, Buffer.from('x\0'))
      expect(errorOf([await wrong.packet()])).toContain('1045')
      expect(attempts().map(({ secret_kind, secret_b64, outcome }) => [secret_kind, secret_b64, outcome])).toEqual([
        ['plaintext', clear('dba123'), 'success'],
        ['plaintext', clear('x'), 'failure'],
      ])
      expect(harness.ofType('protocol_error')).toEqual([])
    })

    test('when the client leaves: with its first scramble, or with no secret where it gave none', async () => {
      await start(mariadb)
      for (const proof of [Buffer.alloc(32, 5), Buffer.alloc(0)]) {
        const client = await respond('caching_sha2_password', proof)
        client.close()
        await harness.waitFor(ofType(events.disconnect))
      }
      await harness.waitFor((event) => event.type === 'auth_attempt' && attempts().length === 2)
      const [first, second] = [...attempts()].sort((a, b) => (b.secret_b64 ?? '').length - (a.secret_b64 ?? '').length)
      expect(first).toMatchObject({
        principal: 'admin',
        secret_kind: 'caching_sha2_password',
        secret_b64: Buffer.alloc(32, 5).toString('base64'),
      })
      expect(second).toMatchObject({ principal: 'admin', outcome: 'failure' })
      expect(second).not.toHaveProperty('secret_b64')
    })

    test('with the password that it gave in clear at first, whatever it answers then', async () => {
      await start(mariadb)
      const client = await respond('mysql_clear_password', Buffer.from('Open#1\0'))
      client.send(client.sequence + 1, nativeProof('Open#1', client.salt))
      expect(errorOf([await client.packet()])).toContain('1045')
      const other = await respond('mysql_clear_password', Buffer.from('Open#2\0'))
      other.send(other.sequence + 1, Buffer.alloc(20, 3))
      expect(errorOf([await other.packet()])).toContain('1045')
      expect(attempts().map(({ secret_kind, secret_b64, method }) => [secret_kind, secret_b64, method])).toEqual([
        ['plaintext', clear('Open#1'), 'mysql_clear_password'],
        ['plaintext', clear('Open#2'), 'mysql_clear_password'],
      ])
      expect(harness.ofType('protocol_error').map(({ fields }) => [fields.detail, fields.sample])).toEqual([
        ['mysql_native_password of another password', '\x03'.repeat(20)],
      ])
    })
  })

  test("to a database that is not there, or not the account's, is refused", async () => {
    await start(mariadb)
    expect(errorOf(await (await open()).login({ user: 'dba', password: 'dba123', database: 'nodb' }))).toBe(
      "1049 #42000Unknown database 'nodb'",
    )
    expect(errorOf(await (await open()).login({ user: 'app', password: 'apppw', database: 'mysql' }))).toBe(
      "1044 #42000Access denied for user 'app'@'%' to database 'mysql'",
    )
    const client = await signedIn({ database: 'mysql' })
    expect(await firstValue(client, 'select database()')).toBe('mysql')
  })
})
