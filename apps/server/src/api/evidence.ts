import { closeSync, constants, fstatSync, openSync, type ReadStream, readdirSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, isNodeError } from '@decnet/kernel'
import type { Home } from '../home.ts'
import { importFolders } from '../import/folders.ts'

const NAMES = { artifact: /^[0-9a-f]{64}$/u, replay: /^(?:replays\/)?([0-9a-f-]{36}(?:-\d{1,4})?)(?:\.cast)?$/u } as const

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Where those keep evidence who write a spool of their own: containers, each below `sources/`. */
function sourcesOf({ sources }: Home): Pick<Home, 'artifacts' | 'replays'>[] {
  let names: string[]
  try {
    names = readdirSync(sources)
  } catch (error) {
    if (isNodeError(error) && error.code === 'ENOENT') return []
    throw error
  }
  return names.map((name) => ({ artifacts: join(sources, name, 'artifacts'), replays: join(sources, name, 'replays') }))
}

/** Where it may lie, in this order: what an import brought, what the sensor kept, what containers did; nowhere, when the name is none of theirs. */
function* placesOf(home: Home, kind: keyof typeof NAMES, name: string): Generator<string> {
  const match = NAMES[kind].exec(name)
  if (!match) return
  const place = ({ artifacts, replays }: Pick<Home, 'artifacts' | 'replays'>) =>
    kind === 'artifact' ? join(artifacts, name) : join(replays, `${match[1]}.cast`)
  yield place(importFolders(home))
  yield place(home)
  // Only now are they listed: most evidence was found by then.
  for (const folders of sourcesOf(home)) yield place(folders)
}

/** The same at once and whole, without a trip to other threads; null when it is absent, no regular file, or larger than `most` bytes. */
export function smallEvidence(home: Home, kind: keyof typeof NAMES, name: string, most: number): Buffer | null {
  for (const path of placesOf(home, kind, name)) {
    let file: number
    try {
      file = openSync(path, FLAGS)
    } catch (error) {
      if (isNodeError(error)) continue
      throw error
    }
    try {
      const stat = fstatSync(file)
      if (!stat.isFile() || stat.size > most) return null
      const whole = Buffer.allocUnsafe(stat.size)
      return whole.subarray(0, readSync(file, whole, 0, stat.size, 0))
    } finally {
      closeSync(file)
    }
  }
  return null
}

/**
 * Opens what an import brought, or else what a sensor or a container kept. The sensor is attacked software: its folder may hold anything, so names are checked,
 * links are not followed, and only regular files are read. @throws {AppError} `evidence_absent`.
 */
export async function openEvidence(
  home: Home,
  kind: keyof typeof NAMES,
  name: string,
): Promise<{ readonly stream: ReadStream; readonly size: number }> {
  const absent = () => new AppError('That is no longer kept.', { code: 'evidence_absent', status: 404 })
  let file: FileHandle | undefined
  for (const path of placesOf(home, kind, name)) {
    file = await open(path, FLAGS).catch(() => undefined) // in the next place, or nowhere
    if (file) break
  }
  if (!file) throw absent()
  try {
    const stat = await file.stat()
    if (!stat.isFile()) {
      await file.close()
      throw absent()
    }
    // A recording may still grow: what is sent ends where it stood when it was opened.
    return { stream: file.createReadStream(stat.size === 0 ? {} : { end: stat.size - 1 }), size: stat.size }
  } catch (error) {
    throw error instanceof AppError ? error : absent()
  }
}
