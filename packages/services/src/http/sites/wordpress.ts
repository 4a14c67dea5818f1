import type { Persona } from '@decnet/persona'
import { httpDate } from '../ranges.ts'
import type { Page, Site, SiteRequest } from '../site.ts'
import { favicon } from './favicon.ts'
import { blogOf } from './wordpress-blog.ts'
import { loginPage, readme, themeCss } from './wordpress-pages.ts'
import { xmlRpc } from './wordpress-xmlrpc.ts'

const HTML = 'text/html; charset=UTF-8'
const NO_CACHE = [
  ['Expires', 'Wed, 11 Jan 1984 05:00:00 GMT'],
  ['Cache-Control', 'no-cache, must-revalidate, max-age=0'],
] as const

/** A small company's WordPress: posts, feed, REST, login, XML-RPC. Every login fails. */
export function wordpressSite(persona: Persona): Site {
  const blog = blogOf(persona)
  const root = (request: SiteRequest) => `http://${request.host}`
  const links = (request: SiteRequest) => [['Link', `<${root(request)}/index.php?rest_route=/>; rel="https://api.w.org/"`]] as const
  const page = (status: number, headers: Page['headers'], body: string, type = HTML): Page => ({ status, headers, body, type })

  function front(request: SiteRequest): Page {
    const query = new URLSearchParams(request.query)
    const route = query.get('rest_route')
    if (route !== null) return rest(request, route)
    if (query.get('author') === '1')
      return page(
        301,
        [
          ['X-Redirect-By', 'WordPress'],
          ['Location', `${root(request)}/author/${blog.author}/`],
        ],
        '',
      )
    return page(200, links(request), blog.home(root(request)))
  }
  function rest(request: SiteRequest, route: string): Page {
    const headers = [
      ['X-Robots-Tag', 'noindex'],
      ...links(request),
      ['X-Content-Type-Options', 'nosniff'],
      ['Access-Control-Expose-Headers', 'X-WP-Total, X-WP-TotalPages, Link'],
      ['Access-Control-Allow-Headers', 'Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type'],
    ] as const
    const json = (status: number, value: unknown) =>
      page(status, headers, JSON.stringify(value).replaceAll('/', '\\/'), 'application/json; charset=UTF-8')
    const clean = route.replace(/\/+$/u, '') || '/'
    if (clean === '/') return json(200, blog.restRoot(root(request)))
    if (clean === '/wp/v2/users') return json(200, [blog.restUser(root(request))])
    if (clean === '/wp/v2/posts') return json(200, blog.restPosts(root(request)))
    return json(404, { code: 'rest_no_route', message: 'No route was found matching the URL and request method.', data: { status: 404 } })
  }
  function login(request: SiteRequest): Page {
    const headers = [
      ...NO_CACHE,
      ['Set-Cookie', 'wordpress_test_cookie=WP%20Cookie%20check; path=/'],
      ['X-Frame-Options', 'SAMEORIGIN'],
    ] as const
    return page(200, headers, loginPage(blog, root(request), request))
  }
  const redirect = (to: (request: SiteRequest) => string) => (request: SiteRequest) =>
    page(302, [...NO_CACHE, ['X-Redirect-By', 'WordPress'], ['Location', to(request)]], '')
  const blank = () => page(200, [], '')
  const toLogin = redirect((request) => {
    const back = encodeURIComponent(`${root(request)}${request.path}`)
    return `${root(request)}/wp-login.php?redirect_to=${back}&reauth=1`
  })
  const missing = (request: SiteRequest): Page => page(404, [...NO_CACHE, ...links(request)], blog.notFound(root(request)))

  const scripts = new Map<string, (request: SiteRequest) => Page>([
    ['/', front],
    ['/index.php', front],
    ['/wp-login.php', login],
    ['/wp-admin/', toLogin],
    ['/wp-admin/index.php', toLogin],
    ['/wp-admin', (request) => page(301, [['Location', `${root(request)}/wp-admin/`]], '')],
    ['/admin', redirect((request) => `${root(request)}/wp-admin/`)],
    ['/login', redirect((request) => `${root(request)}/wp-login.php`)],
    ['/wp-admin/admin-ajax.php', () => ({ ...page(400, [...NO_CACHE, ['X-Robots-Tag', 'noindex']], '0') })],
    ['/xmlrpc.php', (request) => xmlRpc(request)],
    ['/wp-cron.php', blank],
    ['/wp-config.php', blank],
    ['/wp-content/', blank],
    ['/wp-content/index.php', blank],
    ['/wp-content/plugins/', blank],
    ['/wp-content/themes/', blank],
    ['/robots.txt', (request) => page(200, links(request), blog.robots(root(request)), 'text/plain; charset=utf-8')],
    [
      '/feed/',
      (request) =>
        page(
          200,
          [['Last-Modified', httpDate(blog.updatedAt)], ...links(request)],
          blog.feed(root(request)),
          'application/rss+xml; charset=UTF-8',
        ),
    ],
    ['/wp-json/', (request) => rest(request, '/')],
  ])
  const files = new Map([
    ['/readme.html', { content: Buffer.from(readme(blog)), mtime: blog.installedAt }],
    ['/favicon.ico', { content: favicon(blog.accent), mtime: blog.installedAt }],
    [`/wp-content/themes/${blog.theme}/style.css`, { content: Buffer.from(themeCss(blog)), mtime: blog.installedAt }],
  ])
  return {
    files,
    indexes: [],
    script(path) {
      const known = scripts.get(path)
      if (known) return known
      if (path.startsWith('/wp-json/')) return (request) => rest(request, path.slice('/wp-json'.length))
      if (files.has(path) || /^\/wp-(?:content|includes)\/.*[^/]$/u.test(path)) return null
      const post = blog.post(path)
      if (post !== null) return (request) => page(200, links(request), blog.single(root(request), post))
      // Debian's PHP location gives missing scripts to the daemon, everything else to WordPress.
      return /\.php$/u.test(path) ? null : missing
    },
  }
}
