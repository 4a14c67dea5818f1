export { hostOf } from './machine.ts'
export type {
  Credentials,
  FileErrorCode,
  FileKind,
  FileStat,
  FileSystem,
  Host,
  HostOf,
  ShellObserver,
  ShellOptions,
  ShellProcess,
  StartShell,
} from './port.ts'
export { FileError } from './port.ts'
export { startShell } from './start-shell.ts'
