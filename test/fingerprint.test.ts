import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import dgram from 'node:dgram'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Flow, fingerprintCapture, jarmOf, jarmProbes } from '@decnet/fingerprint'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Capture, startCapture, tshark } from './rig/capture.ts'
import { DECNET, decnet, errorOf } from './rig/cli.ts'
import { run, SSH_OPTIONS } from './rig/client.ts'
import { freePort } from './rig/fleet.ts'
import { reachable } from './rig/reachable.ts'
import { startSshd } from './rig/sshd.ts'

const tools = {
  tshark: 'tshark',
  dumpcap: 'tshark',
  openssl: 'openssl',
  curl: 'curl',
  ssh: 'openssh-client',
  sshd: 'openssh-server',
  chromium: 'chromium',
}
const flowsIn = (file: string): Promise<Flow[]> => Array.fromAsync(fingerprintCapture(createReadStream(file)))
const sha12 = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)

const HELLO = [
  'tls.handshake.version',
  'tls.handshake.ciphersuite',
  'tls.handshake.extension.type',
  'tls.handshake.sig_hash_alg',
  'tls.handshake.extensions.supported_version',
  'tls.handshake.extensions_alpn_str',
]
/** JA4 from what tshark reads in a hello: its fields, and the specification once more. */
function ja4From(row: Record<string, string>, transport: string): string {
  const numbers = (field: string) =>
    (row[field] ?? '')
      .split(',')
      .filter((text) => text !== '')
      .map(Number)
      .filter((value) => !/^(.)a\1a$/u.test(value.toString(16).padStart(4, '0')))
  const hex = (values: readonly number[]) => values.map((value) => value.toString(16).padStart(4, '0'))
  const ciphers = hex(numbers('tls.handshake.ciphersuite')).sort()
  const extensions = numbers('tls.handshake.extension.type')
  const named: Record<string, string> = { 304: '13', 303: '12', fefd: 'd2', feff: 'd1' }
  const versions = numbers('tls.handshake.extensions.supported_version')
  const version = Math.max(...(versions.length > 0 ? versions : numbers('tls.handshake.version')))
  const [protocol = ''] = (row['tls.handshake.extensions_alpn_str'] ?? '').split(',')
  const two = (values: readonly unknown[]) => String(values.length).padStart(2, '0')
  const rest = hex(extensions.filter((type) => type !== 0 && type !== 16)).sort()
  return [
    `${transport}${named[version.toString(16)]}${extensions.includes(0) ? 'd' : 'i'}${two(ciphers)}${two(extensions)}${protocol === '' ? '00' : `${protocol.at(0)}${protocol.at(-1)}`}`,
    sha12(ciphers.join(',')),
    sha12(`${rest.join(',')}_${hex(numbers('tls.handshake.sig_hash_alg')).join(',')}`),
  ].join('_')
}

when({ tools, root: true }).describe('captures of real clients', () => {
  const work = mkdtempSync(join(tmpdir(), 'fingerprint-'))
  const [key, cert, hostKey] = [join(work, 'key.pem'), join(work, 'cert.pem'), join(work, 'host')]
  const children: ChildProcess[] = []
  const web = http.createServer((_request, response) => response.end('hello'))
  let captures: Capture[] = []
  let ports: { tls: number; http: number; ssh: number; dtls: number; quic: number; plain: number }
  let lo: string
  const file = (name: string) => join(work, name)

  const serve = (program: string, args: readonly string[]) => children.push(spawn(program, args, { stdio: 'ignore' }))
  beforeAll(async () => {
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-subj',
      '/CN=localhost',
      '-days',
      '2',
    ])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey])
    const secure = http2.createSecureServer({ key: readFileSync(key), cert: readFileSync(cert), allowHTTP1: true }, (_request, response) =>
      response.end('hello'),
    )
    const udp = dgram.createSocket('udp4')
    for (const server of [web, secure]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
    const portOf = (server: net.Server) => (server.address() as net.AddressInfo).port
    ports = {
      tls: portOf(secure),
      http: portOf(web),
      ssh: await freePort(),
      dtls: await freePort(),
      quic: udp.address().port,
      plain: await freePort(),
    }
    children.push(startSshd(hostKey, ports.ssh))
    serve('openssl', ['s_server', '-dtls', '-quiet', '-accept', `127.0.0.1:${ports.dtls}`, '-cert', cert, '-key', key])
    serve('openssl', ['s_server', '-www', '-quiet', '-accept', `127.0.0.1:${ports.plain}`, '-cert', cert, '-key', key])
    await reachable(ports.ssh)
    await reachable(ports.plain)

    const captured = [ports.tls, ports.http, ports.ssh, ports.dtls, ports.quic]
    captures = [
      await startCapture(file('lo.pcapng'), captured),
      await startCapture(file('lo.pcap'), captured, ['-i', 'lo', '-P']),
      await startCapture(file('any.pcapng'), captured, ['-i', 'any']),
    ]
    lo = file('lo.pcapng')
    const at = (port: number) => `127.0.0.1:${port}`
    const s = (...args: string[]) => run('openssl', ['s_client', '-connect', at(ports.tls), ...args], { input: '' })
    await s('-servername', 'one.example', '-alpn', 'h2')
    await s('-tls1_2', '-noservername', '-alpn', 'http/1.1')
    await s('-noservername', '-ciphersuites', 'TLS_AES_128_GCM_SHA256', '-groups', 'P-256')
    await run('curl', ['-sk', '--http2', `https://localhost:${ports.tls}/`, '--resolve', `localhost:${ports.tls}:127.0.0.1`])
    await run('curl', ['-s', '-b', 'a=b', `http://${at(ports.http)}/`])
    await run('ssh', [...SSH_OPTIONS, '-o', 'BatchMode=yes', '-p', String(ports.ssh), '127.0.0.1', 'true'])
    await run('openssl', ['s_client', '-dtls', '-connect', at(ports.dtls)], { input: '', timeoutMs: 3000 })
    const quic = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${file('chromium')}`,
      `--origin-to-force-quic-on=localhost:${ports.quic}`,
    ]
    await run('chromium', [...quic, '--host-resolver-rules=MAP localhost 127.0.0.1', '--dump-dom', `https://localhost:${ports.quic}/`], {
      timeoutMs: 8000,
    })
    // What dumpcap's kernel buffer still holds.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    for (const capture of captures) await capture.stop()
    captures = []
    secure.close()
    web.close()
    udp.close()
  })
  afterAll(async () => {
    for (const capture of captures) await capture.stop()
    for (const child of children) child.kill('SIGKILL')
    rmSync(work, { recursive: true, force: true })
  })

  it("JA3 and JA3S of openssl and curl are tshark's", async () => {
    const flows = (await flowsIn(lo)).filter(({ dstPort }) => dstPort === ports.tls)
    const clients = await tshark(lo, `tls.handshake.type == 1 && tcp.dstport == ${ports.tls}`, [
      'tcp.srcport',
      'tls.handshake.ja3',
      'tls.handshake.ja3_full',
    ])
    const servers = await tshark(lo, `tls.handshake.type == 2 && tcp.srcport == ${ports.tls}`, ['tcp.dstport', 'tls.handshake.ja3s'])
    expect(clients.length).toBe(4)
    expect(servers.length).toBe(4)
    expect(flows.map(({ srcPort, fingerprints, raw }) => [String(srcPort), fingerprints.ja3, raw.ja3])).toEqual(
      clients.map((row) => Object.values(row)),
    )
    expect(flows.map(({ srcPort, fingerprints }) => [String(srcPort), fingerprints.ja3s])).toEqual(servers.map((row) => Object.values(row)))
    expect(flows.map(({ sni }) => sni)).toEqual(['one.example', undefined, undefined, 'localhost'])
  })

  it("JA4 is what the specification makes of tshark's fields, and tshark's own where it has one", async () => {
    const flows = (await flowsIn(lo)).filter(({ dstPort }) => dstPort === ports.tls)
    const rows = await tshark(lo, `tls.handshake.type == 1 && tcp.dstport == ${ports.tls}`, HELLO)
    expect(flows.map(({ fingerprints }) => fingerprints.ja4)).toEqual(rows.map((row) => ja4From(row, 't')))
    const { stdout } = await run('tshark', ['-G', 'fields'])
    if (!stdout.includes('\ttls.handshake.ja4\t')) return
    const own = await tshark(lo, `tls.handshake.type == 1 && tcp.dstport == ${ports.tls}`, ['tls.handshake.ja4'])
    expect(flows.map(({ fingerprints }) => fingerprints.ja4)).toEqual(own.map((row) => row['tls.handshake.ja4']))
  })

  it("HASSH and HASSHServer of OpenSSH are tshark's, each on its side", async () => {
    const [flow] = (await flowsIn(lo)).filter(({ dstPort }) => dstPort === ports.ssh)
    const [client] = await tshark(
      lo,
      `ssh.kex.hassh && tcp.dstport == ${ports.ssh}`,
      ['ssh.kex.hassh'],
      ['-d', `tcp.port==${ports.ssh},ssh`],
    )
    const [server] = await tshark(
      lo,
      `ssh.kex.hasshserver && tcp.srcport == ${ports.ssh}`,
      ['ssh.kex.hasshserver'],
      ['-d', `tcp.port==${ports.ssh},ssh`],
    )
    expect(flow?.fingerprints.hassh).toBe(client?.['ssh.kex.hassh'])
    expect(flow?.fingerprints.hasshServer).toBe(server?.['ssh.kex.hasshserver'])
    expect(flow?.sshClient).toMatch(/^SSH-2\.0-OpenSSH_/u)
    if (flow?.sshServer?.startsWith('SSH-2.0-OpenSSH_9.2p1 Debian'))
      expect(flow.fingerprints.hasshServer).toBe('425d29fe50d8e4f5e37efb6e24bcf660')
  })

  it('curl over plain HTTP is known by its headers, and its kernel by the SYN', async () => {
    const [flow] = (await flowsIn(lo)).filter(({ dstPort }) => dstPort === ports.http)
    expect(flow?.raw.http).toBe('GET;1.1;Host,User-Agent,Accept;cookie=1;referer=0')
    expect(flow?.os?.family).toBe('linux')
    const [syn] = await tshark(lo, `tcp.flags.syn == 1 && tcp.dstport == ${ports.http}`, [
      'tcp.window_size_value',
      'tcp.options.mss_val',
      'tcp.options.wscale.shift',
      'ip.ttl',
    ])
    const [window = '', mss = '', scale, ttl] = Object.values(syn ?? {})
    const times = Number(window) % Number(mss) === 0 ? `mss*${Number(window) / Number(mss)}` : window
    expect(flow?.fingerprints.tcpSyn).toBe(`4:${ttl}:0:${mss}:${times},${scale}:mss,sok,ts,nop,ws:df,id+:0`)
  })

  it("the DTLS hello of openssl is d, its JA3 tshark's", async () => {
    const flow = (await flowsIn(lo)).find(({ dstPort }) => dstPort === ports.dtls)
    const [row] = await tshark(
      lo,
      `dtls.handshake.type == 1 && udp.dstport == ${ports.dtls}`,
      ['dtls.handshake.ja3'],
      ['-d', `udp.port==${ports.dtls},dtls`],
    )
    expect(flow?.application).toBe('dtls')
    expect(flow?.fingerprints.ja3).toBe(row?.['dtls.handshake.ja3'])
    expect(flow?.fingerprints.ja4).toMatch(/^dd2i/u)
  })

  it('the QUIC hello of Chromium, over several packets, is q, and tshark reads the same', async () => {
    const flow = (await flowsIn(lo)).find(({ dstPort }) => dstPort === ports.quic)
    const [row] = await tshark(lo, `tls.handshake.type == 1 && udp.dstport == ${ports.quic}`, HELLO, ['-d', `udp.port==${ports.quic},quic`])
    expect(flow).toMatchObject({ application: 'quic', sni: 'localhost', alpn: ['h3'] })
    expect(flow?.fingerprints.ja4).toBe(ja4From(row ?? {}, 'q'))
  })

  it('the same from a classic capture and from a cooked one, where every packet may come twice', async () => {
    const of = async (name: string) =>
      (await flowsIn(file(name)))
        .filter(({ protocol }) => protocol === 'tcp')
        .map(({ srcPort, fingerprints }) => ({ srcPort, fingerprints }))
    const plain = await of('lo.pcapng')
    expect(await of('lo.pcap')).toEqual(plain)
    expect(await of('any.pcapng')).toEqual(plain)
  })

  it('a server of OpenSSL has the JARM that lists give for one without settings', async () => {
    const ask = async (probe: Uint8Array) => {
      const socket = net.connect(ports.plain, '127.0.0.1')
      socket.write(probe)
      const answer = once(socket, 'data').then(([data]) => data as Buffer)
      const first = await Promise.race([answer, once(socket, 'close').then(() => null)])
      socket.destroy()
      return first
    }
    const answers: (Uint8Array | null)[] = []
    for (const probe of jarmProbes('localhost', randomBytes)) answers.push(await ask(probe))
    expect(jarmOf(answers).value).toBe('07d14d16d21d21d00042d43d000000aa99ce74e2c6d013c745aa52b5cc042d')
  })

  describe('decnet fingerprint pcap', () => {
    it('prints one object a line for each flow, or a table', async () => {
      const { code, stdout, stderr } = await decnet(['fingerprint', 'pcap', lo, '--json'])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Flow & { firstSeen: string })
      expect(lines).toHaveLength((await flowsIn(lo)).length)
      expect(lines.find(({ sni }) => sni === 'one.example')).toMatchObject({
        application: 'tls',
        firstSeen: expect.stringMatching(/^\d{4}-.*Z$/u),
      })
      const table = await decnet(['fingerprint', 'pcap', lo])
      expect(table.stdout).toMatch(/one\.example .*ja4 t13d/u)
    })
    it('reads from a pipe', async () => {
      const { stdout } = await run('sh', ['-c', `'${DECNET}' fingerprint pcap - --json < '${lo}' | wc -l`])
      expect(Number(stdout)).toBe((await flowsIn(lo)).length)
    })
    it('prints what a truncated capture has, and a warning', async () => {
      writeFileSync(file('cut.pcap'), readFileSync(file('lo.pcap')).subarray(0, -10))
      const { code, stdout, stderr } = await decnet(['fingerprint', 'pcap', file('cut.pcap'), '--json'])
      expect(code).toBe(0)
      expect(stdout).toContain('one.example')
      expect(JSON.parse(stderr)).toMatchObject({ warning: { code: 'truncated_capture' } })
    })
    it.each([
      ['what is not there', 'nothing.pcap', 'unreadable_capture'],
      ['a folder', '.', 'unreadable_capture'],
      ['what is no capture', 'cert.pem', 'not_a_capture'],
    ])('refuses %s in a sentence', async (_what, name, code) => {
      const result = await decnet(['fingerprint', 'pcap', file(name), '--json'])
      expect(result.code).toBe(1)
      expect(errorOf(result).code).toBe(code)
    })
  })
})
