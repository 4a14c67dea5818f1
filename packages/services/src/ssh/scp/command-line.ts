import { toDisk } from '../../_shared/shell/paths.ts'

/** `scp -t` or `scp -f` as the scp client of the other side starts it. */
export interface ScpCommand {
  readonly direction: 'sink' | 'source'
  readonly recursive: boolean
  readonly times: boolean
  /** The target must be a directory. */
  readonly directory: boolean
  /** Absolute paths, as the disk has them. */
  readonly paths: readonly string[]
}

/** Reads a plain scp command, one character per byte; null for anything that needs a shell. */
export function parseScp(line: string, home: string): ScpCommand | null {
  const words = split(line)
  if (!words || !/^(?:\/usr\/bin\/|\/bin\/)?scp$/u.test(words[0] ?? '')) return null
  const flags = new Set<string>()
  const paths: string[] = []
  let options = true
  for (const word of words.slice(1)) {
    if (options && word === '--') options = false
    else if (options && /^-[a-zA-Z]+$/u.test(word)) for (const flag of word.slice(1)) flags.add(flag)
    else paths.push(absolute(toDisk(word), home))
  }
  if (flags.has('t') === flags.has('f')) return null
  return {
    direction: flags.has('t') ? 'sink' : 'source',
    recursive: flags.has('r'),
    times: flags.has('p'),
    directory: flags.has('d'),
    paths: paths.length > 0 ? paths : [home],
  }
}

export function absolute(path: string, home: string): string {
  if (path === '~' || path.startsWith('~/')) return home + path.slice(1)
  return path.startsWith('/') ? path : `${home}/${path}`
}

/** Words of a command without expansions; null when a shell would do more than split. */
function split(line: string): string[] | null {
  const words: string[] = []
  const token = /\s*(?:'([^']*)'|"([^"$`\\]*)"|\\([\s\S])|([^\s'"\\|&;<>()$`*?[\]#!{}]+))/uy
  let open = false
  let at = 0
  for (;;) {
    token.lastIndex = at
    const match = token.exec(line)
    if (!match) break
    const value = match[1] ?? match[2] ?? match[3] ?? match[4] ?? ''
    const glued = open && !/^\s/u.test(match[0])
    if (glued) words.push((words.pop() ?? '') + value)
    else words.push(value)
    open = true
    at = token.lastIndex
  }
  return line.slice(at).trim() === '' ? words : null
}
