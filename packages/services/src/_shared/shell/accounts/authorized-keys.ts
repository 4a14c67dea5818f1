import type { PersonaUser } from '@decnet/persona'
import type { Disk } from '../filesystem/disk.ts'
import { type Credentials, FileError } from '../port.ts'

const ROOT = { uid: 0, gid: 0, groups: [0] }
/** AuthorizedKeysFile's default. */
const FILES = ['.ssh/authorized_keys', '.ssh/authorized_keys2']
const LONGEST_FILE = 1024 * 1024
/** Type and blob, wherever options end. */
const KEY = /(?:^|[ \t])((?:ssh|ecdsa|sk)-[\w@.-]{1,60})[ \t]+([A-Za-z0-9+/]{16,}={0,2})/

/** Whether a public key stands in the account's authorized_keys, by sshd(8)'s rules: lines, owners and modes (StrictModes). Options are not obeyed. */
export function authorizes(disk: Disk, user: PersonaUser, as: Credentials, blob: Uint8Array): boolean {
  return FILES.some((name) => {
    try {
      const path = disk.realpath(`${user.home}/${name}`, ROOT)
      if (disk.stat(path, ROOT).size > LONGEST_FILE || !isSafe(disk, user, path)) return false
      return disk
        .read(path, as)
        .toString('latin1')
        .split('\n')
        .some((line) => keyOf(line)?.equals(blob) === true)
    } catch (error) {
      if (error instanceof FileError) return false
      throw error
    }
  })
}

/** The blob of one line; null for comments, and where type and blob disagree. */
export function keyOf(line: string): Buffer | null {
  if (line.trimStart().startsWith('#')) return null
  const [, type = '', text = ''] = KEY.exec(line) ?? []
  const blob = Buffer.from(text, 'base64')
  return blob.length > 4 && blob.subarray(4, 4 + type.length).equals(Buffer.from(type)) && blob.readUInt32BE(0) === type.length
    ? blob
    : null
}

/** The file and each directory up to the home belong to the user or root, and nobody else may write. */
function isSafe(disk: Disk, user: PersonaUser, path: string): boolean {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    const stat = disk.stat(at, ROOT)
    if ((stat.uid !== 0 && stat.uid !== user.uid) || (stat.mode & 0o022) !== 0) return false
    if (at === user.home || at === '/') return true
  }
}
