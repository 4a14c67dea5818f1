import type { FileErrorCode } from './port.ts'

/** What strerror(3) says of each error (glibc, C locale). */
export const STRERROR: Readonly<Record<FileErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  ENOSPC: 'No space left on device',
  EPERM: 'Operation not permitted',
  EINVAL: 'Invalid argument',
  ENAMETOOLONG: 'File name too long',
}
