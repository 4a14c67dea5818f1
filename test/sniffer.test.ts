import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, createReadStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Flow, fingerprintCapture, ja4Of, parseClientHello } from '@decnet/fingerprint'
import type { NewLogRecord } from '@decnet/kernel/log'
import { decodeEvent } from '@decnet/kernel/syslog'
import { when } from '@decnet/kernel/testing'
import { type FromSniffer, snifferFlags, type ToSniffer } from '@decnet/sniffer'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { cryptoFrame, initialPacket, QUIC_1 } from '../packages/fingerprint/src/pcap/quic.fixture.ts'
import { CHROME, clientHello, message } from '../packages/fingerprint/src/tls/hello.fixture.ts'
import { tshark } from './rig/capture.ts'
import { SSH_OPTIONS } from './rig/client.ts'
import { makeNetwork, NETWORK_NEEDS, type Network, type NetworkHost } from './rig/network.ts'

const NOBODY = 65_534
const MAIN = fileURLToPath(import.meta.resolve('@decnet/sniffer/main'))
const DECKIES = ['web-01', 'db-01', 'app-01']
const IP = { attacker: '10.77.0.1', web: '10.77.0.2', db: '10.77.0.3', app: '10.77.0.4' }

/** What stands on the web decky: SSH that only introduces itself, HTTP, TLS, and something that answers on UDP 53. */
const SERVER = `
const net = require('node:net'), tls = require('node:tls'), fs = require('node:fs')
const [folder] = process.argv.slice(1)
const quiet = (socket) => socket.on('error', () => undefined)
const up = [
  net.createServer((s) => { quiet(s); s.write('SSH-2.0-OpenSSH_9.2p1\\r\\n'); s.on('data', () => setTimeout(() => s.destroy(), 300)) }).listen(22),
  net.createServer((s) => { quiet(s); s.once('data', () => s.end('HTTP/1.0 200 OK\\r\\n\\r\\nhello')) }).listen(80),
  tls.createServer({ key: fs.readFileSync(folder + '/key'), cert: fs.readFileSync(folder + '/cert') }, (s) => { quiet(s); s.once('data', () => s.end('HTTP/1.0 200 OK\\r\\n\\r\\nhello')) }).listen(443),
]
const udp = require('node:dgram').createSocket('udp4', (data, from) => udp.send(Buffer.from('no'), from.port, from.address)).bind(53)
Promise.all(up.map((server) => new Promise((done) => server.once('listening', done)))).then(() => console.log('up'))
`

const text = async (child: ChildProcess): Promise<string> => {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (said += data.toString('utf8')))
  await once(child, 'close')
  return said
}

/** A sniffer at the switch, as a supervisor has it. */
class Watch implements AsyncDisposable {
  readonly #home = mkdtempSync(join(tmpdir(), 'sniffer-'))
  readonly #folder = join(this.#home, 'sniffer')
  readonly child: ChildProcess
  readonly messages: FromSniffer[] = []
  rings = 0
  log = ''

  constructor(spawn: NetworkHost['spawn']) {
    for (const folder of [this.#folder, join(this.#folder, 'spool')]) {
      mkdirSync(folder, { mode: 0o700 })
      chownSync(folder, NOBODY, NOBODY)
    }
    this.child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...snifferFlags, MAIN], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    })
    this.child.on('message', (message) => this.messages.push(message as FromSniffer))
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (data: Buffer) => (this.log += data.toString('utf8')))
    this.child.stdio[4]?.on('data', (data: Buffer) => (this.rings += data.length))
  }
  order(order: ToSniffer): void {
    this.child.send(order)
  }
  async ready(deckies: ToSniffer & { type: 'deckies' }, name = 'br0'): Promise<void> {
    this.order({ ...deckies, type: 'watch', directory: this.#folder, uid: NOBODY, gid: NOBODY, interface: name })
    await expect.poll(() => this.messages.some(({ type }) => type === 'ready' || type === 'failed'), { timeout: 20_000 }).toBe(true)
  }
  get pid(): number {
    return this.child.pid ?? 0
  }
  /** Everything that is in its spool by now. */
  events(): readonly NewLogRecord[] {
    const folder = join(this.#folder, 'spool')
    const lines = readdirSync(folder)
      .sort()
      .flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n').slice(0, -1))
    return lines.map((line, n) => {
      const event = decodeEvent(line, { source: 'sniffer', position: String(n) })
      if ('error' in event) throw new Error(`${event.error}: ${line}`)
      return event
    })
  }
  /** Ends it; answers all that it said. */
  async stop(): Promise<readonly NewLogRecord[]> {
    const gone = once(this.child, 'exit')
    this.order({ type: 'stop' })
    expect(await gone).toEqual([0, null])
    return this.events()
  }
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null) {
      const gone = once(this.child, 'exit')
      this.child.kill('SIGKILL')
      await gone
    }
    rmSync(this.#home, { recursive: true, force: true })
  }
}

const FLEET: ToSniffer & { type: 'deckies' } = {
  type: 'deckies',
  deckies: [
    { name: 'web-01', ip: IP.web },
    { name: 'db-01', ip: IP.db },
    { name: 'app-01', ip: IP.app },
  ],
}
const ofType = (all: readonly NewLogRecord[], type: string, ip = IP.attacker) =>
  all.filter((event) => event.type === type && event.attackerIp === ip)
const scans = (all: readonly NewLogRecord[]) =>
  ofType(all, 'port_scan').flatMap(({ decky, body }) => (body.state === 'ended' ? [{ decky, ...body } as Record<string, unknown>] : []))

when({
  root: true,
  tools: {
    ...NETWORK_NEEDS.tools,
    nmap: 'nmap',
    curl: 'curl',
    ssh: 'openssh-client',
    openssl: 'openssl',
    tshark: 'tshark',
    hping3: 'hping3',
  },
}).describe('a sniffer on the network of a fleet', () => {
  let network: Network
  const home = mkdtempSync(join(tmpdir(), 'sniffed-'))
  const attack = (command: string, ...args: string[]) => text(network.host('attacker').spawn(command, args))
  beforeAll(async () => {
    network = await makeNetwork(['attacker', ...DECKIES, 'host', 'inside'])
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        '/CN=web',
        '-keyout',
        join(home, 'key'),
        '-out',
        join(home, 'cert'),
      ],
      { stdio: 'ignore' },
    )
    const server = network.host('web-01').spawn(process.execPath, ['-e', SERVER, home])
    await once(server.stdout ?? server, 'data')
  })
  afterAll(async () => {
    await network[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

  it('tells every kind of scan, its ports, and what answered', async () => {
    await using watch = new Watch(network.atSwitch)
    await watch.ready(FLEET)
    const nmap = (...args: string[]) => attack('nmap', '-n', '-Pn', ...args)
    await nmap('-sS', '-p', '1-1000', IP.web)
    await nmap('-sN', '-p', '20-39', IP.web)
    await nmap('-sF', '-p', '40-59', IP.web)
    await nmap('-sX', '-p', '60-79', IP.web)
    await nmap('-sA', '-p', '100-119', IP.web)
    await nmap('-sU', '-p', '50-55', IP.web)
    await nmap('-sT', '-p', '20-200', IP.app)
    const all = scans(await watch.stop())
    const wanted = [
      { decky: 'web-01', kind: 'syn', protocol: 'tcp', ports: '1-1000', port_count: '1000', open: '3', closed: '997', os_guess: 'nmap' },
      { decky: 'web-01', kind: 'null', protocol: 'tcp', ports: '20-39', port_count: '20', open: '0', closed: '19' },
      { decky: 'web-01', kind: 'fin', protocol: 'tcp', ports: '40-59', port_count: '20', open: '0', closed: '20' },
      { decky: 'web-01', kind: 'xmas', protocol: 'tcp', ports: '60-79', port_count: '20', open: '0', closed: '20' },
      { decky: 'web-01', kind: 'ack', protocol: 'tcp', ports: '100-119', port_count: '20', open: '0', closed: '20' },
      { decky: 'web-01', kind: 'udp', protocol: 'udp', ports: '50-55', port_count: '6', closed: '5' },
      {
        decky: 'app-01',
        kind: 'connect',
        protocol: 'tcp',
        ports: '20-200',
        port_count: '181',
        open: '0',
        closed: '181',
        os_guess: 'linux',
      },
    ]
    expect(all).toEqual(wanted.map((scan) => expect.objectContaining(scan)))
  })

  it('tells a sweep over hosts by port, by ping and by card, from a visit', async () => {
    await using watch = new Watch(network.atSwitch)
    await watch.ready(FLEET)
    const hosts = [IP.web, IP.db, IP.app]
    await attack('curl', '-s', `http://${IP.web}/`, `http://${IP.web}/again`)
    await attack('nmap', '-n', '-Pn', '-sS', '-p', '22', ...hosts)
    await attack('nmap', '-n', '-sn', '-PE', '--send-ip', ...hosts)
    await attack('nmap', '-n', '-sn', '10.77.0.1-64')
    const all = await watch.stop()
    const sorted = scans(all).map((scan) => ({ ...scan, deckies: String(scan.deckies).split(',').toSorted() }))
    const sweep = { kind: 'sweep', deckies: DECKIES.toSorted(), decky_count: '3' }
    expect(sorted).toHaveLength(2)
    expect(sorted).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...sweep, protocol: 'tcp', port_count: '2', ports: '22,80', open: '2' }),
        expect.objectContaining({ ...sweep, protocol: 'icmp', port_count: '0' }),
      ]),
    )
    expect(
      ofType(all, 'icmp_echo')
        .map(({ decky }) => decky)
        .toSorted(),
    ).toEqual(DECKIES.toSorted())
    const [begun, ended] = ofType(all, 'arp_scan')
    expect([begun?.body.state, ended?.body.state]).toEqual(['begun', 'ended'])
    expect(ended?.body).toMatchObject({
      protocol: 'arp',
      decky_count: '3',
      src_mac: expect.stringMatching(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/u),
    })
    // Its own address it need not ask for.
    expect(Number(ended?.body.target_count)).toBe(63)
  })

  it('takes the fingerprints that tshark, and our own reader of captures, take from the same packets', async () => {
    await using watch = new Watch(network.atSwitch)
    await watch.ready(FLEET)
    const file = join(home, 'same.pcapng')
    const dumpcap = network.atSwitch('dumpcap', ['-q', '-i', 'br0', '-f', `tcp and host ${IP.web}`, '-w', file])
    await new Promise<void>((resolve) => dumpcap.stderr?.on('data', (data: Buffer) => data.includes('File: ') && resolve()))
    await attack('curl', '-sk', '--resolve', `shop.example:443:${IP.web}`, 'https://shop.example/')
    await attack('curl', '-sk', '--tls-max', '1.2', '--no-alpn', `https://${IP.web}/`)
    await attack('ssh', ...SSH_OPTIONS, '-o', 'ConnectTimeout=3', `root@${IP.web}`)
    const ended = once(dumpcap, 'close')
    dumpcap.kill('SIGINT')
    await ended
    const all = await watch.stop()

    const flows: readonly Flow[] = await Array.fromAsync(fingerprintCapture(createReadStream(file)))
    const prints = (kind: keyof Flow['fingerprints']) => flows.flatMap(({ fingerprints }) => fingerprints[kind] ?? [])
    const said = (type: string, name: string) => ofType(all, type).map(({ body }) => String(body[name]))
    expect(prints('ja3')).toHaveLength(2)
    for (const kind of ['ja3', 'ja4'] as const) expect(said('tls_client_hello', kind)).toEqual(prints(kind))
    expect(said('tls_session', 'ja3s')).toEqual(prints('ja3s'))
    expect(said('ssh_client_banner', 'hassh')).toEqual(prints('hassh'))
    expect(new Set(said('tcp_syn_fingerprint', 'tcp'))).toEqual(new Set(prints('tcpSyn')))

    const rows = await tshark(file, 'tls.handshake.type == 1', ['tls.handshake.ja3'])
    expect(said('tls_client_hello', 'ja3')).toEqual(rows.map((row) => row['tls.handshake.ja3']))
    const answers = await tshark(file, 'tls.handshake.type == 2', ['tls.handshake.ja3s'])
    expect(said('tls_session', 'ja3s')).toEqual(answers.map((row) => row['tls.handshake.ja3s']))
    const [keys] = await tshark(file, `ssh.kex.hassh and ip.src == ${IP.attacker}`, ['ssh.kex.hassh'])
    expect(said('ssh_client_banner', 'hassh')).toEqual([keys?.['ssh.kex.hassh']])

    const [first, second] = ofType(all, 'tls_client_hello').map(({ body }) => body)
    expect(first).toMatchObject({
      sni: 'shop.example',
      alpn: 'h2,http/1.1',
      tls_version: '1.3',
      local_ip: IP.web,
      local_port: '443',
      resumption: 'false',
    })
    expect(second).toMatchObject({ tls_version: '1.2' })
    expect(second).not.toHaveProperty('sni')
    expect(said('tls_session', 'tls_version')).toEqual(['1.3', '1.2'])
    expect(said('ssh_client_banner', 'ssh_version')[0]).toMatch(/^SSH-2\.0-OpenSSH_/u)
    expect(ofType(all, 'tcp_syn_fingerprint')[0]?.body).toMatchObject({
      ttl: '64',
      initial_ttl: '64',
      hop_distance: '0',
      os_guess: 'linux',
      options_sig: 'M,S,T,N,W',
    })
    expect(ofType(all, 'tcp_flow_timing').find(({ body }) => body.local_port === '443')?.body).toMatchObject({
      retransmits: '0',
      rtt_ms: expect.any(String),
    })
    expect(ofType(all, 'port_scan')).toEqual([])
  })

  it('opens the hello of a QUIC client, whose JA4 is that of the hello within', async () => {
    await using watch = new Watch(network.atSwitch)
    await watch.ready(FLEET)
    const hello = clientHello(CHROME)
    const [first, second] = [message(1, hello).subarray(0, 300), message(1, hello).subarray(300)]
    const id = Buffer.from('8394c8f03e515708', 'hex')
    const packets = [cryptoFrame(300, second), cryptoFrame(0, first)].map((frame, n) => {
      const padded = Buffer.concat([frame, Buffer.alloc(1_100 - frame.length)])
      return initialPacket(QUIC_1, id, n, padded).toString('hex')
    })
    const send = `const s = require('node:dgram').createSocket('udp4'); let n = 0
      for (const hex of ${JSON.stringify(packets)}) s.send(Buffer.from(hex, 'hex'), 443, '${IP.web}', () => ++n === 2 && s.close())`
    await attack(process.execPath, '-e', send)
    const [quic, ...more] = ofType(await watch.stop(), 'quic_client_hello')
    expect(more).toEqual([])
    const parsed = parseClientHello(hello, 'quic')
    expect(quic?.body).toMatchObject({
      ja4_quic: parsed && ja4Of(parsed).value,
      sni: 'example.com',
      alpn: 'h2,http/1.1',
      local_port: '443',
    })
  })

  it('has no right left, in no thread, and is no root, before it reads; and says what it did', async () => {
    await using watch = new Watch(network.atSwitch)
    await watch.ready(FLEET)
    for (const thread of readdirSync(`/proc/${watch.pid}/task`)) {
      const status = readFileSync(`/proc/${watch.pid}/task/${thread}/status`, 'utf8')
      const of = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'mu').exec(status)?.[1] ?? ''
      for (const set of ['CapEff', 'CapPrm', 'CapInh', 'CapAmb']) expect([set, BigInt(`0x${of(set)}`)]).toEqual([set, 0n])
      for (const ids of ['Uid', 'Gid']) expect(of(ids).split('\t')).toEqual(Array(4).fill(String(NOBODY)))
    }
    await attack('nmap', '-n', '-Pn', '-sS', '-p', '1-50', IP.web)
    await expect
      .poll(() => watch.messages.find(({ type }) => type === 'stats'), { timeout: 15_000 })
      .toMatchObject({ dropped: 0, suppressed: 0 })
    expect(watch.rings).toBeGreaterThan(0)
    const stats = watch.messages.find((message) => message.type === 'stats')
    expect(stats?.packets).toBeGreaterThan(100)
    expect(stats?.events).toBe(watch.events().length)
  })

  it('is told of other deckies while it watches, and of whom it need not listen to', async () => {
    await using watch = new Watch(network.atSwitch)
    await watch.ready({ type: 'deckies', deckies: [{ name: 'db-01', ip: IP.db }], ignore: [IP.attacker] })
    await attack('nmap', '-n', '-Pn', '-sS', '-p', '1-20', IP.db)
    watch.order({ type: 'deckies', deckies: [{ name: 'renamed', ip: IP.db }] })
    const scanned = async () => {
      await attack('nmap', '-n', '-Pn', '-sS', '-p', '1-20', IP.db)
      return ofType(watch.events(), 'port_scan').length
    }
    await expect.poll(scanned, { timeout: 20_000 }).toBe(1)
    expect(new Set((await watch.stop()).map(({ decky }) => decky))).toEqual(new Set(['renamed']))
  })

  it('sees both directions of a decky that hangs on the LAN interface of its host by macvlan', async () => {
    const [host, inside] = [network.host('host'), network.host('inside')]
    const sleeper = inside.spawn('sleep', ['100'])
    const ip = '10.77.0.9'
    await text(host.spawn('ip', ['link', 'add', 'mv0', 'link', 'eth0', 'type', 'macvlan', 'mode', 'bridge']))
    await text(host.spawn('ip', ['link', 'set', 'mv0', 'netns', String(sleeper.pid)]))
    for (const args of ['link set eth0 down', `address add ${ip}/24 dev mv0`, 'link set mv0 up'])
      await text(inside.spawn('ip', args.split(' ')))
    await using watch = new Watch(host.spawn)
    await watch.ready({ type: 'deckies', deckies: [{ name: 'far-01', ip }] }, 'eth0')
    await attack('nmap', '-n', '-Pn', '-sS', '-p', '1-30', ip)
    expect(scans(await watch.stop())).toEqual([expect.objectContaining({ decky: 'far-01', kind: 'syn', port_count: '30', closed: '30' })])
  })

  it('says why it cannot watch, and ends', async () => {
    await using watch = new Watch(network.atSwitch)
    const gone = once(watch.child, 'exit')
    await watch.ready(FLEET, 'eth9')
    expect(watch.messages).toEqual([{ type: 'failed', reason: 'There is no network interface eth9.' }])
    expect(await gone).toEqual([1, null])
  })

  it('bears a flood from forged addresses: memory is bounded, and what was too much is counted', async () => {
    await using watch = new Watch(network.atSwitch)
    await watch.ready(FLEET)
    const flood = network.host('attacker').spawn('hping3', ['--flood', '--rand-source', '-S', '-p', '++1', IP.db])
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    flood.kill('SIGINT')
    await expect.poll(() => watch.messages.findLast(({ type }) => type === 'stats'), { timeout: 15_000 }).toBeDefined()
    const stats = watch.messages.findLast((message) => message.type === 'stats')
    await attack('nmap', '-n', '-Pn', '-sS', '-p', '1-100', IP.web)
    const all = await watch.stop()
    const losses = all.filter(({ type }) => type === 'capture_loss').map(({ body }) => body)
    process.stdout.write(`flood: ${JSON.stringify(stats)} ${JSON.stringify(losses)} ${all.length}\n`)
    const total = (name: string) => losses.reduce((sum, body) => sum + Number(body[name]), 0)
    expect((stats?.packets ?? 0) + (stats?.dropped ?? 0)).toBeGreaterThan(100_000)
    expect(total('suppressed')).toBeGreaterThanOrEqual(stats?.suppressed ?? 1)
    expect(total('dropped')).toBeGreaterThanOrEqual(stats?.dropped ?? 1)
    expect(stats?.rss_mb).toBeLessThan(300)
    expect(all.length).toBeLessThan(10_000)
    expect(scans(all)).toContainEqual(expect.objectContaining({ decky: 'web-01', kind: 'syn', port_count: '100' }))
  })
})
