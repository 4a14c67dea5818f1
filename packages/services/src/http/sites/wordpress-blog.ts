import type { Persona } from '@decnet/persona'
import { escapeHtml } from '../apache-pages.ts'
import { httpDate } from '../ranges.ts'

export interface Post {
  readonly id: number
  readonly slug: string
  readonly title: string
  readonly text: string
  /** Epoch milliseconds. */
  readonly at: number
}

const texts: readonly (readonly [title: string, text: string])[] = [
  ['Summer opening hours', 'From July to the end of August the office closes at 15:00 on Fridays. The hotline stays open as usual.'],
  ['We have moved', 'Our new office is open. Please use the new postal address for all correspondence and deliveries from now on.'],
  [
    'Maintenance of the customer area',
    'The customer area will not be available on Sunday between 02:00 and 04:00 because of scheduled maintenance.',
  ],
  ['We are hiring', 'We are looking for support in accounting and for a system administrator. Applications by e-mail, please.'],
  ['Certified again', 'The audit of our quality management went well: the certificate has been renewed for three more years.'],
  ['New price list', 'The price list for the coming year is available on request from your contact person.'],
  ['Thank you for a good year', 'We thank our customers and partners for their trust and wish everybody a quiet turn of the year.'],
]

/** What a WordPress of a decky holds, all of it from the seed. */
export function blogOf(persona: Persona) {
  const installedAt = persona.installedAt + 3_600_000
  const version = installedAt < Date.UTC(2025, 3, 15) ? '6.7.2' : installedAt < Date.UTC(2025, 11, 2) ? '6.8.3' : '6.9'
  const theme = persona.pick('http/wordpress/theme', ['twentytwentyone', 'twentytwenty', 'twentyseventeen'])
  const accent = persona.pick('http/wordpress/accent', ['#28303d', '#39414d', '#21506b', '#5b3a29', '#2f4f3e'])
  const author = persona.pick('http/wordpress/author', [
    'admin',
    'webmaster',
    'editor',
    persona.hostname.replace(/[^a-z]/giu, '').toLowerCase() || 'admin',
  ])
  const name = escapeHtml(persona.organisation)
  const first = persona.integer('http/wordpress/first', 0, texts.length - 1)
  const posts: readonly Post[] = Array.from({ length: 4 }, (_, index) => {
    const [title, text] = texts[(first + index) % texts.length] ?? ['Hello world!', 'Welcome to WordPress.']
    const at = installedAt + persona.integer(`http/wordpress/post/${index}`, index * 6, index * 6 + 5) * 86_400_000 + 31_000_000
    return { id: 12 + index * 7, slug: title.toLowerCase().replace(/[^a-z]+/gu, '-'), title, text, at }
  }).reverse()
  const iso = (at: number) => new Date(at).toISOString().slice(0, 19)

  function frame(root: string, title: string, body: string, kind: string): string {
    return `<!DOCTYPE html>
<html lang="en-US">
<head>
<meta charset="UTF-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>${title}</title>
<meta name='robots' content='max-image-preview:large' />
<link rel="alternate" type="application/rss+xml" title="${name} &raquo; Feed" href="${root}/feed/" />
<link rel='stylesheet' id='${theme}-style-css' href='${root}/wp-content/themes/${theme}/style.css?ver=${version}' media='all' />
<link rel="https://api.w.org/" href="${root}/wp-json/" /><link rel="EditURI" type="application/rsd+xml" title="RSD" href="${root}/xmlrpc.php?rsd" />
<meta name="generator" content="WordPress ${version}" />
</head>
<body class="${kind} wp-embed-responsive">
<div id="page" class="site">
<header id="masthead" class="site-header"><p class="site-title"><a href="${root}/" rel="home">${name}</a></p><p class="site-description">News and information</p></header>
<main id="main" class="site-main">
${body}</main>
<footer id="colophon" class="site-footer"><div class="site-name"><a href="${root}/">${name}</a></div><div class="powered-by">Proudly powered by <a href="https://wordpress.org/">WordPress</a>.</div></footer>
</div>
</body>
</html>
`
  }
  const article = (root: string, post: Post) =>
    `<article id="post-${post.id}" class="post-${post.id} post type-post status-publish format-standard hentry category-news">
<header class="entry-header"><h2 class="entry-title"><a href="${root}/${post.slug}/">${post.title}</a></h2></header>
<div class="entry-content"><p>${post.text}</p></div>
<footer class="entry-footer"><span class="posted-on">Published <time datetime="${iso(post.at)}+00:00">${iso(post.at).slice(0, 10)}</time></span> <span class="byline">By <a href="${root}/author/${author}/">${author}</a></span></footer>
</article>
`
  const updatedAt = posts[0]?.at ?? installedAt

  return {
    version,
    theme,
    accent,
    author,
    name,
    installedAt,
    updatedAt,
    home: (root: string) =>
      frame(root, `${name} &#8211; News and information`, posts.map((post) => article(root, post)).join(''), 'home blog'),
    single: (root: string, post: Post) =>
      frame(root, `${post.title} &#8211; ${name}`, article(root, post), 'post-template-default single single-post'),
    notFound: (root: string) =>
      frame(
        root,
        `Page not found &#8211; ${name}`,
        '<section class="error-404"><h1 class="page-title">Nothing here</h1><p>It looks like nothing was found at this location. Maybe try a search?</p></section>\n',
        'error404',
      ),
    post(path: string): Post | null {
      return posts.find((post) => path === `/${post.slug}/`) ?? null
    },
    robots: (root: string) => `User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n\nSitemap: ${root}/wp-sitemap.xml\n`,
    feed: (root: string) =>
      `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"\n\txmlns:content="http://purl.org/rss/1.0/modules/content/"\n\txmlns:dc="http://purl.org/dc/elements/1.1/"\n\t>\n\n<channel>\n\t<title>${name}</title>\n\t<link>${root}</link>\n\t<description>News and information</description>\n\t<lastBuildDate>${httpDate(updatedAt).replace('GMT', '+0000')}</lastBuildDate>\n\t<language>en-US</language>\n\t<generator>https://wordpress.org/?v=${version}</generator>\n` +
      `${posts.map((post) => `\t<item>\n\t\t<title>${post.title}</title>\n\t\t<link>${root}/${post.slug}/</link>\n\t\t<dc:creator><![CDATA[${author}]]></dc:creator>\n\t\t<pubDate>${httpDate(post.at).replace('GMT', '+0000')}</pubDate>\n\t\t<guid isPermaLink="false">${root}/?p=${post.id}</guid>\n\t\t<description><![CDATA[${post.text}]]></description>\n\t</item>\n`).join('')}</channel>\n</rss>\n`,
    restRoot: (root: string) => ({
      name: persona.organisation,
      description: 'News and information',
      url: root,
      home: root,
      gmt_offset: '0',
      timezone_string: '',
      namespaces: ['oembed/1.0', 'wp/v2', 'wp-site-health/v1', 'wp-block-editor/v1'],
      authentication: [],
    }),
    restUser: (root: string) => ({
      id: 1,
      name: author,
      url: root,
      description: '',
      link: `${root}/author/${author}/`,
      slug: author,
      meta: [],
    }),
    restPosts: (root: string) =>
      posts.map((post) => ({
        id: post.id,
        date: iso(post.at),
        slug: post.slug,
        status: 'publish',
        type: 'post',
        link: `${root}/${post.slug}/`,
        title: { rendered: post.title },
        content: { rendered: `<p>${post.text}</p>\n`, protected: false },
        author: 1,
      })),
  }
}
export type Blog = ReturnType<typeof blogOf>
