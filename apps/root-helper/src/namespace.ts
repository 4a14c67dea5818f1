import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { AppError } from '@decnet/kernel'
import { libc } from './system.ts'

/** setns(2): a network namespace. */
const CLONE_NEWNET = 0x40000000
const setns = libc.func('int setns(int, int)')
const unshare = libc.func('int unshare(int)')

export const FOLDER = '/run/netns'
export const pathOf = (namespace: string): string => `${FOLDER}/${namespace}`

/** Runs `act` and comes back to the namespace in which this thread was. */
function andBack<T>(act: () => T): T {
  const home = openSync('/proc/thread-self/ns/net', 'r')
  try {
    return act()
  } finally {
    // Elsewhere for ever would be worse than not at all.
    if (setns(home, CLONE_NEWNET) !== 0) process.abort()
    closeSync(home)
  }
}

/**
 * Does something inside a network namespace, given by its descriptor, and comes back. Everything in `act` must happen before it returns: only
 * this thread is there, and only until then. @throws {AppError} `namespace_closed`.
 */
export const enter = <T>(descriptor: number, act: () => T): T =>
  andBack(() => {
    if (setns(descriptor, CLONE_NEWNET) !== 0) throw new AppError('A network namespace cannot be entered.', { code: 'namespace_closed' })
    return act()
  })

/** The same by name. @throws {AppError} `namespace_closed` when there is no such namespace. */
export function within<T>(namespace: string, act: () => T): T {
  const there = openNamespace(namespace)
  try {
    return enter(there, act)
  } finally {
    closeSync(there)
  }
}

/** A network namespace without a name: its descriptor, with which it goes. @throws {AppError} `namespace_closed`. */
export const newNamespace = (): number =>
  andBack(() => {
    if (unshare(CLONE_NEWNET) !== 0)
      throw new AppError('No network namespace can be made.', {
        code: 'needs_root',
        hint: 'Start as root, on a kernel with network namespaces.',
      })
    return openSync('/proc/thread-self/ns/net', 'r')
  })

/** A descriptor of a namespace; the caller closes it. @throws {AppError} `namespace_closed`. */
export function openNamespace(namespace: string): number {
  try {
    return openSync(pathOf(namespace), 'r')
  } catch (cause) {
    throw new AppError(`There is no network namespace ${namespace}.`, { code: 'namespace_closed', cause })
  }
}

/** Of hundreds of cables. */
const MOST_BYTES = 16 * 2 ** 20

function runIp(args: readonly string[], input: string) {
  const { status, stdout, stderr, error } = spawnSync('ip', args, { input, encoding: 'utf8', maxBuffer: MOST_BYTES })
  if (error) {
    throw new AppError('The program `ip` is not on this machine.', {
      code: 'iproute_missing',
      hint: 'Install it (Debian: iproute2), or leave the fleet on the loopback.',
      cause: error,
    })
  }
  return { status, stdout, said: stderr.trim().split('\n') }
}

const refused = (said: string, line?: string): AppError =>
  new AppError(`The network refused: ${said.replace(/^(RTNETLINK answers|Error): /u, '')}${line === undefined ? '' : ` (ip ${line})`}.`, {
    code: 'network_refused',
  })

/** Lines of `ip -batch`, in one go; the first that fails ends it. @throws {AppError} `network_refused` with the system's own words. */
export function ip(lines: readonly string[], namespace?: string): void {
  const { status, said } = runIp([...(namespace === undefined ? [] : ['-n', namespace]), '-batch', '-'], `${lines.join('\n')}\n`)
  if (status === 0) return
  const [what = '', at = ''] = said
  throw refused(what, lines[Number(/:(\d+)$/u.exec(at)?.[1] ?? 0) - 1])
}

/** What `ip` has to say, as a value; nothing said is an empty list. @throws {AppError} `network_refused` with the system's own words. */
export function askIp(...words: readonly string[]): unknown {
  const { status, stdout, said } = runIp(['-json', ...words], '')
  if (status !== 0) throw refused(said[0] ?? '', words.join(' '))
  return stdout.trim() === '' ? [] : JSON.parse(stdout)
}
