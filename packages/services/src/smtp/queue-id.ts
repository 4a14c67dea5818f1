const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function base62(value: number, width: number): string {
  let text = ''
  for (let left = Math.floor(value); text.length < width; left = Math.floor(left / 62)) text = (DIGITS[left % 62] ?? '0') + text
  return text
}

/** Postfix's short form: microseconds in five hexadecimal digits, then the queue file's inode. */
export const postfixQueueId = (epochMs: number, microseconds: number, inode: number): string =>
  ((Math.floor(epochMs % 1000) * 1000 + microseconds) % 1_000_000).toString(16).toUpperCase().padStart(5, '0') +
  inode.toString(16).toUpperCase()

/** Exim's: seconds, process id and fraction of a second, base 62; wider from 4.97 on. */
export function eximMessageId(version: string, epochMs: number, microseconds: number, pid: number): string {
  const fraction = Math.floor(epochMs % 1000) * 1000 + microseconds
  const seconds = base62(epochMs / 1000, 6)
  return Number(version.split('.')[1] ?? 0) >= 97
    ? `${seconds}-${base62(pid, 11)}-${base62(fraction, 4)}`
    : `${seconds}-${base62(pid, 6)}-${base62(fraction / 500, 2)}`
}
