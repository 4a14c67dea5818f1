import { createServer } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseDatabaseUrl } from './database-url.ts'
import { onEachServer } from './fixtures/each-database.ts'
import { migrate, openStore } from './open.ts'
import { refuseOld } from './server-version.ts'

const SECRET = 's3cret-of-nobody'

/** What opening that URL says; the password is in no part of it. */
async function said(url: string): Promise<unknown> {
  const error = await openStore(url)
    .then(
      async (store) => migrate(store).finally(() => store.close()),
      (error: unknown) => Promise.reject(error),
    )
    .catch((error: unknown) => error)
  expect(inspect(error, { depth: 12, showHidden: true })).not.toContain(SECRET)
  return error
}

onEachServer('a database that cannot be used', ({ server, engine }) => {
  it('says so in one sentence, with the way out', async () => {
    await server().run(
      ...(engine === 'postgres'
        ? [`create user low password '${SECRET}'`, 'create database closed']
        : [`create user low@'%' identified by '${SECRET}'`, 'create database closed', `grant select on closed.* to low@'%'`]),
    )
    expect(await said(server().url('test', 'admin', SECRET))).toMatchObject({
      code: 'database_login',
      hint: expect.stringContaining('password'),
    })
    expect(await said(server().url('test', 'nobody', SECRET))).toMatchObject({ code: 'database_login' })
    expect(await said(server().url('no_such_thing'))).toMatchObject({
      code: 'database_missing',
      hint: expect.stringContaining('create database'),
    })
    expect(await said(server().url('closed', 'low', SECRET))).toMatchObject({
      code: 'database_rights',
      hint: expect.stringMatching(/grant|owner/u),
    })
    expect(await said(`${server().url('closed', 'low', SECRET)}?sslmode=require`)).toMatchObject({
      code: 'database_tls',
      hint: expect.stringContaining('sslmode'),
    })
    if (engine === 'postgres') {
      await server().run(`create database latin owner low encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0`)
      expect(await said(server().url('latin', 'low', SECRET))).toMatchObject({
        code: 'database_encoding',
        hint: expect.stringContaining('UTF8'),
      })
    }
    const other = server()
      .url('test', 'low', SECRET)
      .replace(/:\d+\//u, ':1/')
    expect(await said(other)).toMatchObject({ code: 'database_unreachable', message: expect.stringContaining('127.0.0.1:1/test') })
    expect(await said(`${engine}://low:${SECRET}@no-such-host.invalid/test`)).toMatchObject({ code: 'database_unreachable' })
  })

  it('is not mistaken for one when something else answers there', async () => {
    const answering = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => answering.listen(0, '127.0.0.1', resolve))
    const address = answering.address()
    const port = typeof address === 'object' ? address?.port : 0
    const error = await said(`${engine}://low:${SECRET}@127.0.0.1:${port}/test`)
    expect(error).toBeInstanceOf(Error)
    answering.close()
  })
})

describe('the URL of a database', () => {
  it.each([
    ['decnet.db', 'decnet.db'],
    ['/srv/x:y/decnet.db', '/srv/x:y/decnet.db'],
    ['sqlite:home/decnet.db', 'home/decnet.db'],
    ['sqlite:///srv/decnet.db', '/srv/decnet.db'],
  ])('%s is a file', (url, path) => {
    expect(parseDatabaseUrl(url)).toEqual({ engine: 'sqlite', path, label: path })
  })

  it('names server, user, database and how the link is protected', () => {
    expect(parseDatabaseUrl('mariadb://ana:a%20b%2F%40@db.example/decnet')).toMatchObject({
      engine: 'mysql',
      host: 'db.example',
      port: 3306,
      user: 'ana',
      password: 'a b/@',
      database: 'decnet',
      tls: null,
      label: 'mysql://ana@db.example:3306/decnet',
    })
    expect(parseDatabaseUrl('postgresql://u@[::1]:6432/x?sslmode=verify-full')).toMatchObject({
      engine: 'postgres',
      host: '::1',
      port: 6432,
      tls: { rejectUnauthorized: true },
      label: 'postgres://u@[::1]:6432/x',
    })
    expect(parseDatabaseUrl('postgres://u@localhost/x?socket=/run/postgresql')).toMatchObject({ socket: '/run/postgresql' })
    expect(parseDatabaseUrl('mysql://u@h/x?ssl-mode=REQUIRED')).toMatchObject({ tls: { rejectUnauthorized: false } })
  })

  it.each([
    '',
    'sqlite:',
    'oracle://u:s3cret-of-nobody@h/x',
    'postgres://h/x',
    'postgres://u:s3cret-of-nobody@h',
    'postgres://u:s3cret-of-nobody@h/a/b',
    'postgres://u:s3cret-of-nobody@h:99999/x',
    'postgres://u:s3cret%zz-of-nobody@h/x',
    'mysql://u:s3cret-of-nobody@h/x?sslmode=perhaps',
    'mysql://u:s3cret-of-nobody@h/x?charset=latin1',
    'mysql://u:s3cret-of-nobody@h/x?sslrootcert=/no/such/file',
    'mysql://u:s3cret-of-nobody@h/x?sslmode=disable&sslrootcert=/etc/hostname',
    'postgres://u:s3cret-of-nobody@/x',
  ])('%s is refused without its password being said', async (url) => {
    expect(await said(url)).toMatchObject({ code: 'database_url', hint: expect.stringMatching(/\S/u) })
  })

  it('may lead to a server that is too old', () => {
    const at = (engine: 'mysql' | 'postgres', version: string) => () => {
      const address = parseDatabaseUrl(`${engine}://u@h/x`)
      if (address.engine !== 'sqlite') refuseOld(address, version)
    }
    expect(at('mysql', '10.4.34-MariaDB')).toThrow('MariaDB 10.4.34, which is too old')
    expect(at('mysql', '5.7.44-log')).toThrow('MySQL 5.7.44')
    expect(at('postgres', 'PostgreSQL 12.19 (Debian)')).toThrow('PostgreSQL 12.19')
    for (const version of ['5.5.5-10.11.6-MariaDB-1', '10.5.0-MariaDB', '8.0.36', '9.1.0']) expect(at('mysql', version)).not.toThrow()
    for (const version of ['PostgreSQL 13.0', 'PostgreSQL 17beta1 on x86']) expect(at('postgres', version)).not.toThrow()
  })
})
