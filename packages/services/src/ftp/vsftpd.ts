import { own } from '@decnet/kernel'
import type { Dialect } from './dialect.ts'
import { modeString } from './listing.ts'

const VERBS =
  'ABOR ACCT ALLO APPE CDUP CWD DELE EPRT EPSV FEAT HELP LIST MDTM MKD MODE NLST NOOP OPTS PASS PASV PORT PWD QUIT REIN REST RETR RMD RNFR RNTO SITE SIZE SMNT STAT STOR STOU STRU SYST TYPE USER XCUP XCWD XMKD XPWD XRMD PBSZ PROT'

const HELP = [
  '214-The following commands are recognized.',
  ' ABOR ACCT ALLO APPE CDUP CWD  DELE EPRT EPSV FEAT HELP LIST MDTM MKD',
  ' MODE NLST NOOP OPTS PASS PASV PORT PWD  QUIT REIN REST RETR RMD  RNFR',
  ' RNTO SITE SIZE SMNT STAT STOR STOU STRU SYST TYPE USER XCUP XCWD XMKD',
  ' XPWD XRMD',
  '214 Help OK.',
].join('\r\n')

const FEATURES = ['211-Features:', ' EPSV', ' MDTM', ' PASV', ' REST STREAM', ' SIZE', ' TVFS', '211 End'].join('\r\n')

const FAILED: Readonly<Record<string, string>> = {
  CWD: '550 Failed to change directory.',
  MKD: '550 Create directory operation failed.',
  RMD: '550 Remove directory operation failed.',
  DELE: '550 Delete operation failed.',
  SIZE: '550 Could not get file size.',
  MDTM: '550 Could not get file modification time.',
  RETR: '550 Failed to open file.',
  STOR: '553 Could not create file.',
  RNFR: '550 RNFR command failed.',
  RNTO: '550 Rename failed.',
  SITE: '550 SITE CHMOD command failed.',
}

const DONE: Readonly<Record<string, string>> = {
  RMD: '250 Remove directory operation successful.',
  DELE: '250 Delete operation successful.',
  SITE: '200 SITE CHMOD command ok.',
}

const fixed = (verb: string, argument: string): string | null => {
  if (verb === 'SYST') return '215 UNIX Type: L8'
  if (verb === 'FEAT') return FEATURES
  if (verb === 'HELP') return HELP
  if (verb === 'NOOP') return '200 NOOP ok.'
  if (verb === 'ALLO') return '202 ALLO command ignored.'
  if (verb === 'MODE') return /^s$/iu.test(argument) ? '200 Mode set to S.' : '504 Bad MODE command.'
  if (verb === 'STRU') return /^f$/iu.test(argument) ? '200 Structure set to F.' : '504 Bad STRU command.'
  if (verb === 'OPTS') return /^utf8 on$/iu.test(argument) ? '200 Always in UTF8 mode.' : '501 Option not understood.'
  if (verb === 'ABOR') return '225 No transfer to ABOR.'
  if (verb === 'ACCT' || verb === 'REIN' || verb === 'SMNT') return `502 ${verb} not implemented.`
  if (verb === 'PBSZ' || verb === 'PROT') return '550 Permission denied.'
  return null
}

const quoted = (path: string): string => `"${path.replaceAll('"', '""')}"`

/** vsftpd 3.0 with Debian's configuration, uploads allowed, `port_enable=NO`. */
export const vsftpd: Dialect = {
  terminator: '\n',
  lineLimit: 4096,
  longLines: 'skip',
  tooLong: '500 Input line too long.',
  lastLineCounts: false,
  unescape: (line) => ({ text: line.toString('latin1').replace(/^\xff\xf4\xff\xf2(?=abor)/iu, ''), refusals: '' }),
  split(text) {
    const [, given = '', argument = ''] = /^([^ \n]*)[ \n]?(.*)$/su.exec(text) ?? []
    return { given, argument }
  },
  emptyLine: null,
  umask: 0o077,
  localTime: true,
  // One second of its own and PAM's two, which spread by half.
  failureDelay: (_known, random) => 2_000 + 2_000 * random(),
  loginTimeout: { seconds: 60, reply: '421 Timeout.' },
  idleTimeout: { seconds: 300, reply: '421 Timeout.' },
  greeting: ({ version }) => `220 (vsFTPd ${version})`,
  open: new Set(['USER', 'PASS', 'QUIT', 'FEAT', 'OPTS']),
  verbs: new Set(VERBS.split(' ')),
  unknownFirst: false,
  foreign: new Set(),
  notLoggedIn: '530 Please login with USER and PASS.',
  unknown: () => '500 Unknown command.',
  arity: () => null,
  fixed,
  passwordWanted: () => '331 Please specify the password.',
  passwordFirst: '503 Login with USER first.',
  wrong: '530 Login incorrect.',
  loggedIn: () => '230 Login successful.',
  again: (same) => (same ? '331 Any password will do.' : "530 Can't change to another user."),
  passwordAgain: '230 Already logged in.',
  goodbye: '221 Goodbye.',

  pwd: (path) => `257 ${quoted(path)} is the current directory`,
  cwd: () => '250 Directory successfully changed.',
  made: (path) => `257 ${quoted(path)} created`,
  done: (verb) => own(DONE, verb) ?? '200 OK.',
  renameReady: '350 Ready for RNTO.',
  renamePending: null,
  renamed: '250 Rename successful.',
  renameFirst: '503 RNFR required first.',
  size: (size) => `213 ${size}`,
  sizeInAscii: null,
  timeSet: '213 File modification time set.',
  notPlain: (verb) => own(FAILED, verb) ?? '550 Permission denied.',
  failed: (verb) => own(FAILED, verb) ?? '550 Permission denied.',
  type(argument) {
    if (/^a( n)?$/iu.test(argument)) return { reply: '200 Switching to ASCII mode.', type: 'A' }
    if (/^(i|l8|l 8)$/iu.test(argument)) return { reply: '200 Switching to Binary mode.', type: 'I' }
    return { reply: '500 Unrecognised TYPE command.' }
  },
  rest(argument) {
    const offset = /^\d{1,15}/u.test(argument) ? Number.parseInt(argument, 10) : 0
    return { reply: `350 Restart position accepted (${offset}).`, offset }
  },
  range: () => ({ reply: '500 Unknown command.' }),
  site(argument, { umask }) {
    const [verb = '', ...words] = argument.split(' ')
    const name = verb.toUpperCase()
    if (name === 'HELP') return { reply: '214 CHMOD UMASK HELP' }
    if (name === 'UMASK') {
      const [value = ''] = words
      if (value === '') return { reply: `200 Your current UMASK is ${umask.toString(8).padStart(3, '0')}` }
      const next = Number.parseInt(value, 8) & 0o777 || 0
      return { umask: next, reply: `200 UMASK set to ${next.toString(8).padStart(3, '0')}` }
    }
    if (name !== 'CHMOD') return { reply: '500 Unknown SITE command.' }
    const [mode = ''] = words
    const path = words.slice(1).join(' ')
    if (path === '') return { reply: '500 SITE CHMOD needs 2 arguments.' }
    const wanted = Number.parseInt(/^[0-7]{1,4}/u.exec(mode)?.[0] ?? '0', 8)
    return { chmod: { mode: () => wanted, path } }
  },

  passive: (address, port) => `227 Entering Passive Mode (${address.replaceAll('.', ',')},${port >> 8},${port & 255}).`,
  extendedPassive: (port) => `229 Entering Extended Passive Mode (|||${port}|)`,
  epsv(argument) {
    if (/^all$/iu.test(argument)) return { all: '200 EPSV ALL ok.' }
    return argument === '' || argument === '1' ? null : { reply: '522 Bad network protocol.' }
  },
  passiveAfterEpsvAll: '550 Permission denied.',
  active: () => '550 Permission denied.',
  noChannel: '425 Use PORT or PASV first.',
  fileFirst: false,
  opening(verb, name, size) {
    if (verb === 'RETR') return `150 Opening BINARY mode data connection for ${name} (${size ?? 0} bytes).`
    if (verb === 'STOU') return `150 FILE: ${name}`
    return verb === 'STOR' || verb === 'APPE' ? '150 Ok to send data.' : '150 Here comes the directory listing.'
  },
  complete: (verb) => (verb === 'LIST' || verb === 'NLST' ? '226 Directory send OK.' : '226 Transfer complete.'),
  failure(kind) {
    if (kind === 'connect') return '425 Failed to establish connection.'
    return kind === 'network' ? '426 Failure writing network stream.' : '451 Failure writing to local file.'
  },
  resumeRefused: () => null,
  convertsAscii: false,
  uniqueName(path, taken) {
    const stem = path === '' ? 'STOU' : path
    let number = 1
    while (taken(`${stem}.${number}`)) number += 1
    return `${stem}.${number}`
  },

  line({ name, stat, target }, time, recent) {
    const month = MONTHS[time.month - 1] ?? ''
    const when = `${month} ${two(time.day)} ${recent ? `${two(time.hour)}:${two(time.minute)}` : ` ${time.year}`}`
    const owner = `${String(stat.uid).padEnd(8)} ${String(stat.gid).padEnd(8)}`
    const shown = target === undefined ? name : `${name} -> ${target}`
    return `${modeString(stat)} ${String(stat.links).padStart(4)} ${owner} ${String(stat.size).padStart(8)} ${when} ${shown}`
  },
  missing: (path) => (path.includes('/') ? '226 Transfer done (but failed to open directory).' : null),
  nothingFound: null,
  stat: ({ peer, user, type, version }) =>
    [
      '211-FTP server status:',
      `     Connected to ${peer}`,
      `     Logged in as ${user ?? ''}`,
      `     TYPE: ${type === 'A' ? 'ASCII' : 'BINARY'}`,
      '     No session bandwidth limit',
      '     Session timeout in seconds is 300',
      '     Control connection is plain text',
      '     Data connections will be plain text',
      '     At session startup, client count was 1',
      `     vsFTPd ${version} - secure, fast, stable`,
      '211 End of status',
    ].join('\r\n'),
  statMissing: () => '213-Status follows:\r\n213 End of status',
  statPath: (_path, lines) => ['213-Status follows:', ...lines, '213 End of status'].join('\r\n'),
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')
