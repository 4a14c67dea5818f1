import type { FileKind } from '../port.ts'

/** A time that stands for the installation of the host that the image is used for. */
export const INSTALLED = -1

/** What generated content may depend on. */
export interface BaseEntry {
  readonly kind: FileKind
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Epoch milliseconds. */
  readonly mtime: number
  /** Size when known without making the content. */
  readonly size?: number
  /** Made anew at each read; must not depend on anything but the decky and the time. */
  readonly content?: () => string | Buffer
  readonly target?: string
  /** Where it does not follow from the place: lost+found, mount points. */
  readonly inode?: number
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number]
}

/** One immutable directory of a base image: entries that stand still, and entries that come and go (`/proc/<pid>`). */
export interface BaseDirectory extends BaseEntry {
  readonly kind: 'directory'
  readonly children: Map<string, BaseEntry | BaseDirectory>
  readonly volatile?: { names(): readonly string[]; entry(name: string): BaseEntry | BaseDirectory | undefined }
}

export const isDirectory = (entry: BaseEntry | BaseDirectory): entry is BaseDirectory => entry.kind === 'directory'

export const directory = (mtime: number, options: Partial<Omit<BaseDirectory, 'kind'>> = {}): BaseDirectory => ({
  kind: 'directory',
  mode: 0o755,
  uid: 0,
  gid: 0,
  mtime,
  ...options,
  children: options.children ?? new Map(),
})

export const file = (
  mtime: number,
  content: string | Buffer | (() => string | Buffer),
  options: Partial<Omit<BaseEntry, 'kind' | 'content'>> = {},
): BaseEntry => ({
  kind: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime,
  content: typeof content === 'function' ? content : () => content,
  ...options,
})

export const link = (mtime: number, target: string): BaseEntry => ({ kind: 'symlink', mode: 0o777, uid: 0, gid: 0, mtime, target })

/** Puts an entry at a path, making plain directories on the way; replaces nothing but plain directories. */
export function place(root: BaseDirectory, path: string, entry: BaseEntry | BaseDirectory): void {
  const names = path.split('/').filter((name) => name !== '')
  const last = names.pop()
  if (last === undefined) return
  let at = root
  for (const name of names) {
    const next = at.children.get(name)
    if (next !== undefined && isDirectory(next)) at = next
    else {
      const made = directory(root.mtime)
      at.children.set(name, made)
      at = made
    }
  }
  const before = at.children.get(last)
  if (before !== undefined && isDirectory(before) && isDirectory(entry)) {
    at.children.set(last, { ...entry, children: new Map([...before.children, ...entry.children]) })
  } else at.children.set(last, entry)
}
