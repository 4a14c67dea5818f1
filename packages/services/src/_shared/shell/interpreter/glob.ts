import { fromDisk, joined, toDisk } from '../paths.ts'
import { FileError } from '../port.ts'
import { compilePattern } from './pattern.ts'
import type { State } from './state.ts'

const RESULTS_MAX = 20_000

/** Order of names in the C.UTF-8 and POSIX locales differs from en_US: punctuation ignored, lower case first. */
export const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const hasGlob = (pattern: string): boolean => /(^|[^\\])(\\\\)*[*?[]/.test(pattern)
const plain = (pattern: string): string => pattern.replace(/\\(.)/gs, '$1')

/** Paths that match, sorted; none where nothing does. */
export function globPaths(state: State, pattern: string): readonly string[] {
  const { fs } = state.session.machine
  const exists = (path: string, needsDirectory: boolean): boolean => {
    try {
      const stat = needsDirectory ? fs.stat(toDisk(joined(path, state.cwd)), state.as) : fs.lstat(toDisk(joined(path, state.cwd)), state.as)
      return !needsDirectory || stat.kind === 'directory'
    } catch (error) {
      if (error instanceof FileError) return false
      throw error
    }
  }
  const names = (path: string): readonly string[] => {
    try {
      return fs.list(toDisk(joined(path === '' ? '.' : path, state.cwd)), state.as).map(fromDisk)
    } catch (error) {
      if (error instanceof FileError) return []
      throw error
    }
  }
  const root = /^\/+/.exec(pattern)?.[0] ?? ''
  const parts = pattern
    .slice(root.length)
    .split('/')
    .filter((part, i, all) => part !== '' || i === all.length - 1)
  let found: string[] = [root]
  parts.forEach((part, i) => {
    const last = i === parts.length - 1
    if (part === '') {
      found = found.filter((path) => exists(path, true))
      return
    }
    const next: string[] = []
    const compiled = hasGlob(part) ? compilePattern(part) : null
    for (const base of found) {
      if (next.length > RESULTS_MAX) break
      if (compiled === null) {
        const path = base + plain(part)
        if (exists(path, !last)) next.push(last ? path : `${path}/`)
        continue
      }
      const hidden = part.startsWith('.')
      const candidates = hidden ? ['.', '..', ...names(base)] : names(base)
      for (const name of candidates.filter((one) => (hidden || !one.startsWith('.')) && compiled.matches(one)).sort(byName)) {
        const path = base + name
        if (last || exists(path, true)) next.push(last ? path : `${path}/`)
      }
    }
    found = next
  })
  return found.sort(byName)
}
