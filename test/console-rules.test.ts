import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TtpRuleDetail, TtpRules } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest'
import { attackerAt } from './rig/attacks.ts'
import { barriers, launchBrowser, logIn, photograph, settled, type Visit, visit } from './rig/browser.ts'
import { expectFit } from './rig/fit.ts'
import { type Fleet, PASSWORD, startFleet } from './rig/fleet.ts'

const tools = { chromium: 'chromium', sshpass: 'sshpass', ssh: 'openssh-client' }
const PATIENCE = { timeout: 30_000, interval: 100 }
const SOMEBODY = attackerAt('127.8.5.1')
const SHADOW = 'R0014'
const OWN = 'frobnication'
const OWN_RULE = `id: ${OWN}
version: 1
title: Something is frobnicated
maturity: stable
sources: [command]
when:
  programs: frobnicate
emits:
  - { technique: T1059.004, confidence: 0.8 }
evidence: [command_text]
examples:
  match: [frobnicate --now]
  no_match: [man frobnicate]
`

when({ tools }).describe('the rules in the console', () => {
  const home = mkdtempSync(join(tmpdir(), 'fleet-'))
  let fleet: Fleet
  let browser: Browser
  let me: Visit
  let page: Page

  const open = async (path: string) => {
    await page.goto(path)
    await settled(page)
  }
  const button = (name: string | RegExp) => page.getByRole('main').getByRole('button', { name, exact: typeof name === 'string' })
  const text = () => page.getByRole('textbox', { name: 'Text of the rule' })
  const rule = (id: string) => fleet.get<TtpRuleDetail>(`/ttp/rules/${id}`)
  const hits = async (id: string) => (await rule(id)).hits.count

  beforeAll(async () => {
    ;[fleet, browser] = await Promise.all([startFleet({ home }), launchBrowser()])
    me = await visit(browser, fleet.ready.console, { expected: /status of 40[14]/u })
    page = me.page
    await page.goto('/')
    await logIn(page, 'admin', PASSWORD)
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    const ssh = fleet.target('ssh')
    await SOMEBODY.ssh(ssh, ssh.login, 'cat /etc/shadow')
  })
  beforeEach(({ task }) => onTestFailed(() => photograph(page, `failed-${task.name.slice(0, 40)}`)))
  afterAll(async () => {
    await browser.close()
    await fleet[Symbol.asyncDispose]()
    rmSync(home, { recursive: true, force: true })
  })

  it('the catalogue says of each rule how it stands and how often it fired; it is searched, filtered and walked with the keys', async () => {
    await expect.poll(() => hits(SHADOW), PATIENCE).toBe(1)
    const { total } = await fleet.get<TtpRules>('/ttp/rules')
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Rules' }).click()
    await settled(page)
    const grid = page.getByRole('grid', { name: 'rules' })
    expect(await grid.getAttribute('aria-rowcount')).toBe(String(total + 1))
    expect(await grid.getByRole('row').count()).toBeLessThan(80)
    await expectFit(page, 'rules')
    await page.keyboard.press('/')
    await page.keyboard.type('shadow')
    await page.keyboard.press('Enter')
    await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeLessThan(12)
    await button(/^Credential access/u).click()
    expect(page.url()).toContain('tactic:credential-access')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: (await rule(SHADOW)).title }).waitFor()
    await page.goBack()
    await grid.waitFor()
    await open('/rules?q=no-such-rule-at-all')
    await page.getByRole('heading', { name: 'No rule fits' }).waitFor()
  })

  it('a file of one’s own that is broken is told of with its line, and the rule before it stays', async () => {
    const folder = join(home, 'rules')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${SHADOW}-ours.yaml`), 'id: R0014\nversion: 7\nwhen: [\n')
    const broken = async () => (await fleet.get<TtpRules>('/ttp/rules')).broken.length
    await expect.poll(broken, PATIENCE).toBe(1)
    await open('/rules?q=state:broken')
    await page.getByRole('main').getByRole('status').getByText(`${SHADOW}-ours.yaml`).waitFor()
    await page.getByRole('grid', { name: 'rules' }).getByText('Broken').waitFor()
    await photograph(page, 'rules-broken')
    expect(await barriers(page)).toEqual([])
    rmSync(folder, { recursive: true })
    await expect.poll(broken, PATIENCE).toBe(0)
  })

  it('a rule says in words what it looks for, what it found and whether that was right', async () => {
    await open(`/rules/${SHADOW}`)
    await page.getByText('It fires when').waitFor()
    await button('Right: cat /etc/shadow').click()
    await page.getByText('100 % of 1 hit').waitFor()
    expect((await rule(SHADOW)).verdicts).toEqual({ right: 1, wrong: 0 })
    await expectFit(page, 'rule')
    await button('Wrong: cat /etc/shadow').click()
    await page.getByText('0 % of 1 hit').waitFor()
    await button('Wrong: cat /etc/shadow').click()
    await page.getByText('nobody looked yet').waitFor()
    await button(/^cat \/etc\/shadow/u)
      .first()
      .click()
    await page.getByRole('complementary', { name: 'Event' }).getByText('cat /etc/shadow').first().waitFor()
  })

  it('who disables a rule says for how long and why, and the tagger obeys', async () => {
    await open(`/rules/${SHADOW}`)
    await button('Disable or clip…').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('For').selectOption({ label: '1 hour' })
    await dialog.getByLabel('Why').fill('We repair accounts <today>')
    await photograph(page, 'rule-decide')
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Disable it' }).click()
    await page.getByText('“We repair accounts <today>”').waitFor()
    expect(await rule(SHADOW)).toMatchObject({ state: 'disabled', set_by: 'admin', expires_at: expect.any(String) })
    const ssh = fleet.target('ssh')
    await SOMEBODY.ssh(ssh, ssh.login, 'cat /etc/shadow; ps aux')
    await expect.poll(() => hits('R0143'), PATIENCE).toBeGreaterThan(0)
    expect(await hits(SHADOW)).toBe(1)
    await open('/rules?q=state:disabled')
    await page.getByRole('grid').getByText('Disabled').waitFor()
    await open(`/rules/${SHADOW}`)
    await button('Decide anew…').click()
    await dialog.getByRole('button', { name: 'Clip', exact: true }).click()
    await dialog.getByLabel('At most, in per cent').fill('45')
    await dialog.getByRole('button', { name: 'Clip it' }).click()
    await page.getByText('clipped it to 45 %').waitFor()
    await button('Enable again').click()
    await page.getByText('Nobody decided anything about it').waitFor()
    expect(await rule(SHADOW)).toMatchObject({ state: 'enabled', set_by: null })
  })

  it('the bench shows what fires at pasted evidence, in which fields, and why a rule does not', async () => {
    await open(`/rules/bench?rule=${SHADOW}`)
    await button('Take an example').click()
    const fires = page.getByRole('region', { name: 'What fires' })
    await fires.getByRole('link', { name: (await rule(SHADOW)).title }).waitFor()
    expect(await fires.locator('mark', { hasText: 'cat /etc/shadow' }).count()).toBeGreaterThan(0)
    await fires
      .getByText(/does not fire: nothing of any/u)
      .first()
      .waitFor()
    await expectFit(page, 'bench')
    await page.getByLabel('Kind of evidence').selectOption({ label: 'Lines of JSON, of any kind' })
    await page
      .getByRole('textbox', { name: 'Evidence' })
      .fill('{"source_kind":"http_request","payload":{"method":"GET","raw_url":"/.env"}}\nnonsense')
    await fires.getByRole('button', { name: /Line 2/u }).waitFor()
    await fires.getByText('does not look at this kind of evidence').waitFor()
    await open('/rules/bench?kind=http_request')
    await page.getByRole('textbox', { name: 'Evidence' }).fill('GET /.env\n/\n')
    await expect.poll(() => fires.getByRole('listitem').count()).toBeGreaterThan(2)
    await photograph(page, 'bench-requests')
  })

  it('the editor marks what is wrong at its line, refuses it, saves what is right, and the tagger obeys', async () => {
    await open('/rules/new')
    await text().fill(OWN_RULE.replace('programs:', 'program:').replace('0.8', '8'))
    await button(/^Line 7 /u).waitFor()
    expect(await page.locator('[data-mark="bad"]').evaluateAll((lines) => lines.map((line) => line.getAttribute('data-line')))).toEqual([
      '7',
      '9',
    ])
    expect(await button('Save').isDisabled()).toBe(true)
    await photograph(page, 'editor-broken')
    expect(await barriers(page)).toEqual([])
    await button(/^Line 9 /u).click()
    expect(
      await text().evaluate((area) =>
        area instanceof HTMLTextAreaElement ? area.value.slice(0, area.selectionStart).split('\n').length : 0,
      ),
    ).toBe(9)
    await text().fill(OWN_RULE.replace('[man frobnicate]', '[frobnicate --help]'))
    await button(/^Wrong, it fires/u).waitFor()
    expect(await button('Save').isDisabled()).toBe(true)
    await text().fill(OWN_RULE)
    await page.getByText('All 2 examples come out').waitFor()
    await text().press('Control+s')
    await page.getByRole('heading', { level: 1, name: 'Something is frobnicated' }).waitFor()
    expect((await rule(OWN)).yaml).toBe(OWN_RULE)
    const ssh = fleet.target('ssh')
    await SOMEBODY.ssh(ssh, ssh.login, 'frobnicate --now')
    await button(/^frobnicate --now/u).waitFor()
  })

  it('the catalogue draws hits over time, and a deleted rule stays there with what it found', async () => {
    await open(`/rules?q=${OWN}`)
    const grid = page.getByRole('grid', { name: 'rules' })
    await grid.getByRole('img', { name: `Hits of ${OWN} over the period` }).waitFor()
    await photograph(page, 'rules-over-time')
    await open(`/rules/${OWN}/edit`)
    await button('Take back…').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('the rule is gone').waitFor()
    await dialog.getByText('Earlier texts of yours are not kept').waitFor()
    await dialog.getByRole('button', { name: 'Take it back' }).click()
    await open('/rules?q=state:deleted')
    await grid.getByText('Deleted').waitFor()
    await grid.getByRole('img', { name: `Hits of ${OWN} over the period` }).waitFor()
    expect(await barriers(page)).toEqual([])
    await grid.getByRole('link', { name: OWN }).click()
    await page.getByText('its text and title are not kept').waitFor()
    await button(/^frobnicate --now/u).waitFor()
    await expectFit(page, 'rule-deleted')
  })

  it('what differs from the shipped text is shown, also before one takes one’s own text back', async () => {
    const shipped = await rule(SHADOW)
    await open(`/rules/${SHADOW}/edit`)
    await text().fill(shipped.yaml.replace(/^version: \d+$/mu, 'version: 99').replace(shipped.title, 'Hashes read, in our words'))
    await page.getByRole('button', { name: 'Changes' }).click()
    await page.getByRole('region', { name: 'Changes' }).getByText('version: 99').waitFor()
    expect(await page.getByRole('button', { name: 'Against shipped' }).count()).toBe(0)
    await page.getByText('examples come out').waitFor()
    await expectFit(page, 'editor')
    await button('Save').click()
    await page.getByText('Saved, and in force').waitFor()
    expect(await rule(SHADOW)).toMatchObject({ origin: 'database', version: 99, saved_by: 'admin' })
    await text().fill((await text().inputValue()).replace('version: 99', 'version: 100'))
    const changes = page.getByRole('region', { name: 'Changes' })
    await expect.poll(() => changes.getByText('version: 99').count()).toBe(1)
    await page.getByRole('button', { name: 'Against shipped' }).click()
    await page.getByText('Against the text that came with DECNET.').waitFor()
    expect(await changes.getByText('version: 99').count()).toBe(0)
    await button('Discard').click()
    await button('Take back…').click()
    await page.getByRole('dialog').getByRole('region').getByText('version: 99').waitFor()
    await photograph(page, 'rule-take-back')
    expect(await barriers(page)).toEqual([])
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
    await page.getByText('As it came').waitFor()
    expect(await rule(SHADOW)).toMatchObject({ origin: 'shipped', title: shipped.title })
  })

  it('whoever may only look reads everything and can change nothing', async () => {
    const changed = `${PASSWORD}-2`
    const say = (method: string, path: string, body: unknown, token: string) =>
      fetch(`${fleet.api}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await say('POST', '/users', { username: 'vic', password: PASSWORD, role: 'viewer' }, fleet.token)).status).toBe(201)
    const login = (await (await say('POST', '/auth/login', { username: 'vic', password: PASSWORD }, '')).json()) as { access_token: string }
    await say('POST', '/auth/change-password', { old_password: PASSWORD, new_password: changed }, login.access_token)
    const other = await visit(browser, fleet.ready.console, { expected: /status of 401/u })
    await other.page.goto('/rules')
    await logIn(other.page, 'vic', changed)
    await other.page.getByRole('grid', { name: 'rules' }).waitFor()
    const offers = (name: string | RegExp) =>
      other.page.getByRole('main').getByRole('button', { name }).or(other.page.getByRole('link', { name })).count()
    expect(await offers('New rule')).toBe(0)
    await other.page.goto(`/rules/${SHADOW}`)
    await other.page.getByText('It fires when').waitFor()
    await settled(other.page)
    expect([await offers(/Disable/u), await offers(/^(?:Right|Wrong): /u)]).toEqual([0, 0])
    await other.page.goto(`/rules/${SHADOW}/edit`)
    await other.page.getByRole('region', { name: `Text of ${SHADOW}` }).waitFor()
    expect([await other.page.getByRole('textbox', { name: 'Text of the rule' }).count(), await offers('Save')]).toEqual([0, 0])
    await other.page.goto(`/rules/bench?rule=${SHADOW}`)
    await other.page.getByRole('button', { name: 'Take an example' }).click()
    await other.page.getByRole('region', { name: 'What fires' }).getByRole('link').first().waitFor()
    expect([me.watch.foreign, me.watch.complaints, other.watch.complaints]).toEqual([[], [], []])
    await other.context.close()
  })
})
