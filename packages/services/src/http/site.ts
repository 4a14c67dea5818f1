import type { Header } from './message.ts'

/** A file under the document root. The daemon gives it its type and tags. */
export interface SiteFile {
  readonly content: Buffer
  /** Epoch milliseconds. */
  readonly mtime: number
}

/** What a script of the site prints. Headers in the order that the script sets them. */
export interface Page {
  readonly status: number
  readonly headers: readonly Header[]
  readonly type: string
  readonly body: string
}

export interface SiteRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: readonly Header[]
  readonly body: Buffer
  /** Name that the client called the server by; the address when it gave none. */
  readonly host: string
  readonly now: number
  /** Fresh digits to a base, 16 when none is given: for ids. */
  readonly token: (digits: number, base?: number) => string
}

/** A web site: files, and what its scripts answer. Pure; nothing an attacker sends changes it. */
export interface Site {
  /** Decoded absolute path to file. A directory is whatever stands before a slash. */
  readonly files: ReadonlyMap<string, SiteFile>
  /** File names that stand for a directory, in order. */
  readonly indexes: readonly string[]
  /** Whether a script answers this path; null = the daemon does. */
  script(path: string): ((request: SiteRequest) => Page) | null
}

export type Found =
  | { readonly kind: 'file'; readonly path: string; readonly file: SiteFile }
  | { readonly kind: 'directory'; readonly entries: readonly string[] }
  | { readonly kind: 'bare-directory' }
  | null

/** What lies at a path, as a file system with an index would answer. */
export function find(site: Site, path: string): Found {
  const file = site.files.get(path)
  if (file) return { kind: 'file', path, file }
  const folder = path.endsWith('/') ? path : `${path}/`
  const entries = new Set<string>()
  for (const name of site.files.keys()) {
    if (!name.startsWith(folder)) continue
    const rest = name.slice(folder.length)
    const slash = rest.indexOf('/')
    entries.add(slash < 0 ? rest : rest.slice(0, slash + 1))
  }
  if (entries.size === 0) return null
  if (!path.endsWith('/')) return { kind: 'bare-directory' }
  for (const index of site.indexes) {
    const found = site.files.get(folder + index)
    if (found) return { kind: 'file', path: folder + index, file: found }
  }
  return { kind: 'directory', entries: [...entries].sort() }
}
