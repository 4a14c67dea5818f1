import { diskPath } from '../interpreter/files.ts'
import type { State } from '../interpreter/state.ts'
import { fromDisk } from '../paths.ts'
import { FileError } from '../port.ts'
import type { Completion } from './editor.ts'

const names = (state: State, folder: string): readonly string[] => {
  try {
    return state.session.machine.fs.list(diskPath(state, folder), state.as).map(fromDisk)
  } catch (error) {
    if (error instanceof FileError) return []
    throw error
  }
}
const isFolder = (state: State, path: string): boolean => {
  try {
    return state.session.machine.fs.stat(diskPath(state, path), state.as).kind === 'directory'
  } catch (error) {
    if (error instanceof FileError) return false
    throw error
  }
}
const common = (all: readonly string[]): string => {
  let prefix = all[0] ?? ''
  for (const one of all) while (!one.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}

/** Tab: commands in the first word, paths in others. */
export function completionOf(state: State, before: string): Completion {
  const word = /(?:[^\s;&|()<>\\]|\\.)*$/.exec(before)?.[0] ?? ''
  const first = /(?:^|[;&|(]|&&|\|\||\bsudo)\s*$/.test(before.slice(0, before.length - word.length))
  if (first && !word.includes('/')) {
    const folders = (state.get('PATH') ?? '').split(':')
    const found = [
      ...new Set([
        ...Object.keys(state.session.catalogue.builtins),
        ...state.functions.keys(),
        ...state.aliases.keys(),
        ...folders.flatMap((folder) => names(state, folder)),
      ]),
    ]
    return choose(
      found.filter((name) => name.startsWith(word)),
      word,
      () => ' ',
    )
  }
  const slash = word.lastIndexOf('/')
  const folder = slash < 0 ? '.' : word.slice(0, slash + 1)
  const real = folder.startsWith('~/') ? `${state.get('HOME') ?? ''}${folder.slice(1)}` : folder
  const part = word.slice(slash + 1).replace(/\\(.)/g, '$1')
  const found = names(state, real).filter((name) => name.startsWith(part) && (part.startsWith('.') || !name.startsWith('.')))
  return choose(found, part, (name) => (isFolder(state, `${real}/${name}`) ? '/' : ' '))
}

function choose(found: readonly string[], part: string, end: (name: string) => string): Completion {
  const sorted = [...found].sort()
  const only = sorted[0]
  if (only === undefined) return { add: '', names: [] }
  const quoted = (text: string): string => text.replace(/[ ()'"&;<>|$`\\*?[\]]/g, '\\$&')
  if (sorted.length === 1) return { add: quoted(only.slice(part.length)) + end(only), names: [] }
  return { add: quoted(common(sorted).slice(part.length)), names: sorted.map((name) => (end(name) === '/' ? `${name}/` : name)) }
}
