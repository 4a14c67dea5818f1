import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { newId } from '../id.ts'

const read = (get: () => string): string => {
  try {
    return get().trim()
  } catch {
    return ''
  }
}

/** Where process numbers mean the same: this boot of this machine, within one name space of processes. Empty where nothing tells. */
const machine = (): string => {
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const space = read(() => readlinkSync('/proc/self/ns/pid')).replace(/\D/gu, '')
  return boot && space ? `${boot.slice(0, 8)}-${space}` : ''
}

/** A name for one life of one replica, `<host>/<machine>/<pid>/<id>`: never used again. */
export const newOwner = (): string => `${hostname().slice(0, 32)}/${machine()}/${process.pid}/${newId().slice(-12)}`

/** True when an owner was a process of this machine that is no more; false when nobody can tell. */
export function hasEnded(owner: string): boolean {
  const [, where, pid] = owner.split('/')
  if (!where || where !== machine() || !/^\d+$/u.test(pid ?? '')) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
