import { accountsOf, groupsOf } from '../filesystem/image/accounts.ts'
import type { Call } from '../interpreter/call.ts'

/** Name of a user id as this machine's `/etc/passwd` has it now. */
export function userName(call: Call, uid: number): string {
  return (
    entries(call, '/etc/passwd').find((fields) => fields[2] === String(uid))?.[0] ??
    accountsOf(call.machine.persona).find((one) => one.uid === uid)?.name ??
    String(uid)
  )
}
export function groupName(call: Call, gid: number): string {
  const found = entries(call, '/etc/group').find((fields) => fields[2] === String(gid))?.[0]
  if (found !== undefined) return found
  for (const [name, group] of groupsOf(call.machine.persona)) if (group.gid === gid) return name
  return String(gid)
}
export const userId = (call: Call, name: string): number | undefined => {
  const found = entries(call, '/etc/passwd').find((fields) => fields[0] === name)?.[2]
  return found !== undefined ? Number(found) : /^\d+$/.test(name) ? Number(name) : undefined
}
export const groupId = (call: Call, name: string): number | undefined => {
  const found = entries(call, '/etc/group').find((fields) => fields[0] === name)?.[2]
  return found !== undefined ? Number(found) : /^\d+$/.test(name) ? Number(name) : undefined
}
/** Lines of passwd or group, split at colons. */
export function entries(call: Call, path: string): readonly (readonly string[])[] {
  return call.fs
    .read(path, { uid: 0, gid: 0, groups: [0] })
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'))
}
