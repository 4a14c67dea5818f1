import { events } from '@decnet/contracts/events'
import { own } from '@decnet/kernel'
import { type LongLine, lineReader } from '../_shared/line-reader/line-reader.ts'
import type { Wire } from '../_shared/wire/wire.ts'
import { openDataChannel } from './data-channel.ts'
import { fileCommands } from './files.ts'
import { type FtpSession, viewOf } from './session.ts'
import { list, retrieve, store } from './transfers.ts'

const MAX_FAILURES = 3
/** What ProFTPD takes between RNFR and RNTO. */
const DURING_RENAME = new Set(['RNTO', 'NOOP', 'QUIT'])
const MAX_LONG_LINES = 4
const LONG_LINE_PAUSE_MS = 250
/** For the length of a line that is answered with the end of the conversation. */
const COUNTING = { ms: 1_000, bytes: 8 * 1024 * 1024 }

export interface ConversationOptions {
  /** Whether refused logins are answered late, as PAM has it. */
  readonly delays: boolean
  readonly authenticated: () => void
}

/** One control connection from greeting to goodbye. */
export async function converse(session: FtpSession, wire: Wire, options: ConversationOptions): Promise<void> {
  const { dialect } = session
  const { terminator, lineLimit: limit, longLines: long } = dialect
  const lines = lineReader(wire, { terminator, limit, long, onLong: (line) => reportLong(session, line) })
  const login: Login = { name: null, failures: 0 }
  let longInARow = 0
  await session.reply(dialect.greeting(viewOf(session)))
  for (;;) {
    const patience = session.user === null ? dialect.loginTimeout : dialect.idleTimeout
    const line = await lines.next(patience.seconds * 1000)
    const unended = line === 'timeout' || (line === 'end' && !dialect.lastLineCounts) ? lines.rest() : null
    if (unended !== null && unended.length > 0) report(session, unended)
    if (line === 'timeout') return void (await session.reply(patience.reply))
    if (line === 'long') {
      longInARow += 1
      if (dialect.tooLong !== null) await session.reply(dialect.tooLong)
      else if (!(await pause(LONG_LINE_PAUSE_MS, session.signal))) return
      if (dialect.tooLong === null && longInARow < MAX_LONG_LINES) continue
      wire.end()
      return lines.finish(COUNTING.ms, COUNTING.bytes)
    }
    longInARow = 0
    const last = line === 'end' && dialect.lastLineCounts ? lines.rest() : null
    if (line === 'end' && (last === null || last.length === 0)) return
    if (!(await obey(session, withoutEnd(line === 'end' ? (last ?? Buffer.alloc(0)) : line), login, options))) return
    if (line === 'end') return
  }
}

/** One carriage return at the end belongs to the end. */
const withoutEnd = (line: Buffer): Buffer => (line.at(-1) === 0x0d ? line.subarray(0, -1) : line)

function report({ session, user, cwd }: FtpSession, command: Buffer): void {
  session.emit(events.command, { command, mode: 'protocol', ...(user !== null && { user: user.name, cwd }) })
}

function reportLong({ session, user }: FtpSession, { beginning, length, sha256 }: LongLine): void {
  session.emit(events.command, {
    command: beginning,
    command_truncated: length,
    command_sha256: sha256,
    mode: 'protocol',
    ...(user !== null && { user: user.name }),
  })
}

/** A word as the daemon reads it, and its exact bytes. */
interface Word {
  readonly read: string
  readonly sent: Buffer
}
interface Login {
  name: Word | null
  failures: number
}

/** What stands behind the verb, as it was sent. */
const sentArgument = (line: Buffer): Buffer => line.subarray(line.findIndex((byte) => byte === 0x20 || byte === 0x0a) + 1)

/** False when the conversation is over. */
async function obey(session: FtpSession, line: Buffer, login: Login, options: ConversationOptions): Promise<boolean> {
  const { dialect } = session
  const { text, refusals } = dialect.unescape(line)
  const { given, argument } = dialect.split(text)
  const verb = given.toUpperCase()
  const secret = verb === 'PASS' && session.user === null && login.name !== null
  if (line.length > 0 && !secret) report(session, line)
  if (refusals !== '' && !(await session.send(refusals))) return false
  if (text === '') return dialect.emptyLine === null || session.reply(dialect.emptyLine)
  if (dialect.foreign.has(verb) || (dialect.foreign.has('SSH-2.0-') && verb.startsWith('SSH-2.0-'))) return false
  if (!/[!-~]/u.test(verb) && dialect.emptyLine !== null) return session.reply(dialect.emptyLine)
  if (dialect.unknownFirst && !dialect.verbs.has(verb)) return session.reply(dialect.unknown(given))
  if (session.user === null && !dialect.open.has(verb)) return session.reply(dialect.notLoggedIn)
  if (!dialect.verbs.has(verb)) return session.reply(dialect.unknown(given))
  if (session.renameFrom !== null && dialect.renamePending !== null && !DURING_RENAME.has(verb)) return session.reply(dialect.renamePending)
  const wrong = dialect.arity(verb, argument)
  if (wrong !== null) return session.reply(wrong)

  if (verb === 'QUIT') {
    await session.reply(dialect.goodbye)
    return false
  }
  if (verb === 'USER') return session.reply(nameUser(session, login, { read: argument, sent: sentArgument(line) }))
  if (verb === 'PASS') return password(session, login, { read: argument, sent: sentArgument(line) }, options)
  const fixed = dialect.fixed(verb, argument, viewOf(session))
  if (fixed !== null) return session.reply(fixed)
  return act(session, verb, argument)
}

function nameUser(session: FtpSession, login: Login, name: Word): string {
  const { dialect, user } = session
  if (user !== null) return dialect.again(name.read === user.name, user.name)
  login.name = name
  return dialect.passwordWanted(name.read)
}

async function password(session: FtpSession, login: Login, given: Word, options: ConversationOptions): Promise<boolean> {
  const { dialect, host } = session
  if (session.user !== null) return session.reply(dialect.passwordAgain)
  const { name } = login
  if (name === null) return session.reply(dialect.passwordFirst)
  login.name = null
  // /etc/ftpusers keeps root and the system's accounts out, whatever their password.
  const found = host.userNamed(name.read)
  const known = found !== undefined && found.uid >= 1000 && found.uid < 65_534 && found.shell.startsWith('/bin/')
  const user = known && host.opens(found, Buffer.from(given.read, 'latin1')) ? found : null
  session.session.emit(events.authAttempt, {
    principal: name.sent,
    secret: given.sent,
    outcome: user === null ? 'failure' : 'success',
    method: 'PASS',
  })
  if (user === null) {
    login.failures += 1
    const delay = options.delays ? dialect.failureDelay(known, session.random) : 0
    if (!(await pause(delay, session.signal))) return false
    return (await session.reply(dialect.wrong)) && login.failures < MAX_FAILURES
  }
  session.user = user
  session.cwd = user.home
  options.authenticated()
  return session.reply(dialect.loggedIn(user.name))
}

/** False when the connection ended meanwhile. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms <= 0) return Promise.resolve(!signal.aborted)
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      resolve(false)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve(true)
    }, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}

async function act(session: FtpSession, verb: string, argument: string): Promise<boolean> {
  const { dialect } = session
  const file = own(fileCommands, verb)
  if (file !== undefined) return session.reply(file(session, argument, verb))
  if (verb === 'TYPE') {
    const { reply, type } = dialect.type(argument)
    session.type = type ?? session.type
    return session.reply(reply)
  }
  if (verb === 'REST') {
    const { reply, offset } = dialect.rest(argument, session.type)
    session.restart = offset
    return session.reply(reply)
  }
  if (verb === 'RANG') {
    const { reply, first, last } = dialect.range(argument, session.type)
    session.restart = first ?? 0
    session.last = last ?? null
    return session.reply(reply)
  }
  if (verb === 'PORT' || verb === 'EPRT') {
    session.session.emit(events.forwardAttempt, { kind: 'port', target: Buffer.from(argument, 'latin1') })
    return session.reply(dialect.active(verb))
  }
  if (verb === 'PASV') return passive(session, (port) => dialect.passive(session.session.local.address, port), session.epsvOnly)
  if (verb === 'EPSV') {
    const wish = dialect.epsv(argument)
    if (wish === null) return passive(session, dialect.extendedPassive, false)
    if ('reply' in wish) return session.reply(wish.reply)
    session.epsvOnly = true
    return session.reply(wish.all)
  }
  if (verb === 'LIST' || verb === 'NLST' || verb === 'MLSD') await list(session, verb, argument)
  else if (verb === 'RETR') await retrieve(session, argument)
  else if (verb === 'STOR' || verb === 'APPE' || verb === 'STOU') await store(session, verb, argument)
  else return session.reply(dialect.unknown(verb))
  return true
}

async function passive(session: FtpSession, text: (port: number) => string, refused: boolean): Promise<boolean> {
  const { dialect } = session
  session.channel?.close()
  session.channel = null
  const { local, peer } = session.session
  if (refused || (local.address.includes(':') && text(1).startsWith('227'))) return session.reply(dialect.passiveAfterEpsvAll)
  session.channel = await openDataChannel(local.address, peer.address)
  return session.reply(session.channel === null ? dialect.failure('connect') : text(session.channel.port))
}
