import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { run } from './client.ts'
import { freePort } from './fleet.ts'
import { reachable } from './reachable.ts'
import { startSshd } from './sshd.ts'

/** What the tests with real servers need of Debian. */
export const SERVER_TOOLS = { nginx: 'nginx-light', apache2: 'apache2', sshd: 'openssh-server', openssl: 'openssl' }

export interface RealServers extends AsyncDisposable {
  readonly ports: { readonly nginx: number; readonly apache: number; readonly ssh: number }
  /** Gives nginx another certificate, and waits until it shows it. Answers the SHA-256 of it, as OpenSSL says it. */
  swapCertificate(commonName: string): Promise<string>
  /** SHA-256 of the certificate that nginx or Apache shows, as OpenSSL says it. */
  shown(port: number): Promise<string>
}

async function must(command: string, args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, input === undefined ? {} : { input })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** Debian's nginx, apache2 and sshd on ports of 127.0.0.1, with everything that they write below `folder`. */
export async function startRealServers(folder: string): Promise<RealServers> {
  const at = (name: string) => join(folder, name)
  const ports = { nginx: await freePort(), apache: await freePort(), ssh: await freePort() }
  const certificate = async (name: string, commonName: string) => {
    const subject = ['-subj', `/O=Example/CN=${commonName}`, '-addext', `subjectAltName=DNS:${commonName}`]
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)]
    await must('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3', ...subject, ...files])
  }
  mkdirSync(at('www'), { recursive: true })
  writeFileSync(at('www/index.html'), '<html><title>A page</title></html>')
  await certificate('nginx', 'one.example')
  await certificate('apache', 'two.example')
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('host')])

  writeFileSync(
    at('nginx.conf'),
    `user root; daemon off; pid ${at('nginx.pid')}; error_log ${at('nginx.log')}; worker_processes 1; events {}
http { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${at(`nginx-${name}`)};`).join(' ')}
  server { listen 127.0.0.1:${ports.nginx} ssl; ssl_certificate ${at('nginx.pem')}; ssl_certificate_key ${at('nginx.key')}; root ${at('www')}; } }`,
  )
  const modules = ['mpm_event', 'authz_core', 'dir', 'ssl'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  )
  writeFileSync(
    at('apache.conf'),
    `${modules.join('\n')}
ServerRoot ${folder}\nServerName two.example\nPidFile ${at('apache.pid')}\nErrorLog ${at('apache.log')}\nMutex file:${folder} default
Listen 127.0.0.1:${ports.apache}\nDocumentRoot ${at('www')}\nDirectoryIndex index.html
SSLEngine on\nSSLCertificateFile ${at('apache.pem')}\nSSLCertificateKeyFile ${at('apache.key')}
<Directory ${at('www')}>\nRequire all granted\n</Directory>\n`,
  )
  const children: ChildProcess[] = []
  const serve = (program: string, args: readonly string[]) => {
    const child = spawn(program, args, { stdio: 'ignore' })
    children.push(child)
    return child
  }
  const nginx = serve('nginx', ['-c', at('nginx.conf'), '-p', folder])
  serve('apache2', ['-X', '-f', at('apache.conf')])
  children.push(startSshd(at('host'), ports.ssh))

  const shown = async (port: number) => {
    const session = await run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`], { input: '' })
    const print = await must('openssl', ['x509', '-noout', '-fingerprint', '-sha256'], session.stdout)
    return print.trim().split('=').at(-1)?.replaceAll(':', '').toLowerCase() ?? ''
  }
  const servers: RealServers = {
    ports,
    shown,
    async swapCertificate(commonName) {
      const before = await shown(ports.nginx)
      await certificate('nginx', commonName)
      nginx.kill('SIGHUP')
      for (let tries = 0; tries < 200; tries += 1) {
        const after = await shown(ports.nginx)
        if (after !== before) return after
        await pause(50)
      }
      throw new Error('nginx keeps its certificate')
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return
          child.kill('SIGTERM')
          await once(child, 'exit')
        }),
      )
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await Promise.all(Object.values(ports).map(reachable))
  } catch (error) {
    await servers[Symbol.asyncDispose]()
    throw error
  }
  return servers
}
