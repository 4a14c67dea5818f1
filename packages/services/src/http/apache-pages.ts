import type { ServerIdentity } from './daemon.ts'
import { mediaType } from './media-types.ts'
import type { SiteFile } from './site.ts'

export const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  416: 'Requested Range Not Satisfiable',
  417: 'Expectation Failed',
  500: 'Internal Server Error',
  501: 'Not Implemented',
}

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Pages of 2.4.64 and later are HTML 4.01; before, HTML 2.0. */
function doctype(version: string): string {
  const patch = Number(version.split('.')[2] ?? 0)
  return patch >= 64
    ? '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n'
    : '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n'
}

/** What an error page says besides its status. */
export interface PageDetail {
  readonly method?: string
  readonly location?: string
  readonly expectation?: string
  readonly reason?: string
}

function text(status: number, detail: PageDetail): string {
  const method = escapeHtml(detail.method ?? '')
  switch (status) {
    case 301:
    case 302:
      return `<p>The document has moved <a href="${escapeHtml(detail.location ?? '')}">here</a>.</p>\n`
    case 400:
      return `<p>Your browser sent a request that this server could not understand.<br />\n${detail.reason ?? ''}</p>\n`
    case 403:
      return "<p>You don't have permission to access this resource.</p>\n"
    case 404:
      return '<p>The requested URL was not found on this server.</p>\n'
    case 405:
      return `<p>The requested method ${method} is not allowed for this URL.</p>\n`
    case 408:
      return '<p>Server timeout waiting for the HTTP request from the client.</p>\n'
    case 413:
      return `The requested resource does not allow request data with ${method} requests, or the amount of data provided in\nthe request exceeds the capacity limit.\n`
    case 414:
      return "<p>The requested URL's length exceeds the capacity\nlimit for this server.<br />\n</p>\n"
    case 416:
      return '<p>None of the range-specifier values in the Range\nrequest-header field overlap the current extent\nof the selected resource.</p>\n'
    case 417:
      return `<p>The expectation given in the Expect request-header\nfield could not be met by this server.\nThe client sent<pre>\n    Expect: ${escapeHtml(detail.expectation ?? '')}\n</pre>\n</p><p>Only the 100-continue expectation is supported.</p>\n`
    case 501:
      return `<p>${method} not supported for current URL.<br />\n</p>\n`
    default:
      return ''
  }
}

export function errorPage(identity: ServerIdentity, status: number, signature: string, detail: PageDetail): Buffer {
  const reason = REASONS[status] ?? ''
  return Buffer.from(
    `${doctype(identity.version)}<html><head>\n<title>${status} ${reason}</title>\n</head><body>\n<h1>${reason}</h1>\n` +
      `${text(status, detail)}<hr>\n${signature}</body></html>\n`,
    'latin1',
  )
}

const ICONS: readonly (readonly [RegExp, string, string])[] = [
  [/\.(html|htm)$/u, 'layout.gif', '[TXT]'],
  [/\.(txt|css|js|xml|json)$/u, 'text.gif', '[TXT]'],
  [/\.(jpg|png|gif|svg|ico)$/u, 'image2.gif', '[IMG]'],
  [/\.(zip|gz|tgz|tar)$/u, 'compressed.gif', '[   ]'],
  [/\.pdf$/u, 'layout.gif', '[   ]'],
]

/** apr_strfsize: four characters. */
export function fileSize(bytes: number): string {
  if (bytes < 973) return `${String(bytes).padStart(3)} `
  let rest = bytes
  for (const unit of 'KMGTPE') {
    const remain = rest & 1023
    rest = Math.floor(rest / 1024)
    if (rest >= 973) continue
    if (rest < 9 || (rest === 9 && remain < 973)) {
      let tenths = Math.floor((remain * 5 + 256) / 512)
      if (tenths >= 10) {
        rest++
        tenths = 0
      }
      return `${rest}.${tenths}${unit}`
    }
    return `${String(remain >= 512 ? rest + 1 : rest).padStart(3)}${unit}`
  }
  return '****'
}

function row(name: string, icon: string, alt: string, when: string, size: string, href = name): string {
  return (
    `<tr><td valign="top"><img src="/icons/${icon}" alt="${alt}"></td><td><a href="${escapeHtml(href)}">${escapeHtml(name)}</a></td>` +
    `${when}<td align="right">${size}</td><td>&nbsp;</td></tr>\n`
  )
}

/** The listing that mod_autoindex makes with Debian's options; times in UTC. */
export function listing(
  identity: ServerIdentity,
  folder: string,
  entries: readonly string[],
  files: ReadonlyMap<string, SiteFile>,
  signature: string,
): Buffer {
  const title = escapeHtml(`Index of ${folder.length > 1 ? folder.replace(/\/$/u, '') : folder}`)
  const column = (key: string, order: string, label: string) => `<th><a href="?C=${key};O=${order}">${label}</a></th>`
  const head =
    `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n<h1>${title}</h1>\n  <table>\n   <tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th>` +
    `${column('N', 'D', 'Name')}${column('M', 'A', 'Last modified')}${column('S', 'A', 'Size')}${column('D', 'A', 'Description')}</tr>\n`
  const rule = '   <tr><th colspan="5"><hr></th></tr>\n'
  const parent =
    folder === '/' ? '' : row('Parent Directory', 'back.gif', '[PARENTDIR]', '<td>&nbsp;</td>', '  - ', folder.replace(/[^/]+\/$/u, ''))
  const rows = entries.map((entry) => {
    const inside = [...files].filter(([path]) => path.startsWith(folder + entry)).map(([, file]) => file.mtime)
    const stamp = new Date(Math.max(0, ...inside)).toISOString()
    const when = `<td align="right">${stamp.slice(0, 10)} ${stamp.slice(11, 16)}  </td>`
    if (entry.endsWith('/')) return row(entry, 'folder.gif', '[DIR]', when, '  - ')
    const [, icon = 'unknown.gif', alt = '[   ]'] = ICONS.find(([shape]) => shape.test(entry)) ?? []
    return row(
      entry,
      mediaType('apache', entry) === undefined ? 'unknown.gif' : icon,
      alt,
      when,
      fileSize(files.get(folder + entry)?.content.length ?? 0),
    )
  })
  return Buffer.from(
    `${doctype(identity.version)}${head}${rule}${parent}${rows.join('')}${rule}</table>\n${signature}</body></html>\n`,
    'latin1',
  )
}
