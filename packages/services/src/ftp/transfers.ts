import type { Socket } from 'node:net'
import { events } from '@decnet/contracts/events'
import { escapedBytes } from '@decnet/kernel'
import { FileError } from '../_shared/shell/port.ts'
import type { TransferFailure } from './dialect.ts'
import { type Entry, entriesOf, entryAt, type ListRequest, matcher, parseListRequest } from './listing.ts'
import { mlsxFacts, nameOf } from './mlsx.ts'
import { credentialsOf, type FtpSession, resolvePath, toDisk, toWire } from './session.ts'

const ACCEPT_MS = 60_000
const STALL_MS = 300_000
/** `ls -l` shows the time of day for what is younger. */
const RECENT_MS = 182 * 86_400_000

/** Lines of a long listing, binary strings. */
export function formatEntries(session: FtpSession, entries: readonly Entry[]): string[] {
  const { dialect, host, wallTime } = session
  const now = session.now()
  return entries.map((entry) => {
    const shown = { ...entry, name: toWire(entry.name), ...(entry.target === undefined ? {} : { target: toWire(entry.target) }) }
    const time = dialect.localTime ? wallTime(entry.stat.mtime) : session.wallTime(entry.stat.mtime)
    return dialect.line(shown, time, now - entry.stat.mtime < RECENT_MS, (id, group) => nameOf(host, id, group))
  })
}

/** Takes the waiting data connection; answers 425 and null when there is none. */
async function connected(session: FtpSession): Promise<Socket | null> {
  const { channel, dialect } = session
  session.channel = null
  if (channel === null) {
    await session.reply(dialect.noChannel)
    return null
  }
  const abandon = (): void => channel.close()
  session.signal.addEventListener('abort', abandon, { once: true })
  const socket = await channel.accept(ACCEPT_MS)
  session.signal.removeEventListener('abort', abandon)
  if (socket === null) await session.reply(dialect.failure('connect'))
  return socket
}

/** Ties a data connection to its control connection for as long as `run` lasts. */
async function during<T>(session: FtpSession, socket: Socket, run: () => Promise<T>): Promise<T> {
  const stop = (): void => void socket.destroy()
  session.signal.addEventListener('abort', stop, { once: true })
  socket.setTimeout(STALL_MS, stop)
  try {
    return await run()
  } finally {
    session.signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

/** Sends and closes; false when the peer went away before the end. */
const deliver = (socket: Socket, data: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => {
    let sent = false
    socket.on('close', () => resolve(sent))
    // Bytes that the peer sends on a download are drained, so that its end is seen.
    socket.resume()
    socket.end(data, () => {
      sent = true
      resolve(true)
    })
  })

async function sendData(session: FtpSession, opening: string, data: Uint8Array, ending: string): Promise<void> {
  const socket = await connected(session)
  if (socket === null) return
  await during(session, socket, async () => {
    await session.reply(opening)
    const whole = await deliver(socket, data)
    await session.reply(whole ? ending : session.dialect.failure('network'))
  })
}

interface Listing {
  readonly entries: readonly Entry[]
  readonly missing?: FileError
}

/** Entries of what was named: a directory, a file, or a pattern in the last part. */
function find(session: FtpSession, request: ListRequest): Listing {
  const { fs } = session.host
  const as = credentialsOf(session)
  const path = resolvePath(session, request.path)
  try {
    if (fs.stat(path, as).kind === 'directory') return { entries: entriesOf(fs, path, as, request) }
    return { entries: [entryAt(fs, path, toDisk(request.path), as)] }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    if (!/[*?{]/u.test(request.path)) return { entries: [], missing: error }
  }
  const cut = request.path.lastIndexOf('/') + 1
  const fits = matcher(toDisk(request.path.slice(cut)))
  const prefix = toDisk(request.path.slice(0, cut))
  try {
    const inside = entriesOf(fs, resolvePath(session, request.path.slice(0, cut) || '.'), as, request)
    return { entries: inside.filter(({ name }) => fits(name)).map((entry) => ({ ...entry, name: prefix + entry.name })) }
  } catch (error) {
    if (error instanceof FileError) return { entries: [], missing: error }
    throw error
  }
}

/** LIST, NLST and MLSD. */
export async function list(session: FtpSession, verb: string, argument: string): Promise<void> {
  const { dialect } = session
  const request = parseListRequest(argument)
  const { entries, missing } = find(session, verb === 'MLSD' ? { ...request, all: true } : request)
  if (verb === 'NLST' && entries.length === 0 && dialect.nothingFound !== null && request.path !== '') {
    session.channel?.close()
    session.channel = null
    await session.reply(dialect.nothingFound)
    return
  }
  const lines =
    verb === 'NLST' && !(argument.startsWith('-') && /^-\S*l/u.test(argument) && !dialect.unknownFirst)
      ? entries.map(({ name }) => toWire(name))
      : verb === 'MLSD'
        ? entries.map((entry) =>
            toWire(mlsxFacts(session.host, entry, entry.name === '.' ? 'cdir' : entry.name === '..' ? 'pdir' : undefined)),
          )
        : formatEntries(session, entries)
  const data = Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1')
  const ending = (missing && dialect.missing(request.path, missing)) ?? dialect.complete(verb)
  await sendData(session, dialect.opening(verb, '', null, session.type), data, ending)
}

export async function retrieve(session: FtpSession, argument: string): Promise<void> {
  const { dialect, host } = session
  const offset = session.restart
  const end = session.last === null ? undefined : session.last + 1
  session.restart = 0
  session.last = null
  if (!dialect.fileFirst && session.channel === null) return void (await session.reply(dialect.noChannel))
  let content: Buffer
  try {
    const path = resolvePath(session, argument)
    const as = credentialsOf(session)
    if (argument === '') throw new FileError('ENOENT', argument)
    if (host.fs.stat(path, as).kind !== 'file') return void (await refuse(session, dialect.notPlain('RETR', argument)))
    content = host.fs.read(path, as)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return void (await refuse(session, dialect.failed('RETR', argument, error)))
  }
  const part = content.subarray(Math.min(offset, content.length), end)
  const shown = dialect.convertsAscii ? part.length : content.length
  const data =
    dialect.convertsAscii && session.type === 'A' ? Buffer.from(part.toString('latin1').replace(/\r?\n/gu, '\r\n'), 'latin1') : part
  await sendData(session, dialect.opening('RETR', argument, shown, session.type), data, dialect.complete('RETR'))
}

async function refuse(session: FtpSession, reply: string): Promise<void> {
  session.channel?.close()
  session.channel = null
  await session.reply(reply)
}

/** STOR, APPE and STOU: every byte is captured; what fits the disk is written to it. */
export async function store(session: FtpSession, verb: 'STOR' | 'APPE' | 'STOU', argument: string): Promise<void> {
  const { dialect, host } = session
  const { fs } = host
  const offset = session.restart
  session.restart = 0
  if (!dialect.fileFirst && session.channel === null) return void (await session.reply(dialect.noChannel))
  const as = credentialsOf(session)
  const exists = (name: string): boolean => {
    try {
      fs.lstat(resolvePath(session, name), as)
      return true
    } catch (error) {
      if (error instanceof FileError) return false
      throw error
    }
  }
  const name = verb === 'STOU' ? dialect.uniqueName(argument, exists, () => letters(session.random)) : argument
  const path = resolvePath(session, name)
  let before: Buffer = Buffer.alloc(0)
  try {
    if (name === '') throw new FileError('ENOENT', name)
    const resumes = verb === 'APPE' || offset > 0
    if (resumes && exists(name)) {
      const refusal = dialect.resumeRefused(name)
      if (refusal !== null) return void (await refuse(session, refusal))
      const old = fs.read(path, as)
      before = verb === 'APPE' ? old : old.subarray(0, offset)
    }
    fs.write(path, before, as, { mode: 0o666 & ~session.umask })
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return void (await refuse(session, dialect.failed('STOR', name, error)))
  }
  const socket = await connected(session)
  if (socket === null) return
  await during(session, socket, async () => {
    await session.reply(dialect.opening(verb, name, null, session.type))
    const outcome = await receive(session, socket, path, before)
    await session.reply(outcome === null ? dialect.complete(verb) : dialect.failure(outcome))
  })
}

async function receive(session: FtpSession, socket: Socket, path: string, before: Buffer): Promise<TransferFailure | null> {
  const { budget, dialect } = session
  const capture = session.session.capture()
  const chunks: Buffer[] = [before]
  let held = 0
  let failure: TransferFailure | null = null
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      capture.write(chunk)
      if (!budget.take(chunk.length)) {
        failure = 'full'
        break
      }
      held += chunk.length
      chunks.push(chunk)
    }
  } catch {
    failure = 'network'
  }
  const { sha256, size, truncated } = await capture.finish()
  if (size > 0) session.session.emit(events.fileCaptured, { sha256, size, path: escapedBytes(path), via: 'ftp', truncated })
  try {
    const whole = Buffer.concat(chunks)
    const ascii = dialect.convertsAscii && session.type === 'A'
    const data = ascii ? Buffer.from(whole.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') : whole
    session.host.fs.write(path, data, credentialsOf(session))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    failure ??= 'full'
  } finally {
    budget.give(held)
  }
  return failure
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** Six letters as mkstemp chooses them. */
const letters = (random: () => number): string =>
  Array.from({ length: 6 }, () => ALPHABET[Math.floor(random() * ALPHABET.length)] ?? 'A').join('')
