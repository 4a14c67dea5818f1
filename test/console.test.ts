import { when } from '@decnet/kernel/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest'
import { attackerAt, urlOf } from './rig/attacks.ts'
import { launchBrowser, logIn, photograph, settled, type Visit, visit } from './rig/browser.ts'
import { type Fleet, startFleet } from './rig/fleet.ts'

const tools = { chromium: 'chromium', sshpass: 'sshpass', ssh: 'openssh-client', curl: 'curl' }
const CHOSEN = 'a password of my own'
/** Not ASCII: shown as it was typed. */
const REUSED = 'Sömmer-2026!'
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Asked again until it holds, as long as a busy machine may need. */
const soon = <T>(ask: () => T) => expect.poll(ask, { timeout: 20_000 })

/** One defender's evening with a fleet that was just started; each test goes on where the one before ended. */
when({ tools }).describe('the console, from the first start on', () => {
  const [intruder, crawler] = [attackerAt('127.0.0.21'), attackerAt('127.0.0.22')]
  let fleet: Fleet
  let browser: Browser
  let me: Visit
  let page: Page
  const knock = (path: string) => crawler.curl('-o', '/dev/null', urlOf(fleet.target('http'), path))
  const rail = (name: string) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: name !== 'Fleet' })
  const search = () => page.getByRole('combobox', { name: 'Search' })
  const seen = (text: string | RegExp) => page.getByRole('main').getByText(text).first()

  beforeAll(async () => {
    ;[fleet, browser] = await Promise.all([startFleet({ env: { DECNET_ADMIN_PASSWORD: undefined } }), launchBrowser()])
    // What the browser itself says when it is refused, or finds nobody while the server is down.
    me = await visit(browser, fleet.ready.console, { expected: /status of 401|status of 403|net::ERR_/u })
    page = me.page
  })
  beforeEach(({ task }) => onTestFailed(() => photograph(page, `failed-${task.name.slice(0, 40)}`)))
  afterAll(async () => {
    await browser.close()
    await fleet[Symbol.asyncDispose]()
  })

  it('a wrong password is refused in words, and the door stays shut', async () => {
    await page.goto('/attackers')
    await logIn(page, 'admin', 'not this one')
    await page
      .getByRole('alert')
      .filter({ hasText: /password/iu })
      .waitFor()
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
    expect(await page.getByRole('navigation').count()).toBe(0)
  })

  it('the password shown at the first start leads only to choosing another, and is worth nothing afterwards', async () => {
    const shown = fleet.ready.adminPassword ?? ''
    await logIn(page, 'admin', shown)
    const chooses = page.getByRole('heading', { name: 'Choose your password' })
    await chooses.waitFor()
    await page.goto('/attackers')
    await chooses.waitFor()
    expect(await page.getByRole('navigation').count()).toBe(0)

    await page.getByLabel('Present password').fill(shown)
    await page.getByLabel('New password', { exact: true }).fill(CHOSEN)
    await page.getByLabel('New password again').fill(`${CHOSEN}?`)
    await page.getByText('The two differ').waitFor()
    expect(await page.getByRole('button', { name: 'Change password' }).isDisabled()).toBe(true)
    await page.getByLabel('New password again').fill(CHOSEN)
    await page.getByRole('button', { name: 'Change password' }).click()
    await page.getByRole('heading', { name: 'Nobody came by yet.' }).waitFor()

    const other = await visit(browser, fleet.ready.console, { expected: /status of 401/u })
    await other.page.goto('/')
    await logIn(other.page, 'admin', shown)
    await other.page.getByRole('alert').waitFor()
    await logIn(other.page, 'admin', CHOSEN)
    await other.page.getByRole('heading', { name: 'Nobody came by yet.' }).waitFor()
    await other.context.close()
  })

  it('an empty overview shows lines to paste that work, and fills by itself when they are pasted', async () => {
    await page.evaluate(() => document.body.setAttribute('data-not-reloaded', ''))
    const line = (tool: string) =>
      page
        .getByRole('main')
        .locator('code')
        .filter({ hasText: new RegExp(`^${tool} `, 'u') })
    const url = (await line('curl -i').textContent())?.split(' ').at(-1) ?? ''
    const [, port = '22', user = '', address = ''] = /^ssh (?:-p (\d+) )?(\S+)@(\S+)$/u.exec((await line('ssh').textContent()) ?? '') ?? []
    const password = (await page.getByText('lets you in').locator('code').textContent()) ?? ''

    expect((await crawler.curl('-o', '/dev/null', '-w', '%{http_code}', url)).stdout).toMatch(/^[234]\d\d$/u)
    const target = { decky: '', address, port: Number(port), login: { user, password } }
    const typed = await intruder.ssh(target, target.login, undefined, 'echo marker-$((40+2))\rsleep 2\recho later-$((50+1))\rexit\r')
    expect(typed.stdout).toContain('marker-42')

    await page.getByRole('heading', { name: /2 sources touched your 5 deckies\. 1 log-in succeeded/u }).waitFor()
    await page.getByRole('link', { name: /Sources\s*2/u }).waitFor()
    await seen('echo marker-$((40+2))').waitFor()
    expect(await page.locator('body').getAttribute('data-not-reloaded')).toBe('')
  })

  it('Live shows an act within two seconds', async () => {
    await rail('Live').click()
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()
    await seen('GET /').waitFor()
    const delays: number[] = []
    for (const path of ['/act-1', '/act-2', '/act-3']) {
      const appears = seen(`GET ${path}`).waitFor()
      await knock(path)
      const acted = performance.now()
      await appears
      delays.push(performance.now() - acted)
    }
    expect(median(delays)).toBeLessThan(2000)
  })

  it('Live holds still while paused and then shows what was missed', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await knock('/meanwhile')
    await page.getByRole('button', { name: /^\d+ new$/u }).waitFor()
    expect(await seen('GET /meanwhile').count()).toBe(0)
    await page.getByRole('button', { name: /^\d+ new$/u }).click()
    await seen('GET /meanwhile').waitFor()
  })

  it('Live filters while one types, and by a click on a value', async () => {
    await page.getByRole('button', { name: 'All events' }).click()
    await page.keyboard.press('/')
    await page.keyboard.type('act-2')
    await seen('GET /act-1').waitFor({ state: 'detached' })
    await seen('GET /act-2').waitFor()
    await knock('/act-2/again')
    await seen('GET /act-2/again').waitFor()
    await page.keyboard.press('Escape')
    await seen('GET /act-1').waitFor()

    await page.keyboard.press('Escape')
    await page.getByRole('log').getByRole('button', { name: '127.0.0.21' }).first().click()
    await page.getByRole('menuitem', { name: 'Filter to it' }).click()
    await soon(() => new URL(page.url()).searchParams.get('q')).toBe('attacker:127.0.0.21')
    await page.getByRole('log').getByRole('button', { name: '127.0.0.22' }).first().waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Remove attacker:127.0.0.21' }).click()
    await page.getByRole('log').getByRole('button', { name: '127.0.0.22' }).first().waitFor()
  })

  it('a page is found by address: back and forward and a copied link show the same', async () => {
    await page.goBack()
    await page.getByRole('button', { name: 'Remove attacker:127.0.0.21' }).waitFor()
    const link = page.url()
    await page.goForward()
    await page.getByRole('button', { name: 'Remove attacker:127.0.0.21' }).waitFor({ state: 'detached' })
    await page.goto(link)
    await page.getByRole('button', { name: 'Remove attacker:127.0.0.21' }).waitFor()
    expect(await page.getByRole('button', { name: 'All events' }).getAttribute('aria-pressed')).toBe('true')
  })

  it('the keyboard alone finds an attacker: jump, list, peek, page', async () => {
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard' })
    await help.waitFor()
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'detached' })
    for (const [key, path] of [
      ['f', 'fleet'],
      ['w', 'workers'],
      ['c', 'credentials'],
      ['s', 'settings'],
      ['l', 'live'],
      ['o', ''],
      ['a', 'attackers'],
    ] as const) {
      await page.keyboard.press('g')
      await page.keyboard.press(key)
      await soon(() => new URL(page.url()).pathname).toBe(`/${path}`)
      await settled(page)
    }
    const grid = page.getByRole('grid', { name: /^attackers?$/u })
    await grid.getByRole('row').filter({ hasText: '127.0.0.22' }).waitFor()
    await page.keyboard.press('j')
    await grid.locator('[aria-selected="true"]').waitFor()
    await page.keyboard.press('Enter')
    const peek = page.getByRole('complementary', { name: 'Attacker' })
    await peek.getByRole('heading', { name: /^127\.0\.0\.2[12]$/u }).waitFor()
    await page.keyboard.press('Escape')
    await peek.waitFor({ state: 'detached' })

    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog', { name: 'Go anywhere' })
    await palette.waitFor()
    await page.keyboard.type('workers')
    await palette.getByRole('option', { name: /^Workers/u }).waitFor()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('127.0.0.21')
    await palette.getByRole('option', { name: /^127\.0\.0\.21/u }).waitFor()
    // What was found for the first characters of it is no longer there.
    await palette.getByRole('option', { name: /^127\.0\.0\.22/u }).waitFor({ state: 'detached' })
    await page.keyboard.press('ArrowDown')
    await palette.getByRole('option', { name: /^127\.0\.0\.21/u, selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await soon(() => page.url()).toMatch(/\/attackers\/[0-9a-f-]{36}$/u)
    await page.getByRole('heading', { name: '127.0.0.21', level: 1 }).waitFor()
  })

  it('an attacker is one story: a headline, a timeline, sessions, credentials, commands', async () => {
    await seen(/^Made 1 log-in attempt on .*, got in once/u).waitFor()
    await page.getByRole('group', { name: 'Timeline of 1 session on 1 decky' }).getByRole('button').waitFor()
    await page.getByRole('heading', { name: /^Session on/u }).waitFor()
    const { user, password } = fleet.target('ssh').login
    await page.getByRole('row').filter({ hasText: user }).filter({ hasText: password }).filter({ hasText: 'got in' }).waitFor()
    await page
      .getByRole('button', { name: /echo marker-\$\(\(40\+2\)\)/u })
      .first()
      .waitFor()
  })

  it('the recording of the session plays: what the attacker saw comes frame by frame', async () => {
    const screen = page.locator('.replay-screen')
    const position = page.getByRole('slider', { name: 'Position in the recording' })
    await position.waitFor()
    // Before it plays, the player shows a frame of the middle, and says so.
    const still = page.getByText(/^Still from 00:/u)
    await still.waitFor()
    await soon(async () => (await screen.innerText()).trim()).not.toBe('')
    const [shown, said] = [await screen.boundingBox(), await still.boundingBox()]
    expect(said?.y).toBeGreaterThanOrEqual((shown?.y ?? 0) + (shown?.height ?? Number.POSITIVE_INFINITY))
    expect(await screen.innerText()).not.toContain('later-51')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor()
    await still.waitFor({ state: 'detached' })
    await soon(() => screen.innerText()).toContain('later-51')
    expect(Number(await position.inputValue())).toBeGreaterThan(0.5)
    await position.press('Home')
    await soon(() => screen.innerText()).not.toContain('later-51')
    expect(Number(await position.inputValue())).toBe(0)
    await position.press('End')
    await soon(() => screen.innerText()).toContain('later-51')
    expect(await position.inputValue()).toBe(await position.getAttribute('max'))
  })

  it('attackers are searched, sorted and narrowed to a service', async () => {
    await rail('Attackers').click()
    const grid = page.getByRole('grid', { name: /^attackers?$/u })
    const addresses = async () => (await grid.getByRole('link', { name: /^127\.0\.0\.\d+$/u }).allInnerTexts()).join(' ')
    await soon(addresses).toContain('127.0.0.22')
    const score = grid.getByRole('columnheader', { name: 'Score' })
    await score.getByRole('button').click()
    await soon(() => score.getAttribute('aria-sort')).toBe('descending')
    await soon(addresses).toBe('127.0.0.21 127.0.0.22')
    await score.getByRole('button').click()
    await soon(addresses).toBe('127.0.0.22 127.0.0.21')

    const ssh = page.getByRole('region', { name: 'Service' }).getByRole('button', { name: /^ssh/u })
    await ssh.click()
    await soon(addresses).toBe('127.0.0.21')
    expect(await ssh.getAttribute('aria-pressed')).toBe('true')
    await page.getByRole('region', { name: 'Service' }).getByRole('button', { name: /^http/u }).waitFor()
    await ssh.click()
    expect(await grid.getByRole('link', { name: '127.0.0.21' }).getAttribute('href')).toMatch(/^\/attackers\/[0-9a-f-]{36}$/u)
    await grid.getByRole('button', { name: 'More for 127.0.0.21' }).click()
    await page.getByRole('menuitem', { name: 'Filter to it' }).click()
    await soon(addresses).toBe('127.0.0.21')
    await page.getByRole('button', { name: 'Remove attacker:127.0.0.21' }).click()
    await search().fill('127.0.0.22')
    await search().press('Enter')
    await soon(addresses).toBe('127.0.0.22')
    await search().fill('nobody-at-all')
    await search().press('Enter')
    await page.getByRole('heading', { name: 'Nobody fits' }).waitFor()
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await soon(addresses).toContain('127.0.0.21')
  })

  it('credentials stand with their outcome, and one secret on two services is told as reuse', async () => {
    await rail('Credentials').click()
    const [ssh, ftp] = [fleet.target('ssh', 1), fleet.target('ftp', 2)]
    await Promise.all([
      intruder.ssh(ssh, { user: 'backup', password: REUSED }, 'true'),
      intruder.curl('-u', `backup:${REUSED}`, urlOf(ftp, '/', 'ftp')),
    ])
    await page.getByRole('button', { name: /^Reused/u }).click()
    const finding = page.getByRole('article').filter({ hasText: REUSED })
    await finding.getByText(/was used on 2 targets by 1 source/u).waitFor()
    for (const [decky, service] of [
      [ssh.decky, 'ssh'],
      [ftp.decky, 'ftp'],
    ])
      await finding.getByRole('button', { name: `${decky} ${service}` }).waitFor()
    await page.getByRole('button', { name: 'All tried' }).click()
    await page.getByRole('row').filter({ hasText: REUSED }).filter({ hasText: 'on 2 targets' }).first().waitFor()
  })

  it('Fleet shows every decky with its address and services; Workers says all is well', async () => {
    await rail('Fleet').click()
    await page.getByRole('heading', { name: 'All 5 deckies are up.' }).waitFor()
    await page.getByRole('button', { name: 'List', exact: true }).click()
    await page.getByRole('button', { name: 'How to attack them' }).click()
    for (const decky of fleet.ready.deckies) {
      const card = page.getByRole('article').filter({ has: page.getByRole('button', { name: decky.name, exact: true }) })
      await card.getByText(decky.ip, { exact: true }).waitFor()
      for (const { name, port } of decky.services)
        await card
          .getByRole('listitem')
          .filter({ hasText: new RegExp(`^${name}${port}`, 'u') })
          .waitFor()
      await card.locator('code').filter({ hasText: decky.ip }).first().waitFor()
      expect(await card.locator('code').filter({ hasText: 'curl -u root ftp:' }).count()).toBe(0)
    }
    await rail('Workers').click()
    await page.getByRole('heading', { name: 'All workers run and are up to date.' }).waitFor()
    const states = page
      .getByRole('table')
      .getByRole('row')
      .filter({ has: page.getByRole('cell') })
    for (const row of await states.all()) await row.getByRole('cell', { name: 'Running', exact: true }).waitFor()
    for (const name of ['ingester', 'profiler', 'reuse-correlator']) await states.filter({ hasText: name }).waitFor()
  })

  it('a viewer whom the admin adds sees what happens and nothing to change it with', async () => {
    await rail('Settings').click()
    await page.getByRole('button', { name: 'Add a user' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a user' })
    await dialog.getByLabel('User name').fill('night-shift')
    await dialog.getByLabel('First password').fill('told on the phone')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('row', { name: /^night-shift.*viewer/u }).waitFor()

    const guest = await visit(browser, fleet.ready.console)
    await guest.page.goto('/settings')
    await logIn(guest.page, 'night-shift', 'told on the phone')
    await guest.page.getByLabel('Present password').fill('told on the phone')
    await guest.page.getByLabel('New password', { exact: true }).fill(CHOSEN)
    await guest.page.getByLabel('New password again').fill(CHOSEN)
    await guest.page.getByRole('button', { name: 'Change password' }).click()
    await guest.page.getByRole('heading', { name: /2 sources touched/u }).waitFor()
    await guest.page.goto('/settings')
    await guest.page.getByText('who may look at everything').waitFor()
    expect(await guest.page.getByRole('heading', { name: 'Users' }).count()).toBe(0)
    await guest.page.goto('/workers')
    await guest.page.getByRole('row', { name: /profiler/u }).waitFor()
    expect(await guest.page.getByRole('button', { name: /^(?:Stop|Start)/u }).count()).toBe(0)
    await guest.context.close()
  })

  it('a theme is kept over a reload, and that of the system follows the system', async () => {
    const theme = () => page.locator('html').getAttribute('data-theme')
    const choose = (name: string) => page.getByRole('button', { name, exact: true }).click()
    await page.emulateMedia({ colorScheme: 'light' })
    await choose('Dark')
    await page.reload()
    expect(await theme()).toBe('dark')
    await settled(page)
    await page.emulateMedia({ colorScheme: 'dark' })
    await choose('Light')
    await page.reload()
    expect(await theme()).toBe('light')
    await settled(page)
    await choose('As the system')
    await soon(theme).toBe('dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await soon(theme).toBe('light')
  })

  it('when the server is killed the console says so, comes back by itself and shows what happened meanwhile', async () => {
    await rail('Live').click()
    await seen('GET /act-3').waitFor()
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()
    const offline = page.getByRole('button', { name: /^Offline/u }).waitFor()
    process.kill(fleet.child('server'), 'SIGKILL')
    await offline
    await knock('/while-it-was-down')
    await seen('GET /while-it-was-down').waitFor({ timeout: 40_000 })
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()
    await knock('/after')
    await seen('GET /after').waitFor()
  })

  it('all the while: no request to another origin, no dialog, no complaint of the browser', () => {
    expect(me.watch.foreign).toEqual([])
    expect(me.watch.dialogs).toEqual([])
    expect(me.watch.complaints).toEqual([])
  })
})
