import { when } from '@decnet/kernel/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from './rig/client.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'

/** What `nmap -sV` must say, by service: the product that the persona claims. */
const PRODUCTS: Readonly<Record<string, RegExp>> = {
  ssh: /OpenSSH \d+\.\d+p1 (?:Debian|Ubuntu)/u,
  ftp: /vsftpd \d|ProFTPD/u,
  smtp: /Postfix smtpd|Exim smtpd/u,
  http: /nginx|Apache httpd/u,
  redis: /Redis key-value store/u,
  mysql: /MySQL|MariaDB/u,
}

when({ tools: { nmap: 'nmap' } }).describe('nmap -sV', () => {
  let fleet: Fleet
  beforeAll(async () => {
    fleet = await startFleet()
  })
  afterAll(() => fleet[Symbol.asyncDispose]())

  it('names every service of every decky with the product that its persona claims', async () => {
    const look = async (decky: (typeof fleet.ready.deckies)[number]) => {
      const ports = decky.services.map(({ port }) => port).join(',')
      const { stdout } = await run('nmap', ['-Pn', '-n', '-sT', '-sV', '-p', ports, '-oX', '-', decky.ip], { timeoutMs: 180_000 })
      for (const { name, port } of decky.services) {
        const wanted = PRODUCTS[name]
        if (!wanted) continue
        const [, found = ''] = new RegExp(`portid="${port}">.*?<service ([^>]*)`, 'u').exec(stdout) ?? []
        const text = `${/product="([^"]*)"/u.exec(found)?.[1] ?? ''} ${/version="([^"]*)"/u.exec(found)?.[1] ?? ''}`
        expect(text, `${name} on ${decky.name}: ${found}`).toMatch(wanted)
      }
      expect(stdout).not.toMatch(/honeypot|decnet|cowrie|dionaea/iu)
    }
    await Promise.all(fleet.ready.deckies.map(look))
  }, 600_000)
})
