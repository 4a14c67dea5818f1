import { readFileSync } from 'node:fs'
import { AppError, isNodeError } from '@decnet/kernel'

export interface Identity {
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

/** The capability sets of this process by name, as hexadecimal numbers; null where the machine does not say. */
export function capabilities(): { readonly effective: bigint; readonly permitted: bigint } | null {
  let status: string
  try {
    status = readFileSync('/proc/self/status', 'latin1')
  } catch (error) {
    if (isNodeError(error)) return null
    throw error
  }
  const set = (name: string): bigint => BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'mu').exec(status)?.[1] ?? '0'}`)
  return { effective: set('CapEff'), permitted: set('CapPrm') }
}

function canBecomeRoot(): boolean {
  try {
    process.setuid?.(0)
    return true
  } catch (error) {
    if (isNodeError(error)) return false
    throw error
  }
}

/**
 * Gives up every right of root for good: groups, group, user, in this order, and checks that they are gone. Without root's rights
 * it does nothing. Files made afterwards are for this user only.
 * @throws {AppError} `privileges_kept` when this process is root and cannot become somebody else.
 */
export function dropPrivileges({ uid, gid }: Identity): void {
  process.umask(0o077)
  if (process.getuid?.() !== 0 && process.geteuid?.() !== 0) return
  const refuse = (message: string): AppError =>
    new AppError(message, { code: 'privileges_kept', hint: 'Give the sensor a user that is not root, or do not start it as root.' })
  if (!uid || !gid) throw refuse('The sensor does not serve as root and was not told whom to become.')
  process.setgroups?.([])
  process.setgid?.(gid)
  process.setuid?.(uid)
  const left = capabilities()
  const kept =
    [process.getuid?.(), process.geteuid?.()].some((id) => id !== uid) || [process.getgid?.(), process.getegid?.()].some((id) => id !== gid)
  const groups = (process.getgroups?.() ?? []).filter((group) => group !== gid)
  if (kept || groups.length > 0 || (left !== null && (left.effective !== 0n || left.permitted !== 0n)) || canBecomeRoot()) {
    throw refuse('The sensor could not give up the rights of root.')
  }
}
