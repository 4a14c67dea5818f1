import { readdirSync, readFileSync } from 'node:fs'
import { AppError, isNodeError } from '@decnet/kernel'
import { FOLDER, ip, within } from './namespace.ts'
import { takeDown } from './netdevice.ts'

/** The card of every host, as on most machines. */
export const CARD = 'eth0'

export const prefixOf = (mark: string): string => `decnet-${mark}-`

/** The host's end of a cable: `dn`, the mark, and a number in base 36: 15 bytes at most. */
const CABLE = /^dn([0-9a-f]{8})[0-9a-z]+$/u
/** One that goes to a decky, or to whoever asks in the name of one. */
export const isCable = (name: string): boolean => CABLE.test(name) || PROBE.test(name)
const PROBE = /^dnp[0-9a-z]+x[0-9a-z]+$/u
const SPACE = /^decnet-([0-9a-f]{8})-/u

/** Names of this namespace's links. */
export function linkNames(): Set<string> {
  // Not /sys/class/net: that shows the namespace in which it was mounted.
  return new Set([...readFileSync('/proc/thread-self/net/dev', 'latin1').matchAll(/^ *(\S+?):/gmu)].flatMap(([, name]) => name ?? []))
}

function allNamespaces(): string[] {
  try {
    return readdirSync(FOLDER)
  } catch (error) {
    if (isNodeError(error) && error.code === 'ENOENT') return []
    throw error
  }
}

/** Namespaces that bear a mark. */
export const namespacesOf = (mark: string): string[] => allNamespaces().filter((name) => name.startsWith(prefixOf(mark)))
export const cablesOf = (mark: string): string[] => [...linkNames()].filter((name) => CABLE.exec(name)?.[1] === mark)

/** What stands on this machine's networks in the name of some fleet: its mark → how many hosts. */
export function standingMarks(): ReadonlyMap<string, number> {
  const marks = new Map<string, number>()
  for (const name of allNamespaces()) {
    const mark = SPACE.exec(name)?.[1]
    if (mark !== undefined) marks.set(mark, (marks.get(mark) ?? 0) + 1)
  }
  for (const name of linkNames()) {
    const mark = CABLE.exec(name)?.[1]
    if (mark !== undefined && !marks.has(mark)) marks.set(mark, 0)
  }
  return marks
}

/** Does what removes something; that it is gone by itself meanwhile is as good. @throws {AppError} `network_refused` when it still stands. */
function remove(line: string, stands: () => boolean): void {
  if (!stands()) return
  try {
    ip([line])
  } catch (error) {
    if (stands()) throw error
  }
}

/**
 * Removes namespaces in one go. A connection that somebody keeps half open may hold one for minutes yet: its card is taken down first.
 * @throws {AppError} `network_refused`.
 */
export function removeNamespaces(names: readonly string[]): void {
  if (names.length === 0) return
  for (const name of names) silence(name)
  try {
    ip(names.map((name) => `netns del ${name}`))
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'network_refused') throw error
    // One is gone already; the others have to go all the same.
    for (const name of names) remove(`netns del ${name}`, () => allNamespaces().includes(name))
  }
}

function silence(namespace: string): void {
  try {
    within(namespace, () => takeDown(CARD))
  } catch (error) {
    // A name without a namespace behind it is what a killed `ip` leaves.
    if (!(error instanceof AppError)) throw error
  }
}

/** Cables whose other end went with its namespace go by themselves, a moment later; others are cut. @throws {AppError} `network_refused`. */
export function removeCables(names: readonly string[]): void {
  for (const name of names) remove(`link del ${name}`, () => linkNames().has(name))
}

/** Removes everything that bears a mark; how many hosts that were. */
export function removeMarked(mark: string): number {
  const namespaces = namespacesOf(mark)
  removeNamespaces(namespaces)
  removeCables(cablesOf(mark))
  return namespaces.length
}
