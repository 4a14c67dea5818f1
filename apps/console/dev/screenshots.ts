/**
 * Pictures of every page, light and dark, in three widths, and what axe finds on each.
 * `node dev/screenshots.ts --base http://127.0.0.1:8099 --out DIR [--only overview,live] [--widths 1280] [--themes light] [--axe]`
 */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const { values: flags } = parseArgs({
  options: {
    base: { type: 'string', default: 'http://127.0.0.1:8099' },
    out: { type: 'string', default: 'shots' },
    only: { type: 'string', default: '' },
    widths: { type: 'string', default: '1280,1920,390' },
    themes: { type: 'string', default: 'light,dark' },
    axe: { type: 'boolean', default: false },
  },
})
const heights: Record<string, number> = { '1280': 800, '1920': 1080, '390': 844 }
const say = (line: string) => process.stdout.write(`${line}\n`)

interface Shot {
  name: string
  path: string
  act?: (page: Page) => Promise<void>
  out?: boolean
}
const key =
  (...keys: string[]) =>
  async (page: Page) => {
    for (const k of keys) await page.keyboard.press(k)
    await page.waitForTimeout(500)
  }
const click = (selector: string) => async (page: Page) => {
  await page.locator(selector).first().click()
  await page.waitForTimeout(700)
}

const order = async (p: Page) => {
  await p.getByText('192.168.20.0/24 on eth0').click()
  for (const kind of ['File server', 'Web server']) for (let n = 0; n < 3; n += 1) await p.getByLabel(`One ${kind} more`).click()
  await p.waitForTimeout(1200)
}

async function shotsOf(page: Page): Promise<Shot[]> {
  const ask = async (path: string) =>
    (await (await page.request.get(`${flags.base}/api/v1${path}`)).json()) as { data: Record<string, string>[] }
  const top = (await ask('/attackers?sort_by=score&limit=20')).data
  const worst = top.find((a) => a.ip === '203.0.113.77') ?? top[0]
  const odd = (await ask('/credentials?search=script&limit=1')).data[0]
  const rtl = (await ask('/credentials?search=%E2%80%AE&limit=1')).data[0]
  const event = (await ask('/logs?search=event:command&limit=1')).data[0]
  const ipv6 = top.find((a) => a.ip?.includes(':'))
  return [
    { name: 'login', path: '/', out: true },
    {
      name: 'login-refused',
      path: '/',
      out: true,
      act: async (p) => {
        await p.fill('input[type=password]', 'wrong')
        await p.keyboard.press('Enter')
        await p.waitForTimeout(500)
      },
    },
    { name: 'overview', path: '/' },
    {
      name: 'overview-end',
      path: '/',
      act: async (p) => {
        await p.locator('main').evaluate((m) => m.scrollTo(0, 99_999))
        await p.waitForTimeout(300)
      },
    },
    { name: 'live', path: '/live?range=1h' },
    { name: 'live-events', path: '/live?by=event' },
    { name: 'live-peek', path: `/live?by=event&q=event:command&peek=event:${event?.seq}` },
    { name: 'attackers', path: '/attackers?sort=score' },
    { name: 'attackers-peek', path: `/attackers?sort=score&peek=attacker:${worst?.uuid}` },
    { name: 'attackers-none', path: '/attackers?q=decky:nowhere' },
    { name: 'attacker', path: `/attackers/${worst?.uuid}` },
    {
      name: 'attacker-end',
      path: `/attackers/${worst?.uuid}`,
      act: async (p) => {
        await p.locator('main').evaluate((m) => m.scrollTo(0, 900))
        await p.waitForTimeout(300)
      },
    },
    { name: 'attacker-hostile', path: `/attackers/${odd?.attacker_uuid}` },
    { name: 'attacker-ipv6', path: `/attackers/${ipv6?.uuid}` },
    { name: 'credentials', path: '/credentials?sort=target_count' },
    { name: 'credentials-hostile', path: `/credentials?q=attacker:${odd?.attacker_ip}&peek=secret:${rtl?.secret_sha256}` },
    { name: 'credentials-reuse', path: '/credentials?view=reuse' },
    { name: 'credentials-top', path: '/credentials?view=top' },
    { name: 'fleet', path: '/fleet' },
    { name: 'fleet-lines', path: '/fleet?view=list&peek=decky:srv-kestrel-04' },
    { name: 'fleet-map', path: '/fleet?view=map&range=7d' },
    { name: 'fleet-map-peek', path: '/fleet?view=map&range=7d&peek=decky:srv-kestrel-04' },
    { name: 'fleet-map-group', path: '/fleet?view=map&range=7d&group=linux-server' },
    { name: 'decky', path: '/fleet/decky/srv-kestrel-04' },
    {
      name: 'decky-end',
      path: '/fleet/decky/srv-kestrel-04',
      act: async (p) => {
        await p.locator('main').evaluate((m) => m.scrollTo(0, 99_999))
        await p.waitForTimeout(300)
      },
    },
    { name: 'decky-configure', path: '/fleet/decky/srv-kestrel-04', act: click('[aria-label="Configure ssh"]') },
    {
      name: 'decky-add',
      path: '/fleet/decky/srv-kestrel-04',
      act: async (p) => {
        await p.getByRole('button', { name: 'add one' }).click()
        await p.getByRole('dialog').getByRole('button', { name: 'smtp' }).click()
        await p.waitForTimeout(600)
      },
    },
    { name: 'deploy-empty', path: '/fleet/deploy' },
    { name: 'deploy', path: '/fleet/deploy', act: order },
    {
      name: 'deploy-clash',
      path: '/fleet/deploy',
      act: async (p) => {
        await p.getByLabel('One File server more').click()
        await p.locator('summary').click()
        await p.getByLabel('Address', { exact: true }).fill('192.168.20.1')
        await p.waitForTimeout(1200)
      },
    },
    {
      name: 'deploy-watch',
      path: '/fleet/deploy',
      act: async (p) => {
        await order(p)
        await p.getByRole('button', { name: /^Deploy \d/u }).click()
        await p.waitForTimeout(2900)
      },
    },
    { name: 'workers', path: '/workers' },
    { name: 'workers-open', path: '/workers?open=supervisor,profiler,reuse-correlator' },
    {
      name: 'workers-end',
      path: '/workers?open=mailer',
      act: async (p) => {
        await p.locator('main').evaluate((m) => m.scrollTo(0, 99_999))
        await p.waitForTimeout(300)
      },
    },
    { name: 'workers-stop', path: '/workers', act: click('.w-do .btn') },
    { name: 'settings', path: '/settings' },
    { name: 'settings-add', path: '/settings', act: click('text=Add a user') },
    { name: 'value-menu', path: '/credentials', act: click('td button.value') },
    {
      name: 'query',
      path: '/live',
      act: async (p) => {
        await p.keyboard.press('/')
        await p.keyboard.type('-de')
        await p.waitForTimeout(300)
      },
    },
    {
      name: 'palette',
      path: '/',
      act: async (p) => {
        await p.keyboard.press('Control+k')
        await p.waitForTimeout(500)
        await p.keyboard.type('203')
        await p.waitForTimeout(900)
      },
    },
    { name: 'help', path: '/', act: key('?') },
    {
      name: 'range',
      path: '/',
      act: async (p) => {
        const b = p.locator('#range-custom')
        await ((await b.isVisible()) ? b : p.locator('.range-short')).click()
        await p.waitForTimeout(300)
      },
    },
    { name: 'not-found', path: '/nowhere' },
  ]
}

async function enter(context: BrowserContext): Promise<void> {
  await context.request.post(`${flags.base}/api/v1/auth/login`, { data: { username: 'admin', password: 'a long password' } })
}

async function take(browser: Browser, theme: string, width: string): Promise<void> {
  const options = {
    viewport: { width: Number(width), height: heights[width] ?? 800 },
    colorScheme: theme === 'dark' ? ('dark' as const) : ('light' as const),
    reducedMotion: 'reduce' as const,
  }
  const [inside, outside] = [await browser.newContext(options), await browser.newContext(options)]
  await enter(inside)
  const pages = { in: await inside.newPage(), out: await outside.newPage() }
  for (const page of Object.values(pages)) {
    page.on(
      'console',
      (m) =>
        ['error', 'warning'].includes(m.type()) && !m.text().includes('401') && say(`  console ${m.type()}: ${m.text().slice(0, 300)}`),
    )
    page.on('pageerror', (e) => say(`  page error: ${e.message}`))
    page.on('request', (r) => !r.url().startsWith(flags.base) && !/^(data|blob):/u.test(r.url()) && say(`  foreign request: ${r.url()}`))
  }
  const wanted = flags.only.split(',').filter(Boolean)
  for (const shot of await shotsOf(pages.in)) {
    if (wanted.length > 0 && !wanted.includes(shot.name)) continue
    const page = shot.out ? pages.out : pages.in
    await page.goto(`${flags.base}${shot.path}`)
    await page.waitForTimeout(1300)
    await shot.act?.(page)
    const name = `${shot.name}-${theme}-${width}`
    await page.screenshot({ path: join(flags.out, `${name}.png`) })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (wide > 0) say(`  ${name}: ${wide} px too wide`)
    if (!flags.axe) continue
    const { violations } = await new AxeBuilder({ page }).analyze()
    for (const v of violations)
      say(
        `  axe ${v.impact} ${name}: ${v.id} ×${v.nodes.length} ${v.nodes[0]?.target} ${v.nodes[0]?.any[0]?.message ?? v.nodes[0]?.failureSummary ?? ''}`.slice(
          0,
          330,
        ),
      )
  }
  await inside.close()
  await outside.close()
}

await mkdir(flags.out, { recursive: true })
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
for (const theme of flags.themes.split(',')) for (const width of flags.widths.split(',')) await take(browser, theme, width)
await browser.close()
say('done')
