import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { AttackerProbe, AttackerProbes } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { barriers, launchBrowser, logIn, overhang, photograph, settled, visit } from './rig/browser.ts'
import { decnet, errorOf } from './rig/cli.ts'
import { run } from './rig/client.ts'
import { type Fleet, PASSWORD, startFleet } from './rig/fleet.ts'
import { type RealServers, SERVER_TOOLS, startRealServers } from './rig/real-servers.ts'

const ATTACKER = '127.0.0.1'
const JARM = join(import.meta.dirname, 'rig', 'jarm.py')
const tools = { ...SERVER_TOOLS, nmap: 'nmap', python3: 'python3', chromium: 'chromium' }

interface Logs {
  readonly data: readonly { readonly event_type: string; readonly fields: Readonly<Record<string, unknown>> }[]
}

/** HASSHServer from the algorithms that nmap lists. */
async function hasshByNmap(port: number): Promise<string> {
  const { stdout } = await run('nmap', ['-Pn', '-n', '-p', String(port), '--script', '+ssh2-enum-algos', '-oX', '-', ATTACKER], {
    timeoutMs: 60_000,
  })
  const listed = (key: string) => {
    const table = new RegExp(`<table key="${key}">([^]*?)</table>`, 'u').exec(stdout)?.[1] ?? ''
    return [...table.matchAll(/<elem>([^<]*)<\/elem>/gu)].map(([, name]) => name).join(',')
  }
  const names = ['kex_algorithms', 'encryption_algorithms', 'mac_algorithms', 'compression_algorithms'].map(listed)
  return createHash('md5').update(names.join(';')).digest('hex')
}
const jarmByPython = async (port: number) => (await run('python3', [JARM, ATTACKER, String(port)])).stdout.trim()

when({ tools, root: true }).describe('servers of Debian that are asked what they are', () => {
  let servers: RealServers
  let jarms: { nginx: string; apache: string }
  let hassh: string
  beforeAll(async () => {
    servers = await startRealServers(mkdtempSync(join(tmpdir(), 'prober-')))
    const { nginx, apache, ssh } = servers.ports
    jarms = { nginx: await jarmByPython(nginx), apache: await jarmByPython(apache) }
    hassh = await hasshByNmap(ssh)
  })
  afterAll(() => servers?.[Symbol.asyncDispose]())

  it('decnet probe says the JARM, HASSHServer and certificate that others say', async () => {
    const { nginx, apache, ssh } = servers.ports
    const all = await decnet(['probe', ...[nginx, apache, ssh].map((port) => `${ATTACKER}:${port}`), '--json', '--timeout', '10'])
    expect(all.stderr).toBe('')
    const [first, second, third] = all.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { findings: Record<string, Record<string, string>> })
    expect(jarms.nginx).toMatch(/^(?!0+$)[0-9a-f]{62}$/u)
    expect(first?.findings).toMatchObject({
      jarm: { hash: jarms.nginx },
      tls_certificate: { hash: await servers.shown(nginx), names: 'DNS:one.example', self_signed: 'true' },
      http: { status: '200', server: expect.stringMatching(/^nginx/u), title: 'A page', scheme: 'https' },
      tcpfp: { sack: 'true' },
    })
    expect(second?.findings).toMatchObject({
      jarm: { hash: jarms.apache },
      tls_certificate: { hash: await servers.shown(apache) },
      http: { server: expect.stringMatching(/^Apache/u) },
    })
    expect(third?.findings).toMatchObject({ hassh: { hash: hassh, ssh_banner: expect.stringMatching(/^SSH-2\.0-OpenSSH/u) } })
    expect([first?.findings.hassh, third?.findings.jarm, third?.findings.http]).toEqual([undefined, undefined, undefined])
  })

  it('decnet probe shows the same for eyes, and says what is wrong with what it is given', async () => {
    const shown = await decnet(['probe', `${ATTACKER}:${servers.ports.ssh}`, '--only', 'hassh'])
    expect(shown.stdout).toContain(hassh)
    expect(shown.stdout).not.toContain('TCP')
    expect(errorOf(await decnet(['probe', ATTACKER, '--json']))).toMatchObject({ code: 'bad_endpoint' })
    expect(errorOf(await decnet(['probe', `localhost:${servers.ports.ssh}`, '--json']))).toMatchObject({ code: 'address_refused' })
    expect(errorOf(await decnet(['probe', 'nobody.invalid:22', '--json']))).toMatchObject({ code: 'unknown_host' })
    expect(errorOf(await decnet(['probe', `${ATTACKER}:22`, '--only', 'nmap', '--json']))).toMatchObject({ code: 'unknown_probe' })
  })

  describe('by the prober of a fleet that they attacked', () => {
    let fleet: Fleet
    beforeAll(async () => {
      const { nginx, apache, ssh } = servers.ports
      fleet = await startFleet({
        env: {
          DECNET_PROBER_ENABLED: 'true',
          DECNET_PROBER_ALLOW: '127.0.0.0/8',
          DECNET_PROBER_PORTS: `jarm=${nginx},${apache};tls_certificate=${nginx},${apache};http=${nginx},${apache};hassh=${ssh};tcpfp=${ssh}`,
        },
      })
      const { address, port } = fleet.target('ssh')
      const socket = net.connect({ host: address, port, localAddress: ATTACKER })
      await once(socket, 'data')
      socket.destroy()
      await until(() =>
        fleet.get(`/attackers/${ATTACKER}`).then(
          () => true,
          () => false,
        ),
      )
    })
    afterAll(() => fleet?.[Symbol.asyncDispose]())

    async function until(so: () => Promise<boolean>): Promise<void> {
      for (let tries = 0; tries < 300; tries += 1) {
        if (await so()) return
        await pause(100)
      }
      throw new Error('it did not come about within 30 s')
    }
    const probes = async () => (await fleet.get<AttackerProbes>(`/attackers/${ATTACKER}/probes`)).data
    const said = async (topic: string) => (await fleet.get<Logs>(`/logs?search=${encodeURIComponent(`topic:${topic}`)}&limit=100`)).data
    /** As the button of the console does it. */
    async function askNow(): Promise<readonly AttackerProbe[]> {
      const before = await probes()
      const visited = before.map(({ visits }) => visits)
      const answer = await fetch(`${fleet.api}/attackers/${ATTACKER}/probe`, {
        method: 'POST',
        headers: { authorization: `Bearer ${fleet.token}` },
      })
      expect(answer.status).toBe(202)
      await until(async () => (await probes()).length === 8 && (await probes()).every(({ visits }, n) => visits > (visited[n] ?? 0)))
      return probes()
    }

    it('A2: each answer is told once, with the hash that others compute', async () => {
      const found = await askNow()
      const { nginx, apache, ssh } = servers.ports
      const hashOf = (port: number, probe: string) => found.find((row) => row.port === port && row.probe === probe)?.hash
      expect(found.map(({ state }) => state)).toEqual(found.map(() => 'found'))
      expect([hashOf(nginx, 'jarm'), hashOf(apache, 'jarm'), hashOf(ssh, 'hassh')]).toEqual([jarms.nginx, jarms.apache, hassh])
      expect(hashOf(nginx, 'tls_certificate')).toBe(await servers.shown(nginx))
      const told = await said('attacker.fingerprinted')
      expect(told.map(({ event_type }) => event_type).sort()).toEqual([
        'hassh',
        'http',
        'http',
        'jarm',
        'jarm',
        'tcpfp',
        'tls_certificate',
        'tls_certificate',
      ])
    })

    it('A3: a swapped certificate is one rotation, with the old hash and the new one', async () => {
      await askNow()
      const old = await servers.shown(servers.ports.nginx)
      const fresh = await servers.swapCertificate('three.example')
      await askNow()
      await until(async () => (await said('attacker.fingerprint_rotated')).length > 0)
      await askNow()
      const rotations = await said('attacker.fingerprint_rotated')
      expect(rotations.map(({ fields }) => fields)).toMatchObject([
        { probe_type: 'tls_certificate', port: servers.ports.nginx, old_hash: old, new_hash: fresh, attacker_ip: ATTACKER },
      ])
      expect(await fleet.get(`/attackers/${ATTACKER}`)).toMatchObject({ rotation_count: 1, last_rotation_at: expect.any(String) })
    })

    it('the page of an attacker shows what answered, and asks now', async () => {
      const browser = await launchBrowser()
      try {
        const { page, watch } = await visit(browser, fleet.ready.console, { expected: /status of 40[14]/u })
        await page.goto('/')
        await logIn(page, 'admin', PASSWORD)
        await page.getByRole('navigation', { name: 'Pages' }).waitFor()
        await page.goto(`/attackers/${ATTACKER}`)
        await settled(page)
        const section = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Its own machine' }) })
        const before = Math.max(0, ...(await probes()).map(({ visits }) => visits))
        await section.getByRole('button', { name: 'Probe now' }).click()
        await section.getByText(hassh).waitFor()
        await section.getByText(jarms.apache).waitFor()
        await until(async () => (await probes()).every(({ visits }) => visits > before))
        expect(await section.textContent()).toMatch(/3 ports asked, 8 answers/u)
        await section.scrollIntoViewIfNeeded()
        await photograph(page, 'prober')
        expect([await barriers(page), await overhang(page), watch.foreign, watch.complaints]).toEqual([[], 0, [], []])
      } finally {
        await browser.close()
      }
    })
  })
})
