import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { events } from '@decnet/contracts/events'
import { ofType, type ServiceHarness, serviceConformance, startService } from '@decnet/kernel/service/conformance'
import { when } from '@decnet/kernel/testing'
import type { Persona } from '@decnet/persona'
import { afterEach, describe, expect, it } from 'vitest'
import { Client, login, personaWith } from './scripted-client.ts'
import service from './service.ts'

const run = promisify(execFile)

for (const server of ['vsftpd', 'proftpd'] as const)
  describe(`as ${server}`, () => {
    serviceConformance({
      service,
      persona: personaWith(server),
      greetsFirst: true,
      hello: 'USER anonymous\r\nSYST\r\n',
      config: { failure_delay: false },
    })
  })

describe('ftp', () => {
  let harness: ServiceHarness
  let clients: Client[] = []
  const start = async (persona: Persona): Promise<void> => {
    harness = await startService(service, { persona, config: { failure_delay: false }, random: () => 0.25 })
  }
  const connect = async (): Promise<Client> => {
    const client = await Client.open(harness.port)
    clients.push(client)
    await client.reply()
    return client
  }
  const signedIn = async (persona: Persona): Promise<Client> => {
    const client = await connect()
    await client.say(`USER ${login(persona).name}`)
    expect(await client.say(`PASS ${login(persona).password}`)).toMatch(/^230 /u)
    return client
  }
  afterEach(async () => {
    for (const client of clients) client.close()
    clients = []
    await harness.close()
  })

  it.each(['vsftpd', 'proftpd'] as const)('as %s knows no command, option or file by a name that every object has', async (server) => {
    const persona = personaWith(server)
    await start(persona)
    const client = await signedIn(persona)
    const missing = server === 'vsftpd' ? '550 Failed to change directory.' : 'No such file or directory'
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']) {
      expect(await client.say(name)).toBe(server === 'vsftpd' ? '500 Unknown command.\r\n' : `500 ${name} not understood\r\n`)
      if (server === 'proftpd') expect(await client.say(`HELP ${name}`)).toBe(`502 Unknown command '${name}'\r\n`)
      for (const verb of ['SITE', 'OPTS', 'TYPE', 'MODE', 'STRU']) expect(await client.say(`${verb} ${name}`), verb).toMatch(/^50\d /u)
      expect(await client.say(`CWD ${name}`)).toContain(missing)
      expect(await client.say(`MKD ${name}`)).toMatch(/^257 /u)
      expect(await client.say(`CWD ${name}`)).toMatch(/^250 /u)
      await client.say('CDUP')
      expect(await client.say(`RMD ${name}`)).toMatch(/^250 /u)
    }
  })

  it.each(['vsftpd', 'proftpd'] as const)('keeps a line that never ended, as %s', async (server) => {
    await start(personaWith(server))
    const client = await connect()
    client.finish('USER half')
    expect((await harness.waitFor(ofType(events.command))).fields.command).toBe('USER half')
  })

  it('answers as vsftpd 3.0 answered the same script', async () => {
    const persona = personaWith('vsftpd')
    await start(persona)
    const client = await connect()
    const { name, password, home } = login(persona)
    const script: [string, string][] = [
      ['NOOP', '530 Please login with USER and PASS.'],
      ['OPTS UTF8 ON', '200 Always in UTF8 mode.'],
      ['PASS x', '503 Login with USER first.'],
      [`USER ${name}`, '331 Please specify the password.'],
      [`PASS ${password}`, '230 Login successful.'],
      ['PWD', `257 "${home}" is the current directory`],
      ['SYST', '215 UNIX Type: L8'],
      ['TYPE X', '500 Unrecognised TYPE command.'],
      ['TYPE I', '200 Switching to Binary mode.'],
      ['MODE B', '504 Bad MODE command.'],
      ['REST x', '350 Restart position accepted (0).'],
      ['FOO', '500 Unknown command.'],
      ['USER x', "530 Can't change to another user."],
      ['SITE CHMOD 644', '500 SITE CHMOD needs 2 arguments.'],
      ['SITE UMASK', '200 Your current UMASK is 077'],
      ['PORT 10,0,0,1,1,1', '550 Permission denied.'],
      ['LIST', '425 Use PORT or PASV first.'],
      ['CWD nodir', '550 Failed to change directory.'],
      ['MKD a"b', `257 "${home}/a""b" created`],
      ['RMD a"b', '250 Remove directory operation successful.'],
      ['SIZE none', '550 Could not get file size.'],
      ['RNTO x', '503 RNFR required first.'],
      ['RETR none', '425 Use PORT or PASV first.'],
      ['DELE /etc/passwd', '550 Delete operation failed.'],
      ['CWD /etc', '250 Directory successfully changed.'],
      ['CDUP', '250 Directory successfully changed.'],
      ['PWD', '257 "/" is the current directory'],
      ['EPSV 2', '522 Bad network protocol.'],
      ['EPSV ALL', '200 EPSV ALL ok.'],
      ['PASV', '550 Permission denied.'],
      ['QUIT', '221 Goodbye.'],
    ]
    for (const [line, answer] of script) expect([line, await client.say(line)]).toEqual([line, `${answer}\r\n`])
    const tried = harness.ofType('forward_attempt')[0]
    expect(tried?.fields).toMatchObject({ kind: 'port', target: '10,0,0,1,1,1' })
  })

  it('answers as ProFTPD 1.3.8 answered the same script', async () => {
    const persona = personaWith('proftpd')
    await start(persona)
    const client = await connect()
    const { name, password, home } = login(persona)
    const script: [string, string][] = [
      ['NOOP', '200 NOOP command successful'],
      ['', '500 Invalid command: try being more creative'],
      ['PWD', '530 Please login with USER and PASS'],
      ['FOO', '500 FOO not understood'],
      ['USER', '500 USER: command requires a parameter'],
      [`USER ${name}`, `331 Password required for ${name}`],
      [`PASS ${password}`, `230 User ${name} logged in`],
      ['TYPE L8', "504 TYPE not implemented for 'L8' parameter"],
      ['SIZE x', '550 SIZE not allowed in ASCII mode'],
      ['TYPE I', '200 Type set to I'],
      ['CWD nodir', '550 nodir: No such file or directory'],
      ['MKD d1', `257 "${home}/d1" - Directory successfully created`],
      ['MKD d1', '550 d1: File exists'],
      ['MDTM d1', '550 d1: not a plain file'],
      ['RETR d1', '550 d1: Not a regular file'],
      ['RMD d1', '250 RMD command successful'],
      ['DELE none', '550 none: No such file or directory'],
      ['RETR /etc/shadow', '550 /etc/shadow: Permission denied'],
      ['SITE UMASK', "500 'SITE UMASK' not understood"],
      ['HELP LIST', '214 Syntax: LIST [<sp> pathname]'],
      ['PORT 10,0,0,1,1,1', '500 Illegal PORT command'],
      ['MKD d2', `257 "${home}/d2" - Directory successfully created`],
      ['MFMT 20200101000000 d2', '213 Modify=20200101000000; d2'],
      ['MFMT 2020 d2', '501 2020: Invalid argument'],
      ['MFF UNIX.mode=0700; d2', '213 UNIX.mode=0700; d2'],
      ['MFF foo=1; d2', "504 Cannot modify fact 'foo=1'"],
      ['SITE CHMOD u-w,g+rx d2', '200 SITE CHMOD command successful'],
      ['SITE CHMOD 999 d2', "550 '999': invalid mode"],
      ['RANG 0 5', '350 Transferring byte range of 6 bytes starting from 0'],
      ['RANG 5 2', '501 RANG start must be less than end'],
      ['CSID', `200 name=ProFTPD;version=${persona.packages.ftp.version};casesensitive=1;`],
      ['RNFR d2', '350 File or directory exists, ready for destination name'],
      ['EPSV', '501 Bad sequence of commands'],
      ['RNTO d3', '250 Rename successful'],
      ['QUIT', '221 Goodbye.'],
    ]
    for (const [line, answer] of script) expect([line, await client.say(line)]).toEqual([line, `${answer}\r\n`])
  })

  it('captures an upload with its sha256, puts it on the disk and gives it back', async () => {
    const persona = personaWith('vsftpd')
    await start(persona)
    const client = await signedIn(persona)
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256))
    expect(await client.put('STOR bin', content)).toBe('150 Ok to send data.\r\n226 Transfer complete.\r\n')
    expect(await client.say('SIZE bin')).toBe('213 100000\r\n')
    expect(await client.fetch('RETR bin')).toEqual({
      first: '150 Opening BINARY mode data connection for bin (100000 bytes).\r\n',
      data: content.toString('latin1'),
      last: '226 Transfer complete.\r\n',
    })
    const sha256 = createHash('sha256').update(content).digest('hex')
    const event = await harness.waitFor(ofType(events.fileCaptured))
    expect(event.fields).toMatchObject({ sha256, size: '100000', path: `${login(persona).home}/bin`, via: 'ftp' })
    expect(harness.captures(sha256)).toEqual(content)
    expect(await client.put('APPE bin', 'xyz')).toContain('226')
    expect(await client.say('REST 100000')).toContain('(100000)')
    expect((await client.fetch('RETR bin')).data).toBe('xyz')
    expect((await client.fetch('LIST bin')).data).toMatch(/^-rw------- {4}1 1000 {5}1000 {7}100003 \w{3} \d\d \d\d:\d\d bin\r\n$/u)
    expect((await client.fetch('NLST b*')).data).toBe('bin\r\n')
    expect((await client.fetch('LIST none')).data).toBe('')
    expect(await client.put('STOR /etc/x', 'x')).toBe('553 Could not create file.\r\n')
    expect(await client.say('RNFR bin')).toBe('350 Ready for RNTO.\r\n')
    expect(await client.say('RNTO bin2')).toBe('250 Rename successful.\r\n')
    expect(await client.say('DELE bin2')).toBe('250 Delete operation successful.\r\n')
  })

  it('converts line ends in ASCII mode where ProFTPD does, and lists facts for machines', async () => {
    const persona = personaWith('proftpd')
    await start(persona)
    const client = await signedIn(persona)
    expect(await client.put('STOR t.txt', 'a\r\nb\r\n')).toBe(
      '150 Opening ASCII mode data connection for t.txt\r\n226 Transfer complete\r\n',
    )
    expect((await client.fetch('RETR t.txt')).data).toBe('a\r\nb\r\n')
    await client.say('TYPE I')
    expect((await client.fetch('RETR t.txt')).data).toBe('a\nb\n')
    expect(await client.put('APPE t.txt', 'x')).toBe('451 t.txt: Append/Restart not permitted, try again\r\n')
    expect((await client.fetch('MLSD')).data).toMatch(
      /modify=\d{14};perm=adfrw;size=4;type=file;unique=\w+;UNIX.group=1000;UNIX.groupname=\w+;UNIX.mode=0644;UNIX.owner=1000;UNIX.ownername=\w+; t.txt\r\n/u,
    )
    expect((await client.fetch('LIST none')).last).toBe('450 none: No such file or directory\r\n')
  })

  it('records every login with its exact bytes, and hangs up after three', async () => {
    await start(personaWith('vsftpd'))
    const client = await connect()
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await client.say('USER ro\xffot')).toMatch(/^331/u)
      expect(await client.say(`PASS  se cret\xfe${attempt}`)).toBe('530 Login incorrect.\r\n')
    }
    expect(await client.reply()).toBe('')
    const attempts = harness.ofType('auth_attempt')
    expect(attempts.map(({ fields }) => Buffer.from(fields.secret_b64 ?? '', 'base64').toString('latin1'))).toEqual(
      [0, 1, 2].map((n) => ` se cret\xfe${n}`),
    )
    expect(attempts.map(({ fields }) => [fields.outcome, fields.principal_b64])).toEqual(
      [0, 1, 2].map(() => ['failure', Buffer.from('ro\xffot', 'latin1').toString('base64')]),
    )
    expect(JSON.stringify(harness.ofType('command'))).not.toContain('cret')
  })

  it('records telnet bytes as they were sent, and answers what ProFTPD reads in them', async () => {
    await start(personaWith('proftpd'))
    const client = await connect()
    client.raw(Buffer.from('USER a\xff\xfexb\xff\xffc\r\n', 'latin1'))
    await expect.poll(() => client.heard).toBe('\xff\xfcx331 Password required for ab\xffc\r\n')
    client.raw(Buffer.from('PASS s\xff\xfd\x01t\r\n', 'latin1'))
    const exact = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString('latin1')
    const attempt = await harness.waitFor(ofType(events.authAttempt))
    expect([exact(attempt.fields.principal_b64), exact(attempt.fields.secret_b64)]).toEqual(['a\xff\xfexb\xff\xffc', 's\xff\xfd\x01t'])
    expect(exact(harness.ofType('command')[0]?.fields.command_b64)).toBe('USER a\xff\xfexb\xff\xffc')
  })

  it('refuses as late as PAM does, and does not hold up a shutdown with it', async () => {
    harness = await startService(service, { persona: personaWith('vsftpd'), random: () => 0 })
    const client = await connect()
    await client.say('USER root')
    const started = performance.now()
    expect(await client.say('PASS x')).toBe('530 Login incorrect.\r\n')
    expect(performance.now() - started).toBeGreaterThan(1_900)
    await client.say('USER root')
    client.raw('PASS y\r\n')
    await harness.waitFor((event) => event.type === 'auth_attempt' && event.fields.secret_printable === 'y')
    const stopped = performance.now()
    await harness.close()
    expect(performance.now() - stopped).toBeLessThan(1_800)
  })

  it('keeps root out as /etc/ftpusers does, whatever the password', async () => {
    const persona = personaWith('vsftpd')
    await start({ ...persona, users: persona.users.map((user) => (user.name === 'root' ? { ...user, password: 'toor' } : user)) })
    const client = await connect()
    await client.say('USER root')
    expect(await client.say('PASS toor')).toBe('530 Login incorrect.\r\n')
  })

  it('takes data connections from the peer only, and closes the listener with the connection', async () => {
    const persona = personaWith('vsftpd')
    await start(persona)
    const client = await signedIn(persona)
    const [, high, low] = /,(\d+),(\d+)\)/u.exec(await client.say('PASV')) ?? []
    const port = Number(high) * 256 + Number(low)
    const stranger = net.connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' })
    stranger.on('error', () => undefined)
    await new Promise((resolve) => stranger.once('close', resolve))
    client.close()
    await harness.waitFor(ofType(events.disconnect))
    const refused = await new Promise((resolve) => {
      const late = net.connect(port, '127.0.0.1')
      late.on('error', () => resolve(true)).on('connect', () => resolve(late.destroy() && false))
    })
    expect(refused).toBe(true)
  })

  it('ends a line that is too long as each daemon does', async () => {
    await start(personaWith('vsftpd'))
    const client = await connect()
    client.raw(`USER ${'a'.repeat(5000)}\r\n`)
    expect(await client.reply()).toBe('500 Input line too long.\r\n')
    expect(await client.reply()).toBe('')
  })

  when({ tools: { curl: 'curl' } }).test('serves curl: list, upload, download', async () => {
    const persona = personaWith('vsftpd')
    await start(persona)
    const { name, password } = login(persona)
    const folder = await mkdtemp(join(tmpdir(), 'ftp-'))
    try {
      await writeFile(join(folder, 'up'), 'from curl\n')
      const base = `ftp://127.0.0.1:${harness.port}`
      await run('curl', ['-sS', '-m', '10', '-u', `${name}:${password}`, '-T', join(folder, 'up'), `${base}/up.txt`])
      const { stdout } = await run('curl', ['-sS', '-m', '10', '-u', `${name}:${password}`, `${base}/up.txt`])
      expect(stdout).toBe('from curl\n')
      const listed = await run('curl', ['-sS', '-m', '10', '-u', `${name}:${password}`, `${base}/`])
      expect(listed.stdout).toContain('up.txt')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  for (const server of ['vsftpd', 'proftpd'] as const)
    when({ tools: { lftp: 'lftp' } }).test(`serves lftp as ${server}: mirror up and down`, async () => {
      const persona = personaWith(server)
      await start(persona)
      const { name, password } = login(persona)
      const folder = await mkdtemp(join(tmpdir(), 'ftp-'))
      try {
        await writeFile(join(folder, 'one.txt'), 'one')
        const script = `set ssl:check-hostname no; set net:timeout 5; set net:max-retries 1; mkdir in; cd in; put ${folder}/one.txt; mv one.txt two.txt; ls; get two.txt -o ${folder}/back.txt; bye`
        const { stdout } = await run('lftp', ['-u', `${name},${password}`, '-e', script, `ftp://127.0.0.1:${harness.port}`], {
          env: { ...process.env, HOME: folder },
        })
        expect(stdout).toContain('two.txt')
        expect(await readFile(join(folder, 'back.txt'), 'utf8')).toBe('one')
      } finally {
        await rm(folder, { recursive: true })
      }
    })

  // nmap needs 11 s to be sure of ProFTPD, real or not, whose greeting has no version.
  when({ tools: { nmap: 'nmap' } }).test(
    'is named by nmap with product and version',
    async () => {
      const persona = personaWith('vsftpd')
      await start(persona)
      const { stdout } = await run('nmap', ['-sV', '-Pn', '-n', '-p', String(harness.port), '127.0.0.1'])
      expect(stdout).toMatch(new RegExp(`ftp +vsftpd ${persona.packages.ftp.version.replaceAll('.', '\\.')}`, 'u'))
    },
    60_000,
  )
})
