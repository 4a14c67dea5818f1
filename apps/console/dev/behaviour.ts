/**
 * Drives the built console against a fixture server and says what it measured: keys, filters, peek, replay, theme, long lists, a fast stream,
 * a lost connection. `node dev/behaviour.ts --base http://127.0.0.1:8099 [--pid N]` (`--pid`: the fixture server, stopped and continued).
 */
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const { values: flags } = parseArgs({
  options: { base: { type: 'string', default: 'http://127.0.0.1:8099' }, pid: { type: 'string', default: '' } },
})
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
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
const page = await context.newPage()
const say = (name: string, value: unknown) =>
  process.stdout.write(`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}\n`)
page.on('pageerror', (e) => say('PAGE ERROR', e.message))
page.on('console', (m) => m.type() === 'error' && !m.text().includes('401') && say('CONSOLE', m.text().slice(0, 200)))
const path = () => new URL(page.url()).pathname + new URL(page.url()).search
const frames = (ms: number) =>
  page.evaluate(
    (time) =>
      new Promise<{ fps: number; worst: number }>((done) => {
        const gaps: number[] = []
        const start = performance.now()
        let last = start
        const tick = (now: number) => {
          gaps.push(now - last)
          last = now
          if (now - start < time) requestAnimationFrame(tick)
          else done({ fps: Math.round((gaps.length / (now - start)) * 1000), worst: Math.round(Math.max(...gaps)) })
        }
        requestAnimationFrame(tick)
      }),
    ms,
  )

await page.goto(`${flags.base}/`)
await page.fill('input[type=password]', 'a long password')
await page.keyboard.press('Enter')
await page.waitForSelector('.lead')
const paint = await page.evaluate(() => performance.getEntriesByType('paint').map((p) => `${p.name} ${Math.round(p.startTime)} ms`))
say('paint', paint)
await page.goto(`${flags.base}/`)
await page.waitForSelector('.stat .v')
say('overview ready after', `${await page.evaluate(() => Math.round(performance.now()))} ms`)

for (const [chord, to] of [
  ['l', '/live'],
  ['a', '/attackers'],
  ['c', '/credentials'],
  ['f', '/fleet'],
  ['w', '/workers'],
  ['s', '/settings'],
  ['o', '/'],
] as const) {
  await page.keyboard.press('g')
  await page.keyboard.press(chord)
  await page.waitForTimeout(150)
  if (path() !== to) say('CHORD FAILED', `${chord} ${path()}`)
}
await page.goto(`${flags.base}/attackers?sort=score`)
await page.waitForSelector('tbody tr[aria-rowindex="3"] td .value')
await page.keyboard.press('j')
await page.keyboard.press('j')
await page.keyboard.press('Enter')
await page.waitForSelector('.peek .say')
say('j j Enter peeks', path())
await page.keyboard.press('Escape')
await page.waitForTimeout(200)
say('Esc closes', path())
await page.locator('tbody .chip.value, tbody button.value').first().click()
await page.locator('[role=menuitem]', { hasText: 'Filter to it' }).click()
await page.waitForTimeout(300)
say('filter lands in the address', path())
await page.goBack()
await page.waitForTimeout(300)
say('back', path())

await page.goto(`${flags.base}/`)
await page.waitForSelector('.histo svg')
const box = await page.locator('.histo svg').first().boundingBox()
if (box) {
  await page.mouse.move(box.x + 300, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + 500, box.y + 60, { steps: 5 })
  await page.mouse.up()
  await page.waitForTimeout(500)
  say('drag zooms', path())
}

await page.goto(`${flags.base}/live?by=event&range=30d`)
await page.waitForSelector('.live-row .ev-who')
await page.waitForTimeout(1500)
say('live figures', await page.locator('.live-figures').innerText())
say('live idle frames', await frames(3000))
const scroll = page.evaluate(() => {
  const list = document.querySelector('.live-scroll')
  let top = 0
  const timer = setInterval(() => {
    top += 400
    list?.scrollTo(0, top)
  }, 16)
  setTimeout(() => clearInterval(timer), 4000)
})
say('frames while scrolling 100,000 rows', await frames(4000))
await scroll
await page.waitForTimeout(800)
say('rows in the page', await page.locator('.live-row').count())
say('placeholders left after 0.8 s', await page.locator('.live-row .skel').count())
await page.evaluate(() => document.querySelector('.live-scroll')?.scrollTo(0, 1_400_000))
await page.waitForTimeout(800)
say('deep in the list', await page.locator('.live-row .ev-what').nth(12).innerText())
const before = await page.locator('.live-row').nth(12).innerText()
await page.waitForTimeout(1500)
say('keeps its place', before === (await page.locator('.live-row').nth(12).innerText()))
say('held button', await page.locator('.live-bar .btn').first().innerText())
await page.keyboard.press('Space')
await page.waitForTimeout(400)
say('space goes on', await page.locator('.live-bar .btn').first().innerText())

await page.goto(`${flags.base}/live`)
await page.waitForTimeout(2500)
say('sessions view frames', await frames(4000))
say(
  'heap',
  await page.evaluate(
    () => `${Math.round(((performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0) / 1e6)} MB`,
  ),
)
await page.keyboard.press('/')
await page.keyboard.type('SAVE')
await page.waitForTimeout(1200)
say('filter as you type', path())

await page.goto(`${flags.base}/attackers?sort=score`)
await page.locator('tbody tr[aria-rowindex="2"]').click({ position: { x: 400, y: 10 } })
await page.locator('.peek .btn.primary').click()
await page.waitForSelector('.replay-bar')
await page.waitForTimeout(1500)
await page.locator('.replay-bar .btn').first().click()
await page.waitForTimeout(2500)
say('replay position', await page.locator('.replay-bar .nowrap').innerText())
await page.locator('.replay-cmds button').nth(3).click()
await page.waitForTimeout(500)
say('after a click on the 4th command', await page.locator('.replay-bar .nowrap').innerText())

if (flags.pid) {
  await page.goto(`${flags.base}/live`)
  await page.waitForTimeout(1500)
  process.kill(Number(flags.pid))
  await page.waitForTimeout(2500)
  say('server gone', await page.locator('.conn').innerText())
}
await browser.close()
