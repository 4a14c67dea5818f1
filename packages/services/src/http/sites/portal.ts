import type { Persona } from '@decnet/persona'
import { escapeHtml } from '../apache-pages.ts'
import { parseForm } from '../credentials.ts'
import { headerOf } from '../message.ts'
import type { Page, Site, SiteRequest } from '../site.ts'
import { favicon } from './favicon.ts'

const css = (accent: string) => `:root { --accent: ${accent}; --ink: #1d2733; --line: #d9dfe6; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; font: 15px/1.5 "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: #f3f5f8; }
header { background: #fff; border-bottom: 1px solid var(--line); padding: 14px 28px; display: flex; align-items: center; gap: 12px; }
header img { width: 28px; height: 28px; }
header strong { font-size: 17px; letter-spacing: .2px; }
header nav { margin-left: auto; }
header nav a { color: #5a6775; text-decoration: none; margin-left: 20px; }
main { flex: 1; display: grid; place-items: center; padding: 32px 16px; }
form { width: 100%; max-width: 360px; background: #fff; border: 1px solid var(--line); border-radius: 6px; padding: 28px; box-shadow: 0 2px 10px rgba(20, 35, 60, .06); }
h1 { font-size: 20px; margin: 0 0 18px; }
label { display: block; font-size: 13px; margin: 14px 0 4px; color: #4b5866; }
input[type=text], input[type=password] { width: 100%; padding: 9px 10px; border: 1px solid #c3ccd6; border-radius: 4px; font: inherit; }
input:focus { outline: 2px solid var(--accent); outline-offset: -1px; border-color: transparent; }
.remember { display: flex; gap: 8px; align-items: center; }
button { width: 100%; margin-top: 20px; padding: 10px; border: 0; border-radius: 4px; background: var(--accent); color: #fff; font: inherit; font-weight: 600; cursor: pointer; }
.error { background: #fdecea; border: 1px solid #f5c6c0; color: #8c1d13; border-radius: 4px; padding: 9px 12px; margin-bottom: 8px; font-size: 14px; }
footer { padding: 14px 28px; color: #7b8794; font-size: 12px; text-align: center; }
`

const SESSION_HEADERS = [
  ['Expires', 'Thu, 19 Nov 1981 08:52:00 GMT'],
  ['Cache-Control', 'no-store, no-cache, must-revalidate'],
  ['Pragma', 'no-cache'],
] as const

/** A company's portal: one login form in PHP, a few files. Every login fails. */
export function portalSite(persona: Persona): Site {
  const accent = persona.pick('http/portal/accent', ['#1f6feb', '#0b7285', '#7a3e9d', '#b0413e', '#2b6a4d', '#8a5a00'])
  const title = persona.pick('http/portal/title', ['Employee Portal', 'Intranet', 'Staff Portal', 'Self Service', 'Partner Portal'])
  const field = persona.pick('http/portal/label', ['Username', 'User name', 'Login'])
  const support = `it${persona.pick('http/portal/support', ['', '-support', '-helpdesk'])}@${persona.domain}`
  const name = escapeHtml(persona.organisation)
  const day = 86_400_000
  const built = persona.installedAt + persona.integer('http/portal/built', 1, 9) * day
  const year = new Date(built).getUTCFullYear()

  function login(user: string, error: string | null): string {
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} - ${name}</title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="/assets/portal.css?v=${(built / 1000).toFixed(0)}">
</head>
<body>
<header><img src="/assets/logo.svg" alt=""><strong>${name}</strong><nav><a href="/login.php">${title}</a><a href="mailto:${support}">Help</a></nav></header>
<main>
<form method="post" action="/login.php" autocomplete="off">
<h1>Sign in</h1>
${error === null ? '' : `<div class="error">${error}</div>\n`}<label for="username">${field}</label>
<input type="text" id="username" name="username" value="${escapeHtml(user)}" autofocus required>
<label for="password">Password</label>
<input type="password" id="password" name="password" required>
<label class="remember"><input type="checkbox" name="remember" value="1"> Keep me signed in</label>
<button type="submit">Sign in</button>
</form>
</main>
<footer>&copy; ${year} ${name}. Access is restricted to authorised users.</footer>
</body>
</html>
`
  }

  function page(request: SiteRequest): Page {
    const started = /(?:^|;\s*)PHPSESSID=[A-Za-z0-9,-]{22,256}/u.test(headerOf(request.headers, 'cookie') ?? '')
    // php.ini of Debian and Ubuntu: sid_length 26, sid_bits_per_character 5.
    const cookie = started ? [] : [['Set-Cookie', `PHPSESSID=${request.token(26, 32)}; path=/; HttpOnly`] as const]
    const base = { status: 200, type: 'text/html; charset=UTF-8', headers: [...cookie, ...SESSION_HEADERS] }
    if (request.method !== 'POST') return { ...base, body: login('', null) }
    const fields = new Map(parseForm(request.body))
    const user = fields.get('username') ?? ''
    const empty = user === '' || (fields.get('password') ?? '') === ''
    const error = empty ? 'Please enter your user name and password.' : 'Invalid user name or password.'
    return { ...base, body: login(Buffer.from(user.slice(0, 256), 'latin1').toString('utf8'), error) }
  }

  const away = (to: string) => (): Page => ({
    status: 302,
    headers: [...SESSION_HEADERS, ['Location', to]],
    type: 'text/html; charset=UTF-8',
    body: '',
  })
  const scripts = new Map<string, (request: SiteRequest) => Page>([
    ['/', page],
    ['/index.php', page],
    ['/login.php', page],
    ['/logout.php', away('/login.php')],
    ['/dashboard.php', away('/login.php')],
    ['/admin/', away('/login.php')],
    ['/admin/index.php', away('/login.php')],
  ])
  const letter = escapeHtml(persona.organisation.charAt(0).toUpperCase())
  const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="${accent}"/><text x="16" y="22" font-family="Arial, sans-serif" font-size="18" font-weight="700" fill="#fff" text-anchor="middle">${letter}</text></svg>\n`
  return {
    files: new Map([
      ['/assets/portal.css', { content: Buffer.from(css(accent)), mtime: built }],
      ['/assets/logo.svg', { content: Buffer.from(logo), mtime: built }],
      ['/favicon.ico', { content: favicon(accent), mtime: built }],
      ['/robots.txt', { content: Buffer.from('User-agent: *\nDisallow: /admin/\nDisallow: /backup/\n'), mtime: built + day }],
    ]),
    indexes: ['index.html'],
    script: (path) => scripts.get(path) ?? null,
  }
}
