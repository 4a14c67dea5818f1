import { constants } from 'node:os'
import { own } from '@decnet/kernel'
import { STRERROR } from '../_shared/shell/strerror.ts'
import type { Dialect } from './dialect.ts'
import { modeString } from './listing.ts'
import { unescapeTelnet } from './telnet.ts'

const ROWS = [
  'CWD XCWD CDUP XCUP SMNT* QUIT PORT PASV',
  'EPRT EPSV ALLO RNFR RNTO DELE MDTM RMD',
  'XRMD MKD XMKD PWD XPWD SIZE SYST HELP',
  'NOOP FEAT OPTS HOST CLNT AUTH* CCC* CONF*',
  'ENC* MIC* PBSZ* PROT* TYPE STRU MODE RETR',
  'STOR STOU APPE REST ABOR RANG USER PASS',
  'ACCT* REIN* LIST NLST STAT SITE MLSD MLST',
].map((row) => row.split(' '))
const VERBS = ROWS.flat().filter((verb) => !verb.endsWith('*'))

const help = (fqdn: string): string =>
  [
    "214-The following commands are recognized (* =>'s unimplemented):",
    ...ROWS.map((row) => ` ${row.map((verb) => verb.padEnd(8)).join('')}`),
    `214 Direct comments to root@${fqdn}`,
  ].join('\r\n')

const SYNTAX: Readonly<Record<string, string>> = {
  CWD: '<sp> pathname',
  XCWD: '<sp> pathname',
  CDUP: '(up one directory)',
  XCUP: '(up one directory)',
  QUIT: '(close control connection)',
  PORT: '<sp> h1,h2,h3,h4,p1,p2',
  PASV: '(returns address/port)',
  RNFR: '<sp> pathname',
  RNTO: '<sp> pathname',
  DELE: '<sp> pathname',
  MDTM: '<sp> pathname',
  RMD: '<sp> pathname',
  XRMD: '<sp> pathname',
  MKD: '<sp> pathname',
  XMKD: '<sp> pathname',
  PWD: '(returns current working directory)',
  XPWD: '(returns current working directory)',
  SIZE: '<sp> pathname',
  SYST: '(returns system type)',
  NOOP: '(no operation)',
  TYPE: '<sp> type-code (A, I, L 7, L 8)',
  RETR: '<sp> pathname',
  STOR: '<sp> pathname',
  APPE: '<sp> pathname',
  REST: '<sp> byte-count',
  ABOR: '(abort current operation)',
  USER: '<sp> username',
  PASS: '<sp> password',
  LIST: '[<sp> pathname]',
  NLST: '[<sp> (pathname)]',
  STAT: '[<sp> pathname]',
  STOU: '(store unique filename)',
  RANG: '<sp> start-point <sp> end-point',
  MLSD: '[<sp> pathname]',
  MLST: '[<sp> pathname]',
  EPSV: '(returns port |||port|)',
  EPRT: '<sp> |proto|addr|port|',
  FEAT: '(returns feature list)',
  OPTS: '<sp> command [<sp> options]',
  HOST: '<cp> hostname',
  CLNT: '<cp> client-info',
  ALLO: '<sp> size',
  STRU: 'is not implemented (always F)',
  MODE: 'is not implemented (always S)',
  SMNT: 'is not implemented',
  HELP: '[<sp> command]',
  AUTH: '<sp> base64-data',
  SITE: '<sp> string',
} // prettier-ignore

const FEATURES = [
  '211-Features:',
  ' CLNT',
  ' CSID',
  ' EPRT',
  ' EPSV',
  ' HOST',
  ' LANG C.UTF-8*',
  ' MDTM',
  ' MFF modify;UNIX.group;UNIX.mode;',
  ' MFMT',
  ' MLST modify*;perm*;size*;type*;unique*;UNIX.group*;UNIX.groupname*;UNIX.mode*;UNIX.owner*;UNIX.ownername*;',
  ' RANG STREAM',
  ' REST STREAM',
  ' SIZE',
  ' TVFS',
  ' UTF8',
  '211 End',
].join('\r\n')

/** As strerror has it. */
export const errorText = (code: string): string => own(STRERROR, code) ?? `Unknown error ${constants.errno.EIO}`

const ONE = new Set(['CWD', 'XCWD', 'MKD', 'XMKD', 'RMD', 'XRMD', 'SIZE', 'MDTM', 'RNFR', 'RNTO', 'DELE', 'OPTS'])
const NONE = new Set(['PASV', 'PWD', 'XPWD', 'CDUP', 'XCUP'])
const TWO = new Set(['MFMT', 'MFF'])
const WANTED = new Set(['RANG', 'TYPE', 'RETR', 'STOR', 'APPE', 'REST', 'STRU', 'MODE'])
const quoted = (path: string): string => `"${path.replaceAll('"', '""')}"`
const kind = (type: 'A' | 'I'): string => (type === 'A' ? 'ASCII' : 'BINARY')

/** chmod's octal or symbolic form as a function of the mode before; null = neither. */
function symbolicMode(text: string): ((before: number) => number) | null {
  if (/^[0-7]{1,4}$/u.test(text)) return () => Number.parseInt(text, 8)
  const clauses = text.split(',').map((clause) => /^([ugoa]*)([-+=])([rwx]*)$/u.exec(clause))
  if (clauses.some((clause) => clause === null)) return null
  return (before) =>
    clauses.reduce<number>((mode, clause) => {
      const [, who = '', sign, rights = ''] = clause ?? []
      const bits = [...rights].reduce<number>((sum, right) => sum | (right === 'r' ? 4 : right === 'w' ? 2 : 1), 0)
      const places = [...(who === '' || who.includes('a') ? 'ugo' : who)].map((place) => (place === 'u' ? 6 : place === 'g' ? 3 : 0))
      const mask = places.reduce<number>((sum, shift) => sum | (bits << shift), 0)
      if (sign === '+') return mode | mask
      if (sign === '-') return mode & ~mask
      return (mode & ~places.reduce<number>((sum, shift) => sum | (7 << shift), 0)) | mask
    }, before & 0o7777)
}

/** ProFTPD 1.3 with Debian's configuration. */
export const proftpd: Dialect = {
  terminator: '\r\n',
  lineLimit: 4102,
  longLines: 'all-pieces',
  tooLong: null,
  lastLineCounts: true,
  unescape: unescapeTelnet,
  split(text) {
    const [, given = '', argument = ''] = /^([^ \t-\r]*)[ \t-\r]?(.*)$/su.exec(text.split('\0', 1)[0] ?? '') ?? []
    // The name is one word, what follows is nothing.
    return { given, argument: given.toUpperCase() === 'USER' ? (/[^ \t-\r]+/u.exec(argument)?.[0] ?? '') : argument }
  },
  emptyLine: '500 Invalid command: try being more creative',
  umask: 0o022,
  localTime: false,
  // An unknown name is answered at once: it never reaches PAM.
  failureDelay: (known, random) => (known ? 1_000 + 2_000 * random() : 0),
  loginTimeout: { seconds: 300, reply: '421 Login timeout (300 seconds): closing control connection' },
  idleTimeout: { seconds: 1200, reply: '421 Idle timeout (1200 seconds): closing control connection' },
  greeting: ({ serverName, local }) => `220 ProFTPD Server (${serverName}) [${local.includes(':') ? '' : '::ffff:'}${local}]`,
  open: new Set(['USER', 'PASS', 'QUIT', 'NOOP', 'SYST', 'FEAT', 'HELP', 'OPTS', 'HOST', 'CLNT', 'ACCT', 'REIN', 'SMNT', 'LANG', 'SITE']),
  verbs: new Set([...VERBS, 'ACCT', 'REIN', 'SMNT', 'LANG', 'MFMT', 'MFF', 'CSID']),
  unknownFirst: true,
  foreign: new Set(['GET', 'HEAD', 'POST', 'PUT', 'CONNECT', 'OPTIONS', 'DELETE', 'PATCH', 'EHLO', 'HELO', 'SSH-2.0-']),
  notLoggedIn: '530 Please login with USER and PASS',
  unknown: (verb) => `500 ${verb} not understood`,
  arity(verb, argument) {
    if (argument === '' && verb === 'USER') return '500 USER: command requires a parameter'
    if (argument === '' && ONE.has(verb)) return '501 Invalid number of parameters'
    if (TWO.has(verb) && !/\S \S/u.test(argument)) return '501 Invalid number of parameters'
    if (argument !== '' && NONE.has(verb)) return '501 Invalid number of parameters'
    if (argument === '' && WANTED.has(verb)) return `500 '${verb}' not understood`
    if (argument === '' && verb === 'ALLO') return "504 'ALLO' not understood"
    if (argument === '' && verb === 'SITE') return "500 'SITE' requires parameters"
    return null
  },
  fixed(verb, argument, { fqdn, version }) {
    if (verb === 'SYST') return '215 UNIX Type: L8'
    if (verb === 'FEAT') return FEATURES
    if (verb === 'NOOP' || verb === 'ALLO') return `200 ${verb} command successful`
    if (verb === 'HELP') {
      const name = argument.toUpperCase()
      if (name === '') return help(fqdn)
      const syntax = own(SYNTAX, name)
      return syntax === undefined ? `502 Unknown command '${argument}'` : `214 Syntax: ${name} ${syntax}`
    }
    if (verb === 'MODE') return /^s$/iu.test(argument) ? '200 Mode set to S' : `504 'MODE ${argument}' unsupported transfer mode`
    if (verb === 'STRU') return /^f$/iu.test(argument) ? '200 Structure set to F' : `504 'STRU ${argument}' unsupported structure type`
    if (verb === 'OPTS') {
      if (/^utf8( on)?$/iu.test(argument)) return '200 UTF8 set to on'
      if (/^utf8 off$/iu.test(argument)) return '200 UTF8 set to off'
      if (/^mlst\b/iu.test(argument)) return `200 MLST OPTS ${argument.slice(5)}`
      return `500 OPTS ${argument} not understood`
    }
    if (verb === 'HOST') return `504 ${argument}: Unknown hostname provided`
    if (verb === 'CLNT') return '200 OK'
    if (verb === 'CSID') return `200 name=ProFTPD;version=${version};casesensitive=1;`
    if (verb === 'LANG') return argument === '' ? '500 Unable to handle command' : `504 Language ${argument} not supported`
    if (verb === 'ABOR') return '226 Abort successful'
    if (verb === 'ACCT' || verb === 'REIN' || verb === 'SMNT') return `502 ${verb} command not implemented`
    return null
  },
  passwordWanted: (user) => `331 Password required for ${user}`,
  passwordFirst: '503 Login with USER first',
  wrong: '530 Login incorrect.',
  loggedIn: (user) => `230 User ${user} logged in`,
  again: (same, user) => (same ? `230 User ${user} logged in` : '501 Reauthentication not supported'),
  passwordAgain: '503 You are already logged in',
  goodbye: '221 Goodbye.',

  pwd: (path) => `257 ${quoted(path)} is the current directory`,
  cwd: (verb) => `250 ${verb} command successful`,
  made: (path) => `257 ${quoted(path)} - Directory successfully created`,
  done: (verb) => (verb === 'SITE' ? '200 SITE CHMOD command successful' : `250 ${verb} command successful`),
  renameReady: '350 File or directory exists, ready for destination name',
  renamePending: '501 Bad sequence of commands',
  renamed: '250 Rename successful',
  renameFirst: '503 Bad sequence of commands',
  size: (size) => `213 ${size}`,
  sizeInAscii: '550 SIZE not allowed in ASCII mode',
  timeSet: null,
  notPlain(verb, path) {
    if (verb === 'MDTM') return `550 ${path}: not a plain file`
    return verb === 'SIZE' ? `550 ${path}: not a regular file` : `550 ${path}: Not a regular file`
  },
  failed: (verb, path, error) => (verb === 'MLST' ? `550 '${path}' cannot be listed` : `550 ${path}: ${errorText(error.code)}`),
  type(argument) {
    if (/^a( n)?$/iu.test(argument)) return { reply: '200 Type set to A', type: 'A' }
    if (/^i$/iu.test(argument)) return { reply: '200 Type set to I', type: 'I' }
    if (/^l [78]$/iu.test(argument)) return { reply: '200 Type set to L', type: 'I' }
    return { reply: `504 TYPE not implemented for '${argument}' parameter` }
  },
  rest(argument, type) {
    if (!/^\d{1,15}$/u.test(argument)) return { reply: '501 REST requires a value greater than or equal to 0', offset: 0 }
    const offset = Number(argument)
    if (type === 'A' && offset > 0) return { reply: '501 REST: Resuming transfers not allowed in ASCII mode', offset: 0 }
    return { reply: `350 Restarting at ${offset}. Send STORE or RETRIEVE to initiate transfer`, offset }
  },
  range(argument, type) {
    const [first = '', last = ''] = argument.split(/ +/u)
    if (last === '') return { reply: "500 'RANG' not understood" }
    if (!/^\d{1,15}$/u.test(first) || !/^\d{1,15}$/u.test(last)) return { reply: '501 RANG requires a value greater than or equal to 0' }
    if (type === 'A') return { reply: '551 RANG: Transfer ranges not allowed in ASCII mode' }
    if (Number(first) > Number(last)) return { reply: '501 RANG start must be less than end' }
    const bytes = Number(last) - Number(first) + 1
    return { reply: `350 Transferring byte range of ${bytes} bytes starting from ${first}`, first: Number(first), last: Number(last) }
  },
  site(argument, { fqdn }) {
    const [verb = '', mode = '', ...words] = argument.split(' ')
    const name = verb.toUpperCase()
    if (name === 'HELP')
      return {
        reply: [
          "214-The following SITE commands are recognized (* =>'s unimplemented)",
          ' HELP',
          ' CHGRP',
          ' CHMOD',
          `214 Direct comments to root@${fqdn}`,
        ].join('\r\n'),
      }
    if (name !== 'CHMOD') return { reply: `500 'SITE ${name}' not understood` }
    if (words.length === 0) return { reply: `500-'SITE ${argument}' not understood\r\n500 SITE not understood` }
    const wanted = symbolicMode(mode)
    return wanted === null ? { reply: `550 '${mode}': invalid mode` } : { chmod: { mode: wanted, path: words.join(' ') } }
  },

  passive: (address, port) => `227 Entering Passive Mode (${address.replaceAll('.', ',')},${port >> 8},${port & 255}).`,
  extendedPassive: (port) => `229 Entering Extended Passive Mode (|||${port}|)`,
  epsv(argument) {
    if (/^all$/iu.test(argument)) return { all: '200 EPSV ALL command successful' }
    return argument === '' || argument === '1' || argument === '2' ? null : { reply: '501 EPSV: unknown network protocol' }
  },
  passiveAfterEpsvAll: '500 Illegal PASV command, EPSV ALL in effect',
  active: (verb) => `500 Illegal ${verb} command`,
  noChannel: '425 Unable to build data connection: Connection refused',
  fileFirst: true,
  opening(verb, name, size, type) {
    if (verb === 'STOU') return `150 FILE: ${name}`
    const what = verb === 'LIST' || verb === 'NLST' ? 'file list' : verb === 'MLSD' ? 'MLSD' : name
    return `150 Opening ${kind(type)} mode data connection for ${what}${size === null ? '' : ` (${size} bytes)`}`
  },
  complete: () => '226 Transfer complete',
  failure(transfer) {
    if (transfer === 'connect') return '425 Unable to build data connection: Connection timed out'
    return transfer === 'network' ? '426 Transfer aborted. Data connection closed' : '552 Transfer aborted. No space left on device'
  },
  resumeRefused: (path) => `451 ${path}: Append/Restart not permitted, try again`,
  convertsAscii: true,
  uniqueName: (_path, _taken, letters) => `ftp${letters()}`,

  line({ name, stat, target }, time, recent, nameOf) {
    const when = `${MONTHS[time.month - 1] ?? ''} ${String(time.day).padStart(2)} ${recent ? `${two(time.hour)}:${two(time.minute)}` : ` ${time.year}`}`
    const owner = `${nameOf(stat.uid, false).padEnd(8)} ${nameOf(stat.gid, true).padEnd(8)}`
    const shown = target === undefined ? name : `${name} -> ${target}`
    return `${modeString(stat)} ${String(stat.links).padStart(3)} ${owner} ${String(stat.size).padStart(8)} ${when} ${shown}`
  },
  missing: (path, error) => `450 ${path}: ${errorText(error.code)}`,
  nothingFound: '450 No files found',
  stat: ({ peer, user, type, serverName }) =>
    [
      `211-Status of '${serverName}'`,
      ` Connected from ${peer} (${peer})`,
      ` Logged in as ${user ?? ''}`,
      ` TYPE: ${kind(type)}, STRUcture: File, Mode: Stream`,
      ' No data connection',
      '211 End of status',
    ].join('\r\n'),
  statMissing: (path, error) => `450 ${path}: ${errorText(error.code)}`,
  statPath(path, lines, directory) {
    const code = directory ? 212 : 213
    return [`${code}-Status of ${path}:`, ...lines.map((line) => ` ${line}`), `${code} End of status`].join('\r\n')
  },
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')
