import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { examplePersona, type ServiceHarness, startService } from '@decnet/kernel/service/conformance'
import { when } from '@decnet/kernel/testing'
import type { Persona } from '@decnet/persona'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Oracle, startOracle, talk } from '../_shared/oracle/oracle.ts'
import { vectors } from './oracle-vectors.ts'
import service from './service.ts'
import type { Site } from './site.ts'

const mtime = Date.UTC(2026, 0, 2, 3, 4, 5)
const content: Readonly<Record<string, string>> = {
  '/index.html':
    '<!DOCTYPE html>\n<html><body><h1>Hello</h1><p>A page like any other, long enough to be worth packing.</p></body></html>\n',
  '/assets/a.css': 'body { color: #123456 }\n'.repeat(20),
  '/robots.txt': 'User-agent: *\n',
  '/favicon.ico': '\0'.repeat(300),
}
const site: Site = {
  files: new Map(Object.entries(content).map(([path, text]) => [path, { content: Buffer.from(text), mtime }])),
  indexes: ['index.html'],
  script: () => null,
}
function writeRoot(folder: string): string {
  const root = `${folder}/root`
  chmodSync(folder, 0o755)
  mkdirSync(`${root}/assets`, { recursive: true })
  for (const [path, text] of Object.entries(content)) {
    writeFileSync(root + path, text)
    utimesSync(root + path, mtime / 1000, mtime / 1000)
  }
  return root
}
const version = (program: string, shape: RegExp) => {
  const { stdout, stderr } = spawnSync(program, ['-v'], { env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin` } })
  return shape.exec(`${stdout}${stderr}`)?.[1] ?? ''
}

/** Time, ports and what randomness made; packed bytes stand unpacked. */
function masked(heard: Buffer, port: number): string {
  const start = heard.indexOf('\r\n\r\n') + 4
  const head = heard.toString('latin1', 0, start)
  let body = heard.subarray(start)
  if (/Content-Encoding: gzip/u.test(head) && body.length > 0) {
    const packed = /chunked/u.test(head) ? body.subarray(body.indexOf('\r\n') + 2) : body
    try {
      body = gunzipSync(/chunked/u.test(head) ? packed.subarray(0, packed.lastIndexOf('\r\n0\r\n')) : packed)
    } catch (error) {
      body = Buffer.from(`not gzip: ${String(error)}`)
    }
  }
  return (head.replace(/(Content-Encoding: gzip\r\nContent-Length: )\d+/u, '$1n') + body.toString('latin1'))
    .replace(/^Date: .*$/gmu, 'Date: now')
    .replaceAll(String(port), 'PORT')
    .replace(/^Allow: .+$/gmu, (line) => line.trimEnd().slice(7).split(',').sort().join())
    .replaceAll(boundaryOf(heard) ?? /$^/gu, 'B')
    .replace(
      /(Content-Length: )\d+(\r\nContent-Type: multipart)/u,
      `$1${body.toString('latin1').replaceAll(boundaryOf(heard) ?? '', '').length}$2`,
    )
}
const boundaryOf = (heard: Buffer) => /boundary=([0-9a-f]+)/u.exec(heard.toString('latin1'))?.[1]

function compare(
  name: 'nginx' | 'apache',
  program: string,
  shape: RegExp,
  start: () => Promise<Oracle>,
  except: Readonly<Record<string, string>>,
) {
  when({ tools: { [program]: program === 'nginx' ? 'nginx-light' : 'apache2' } }).describe(
    `${program} and the service answer alike`,
    () => {
      let oracle: Oracle
      let harness: ServiceHarness
      beforeAll(async () => {
        oracle = await start()
        const base = examplePersona()
        const persona: Persona = { ...base, packages: { ...base.packages, web: { server: name, version: version(program, shape) } } }
        harness = await startService(service, { persona, deckyState: new Map([['http/site/auto', site]]) })
      }, 30_000)
      afterAll(async () => {
        await harness?.close()
        await oracle?.stop()
      })
      test.concurrent.each(Object.keys(vectors).filter((vector) => !(vector in except)))('%s', { timeout: 20_000 }, async (vector) => {
        const bytes = vectors[vector] ?? ''
        const [real, ours] = await Promise.all([talk(oracle.port, bytes), talk(harness.port, bytes)])
        expect(masked(ours.heard, harness.port)).toBe(masked(real.heard, oracle.port))
        expect(ours.end).toBe(real.end)
      })
      test('what separates ranges is the server’s, whoever asks', async () => {
        const asked = async (port: number) => {
          const heard = [await talk(port, vectors.rangeMulti ?? ''), await talk(port, vectors.rangeMulti ?? '')]
          return heard.map((answer) => boundaryOf(answer.heard) ?? '')
        }
        const distance = ([first = '', second = '']: string[]) => BigInt(`0x${second}`) - BigInt(`0x${first}`)
        const [real, ours] = [await asked(oracle.port), await asked(harness.port)]
        expect(distance(ours)).toBe(distance(real))
        expect(ours[0]).toMatch(name === 'nginx' ? /^0{18}\d\d$/u : /^[1-9a-f][\da-f]{7,15}$/u)
      })
    },
  )
}

compare(
  'nginx',
  'nginx',
  /nginx\/([\d.]+)/u,
  () =>
    startOracle((folder, port) => {
      writeFileSync(
        `${folder}/nginx.conf`,
        `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 64; }
http { include /etc/nginx/mime.types; default_type application/octet-stream; access_log off; gzip on; sendfile on; tcp_nopush on;
client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
server { listen 127.0.0.1:${port} default_server; root ${writeRoot(folder)}; index index.html; server_name _; location / { try_files $uri $uri/ =404; } } }`,
      )
      return ['nginx', '-c', `${folder}/nginx.conf`]
    }),
  {},
)

compare(
  'apache',
  'apache2',
  /Apache\/([\d.]+)/u,
  () =>
    startOracle((folder, port) => {
      const modules = '/usr/lib/apache2/modules'
      const debian =
        'mpm_event access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user autoindex deflate dir env filter mime negotiation reqtimeout setenvif status'
      const load = debian
        .split(' ')
        .filter((module) => readdirSync(modules).includes(`mod_${module}.so`))
        .map((module) => `LoadModule ${module}_module ${modules}/mod_${module}.so`)
        .join('\n')
      writeFileSync(
        `${folder}/httpd.conf`,
        `${load}
ServerName atlas.example.org
Listen 127.0.0.1:${port}
ServerRoot ${folder}
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/error.log
User www-data
Group www-data
ServerTokens OS
ServerSignature On
TraceEnable Off
KeepAliveTimeout 5
TypesConfig /etc/mime.types
DirectoryIndex index.html
RequestReadTimeout header=20-40,minrate=500 body=10,minrate=500
AddIcon /icons/blank.gif ^^BLANKICON^^
AddIconByType (TXT,/icons/text.gif) text/*
AddIcon /icons/back.gif ..
AddIcon /icons/folder.gif ^^DIRECTORY^^
DefaultIcon /icons/unknown.gif
IndexOptions FancyIndexing VersionSort HTMLTable NameWidth=* DescriptionWidth=* Charset=UTF-8
AddOutputFilterByType DEFLATE text/html text/plain text/xml text/css text/javascript
<Directory "${folder}/root">
Options Indexes FollowSymLinks
Require all granted
</Directory>
<VirtualHost *:${port}>
DocumentRoot ${writeRoot(folder)}
</VirtualHost>
<FilesMatch "^\\.ht">
Require all denied
</FilesMatch>`,
      )
      return ['apache2', '-D', 'FOREGROUND', '-f', `${folder}/httpd.conf`]
    }),
  { server: 'mod_status is not loaded here', icons: 'the icons folder is not aliased here' },
)
