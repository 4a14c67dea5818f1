import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** The machine's Chromium, without anything of its own that would talk to the world. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim(),
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
}

/** What a console must never do, as the browser saw it; all pages of one context together. */
export interface Watch {
  /** Requests to another origin. */
  readonly foreign: string[]
  /** Errors and warnings of the browser's console, and exceptions nobody caught. */
  readonly complaints: string[]
  /** Dialogs that a script opened. */
  readonly dialogs: string[]
  /** The content security policy of each document. */
  readonly policies: string[]
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  readonly watch: Watch
}

/** A visitor with a profile of their own. `expected`: complaints that belong to what the test does. */
export async function visit(
  browser: Browser,
  base: string,
  options: { readonly expected?: RegExp; readonly context?: BrowserContextOptions } = {},
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options.context,
  })
  context.setDefaultTimeout(20_000)
  const watch: Watch = { foreign: [], complaints: [], dialogs: [], policies: [] }
  const complain = (text: string) => {
    if (!options.expected?.test(text)) watch.complaints.push(text)
  }
  context.on('request', (request) => {
    if (!request.url().startsWith(base) && !/^(?:data|blob|about):/u.test(request.url())) watch.foreign.push(request.url())
  })
  context.on('response', (response) => {
    if (response.request().resourceType() === 'document') watch.policies.push(response.headers()['content-security-policy'] ?? '')
  })
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complain(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (event) => complain(event.error().message))
  context.on('dialog', (dialog) => {
    watch.dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  return { context, page: await context.newPage(), watch }
}

/** Logs in at the door that stands open on the page. */
export async function logIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** Waits until the page has what it asked for: nothing in it is still on its way. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('main').waitFor()
  await page.waitForFunction(() => document.querySelector('#main [aria-busy="true"], #main .skel, .peek[aria-busy="true"]') === null)
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
}

/** What axe finds that would keep somebody out, one line each. `rules`: only these, for a page that changed only so far. */
export async function barriers(page: Page, rules?: readonly string[]): Promise<string[]> {
  // One frame, one origin: axe need not open a page of its own to put frames together.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({
    resultTypes: ['violations'],
    ...(rules ? { runOnly: { type: 'rule', values: [...rules] } } : {}),
  })
  const { violations } = await axe.analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => {
      const which = nodes.map(({ target, any }) => `${target.join(' ')}${any.map(({ message }) => ` (${message})`).join('')}`)
      return `${impact} ${id}: ${which.join(' | ')}`
    })
}

/** Pixels by which the document, or its main region, is wider than its window. */
export function overhang(page: Page): Promise<number> {
  return page.evaluate(() => {
    const main = document.getElementById('main')
    return Math.max(document.documentElement.scrollWidth - innerWidth, main ? main.scrollWidth - main.clientWidth : 0)
  })
}

/** Keeps a picture in the folder that DECNET_SCREENSHOTS names; without it does nothing. */
export async function photograph(page: Page, name: string): Promise<void> {
  const folder = process.env.DECNET_SCREENSHOTS
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) })
}
