import { type FSWatcher, watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isNodeError } from '@decnet/kernel'
import { isRuleFile } from '../domain/ttp/rule/file-name.ts'
import { beingWritten } from './being-written.ts'
import { reasonOf } from './file-words.ts'
import { readRuleFile, stampOf } from './read-rule-file.ts'
import type { RuleStore, StoredText } from './rule-store.ts'

/** Files beyond these are not looked at. */
const FILES = 2_000
const GONE = 'gone'
/** Names under which editors put the old file aside before they write the new one. */
const ASIDE = ['~', '.bak', '.orig']

export interface FolderTiming {
  /** A file counts as saved when it stood unchanged for so long: editors write in several steps. */
  readonly settleMs?: number
  /** The folder is looked at so often even if nobody says that it changed: file systems of other hosts say nothing. */
  readonly lookMs?: number
  /** Whoever keeps a file open for writing and writes nothing for so long is not waited for. */
  readonly heldMs?: number
  /** A file that was put aside (`R1.yaml~`) is gone when nothing came in its place for so long. */
  readonly asideMs?: number
}

/** `1 2` of a stamp: which file it is, whatever it is called. */
const fileOf = (stamp: string): string => stamp.split(' ', 2).join(' ')

interface Known {
  /** Empty: it was not seen at rest. */
  readonly stamp: string
  readonly file: string
  readonly text: StoredText
}

/**
 * Rules that lie as files in a folder, which may come and go. It is watched from before it is first read, so that no change is missed; whatever the
 * editor does, the same content is no change. Where the folder cannot be read, what was read before stays.
 */
export function folderRules(
  folder: string,
  { settleMs = 60, lookMs = 750, heldMs = 30_000, asideMs = 3_000 }: FolderTiming = {},
): RuleStore {
  const files = new Map<string, Known>()
  /** What changed and may be half written. */
  const unsettled = new Map<string, { readonly stamp: string; readonly since: number }>()
  const open = beingWritten()
  let unreadable: StoredText | undefined
  let list: readonly StoredText[] = []
  let watcher: { readonly of: string; readonly close: () => void } | undefined
  let timer: NodeJS.Timeout | undefined
  let due = Number.POSITIVE_INFINITY
  let closed = false

  function listen(): FSWatcher | undefined {
    try {
      // The name comes first: what editors leave beside a rule wakes nobody.
      const made = watch(folder, { persistent: false }, (_event, name) => {
        if (name === null || isRuleFile(name)) lookIn(settleMs)
      })
      return made.on('error', forget)
    } catch (error) {
      if (!isNodeError(error)) throw error
      return undefined
    }
  }
  function forget(): void {
    watcher?.close()
    watcher = undefined
  }
  /** A folder that was replaced is another one. */
  async function follow(): Promise<void> {
    const of = fileOf(await stampOf(folder))
    if (watcher?.of === of) return
    forget()
    const made = of.startsWith('!') || closed ? undefined : listen()
    if (made) watcher = { of, close: () => made.close() }
  }

  async function namesIn(): Promise<readonly string[] | null> {
    try {
      const names = (await readdir(folder)).filter(isRuleFile).sort().slice(0, FILES)
      unreadable = undefined
      return names
    } catch (error) {
      if (!isNodeError(error)) throw error
      const none = error.code === 'ENOENT'
      const reason = error.code === 'ENOTDIR' ? 'is no folder.' : reasonOf(error)
      unreadable = none ? undefined : { name: '', path: folder, hash: `! ${reason}`, content: { unreadable: reason } }
      return none ? [] : null
    }
  }

  /** Whether a file stood unchanged since the look before; `waits`: what else is waited for, and how long at most. */
  async function settled(name: string, stamp: string, waits: () => boolean | Promise<boolean>, mostMs: number): Promise<boolean> {
    const before = unsettled.get(name)
    if (before?.stamp === stamp) return performance.now() - before.since >= mostMs || !(await waits())
    unsettled.set(name, { stamp, since: performance.now() })
    return false
  }

  /** Whether a file that is gone lies beside its place under the name of a backup: an editor is about to write the new one. */
  async function putAside(name: string): Promise<boolean> {
    const file = files.get(name)?.file
    for (const ending of ASIDE) if (fileOf(await stampOf(join(folder, name + ending))) === file) return true
    return false
  }

  async function lookAt(name: string, first: boolean): Promise<void> {
    const path = join(folder, name)
    const stamp = await stampOf(path)
    const known = files.get(name)
    if (known?.stamp === stamp) return void unsettled.delete(name)
    if (!first && !(await settled(name, stamp, async () => (await open)(path), heldMs))) return
    const text = await readRuleFile(name, path)
    const after = await stampOf(path)
    if (!first && after !== stamp) return void unsettled.set(name, { stamp: after, since: performance.now() })
    // What was not seen at rest is read once more.
    files.set(name, { stamp: first ? '' : stamp, file: fileOf(stamp), text: known?.text.hash === text.hash ? known.text : text })
    unsettled.delete(name)
  }

  async function look(first: boolean): Promise<void> {
    await follow()
    const names = await namesIn()
    if (names) {
      for (const name of names) await lookAt(name, first)
      for (const name of files.keys())
        if (!names.includes(name) && (await settled(name, GONE, () => putAside(name), asideMs))) {
          files.delete(name)
          unsettled.delete(name)
        }
    }
    const now = [...files.values()].map(({ text }) => text).sort((a, b) => (a.name < b.name ? -1 : 1))
    if (unreadable) now.unshift(unreadable)
    const same = now.length === list.length && now.every(({ name, hash }, index) => name === list[index]?.name && hash === list[index].hash)
    if (!same) list = now
  }

  let looking: Promise<void> = look(true)
  looking.then(() => lookIn(settleMs)).catch(() => lookIn(lookMs))
  function lookIn(ms: number): void {
    const at = performance.now() + ms
    if (closed || at >= due) return
    due = at
    clearTimeout(timer)
    timer = setTimeout(() => {
      due = Number.POSITIVE_INFINITY
      looking = looking.catch(() => undefined).then(() => look(false))
      looking.then(() => lookIn(unsettled.size > 0 ? settleMs : lookMs)).catch(() => lookIn(lookMs))
    }, ms)
    timer.unref()
  }

  const first = looking
  return {
    origin: 'folder',
    async texts() {
      await first
      return list
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearTimeout(timer)
      await looking.catch(() => undefined)
      forget()
    },
  }
}
