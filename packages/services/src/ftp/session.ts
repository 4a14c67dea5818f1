import { escapedBytes, escapedText } from '@decnet/kernel'
import type { Session } from '@decnet/kernel/service'
import type { Persona, PersonaUser } from '@decnet/persona'
import type { Credentials, Host } from '../_shared/shell/port.ts'
import type { WallTime } from '../_shared/shell/zoned-time.ts'
import type { DataChannel } from './data-channel.ts'
import type { Dialect, View } from './dialect.ts'
import type { ftpEvents } from './events.ts'
import type { UploadBudget } from './upload-budget.ts'

/** Where one control connection stands. Only `conversation`, `files` and `transfers` change it. */
export interface FtpSession {
  readonly dialect: Dialect
  readonly persona: Persona
  readonly host: Host
  readonly session: Session<(typeof ftpEvents)[number]>
  readonly signal: AbortSignal
  readonly now: () => number
  readonly random: () => number
  readonly budget: UploadBudget
  readonly wallTime: (epoch: number) => WallTime
  /** One reply; its text may hold several lines. */
  reply(text: string): Promise<boolean>
  /** A binary string as it is. */
  send(text: string): Promise<boolean>

  user: PersonaUser | null
  cwd: string
  type: 'A' | 'I'
  umask: number
  restart: number
  /** Last byte of the next download; null = to the end. */
  last: number | null
  renameFrom: string | null
  epsvOnly: boolean
  channel: DataChannel | null
}

/** What replies may name. */
export const viewOf = ({ persona, session, user, type, umask }: FtpSession): View => ({
  version: persona.packages.ftp.version,
  // Ubuntu ships Debian's file as it is.
  serverName: 'Debian',
  fqdn: persona.fqdn,
  peer: session.peer.address,
  local: session.local.address,
  user: user === null ? null : user.name,
  type,
  umask,
})

const NOBODY: Credentials = { uid: 65_534, gid: 65_534, groups: [] }
export const credentialsOf = ({ user, host }: FtpSession): Credentials => (user === null ? NOBODY : host.credentialsOf(user))

/** Protocol text (binary string) as the disk's name, and back. */
export const toDisk = (text: string): string => escapedText(Buffer.from(text, 'latin1')).replaceAll('\0', '')
export const toWire = (name: string): string => escapedBytes(name).toString('latin1')

/** Absolute path of what a client named, as the disk has it; links are left alone. */
export function resolvePath(session: FtpSession, argument: string): string {
  const home = session.user?.home ?? '/'
  const name = toDisk(argument)
  const given = name === '~' || name.startsWith('~/') ? home + name.slice(1) : name
  const parts: string[] = []
  for (const part of (given.startsWith('/') ? given : `${session.cwd}/${given}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}
