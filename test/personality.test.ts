import { type ChildProcess, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@decnet/kernel/logging'
import { when } from '@decnet/kernel/testing'
import { type OsFamily, type Stack, stacks } from '@decnet/persona'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWire, type Wire } from '../apps/root-helper/src/wire/wire.ts'
import { tshark } from './rig/capture.ts'
import { makeNetwork, NETWORK_NEEDS, type Network } from './rig/network.ts'

const NEEDS = {
  ...NETWORK_NEEDS,
  tools: { ...NETWORK_NEEDS.tools, nmap: 'nmap', p0f: 'p0f', tcpdump: 'tcpdump', tshark: 'tshark', 'iptables-restore': 'iptables' },
} as const

/** A host that nobody gave a hand: what it shows is this machine's kernel. */
const CONTROL = 'control'
const OPEN = [22, 80]
const SERVER = `
const net = require('node:net')
const up = [22, 80].map((port) => net.createServer((s) => { s.on('error', () => undefined); s.pipe(s) }).listen(port, '::'))
Promise.all(up.map((server) => new Promise((done) => server.once('listening', done)))).then(() => console.log('up'))
`
/** Says a word to each address and port given, one after the other, and waits for it to come back. */
const CLIENT = `
const net = require('node:net')
const main = async () => {
  for (const [host, port] of JSON.parse(process.argv[1])) await new Promise((done, fail) => {
    const s = net.connect({ host, port }, () => s.write('word'))
    s.setTimeout(5000, () => fail(new Error('silence of ' + host + ' ' + port)))
    s.once('error', fail); s.once('data', () => s.end()); s.once('close', done)
  })
  console.log('done')
}
main().catch((error) => { console.log(error.message); process.exit(1) })
`
/** Keeps a connection and sends over it whatever it is told. */
const TALKER = `
const s = require('node:net').connect({ host: process.argv[1], port: 22 }, () => console.log('open'))
s.on('data', (data) => console.log('back ' + data)); s.on('error', (error) => console.log(error.message))
process.stdin.on('data', (data) => s.write(data))
`

/** What nmap says to be running, by what is claimed. */
const CLAIMED: Readonly<Record<OsFamily, RegExp>> = {
  linux: /^Linux \d/u,
  windows: /^Microsoft Windows 10$/u,
  windows_server: /^Microsoft Windows 20\d\d$/u,
  bsd: /^(?:FreeBSD|OpenBSD) \d/u,
  embedded: /\bembedded\b/u,
  cisco: /^Cisco IOS /u,
}
/** Six first sequence numbers of a real host, too, now and then look less random than those its entry in nmap's database was made of. */
const SCANS = 6
/** What p0f calls a family where its database of 2012 has a word for the release. */
const P0F: Readonly<Record<OsFamily, RegExp>> = {
  linux: /^Linux/u,
  windows: /^Windows/u,
  windows_server: /^Windows/u,
  bsd: /^(?:FreeBSD|OpenBSD)/u,
  embedded: /^never$/u,
  cisco: /^never$/u,
}
const KNOWN_TO_P0F = ['windows-10-1607', 'windows-server-2016', 'freebsd-12', 'freebsd-10']

/** Resolves when a child has said a word; what it says later is heard too. */
const said = (child: ChildProcess, word: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => {
        text += data.toString('utf8')
        if (text.includes(word)) resolve()
      })
    child.once('close', () => reject(new Error(`no "${word}" but: ${text}`)))
  })
const output = async (child: ChildProcess): Promise<string> => {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (text += data.toString('utf8')))
  await once(child, 'close')
  return text
}

when(NEEDS).describe('hosts of every family on one network', () => {
  const folder = mkdtempSync(join(tmpdir(), 'personality-'))
  const names = stacks.map(({ id }) => id)
  let network: Network
  let wire: Wire
  const addressOf = (name: string): string => network.host(name).address
  const namespaceOf = (name: string): string => `dn${process.pid}-${name}`
  const ip6Of = (name: string): string => `fd77::${addressOf(name).split('.')[3]}`

  const raise = (stack: Stack): void =>
    wire.raise({ name: stack.id, namespace: namespaceOf(stack.id), device: 'eth0', stack, ip: addressOf(stack.id), openTcp: OPEN })
  const node = (host: string, script: string, ...args: string[]): ChildProcess =>
    network.host(host).spawn(process.execPath, ['-e', script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  const talk = (visits: readonly (readonly [string, number])[]): Promise<string> => output(node('attacker', CLIENT, JSON.stringify(visits)))

  /** Everything that comes to the attacker while `act` goes on. */
  async function captured(name: string, act: () => Promise<unknown>): Promise<string> {
    const file = join(folder, `${name}.pcap`)
    const capture = network.host('attacker').spawn('tcpdump', ['--immediate-mode', '-U', '-i', 'eth0', '-w', file])
    const gone = once(capture, 'close')
    await said(capture, 'listening on')
    await act()
    capture.kill('SIGINT')
    await gone
    return file
  }

  beforeAll(async () => {
    network = await makeNetwork(['attacker', CONTROL, ...names])
    wire = openWire(createLogger({ name: 'personality', level: 'warn' }))
    expect(wire.support).toEqual({ nfqueue: true, missing: [] })
    for (const name of ['attacker', ...names])
      spawnSync('ip', ['-n', namespaceOf(name), 'address', 'add', `${ip6Of(name)}/64`, 'dev', 'eth0', 'nodad'])
    for (const stack of stacks) raise(stack)
    await Promise.all([CONTROL, ...names].map((name) => said(node(name, SERVER), 'up')))
  })
  afterAll(async () => {
    await wire?.close()
    await network?.[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are named by plain nmap -O as what they claim to be, each release; this machine’s own kernel is a Linux', async () => {
    const scan = (...args: string[]) => output(network.host('attacker').spawn('nmap', ['-n', '-Pn', '-O', '-p', '22,80,81', ...args]))
    const claims = new Map(stacks.map(({ id, family }) => [addressOf(id), CLAIMED[family]]))
    let unnamed = [...claims.keys()]
    for (let scans = 0; scans < SCANS && unnamed.length > 0; scans += 1) {
      for (const report of (await scan(...unnamed)).split('Nmap scan report for ').slice(1)) {
        const [address = ''] = report.split('\n')
        if (!report.includes('\nOS details: ')) continue
        expect(/^Running: (.*)$/mu.exec(report)?.[1], report).toMatch(claims.get(address) ?? /never/u)
        unnamed = unnamed.filter((one) => one !== address)
      }
    }
    expect(names.filter((name) => unnamed.includes(addressOf(name)))).toEqual([])
    expect(await scan('--osscan-guess', addressOf(CONTROL))).toMatch(/^(?:OS details|Aggressive OS guesses): Linux /mu)
  })

  it('show the same TTL, window, options and clock on all their ports, and p0f names their family where it knows it', async () => {
    const visits = names.flatMap((name) => [22, 80, 22, 80].map((port) => [addressOf(name), port] as const))
    const file = await captured('visits', async () => expect(await talk(visits)).toBe('done\n'))

    const fields = ['ip.src', 'tcp.srcport', 'ip.ttl', 'tcp.window_size_value', 'tcp.option_kind', 'tcp.options.timestamp.tsval']
    const rows = await tshark(file, 'tcp.flags.syn == 1 && tcp.flags.ack == 1', fields)
    const others = await tshark(file, 'tcp.srcport in {22, 80} && tcp.flags.syn == 0', ['ip.src', 'ip.ttl'])
    for (const { id, kernel, handwriting } of stacks) {
      const own = rows.filter((row) => row['ip.src'] === addressOf(id))
      expect(
        own.map((row) => row['tcp.srcport']),
        id,
      ).toEqual(['22', '80', '22', '80'])
      expect(new Set(own.map((row) => `${row['ip.ttl']} ${row['tcp.window_size_value']} ${row['tcp.option_kind']}`)).size, id).toBe(1)
      if (handwriting) expect(own[0]?.['tcp.window_size_value'], id).toBe(`${handwriting.window}`)
      const later = others.filter((row) => row['ip.src'] === addressOf(id)).map((row) => row['ip.ttl'])
      expect(new Set([...later, own[0]?.['ip.ttl']]), id).toEqual(new Set([`${kernel.ttl}`]))
      const clocks = own.map((row) => row['tcp.options.timestamp.tsval'])
      if (kernel.timestamps === 'none')
        expect(
          clocks.every((clock) => clock === ''),
          id,
        ).toBe(true)
      if (kernel.timestamps !== 'host') continue
      const [first = 0, ...next] = clocks.map(Number)
      for (const clock of next) expect((clock - first + 2 ** 32) % 2 ** 32, id).toBeLessThan(60_000)
    }

    const { stdout } = spawnSync('p0f', ['-r', file], { encoding: 'utf8' })
    const told = new Map(
      [...stdout.matchAll(/\(syn\+ack\) \]-.*?server\s+= ([\d.]+)\/.*?os\s+= ([^\n]+)/gsu)].map(([, address = '', os = '']) => [
        address,
        os.trim(),
      ]),
    )
    for (const { id, family } of stacks) {
      const os = told.get(addressOf(id)) ?? ''
      if (KNOWN_TO_P0F.includes(id) || os !== '???') expect(os, id).toMatch(P0F[family])
    }
  })

  it('have clocks of their own, and take them off again from what comes back', async () => {
    const clocked = stacks.filter(({ kernel }) => kernel.timestamps === 'host').map(({ id }) => id)
    const file = await captured('clocks', () => talk(clocked.map((name) => [addressOf(name), 22])))
    const rows = await tshark(file, 'tcp.flags.syn == 1 && tcp.flags.ack == 1', ['ip.src', 'tcp.options.timestamp.tsval'])
    const clocks = clocked
      .map((name) => Number(rows.find((row) => row['ip.src'] === addressOf(name))?.['tcp.options.timestamp.tsval']))
      .sort((a, b) => a - b)
    for (const [index, clock] of clocks.slice(1).entries()) expect(clock - (clocks[index] ?? 0)).toBeGreaterThan(60_000)

    for (const name of clocked) {
      const talker = node('attacker', TALKER, addressOf(name))
      await said(talker, 'open')
      talker.stdin?.write('word')
      await said(talker, 'back word')
      const { stdout } = spawnSync('ss', ['-N', namespaceOf(name), '-tinH', 'state', 'established'], { encoding: 'utf8' })
      expect(Number(/ rtt:([\d.]+)/u.exec(stdout)?.[1]), `${name}: ${stdout}`).toBeLessThan(1000)
      expect(stdout).not.toMatch(/retrans|lost/u)
      talker.kill()
    }
  })

  it('have the same hand over IPv6', async () => {
    const chosen = ['windows-10-1607', 'cisco-ios-15', 'linux-5']
    const file = await captured('ip6', async () => expect(await talk(chosen.map((name) => [ip6Of(name), 22]))).toBe('done\n'))
    const rows = await tshark(file, 'ipv6 && tcp.flags.syn == 1 && tcp.flags.ack == 1', ['ipv6.src', 'ipv6.hlim', 'tcp.window_size_value'])
    const seen = chosen.map((name) => rows.find((row) => row['ipv6.src'] === ip6Of(name)))
    expect(seen.map((row) => row?.['ipv6.hlim'])).toEqual(['128', '255', '64'])
    expect(seen.slice(0, 2).map((row) => row?.['tcp.window_size_value'])).toEqual(['8192', '4128'])
  })

  it('go on serving, old connections and new ones, when the rewriter ends; raised again they have their hand again', async () => {
    const talker = node('attacker', TALKER, addressOf('windows-10-1607'))
    await said(talker, 'open')
    await wire.close()
    talker.stdin?.write('still there')
    await said(talker, 'back still there')
    expect(await talk(names.map((name) => [addressOf(name), 80]))).toBe('done\n')

    const windowOf = async (name: string): Promise<string | undefined> => {
      const file = await captured(name, () => talk([[addressOf('windows-10-1607'), 22]]))
      const [row] = await tshark(file, 'tcp.flags.syn == 1 && tcp.flags.ack == 1', ['tcp.window_size_value'])
      return row?.['tcp.window_size_value']
    }
    expect(await windowOf('without')).not.toBe('8192')
    wire = openWire(createLogger({ name: 'personality', level: 'warn' }))
    for (const stack of stacks) raise(stack)
    expect(await windowOf('with')).toBe('8192')
  })
})
