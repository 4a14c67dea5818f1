import type { Contacts, Decky, Lifecycle, Page as Listed } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed, vi } from 'vitest'
import { attackerAt, urlOf } from './rig/attacks.ts'
import { barriers, launchBrowser, logIn, photograph, settled, type Visit, visit } from './rig/browser.ts'
import { expectFit } from './rig/fit.ts'
import { type Fleet, PASSWORD, startFleet } from './rig/fleet.ts'

const tools = { chromium: 'chromium', sshpass: 'sshpass', ssh: 'openssh-client', curl: 'curl' }
const PATIENCE = { timeout: 30_000, interval: 100 }
const INTRUDER = '127.8.6.1'
const PASSER_BY = '127.8.6.2'

when({ tools }).describe('the fleet in the console', () => {
  let fleet: Fleet
  let browser: Browser
  let me: Visit
  let page: Page
  let touched: string

  const open = async (path: string) => {
    await page.goto(path)
    await settled(page)
  }
  const main = () => page.getByRole('main')
  const deckies = () => fleet.get<Decky[]>('/deckies')
  const node = (name: string) => main().getByRole('button', { name: new RegExp(`^${name}, `, 'u') })

  const send = (path: string, body: unknown, token = fleet.token) =>
    fetch(`${fleet.api}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  /** A line of what became of a decky. */
  const story = (text: string) => main().locator('.dk-story li').filter({ hasText: text })

  beforeAll(async () => {
    ;[fleet, browser] = await Promise.all([startFleet(), launchBrowser()])
    const [ssh, http] = [fleet.target('ssh'), fleet.target('http')]
    touched = ssh.decky
    const [intruder, passer] = [attackerAt(INTRUDER), attackerAt(PASSER_BY)]
    await Promise.all([
      intruder.ssh(ssh, ssh.login, 'cat /etc/shadow'),
      passer.curl('-o', '/dev/null', urlOf(http, '/')),
      passer.ssh(ssh, { user: 'root', password: 'wrong' }, 'true'),
    ])
    me = await visit(browser, fleet.ready.console, { expected: /status of 4\d\d/u })
    page = me.page
    await page.goto('/')
    await logIn(page, 'admin', PASSWORD)
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    await vi.waitFor(async () => {
      const { links } = await fleet.get<Contacts>('/fleet/contacts')
      if (!links.some(({ logged_in }) => logged_in)) throw new Error('nobody got in yet')
    }, PATIENCE)
  })
  beforeEach(({ task }) => onTestFailed(() => photograph(page, `failed-${task.name.slice(0, 40)}`)))
  afterAll(async () => {
    await browser.close()
    await fleet[Symbol.asyncDispose]()
  })

  it('each decky is a card that says what it plays, where it is, what listens and who came; a kind may be looked at alone', async () => {
    await open('/fleet')
    const all = await deckies()
    for (const { name, ip, archetype, services } of all) {
      const card = main().getByRole('link', { name: new RegExp(`^${name}`, 'u') })
      const said = await card.innerText()
      for (const part of [name, ip, archetype.replaceAll('-', ' '), services[0]?.name ?? '']) expect(said.toLowerCase()).toContain(part)
    }
    await expectFit(page, 'fleet-cards')
    const [first] = all
    if (!first) throw new Error('the fleet has deckies')
    await main()
      .getByRole('button', { name: new RegExp(`^${first.archetype.replaceAll('-', ' ')} \\d`, 'iu') })
      .click()
    expect(page.url()).toContain(`group=${first.archetype}`)
    const alike = all.filter(({ archetype }) => archetype === first.archetype)
    expect(await main().locator('.card').count()).toBe(alike.length)
    await page.goBack()
    await expect.poll(() => main().locator('.card').count()).toBe(all.length)
    await open('/fleet?group=no-such-kind')
    await expect.poll(() => main().locator('.card').count()).toBe(all.length)
    await open('/fleet?view=list')
    await main().getByText('How to attack them').click()
    await expectFit(page, 'fleet-list')
  })

  it('the map shows who came at what, tells by keyboard alone, and lights up when something happens', async () => {
    await open('/fleet?view=map')
    const all = await deckies()
    for (const { name } of all) expect(await node(name).count(), name).toBe(1)
    await expect.poll(() => node(touched).getAttribute('aria-label')).toMatch(/, up, 2 attackers in \d+ sessions, got in$/u)
    const intruder = main().getByRole('button', { name: new RegExp(`${INTRUDER.replaceAll('.', '\\.')} ?, \\d+ sessions?, got in`, 'u') })
    await intruder.waitFor()
    expect(await main().locator('.map-line.in').count()).toBe(1)
    await expectFit(page, 'fleet-map')

    const order = await main()
      .locator('.map-decky')
      .evaluateAll((nodes) => nodes.map((each) => each.getAttribute('aria-label')?.split(',')[0] ?? ''))
    await node(order[0] ?? '').focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(new RegExp(`^${order[1]}, `, 'u'))
    await page.keyboard.press('Enter')
    await page
      .getByRole('complementary')
      .getByRole('heading', { name: order[1] ?? '' })
      .waitFor()
    expect(page.url()).toContain(`peek=decky:${order[1]}`)
    expect(await barriers(page)).toEqual([])
    await photograph(page, 'fleet-map-peek')
    await page.keyboard.press('Escape')
    await page.getByRole('complementary').waitFor({ state: 'detached' })

    const quiet = fleet.target('http', 1)
    const lit = page.locator('.map-decky.lit').first().waitFor({ state: 'attached' })
    await attackerAt(PASSER_BY).curl('-o', '/dev/null', urlOf(quiet, '/'))
    await lit
    await expect.poll(() => node(quiet.decky).getAttribute('aria-label'), PATIENCE).not.toContain('untouched')
  })

  it('a decky’s page tells its persona, what listens, who came and what it was; services come and go and are configured there', async () => {
    const before = (await deckies()).find(({ name }) => name === touched)
    if (!before) throw new Error('the touched decky stands')
    await open(`/fleet/decky/${touched}`)
    const said = await main().innerText()
    for (const part of [before.hostname, before.ip, before.mac, before.mac_vendor ?? '', before.distro]) expect(said).toContain(part)
    for (const { user } of before.logins) expect(said).toContain(user)
    await main().getByText('cat /etc/shadow').first().waitFor()
    await story('Made, with').waitFor()
    await expectFit(page, 'decky')

    const panel = page.getByRole('complementary')
    for (const [thing, kind] of [
      [main().getByRole('button', { name: /^ssh: 127\./u }), 'session'],
      [main().getByRole('button', { name: /^\d\d:\d\d:\d\d / }), 'event'],
    ] as const) {
      await thing.first().focus()
      await page.keyboard.press('Enter')
      await panel.waitFor()
      expect(page.url()).toContain(`peek=${kind}:`)
      await page.keyboard.press('Escape')
      await panel.waitFor({ state: 'detached' })
    }

    const catalogue = await fleet.get<{ name: string }[]>('/topologies/services')
    const added = catalogue.find(({ name }) => !before.services.some((service) => service.name === name))?.name ?? ''
    await main().getByRole('button', { name: 'add one' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: new RegExp(`^${added} `, 'u') }).click()
    await dialog.locator('.dk-settings').waitFor()
    expect(await barriers(page)).toEqual([])
    await photograph(page, 'decky-add')
    await dialog.getByRole('button', { name: `Add ${added}` }).click()
    await dialog.waitFor({ state: 'detached' })
    const services = async () => (await deckies()).find(({ name }) => name === touched)?.services ?? []
    await expect.poll(async () => (await services()).find(({ name }) => name === added)?.state, PATIENCE).toBe('listening')
    await story(`${added} came`).waitFor()
    await story(`It got ${added}`).waitFor()

    const settings = async (name: string) =>
      (await fleet.get<{ fields: { name: string; title: string; type: string }[] }>(`/topologies/services/${name}/schema`)).fields
    const named = await Promise.all((await services()).map(async ({ name }) => ({ name, fields: await settings(name) })))
    const service = named.find(({ fields }) => fields.some(({ type }) => type === 'integer'))
    const number = service?.fields.find(({ type }) => type === 'integer')
    if (!service || !number) throw new Error('a service has a setting that is a number')
    await main()
      .getByRole('button', { name: `Configure ${service.name}`, exact: true })
      .click()
    const field = dialog.getByLabel(number.title, { exact: true })
    const was = await field.inputValue()
    await field.fill('plenty')
    await dialog.getByRole('button', { name: 'Use it now' }).click()
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true')
    await photograph(page, 'decky-configure-wrong')
    await field.fill(String(Number(was) + 1))
    await dialog.getByRole('button', { name: 'Use it now' }).click()
    await dialog.waitFor({ state: 'detached' })
    const held = await fleet.get<{ config: Record<string, unknown> }>(`/deckies/${touched}/services/${service.name}/config`)
    expect(held.config[number.name]).toBe(Number(was) + 1)

    await main()
      .getByRole('button', { name: `Remove ${added}`, exact: true })
      .click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
    await expect.poll(async () => (await services()).some(({ name }) => name === added), PATIENCE).toBe(false)
    await story(`${added} went`).waitFor()

    await main().getByRole('button', { name: 'Mutate now' }).click()
    await page.getByText('Asked for; follow it under Operations').waitFor()
    const mutated = async () =>
      (await fleet.get<Listed<Lifecycle>>(`/deckies/lifecycle?decky=${touched}`)).data.find(({ operation }) => operation === 'mutate')
    await expect.poll(async () => (await mutated())?.status, PATIENCE).toBe('succeeded')
    await story('It was changed').waitFor()
  })

  it('the wizard shows what would come of it, names what is in the way at its field, and watches until all are up', async () => {
    const count = (await deckies()).length
    await open('/fleet')
    await main().getByRole('link', { name: 'Deploy' }).click()
    await settled(page)
    const preview = page.getByRole('complementary', { name: 'What would come of it' })
    await preview.getByRole('heading', { name: 'Nothing chosen' }).waitFor()
    expect(await preview.getByRole('button', { name: 'Deploy' }).isDisabled()).toBe(true)
    await main().getByRole('button', { name: 'One File server more' }).click()
    await preview.getByRole('heading', { name: '1 decky', exact: true }).waitFor()
    await main().getByText('names, addresses, services').click()
    await main().getByLabel('Name', { exact: true }).fill('nas-annex')
    await main()
      .getByLabel('Address', { exact: true })
      .fill(fleet.ready.deckies[0]?.ip ?? '')
    const fault = main().locator('.dp-of .wrong')
    await fault.waitFor()
    expect(await fault.innerText()).toContain('is taken by a decky')
    expect(await preview.getByRole('button', { name: 'Deploy' }).isDisabled()).toBe(true)
    await expectFit(page, 'deploy-clash')
    expect((await deckies()).length).toBe(count)
    await main().getByLabel('Address', { exact: true }).fill('')
    await main().getByLabel('How many: Web server').fill('2')
    await preview.getByRole('heading', { name: '3 deckies' }).waitFor()
    await preview.getByText('nas-annex').waitFor()
    await expectFit(page, 'deploy')

    // Somebody else was faster with one of the names; with another it goes on.
    const rival = await send('/deckies/deploy', { deckies: [{ archetype: 'file-server', name: 'nas-annex' }] })
    expect(rival.status).toBe(202)
    await preview.getByRole('button', { name: 'Deploy 3' }).click()
    await fault.waitFor()
    expect(await fault.innerText()).toContain('nas-annex')
    await main().getByRole('group', { name: 'File server' }).getByLabel('Name', { exact: true }).fill('nas-attic')
    await preview.getByText('nas-attic').waitFor()
    await fault.waitFor({ state: 'detached' })
    const planned = await preview.locator('li .mono.strong').allTextContents()
    const addresses = await preview.locator('.dp-address').allTextContents()
    await preview.getByRole('button', { name: 'Deploy 3' }).click()
    await main().getByRole('heading', { name: 'All 3 deckies are up.' }).waitFor()
    await expectFit(page, 'deploy-watch')
    const made = (await deckies()).slice(count + 1)
    expect(made.map(({ name }) => name)).toEqual(planned)
    expect(made.map(({ ip }) => ip)).toEqual(addresses)
    const { data } = await fleet.get<Listed<Lifecycle>>('/deckies/lifecycle?limit=3')
    expect(data.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    await main().getByRole('link', { name: 'See them on the map' }).click()
    await node('nas-attic').waitFor()
  })

  it('a decky is retired after a word of what that means; its page then says so', async () => {
    await open('/fleet/decky/nas-annex')
    await main().getByRole('button', { name: 'Retire' }).click()
    await page.getByRole('dialog', { name: 'Retire nas-annex?' }).getByRole('button', { name: 'Retire it' }).click()
    await expect.poll(async () => (await deckies()).some(({ name }) => name === 'nas-annex'), PATIENCE).toBe(false)
    await open('/fleet/decky/nas-annex')
    await main().getByRole('heading', { name: 'nas-annex is no more' }).waitFor()
    await open('/fleet/decky/never-was')
    await main().getByRole('heading', { name: 'There is no decky never-was' }).waitFor()
    await expectFit(page, 'decky-gone')
  })

  it('who may only look is offered nothing to change', async () => {
    const [given, own] = ['first-password-of-vic', 'second-password-of-vic']
    expect((await send('/users', { username: 'vic', password: given, role: 'viewer' })).ok).toBe(true)
    const { access_token } = (await (await send('/auth/login', { username: 'vic', password: given })).json()) as { access_token: string }
    expect((await send('/auth/change-password', { old_password: given, new_password: own }, access_token)).ok).toBe(true)
    const guest = await visit(browser, fleet.ready.console, { expected: /status of 4\d\d/u })
    await guest.page.goto('/fleet')
    await logIn(guest.page, 'vic', own)
    await guest.page.getByRole('navigation', { name: 'Pages' }).waitFor()
    for (const path of ['/fleet', `/fleet/decky/${touched}`]) {
      await guest.page.goto(path)
      await settled(guest.page)
      for (const name of ['Deploy', 'Retire', 'Mutate now', 'add one'])
        expect(await guest.page.getByRole('main').getByText(name, { exact: true }).count(), name).toBe(0)
    }
    await guest.page.goto('/fleet/deploy')
    await guest.page.getByRole('heading', { name: 'Only admins change the fleet' }).waitFor()
    expect(guest.watch.foreign).toEqual([])
    await guest.context.close()
  })

  it('nothing was asked of another origin, nothing was complained of', () => {
    expect(me.watch.foreign).toEqual([])
    expect(me.watch.complaints).toEqual([])
    expect(me.watch.dialogs).toEqual([])
  })
})
