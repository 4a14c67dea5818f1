import { FileError } from '../_shared/shell/port.ts'
import { compactTime, entriesOf, entryAt, parseListRequest } from './listing.ts'
import { mlsxFacts } from './mlsx.ts'
import { credentialsOf, type FtpSession, resolvePath, toWire, viewOf } from './session.ts'
import { formatEntries } from './transfers.ts'

type Command = (session: FtpSession, argument: string, verb: string) => string

/** Runs what may fail as a system call fails; the daemon's refusal otherwise. */
function attempt(session: FtpSession, verb: string, argument: string, run: () => string): string {
  try {
    return run()
  } catch (error) {
    if (error instanceof FileError) return session.dialect.failed(verb, argument, error)
    throw error
  }
}

const changeDirectory: Command = (session, argument, verb) =>
  attempt(session, 'CWD', argument, () => {
    const { host, dialect } = session
    const as = credentialsOf(session)
    if (argument === '') throw new FileError('ENOENT', argument)
    const path = host.fs.realpath(resolvePath(session, argument), as)
    if (host.fs.stat(path, as).kind !== 'directory') throw new FileError('ENOTDIR', path)
    // A directory that cannot be searched cannot be entered.
    host.fs.stat(path === '/' ? '/.' : `${path}/.`, as)
    session.cwd = path
    return dialect.cwd(verb)
  })

const makeDirectory: Command = (session, argument) =>
  attempt(session, 'MKD', argument, () => {
    if (argument === '') throw new FileError('ENOENT', argument)
    const path = resolvePath(session, argument)
    session.host.fs.mkdir(path, credentialsOf(session), 0o777 & ~session.umask)
    return session.dialect.made(toWire(path))
  })

const removeDirectory: Command = (session, argument, verb) =>
  attempt(session, 'RMD', argument, () => {
    if (argument === '') throw new FileError('ENOENT', argument)
    session.host.fs.rmdir(resolvePath(session, argument), credentialsOf(session))
    return session.dialect.done(verb === 'XRMD' && session.dialect.unknownFirst ? verb : 'RMD')
  })

const remove: Command = (session, argument) =>
  attempt(session, 'DELE', argument, () => {
    const path = resolvePath(session, argument)
    const as = credentialsOf(session)
    if (argument === '') throw new FileError('ENOENT', argument)
    if (session.host.fs.lstat(path, as).kind === 'directory') throw new FileError('EISDIR', path)
    session.host.fs.remove(path, as)
    return session.dialect.done('DELE')
  })

const size: Command = (session, argument) => {
  const { dialect, host } = session
  if (session.type === 'A' && dialect.sizeInAscii !== null) return dialect.sizeInAscii
  return attempt(session, 'SIZE', argument, () => {
    const stat = host.fs.stat(resolvePath(session, argument), credentialsOf(session))
    return stat.kind === 'file' && argument !== '' ? dialect.size(stat.size) : dialect.notPlain('SIZE', argument)
  })
}

const modificationTime: Command = (session, argument) => {
  const { dialect, host } = session
  return attempt(session, 'MDTM', argument, () => {
    const as = credentialsOf(session)
    const setting = dialect.timeSet === null ? null : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2}) (.+)$/su.exec(argument)
    if (setting !== null && dialect.timeSet !== null) {
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = setting.slice(1, 7).map(Number)
      const wanted = Date.UTC(year, month - 1, day, hour, minute, second)
      const path = resolvePath(session, setting[7] ?? '')
      host.fs.touch(path, wanted - session.wallTime(wanted).offset * 60_000, as)
      return dialect.timeSet
    }
    const stat = host.fs.stat(resolvePath(session, argument), as)
    return stat.kind === 'file' && argument !== '' ? `213 ${compactTime(session.wallTime(stat.mtime))}` : dialect.notPlain('MDTM', argument)
  })
}

const renameFrom: Command = (session, argument) =>
  attempt(session, 'RNFR', argument, () => {
    if (argument === '') throw new FileError('ENOENT', argument)
    const path = resolvePath(session, argument)
    session.host.fs.lstat(path, credentialsOf(session))
    session.renameFrom = path
    return session.dialect.renameReady
  })

const renameTo: Command = (session, argument) => {
  const from = session.renameFrom
  if (from === null) return session.dialect.renameFirst
  session.renameFrom = null
  return attempt(session, 'RNTO', argument, () => {
    if (argument === '') throw new FileError('ENOENT', argument)
    session.host.fs.rename(from, resolvePath(session, argument), credentialsOf(session))
    return session.dialect.renamed
  })
}

const site: Command = (session, argument) => {
  const wish = session.dialect.site(argument, viewOf(session))
  if ('umask' in wish) session.umask = wish.umask
  if ('reply' in wish) return wish.reply
  const { mode, path } = wish.chmod
  return attempt(session, 'SITE', path, () => {
    const where = resolvePath(session, path)
    const as = credentialsOf(session)
    session.host.fs.chmod(where, mode(session.host.fs.stat(where, as).mode), as)
    return session.dialect.done('SITE')
  })
}

const status: Command = (session, argument) => {
  const { dialect, host } = session
  if (argument === '') return dialect.stat(viewOf(session))
  const as = credentialsOf(session)
  const request = parseListRequest(argument)
  const path = resolvePath(session, request.path)
  try {
    const directory = host.fs.stat(path, as).kind === 'directory'
    const entries = directory ? entriesOf(host.fs, path, as, { ...request, all: true }) : [entryAt(host.fs, path, request.path, as)]
    return dialect.statPath(request.path === '' ? '.' : request.path, formatEntries(session, entries), directory)
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return dialect.statMissing(request.path, error)
  }
}

/** MFMT and MFF (draft-somers-ftp-mfxx): `20200101000000 path`, `modify=…;UNIX.mode=…; path`. */
const modifyFacts: Command = (session, argument, verb) => {
  const [, given = '', path = ''] = /^(\S+) (.+)$/su.exec(argument) ?? []
  return attempt(session, verb, path, () => {
    const { fs } = session.host
    const where = resolvePath(session, path)
    const as = credentialsOf(session)
    const facts = verb === 'MFMT' ? [`Modify=${given}`] : given.split(';').filter((fact) => fact !== '')
    fs.lstat(where, as)
    for (const fact of facts) {
      const [name = '', value = ''] = fact.split('=')
      const [, ...parts] = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/u.exec(value)?.map(Number) ?? []
      const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
      if (/^modify$/iu.test(name)) {
        if (parts.length === 0) return `501 ${value}: Invalid argument`
        fs.touch(where, Date.UTC(year, month - 1, day, hour, minute, second), as)
      } else if (/^unix\.mode$/iu.test(name) && /^[0-7]{1,4}$/u.test(value)) fs.chmod(where, Number.parseInt(value, 8), as)
      else return `504 Cannot modify fact '${fact}'`
    }
    return `213 ${facts.map((fact) => `${fact};`).join('')} ${path}`
  })
}

const machineList: Command = (session, argument) =>
  attempt(session, 'MLST', argument, () => {
    const path = resolvePath(session, argument)
    const entry = entryAt(session.host.fs, path, path, credentialsOf(session))
    const shown = argument === '' ? toWire(path) : argument
    return [`250-Start of list for ${shown}`, ` ${toWire(mlsxFacts(session.host, entry))}`, '250 End of list'].join('\r\n')
  })

const workingDirectory: Command = ({ dialect, cwd }) => dialect.pwd(toWire(cwd))
const parent: Command = (session, _argument, verb) => changeDirectory(session, '..', verb)

/** Commands on the disk that need no data connection, by verb. */
export const fileCommands: Readonly<Record<string, Command>> = {
  CWD: changeDirectory,
  XCWD: changeDirectory,
  CDUP: parent,
  XCUP: parent,
  PWD: workingDirectory,
  XPWD: workingDirectory,
  MKD: makeDirectory,
  XMKD: makeDirectory,
  RMD: removeDirectory,
  XRMD: removeDirectory,
  DELE: remove,
  SIZE: size,
  MDTM: modificationTime,
  RNFR: renameFrom,
  RNTO: renameTo,
  SITE: site,
  STAT: status,
  MLST: machineList,
  MFMT: modifyFacts,
  MFF: modifyFacts,
}
