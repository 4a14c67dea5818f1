import type { DeckyContext } from '@decnet/kernel/service'
import type { Persona, PersonaUser } from '@decnet/persona'

export type FileKind = 'file' | 'directory' | 'symlink' | 'device' | 'fifo' | 'socket'
export interface FileStat {
  readonly kind: FileKind
  /** Permission bits with setuid, setgid, sticky: 0o755. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  /** Epoch milliseconds. */
  readonly mtime: number
  readonly inode: number
  readonly links: number
}
export type FileErrorCode =
  | 'ENOENT'
  | 'EACCES'
  | 'EEXIST'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'ENOTEMPTY'
  | 'ELOOP'
  | 'ENOSPC'
  | 'EPERM'
  | 'EINVAL'
  | 'ENAMETOOLONG'
export class FileError extends Error {
  override readonly name = 'FileError'
  readonly code: FileErrorCode
  constructor(code: FileErrorCode, path: string) {
    super(`${code}: ${path}`)
    this.code = code
  }
}
/** Who asks: permissions are those of the kernel that the persona claims. */
export interface Credentials {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

/**
 * The in-memory disk of one decky, shared by all its services. A base that follows from the persona, and what attackers
 * wrote over it, bounded (64 MiB and 10,000 nodes; then ENOSPC). Paths are absolute POSIX, bytes that are no character escaped
 * (`escapedText` of the kernel); content is bytes.
 * @throws {FileError} as the system call would.
 */
export interface FileSystem {
  stat(path: string, as: Credentials): FileStat
  lstat(path: string, as: Credentials): FileStat
  list(path: string, as: Credentials): readonly string[]
  read(path: string, as: Credentials): Buffer
  readlink(path: string, as: Credentials): string
  write(
    path: string,
    data: Uint8Array,
    as: Credentials,
    options?: { readonly append?: boolean; readonly mode?: number; readonly exclusive?: boolean },
  ): void
  mkdir(path: string, as: Credentials, mode?: number): void
  remove(path: string, as: Credentials): void
  rmdir(path: string, as: Credentials): void
  rename(from: string, to: string, as: Credentials): void
  symlink(target: string, path: string, as: Credentials): void
  chmod(path: string, mode: number, as: Credentials): void
  chown(path: string, uid: number, gid: number, as: Credentials): void
  touch(path: string, mtime: number, as: Credentials): void
  /** Resolves `.`, `..` and links. */
  realpath(path: string, as: Credentials): string
}

/** One decky's machine as shells see it: disk, processes, logins; made once per decky with `decky.shared('host', …)`. */
export interface Host {
  readonly persona: Persona
  readonly fs: FileSystem
  /** The root file system as `df` and statvfs(3) show it: sizes in kB; `available` to users. */
  diskUse(): {
    readonly blocks: number
    readonly used: number
    readonly available: number
    readonly inodes: number
    readonly inodesUsed: number
  }
  credentialsOf(user: PersonaUser): Credentials
  /** An account of `/etc/passwd` as it stands now, also one that an attacker made; one character per byte. */
  userNamed(name: string): PersonaUser | undefined
  /** Whether the password opens the account now; also an empty one where there is none. */
  opens(user: PersonaUser, password: Uint8Array): boolean
  /** Whether the public key (its blob of RFC 4253 §6.6) stands in the account's authorized_keys, safely. */
  authorizes(user: PersonaUser, key: Uint8Array): boolean
  /** Registers a login (`w`, `who`, `last`, wtmp); call the answer at logout. */
  login(user: PersonaUser, from: string, tty: string | null, now: number): () => void
  /** The last login before this one, for the greeting; null when there was none. */
  lastLogin(user: PersonaUser): { readonly at: number; readonly from: string } | null
  /** Next free `pts/N`. */
  allocateTty(): string
}
/** The decky's host, made on first use. */
export type HostOf = (decky: DeckyContext) => Host

/** What a shell tells the service that runs it, in the exact bytes it was given; the service turns it into events. */
export interface ShellObserver {
  /** Once per line that a person or script gave, as given, before it runs; `cwd` and `user` are those at that time. */
  command(line: Uint8Array, where: { readonly cwd: Uint8Array; readonly user: string }): void
  /** wget, curl, tftp, ftpget, scp from elsewhere, git clone…: recorded, never fetched. */
  download(url: Uint8Array, tool: string): void
  /** nc, telnet, ssh, /dev/tcp, mysql…: `target` as a URL, `tcp://host:port`; recorded, nothing beyond this host is reached. */
  connect(target: Uint8Array, tool: string): void
  /** A file came to be by redirection, here-document, base64 -d, printf, dd, tee: content as it stands when closed. */
  file(path: string, content: Uint8Array): void
}

export interface ShellOptions {
  readonly host: Host
  readonly user: PersonaUser
  readonly peer: { readonly address: string; readonly port: number }
  readonly local: { readonly address: string; readonly port: number }
  /** A terminal, or null for `ssh host command` without -t. */
  readonly tty: {
    readonly columns: number
    readonly rows: number
    readonly term: string
    /** `pts/3` as `Host.allocateTty` gave it and `Host.login` was told; `pts/0` when absent. */
    readonly name?: string
  } | null
  /** What the person came through: sshd leaves SSH_CLIENT and its kind in the environment, login does not. `ssh` when absent. */
  readonly via?: 'ssh' | 'telnet'
  /** `bash -c command`, text as UTF-8; absent = an interactive login shell with greeting, prompt, line editing and history. */
  readonly command?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly observer: ShellObserver
  readonly now: () => number
  readonly random: () => number
  /** Waits for `sleep`, time-outs of downloads and the like; resolves early when the signal aborts. Real timers when absent. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly stdout: (data: Uint8Array) => void
  readonly stderr: (data: Uint8Array) => void
}

/** A running shell: bounded in memory, steps and output; never throws on any input. */
export interface ShellProcess {
  input(data: Uint8Array): void
  /** End of input (the client closed its side). */
  inputEnd(): void
  resize(columns: number, rows: number): void
  /** The connection is gone. */
  hangup(): void
  /** Exit status, once the shell has left. */
  readonly done: Promise<{ readonly status: number }>
}
export type StartShell = (options: ShellOptions) => ShellProcess
