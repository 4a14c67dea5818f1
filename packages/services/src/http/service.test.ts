import { createHash } from 'node:crypto'
import { events } from '@decnet/contracts/events'
import { examplePersona, ofType, type ServiceHarness, serviceConformance, startService } from '@decnet/kernel/service/conformance'
import { when } from '@decnet/kernel/testing'
import { makePersona, type Persona } from '@decnet/persona'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, talk } from '../_shared/oracle/oracle.ts'
import service from './service.ts'

const persona = makePersona({
  name: 'web-01',
  seed: 'http-test',
  archetype: 'web-server',
  ip: '127.0.0.1',
  createdAt: Date.UTC(2026, 10, 1),
  services: [{ name: 'http', port: 80, config: {} }],
})
const hello = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
serviceConformance({ service, persona, greetsFirst: false, hello })

const secretOf = (fields: Readonly<Record<string, string>>) => Buffer.from(fields.secret_b64 ?? '', 'base64').toString('latin1')

describe.each(['nginx', 'apache'] as const)('the portal on %s', (server) => {
  let harness: ServiceHarness
  beforeAll(async () => {
    const base = examplePersona()
    const version = server === 'nginx' ? '1.22.1' : '2.4.62'
    harness = await startService(service, {
      persona: { ...base, packages: { ...base.packages, web: { server, version } } },
      config: { site: 'portal' },
    })
  })
  afterAll(() => harness.close())

  test('a login is refused and its exact bytes are kept', async () => {
    const body = 'username=ad%6din&password=p%20%ff%2B%00x'
    const { heard } = await talk(
      harness.port,
      `POST /login.php HTTP/1.1\r\nhOsT: portal\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(heard.toString()).toContain('Invalid user name or password.')
    expect(heard.toString()).toContain('value="admin"')
    const attempt = await harness.waitFor(ofType(events.authAttempt, { method: 'form' }))
    expect(attempt.fields).toMatchObject({ principal: 'admin', outcome: 'failure', secret_kind: 'plaintext' })
    expect(secretOf(attempt.fields)).toBe('p \xff+\0x')
    const request = await harness.waitFor(ofType(events.httpRequest, { path: '/login.php' }))
    expect(request.fields).toMatchObject({
      method: 'POST',
      version: 'HTTP/1.1',
      status: '200',
      host: 'portal',
      body_bytes: String(body.length),
    })
    expect(JSON.parse(request.fields.headers ?? '')[0]).toEqual(['hOsT', 'portal'])
  })

  test('a request for somebody else is kept with its target and version, also where it is refused', async () => {
    await talk(harness.port, 'CONNECT www.example.com:443 HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n')
    const request = await harness.waitFor(ofType(events.httpRequest, { method: 'CONNECT' }))
    expect(request.fields).toMatchObject({ path: 'www.example.com:443', version: 'HTTP/1.1' })
  })

  test('Basic and Bearer are kept as RFC 7617 and RFC 6750 mean them', async () => {
    await talk(harness.port, `GET /a HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${Buffer.from('root:a:b').toString('base64')}\r\n\r\n`)
    await talk(harness.port, 'GET /b HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer tok.en\r\n\r\n')
    const basic = await harness.waitFor(ofType(events.authAttempt, { method: 'basic' }))
    expect([basic.fields.principal, secretOf(basic.fields)]).toEqual(['root', 'a:b'])
    const bearer = await harness.waitFor(ofType(events.authAttempt, { method: 'bearer' }))
    expect([bearer.fields.principal, bearer.fields.secret_kind, secretOf(bearer.fields)]).toEqual([undefined, 'http_bearer', 'tok.en'])
  })

  test('what is uploaded is kept: PUT, and a file in a form sent in pieces', async () => {
    const shell = '<?php system($_GET["c"]); ?>\r\n--\r\nx'
    await talk(harness.port, `PUT /up/shell.php HTTP/1.1\r\nHost: x\r\nContent-Length: ${shell.length}\r\n\r\n${shell}`)
    const put = await harness.waitFor(ofType(events.fileCaptured, { path: '/up/shell.php' }))
    expect(put.fields.sha256).toBe(createHash('sha256').update(shell).digest('hex'))
    const form = `--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--XX\r\nContent-Disposition: form-data; name="f"; filename="x.php"\r\nContent-Type: text/plain\r\n\r\n${shell}\r\n--XX--\r\n`
    const chunks = form.match(/[\s\S]{1,7}/gu) ?? []
    const chunked = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
    await talk(
      harness.port,
      `POST /login.php HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=XX\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}0\r\n\r\n`,
    )
    const part = await harness.waitFor(ofType(events.fileCaptured, { path: 'x.php' }))
    expect(harness.captures(part.fields.sha256 ?? '')?.toString()).toBe(shell)
  })

  test('malformed requests are evidence too', async () => {
    await talk(harness.port, 'GET /\x01bad HTTP/1.1\r\n\r\n')
    const request = await harness.waitFor(ofType(events.httpRequest, { method: 'GET', status: '400' }))
    expect(request.fields.path).toContain('bad')
  })

  test('a name that every object has is a header, a field, a file and an entity like any other', async () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']) {
      const body = `${name}=1&username=${name}&password=%26${name}%3b`
      const { heard } = await talk(
        harness.port,
        `POST /login.php?${name}=1 HTTP/1.1\r\nHost: ${name}\r\n${name}: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        60,
      )
      expect(heard.toString()).toContain(`value="${name}"`)
      const attempt = await harness.waitFor(ofType(events.authAttempt, { principal: name }))
      expect(secretOf(attempt.fields)).toBe(`&${name};`)
      const request = await harness.waitFor(ofType(events.httpRequest, { host: name }))
      expect(JSON.parse(request.fields.headers ?? '')).toContainEqual([name, 'x'])
      for (const path of [`/${name}`, `/x.${name}`, `/favicon.${name}`])
        expect(
          (
            await talk(
              harness.port,
              `GET ${path} HTTP/1.1\r\nHost: x\r\nRange: ${name}=0-1\r\nAccept-Encoding: ${name}\r\nConnection: close\r\n\r\n`,
            )
          ).heard.toString(),
        ).toMatch(/^HTTP\/1\.1 404 /u)
      expect((await talk(harness.port, `${name} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).heard.toString()).toMatch(
        /^HTTP\/1\.1 \d{3} /u,
      )
      expect(
        (
          await talk(harness.port, `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ${name}\r\nConnection: close\r\n\r\n`)
        ).heard.toString(),
      ).toMatch(/^HTTP\/1\.1 [45]\d\d /u)
    }
  })

  when({ tools: { curl: 'curl' } }).test('curl keeps the connection and resumes', async () => {
    const url = `http://127.0.0.1:${harness.port}`
    const stdout = await run('curl', [
      '-s',
      '-w',
      '%{http_code} %{num_connects}\n',
      '-o',
      '/dev/null',
      `${url}/`,
      '-o',
      '/dev/null',
      `${url}/favicon.ico`,
      '-o',
      '/dev/null',
      `${url}/nope`,
    ])
    expect(stdout).toBe('200 1\n200 0\n404 0\n')
    const packed = await run('curl', ['-s', '--compressed', '-r', '0-', `${url}/assets/portal.css`])
    expect(packed).toContain('--accent')
  })
})

describe('the WordPress', () => {
  let harness: ServiceHarness
  beforeAll(async () => {
    harness = await startService(service, { persona, config: { site: 'wordpress' } })
  })
  afterAll(() => harness.close())
  const get = async (path: string, more = '') =>
    (await talk(harness.port, `GET ${path} HTTP/1.1\r\nHost: blog\r\n${more}\r\n`)).heard.toString()
  const post = async (path: string, type: string, body: string) =>
    (
      await talk(
        harness.port,
        `POST ${path} HTTP/1.1\r\nHost: blog\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
    ).heard.toString()

  test('the pages that scanners ask for agree about the version', async () => {
    const version = /content="WordPress (\d+\.\d+)/u.exec(await get('/'))?.[1]
    expect(await get('/readme.html')).toContain(`Version ${version}`)
    expect(await get('/feed/')).toContain(`?v=${version}`)
    expect(await get('/wp-json/wp/v2/users')).toContain('"id":1')
    expect(await get('/wp-admin/')).toMatch(/302 Found[\s\S]*Location: http:\/\/blog\/wp-login\.php\?redirect_to=/u)
    expect(await get('/nothing/here')).toMatch(/^HTTP\/1\.1 404 Not Found/u)
  })

  test('a login tells unknown names from wrong passwords, as WordPress does', async () => {
    const author = /author\/([^/]+)/u.exec(await get('/?author=1'))?.[1] ?? ''
    const type = 'application/x-www-form-urlencoded'
    expect(await post('/wp-login.php', type, 'log=nobody-here&pwd=x')).toContain('is not registered on this site')
    expect(await post('/wp-login.php', type, `log=${author}&pwd=hunter2`)).toContain('The password you entered for the username')
    const attempt = await harness.waitFor(ofType(events.authAttempt, { principal: author }))
    expect(secretOf(attempt.fields)).toBe('hunter2')
  })

  test('XML-RPC guesses are kept, one and many at a time', async () => {
    const call =
      '<methodCall><methodName>wp.getUsersBlogs</methodName><params><param><value><string>admin</string></value></param><param><value><string>pa&amp;ss</string></value></param></params></methodCall>'
    expect(await post('/xmlrpc.php', 'text/xml', call)).toContain('Incorrect username or password.')
    const one = (user: string, secret: string) =>
      `<value><struct><member><name>methodName</name><value><string>wp.getUsersBlogs</string></value></member><member><name>params</name><value><array><data><value><array><data><value><string>${user}</string></value><value><string>${secret}</string></value></data></array></value></data></array></value></member></struct></value>`
    const many = `<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${one('admin', 'one')}${one('admin', 'two')}</data></array></value></param></params></methodCall>`
    expect((await post('/xmlrpc.php', 'text/xml', many)).match(/faultCode/gu)).toHaveLength(2)
    const secrets = harness
      .ofType('auth_attempt')
      .filter((event) => event.fields.method === 'xmlrpc')
      .map((event) => secretOf(event.fields))
    expect(secrets).toEqual(['pa&ss', 'one', 'two'])
  })
})

when({ tools: { nmap: 'nmap' } }).test('nmap names both products and their versions', { timeout: 60_000 }, async () => {
  const base = examplePersona()
  const start = (web: Persona['packages']['web']) => startService(service, { persona: { ...base, packages: { ...base.packages, web } } })
  await using nginx = await start({ server: 'nginx', version: '1.22.1' })
  await using apache = await start({ server: 'apache', version: '2.4.62' })
  const report = await run('nmap', ['-Pn', '-sV', '-p', `${nginx.port},${apache.port}`, '127.0.0.1'])
  expect(report).toMatch(/http\s+nginx 1\.22\.1/u)
  expect(report).toMatch(/http\s+Apache httpd 2\.4\.62 \(\(Debian\)\)/u)
})
