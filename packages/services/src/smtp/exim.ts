import { parsePath } from './address.ts'
import { type Answer, type Dialogue, type MailView, type Mta, type Next, resetTransaction } from './dialogue.ts'
import { eximMessageId } from './queue-id.ts'
import { type Exchange, eximDecode, PROMPTS, type Step } from './sasl.ts'

const SIZE_LIMIT = 52_428_800
const MAX_ERRORS = 3
const EXTENSIONS = [`SIZE ${SIZE_LIMIT}`, '8BITMIME', 'PIPELINING', 'PIPECONNECT', 'AUTH PLAIN LOGIN', 'CHUNKING', 'PRDR', 'HELP']
const SYNCHRONISED = new Set(['EHLO', 'DATA', 'VRFY', 'EXPN', 'ETRN', 'AUTH', 'STARTTLS'])

const say = (reply: string, next: Next = 'command'): Answer => ({ reply, next })

/** The fourth error of syntax or protocol ends the conversation. */
function fail(dialogue: Dialogue, reply: string): Answer {
  dialogue.errors += 1
  if (dialogue.errors <= MAX_ERRORS) return say(reply)
  return say(`${reply.slice(0, 3)}-${reply.slice(4)}\r\n${reply.slice(0, 3)} Too many syntax or protocol errors`, 'close')
}

function hello(dialogue: Dialogue, verb: string, argument: string, { fqdn, peer }: MailView): Answer {
  if (!/^(\[[\w.:]+\]|[A-Za-z0-9.-]+)$/u.test(argument)) {
    dialogue.errors += 1
    return say(`501 Syntactically invalid ${verb} argument(s)`, dialogue.errors > MAX_ERRORS ? 'close' : 'command')
  }
  resetTransaction(dialogue)
  dialogue.helo = argument
  dialogue.extended = verb === 'EHLO'
  const first = `${fqdn} Hello ${argument} [${peer}]`
  if (verb === 'HELO') return say(`250 ${first}`)
  return say([first, ...EXTENSIONS].map((line, index) => `250${index === EXTENSIONS.length ? ' ' : '-'}${line}`).join('\r\n'))
}

/** What Exim's parser says about an address that it cannot take; null = none. */
function malformed(given: string, address: string | null, options: readonly string[], joint: string): string | null {
  if (given.startsWith('<') && !given.endsWith('>')) {
    const word = given.slice(1)
    return word.includes('@') ? `${given}: '>' missing at end of address` : `${given}: "@" or "." expected after "${word}"`
  }
  if (address === null) return `${given}: "@" or "." expected after "${given.replace(/^</u, '').split(/\s/u)[0] ?? ''}"`
  if (options.length > 0)
    return `${given}${joint}${options.join(' ')}: malformed address: ${joint.trim()}${options.join(' ')} may not follow ${given}${joint === ' ' ? ' ' : ''}`
  return null
}

const KNOWN_OPTION = /^(size=\d+|body=(7bit|8bitmime)|auth=\S*|ret=(full|hdrs)|envid=\S+|prdr)$/iu

function mail(dialogue: Dialogue, rest: string): Answer {
  if (dialogue.helo === null) return fail(dialogue, '503 HELO or EHLO required')
  if (dialogue.sender !== null) return fail(dialogue, '503 sender already given')
  if (rest.trim() === '') return fail(dialogue, '501 MAIL must have an address operand')
  const { address, given, options } = parsePath(rest)
  for (const option of options) {
    if (/^size=\d+$/iu.test(option) && Number(option.slice(5)) > SIZE_LIMIT) return say('552 Message size exceeds maximum permitted')
    if (/^body=/iu.test(option) && !KNOWN_OPTION.test(option)) return fail(dialogue, '501 invalid data for BODY')
    if (/^smtputf8$/iu.test(option)) return fail(dialogue, '501 SMTPUTF8 used when not advertised')
  }
  const wrong = malformed(
    given,
    address,
    options.filter((option) => !KNOWN_OPTION.test(option)),
    ' ',
  )
  if (wrong !== null || address === null) return fail(dialogue, `501 ${wrong ?? ''}`)
  if (address !== '' && !address.includes('@')) return fail(dialogue, `501 ${given}: sender address must contain a domain`)
  dialogue.sender = address
  return say('250 OK')
}

function recipient(dialogue: Dialogue, rest: string, { policy }: MailView): Answer {
  if (dialogue.sender === null) return fail(dialogue, '503 sender not yet given')
  if (rest.trim() === '') return fail(dialogue, '501 RCPT must have an address operand')
  const { address, given, options } = parsePath(rest)
  const wrong = malformed(given, address, options, '=')
  if (wrong !== null || address === null) return fail(dialogue, `501 ${wrong ?? ''}`)
  if (address === '') return fail(dialogue, `501 ${given}: missing or malformed local part`)
  const [local = '', domain, more] = address.startsWith('"') ? address.split(/(?<=")@/u) : address.split('@')
  if (more !== undefined && domain !== '')
    return fail(dialogue, `501 ${given}: malformed address: @${more}> may not follow <${local}@${domain ?? ''}`)
  if (domain === '') return fail(dialogue, `501 ${given}: domain missing or malformed`)
  if (domain === undefined && local.toLowerCase() !== 'postmaster')
    return fail(dialogue, `501 ${given}: recipient address must contain a domain`)
  if (domain?.startsWith('[')) return fail(dialogue, `501 ${given}: domain literals not allowed`)
  const refused = (reason: string, relay = false): Answer => {
    dialogue.refusal = reason
    return { ...say(`550 ${reason}`), ...(relay && { relay: address }) }
  }
  if (/^[.]|[@%!/|`#&?]/u.test(local)) return refused('restricted characters in address')
  const standing = policy.standing(address)
  if (standing === 'foreign' && dialogue.login === null) return refused('relay not permitted', true)
  if (standing === 'unknown') return refused('Unrouteable address')
  if (dialogue.recipients.length >= 50_000) return say('452 too many recipients')
  dialogue.recipients.push(address)
  return say('250 Accepted')
}

function data(dialogue: Dialogue, argument: string): Answer {
  if (argument !== '') return fail(dialogue, '501 unexpected argument data')
  if (dialogue.recipients.length > 0) return say('354 Enter message, ending with "." on a line by itself', 'data')
  if (dialogue.refusal === null) return fail(dialogue, '503 valid RCPT command must precede DATA')
  return say(`503-All RCPT commands were rejected with this error:\r\n503-${dialogue.refusal}\r\n503 Valid RCPT command must precede DATA`)
}

function authenticate(dialogue: Dialogue, argument: string): Answer {
  if (!dialogue.extended) return fail(dialogue, '503 AUTH command used when not advertised')
  if (dialogue.login !== null) return fail(dialogue, '503 already authenticated')
  if (dialogue.sender !== null) return fail(dialogue, '503 not permitted in mail transaction')
  const [, mechanism = '', initial = ''] = /^(\S*)\s*(.*)$/su.exec(argument) ?? []
  const name = mechanism.toUpperCase()
  if (name !== 'PLAIN' && name !== 'LOGIN') return fail(dialogue, `504 ${mechanism} authentication mechanism not supported`)
  return { reply: null, next: { mechanism: name, initial: initial === '' ? null : initial } }
}

function chunk(dialogue: Dialogue, argument: string): Answer {
  const [, count = '', last] = /^(\d{1,12})( +last)?$/iu.exec(argument) ?? []
  if (count === '') return fail(dialogue, '501 missing size for BDAT command')
  return { reply: null, next: { chunk: Number(count), last: last !== undefined } }
}

function unknown(dialogue: Dialogue): Answer {
  dialogue.unknown += 1
  return dialogue.unknown > MAX_ERRORS ? say('500 Too many unrecognized commands', 'close') : fail(dialogue, '500 unrecognized command')
}

function command(dialogue: Dialogue, line: string | null, view: MailView, pending: boolean): Answer {
  if (line === null) return unknown(dialogue)
  if (line.includes('\0')) return fail(dialogue, '501 NUL characters are not allowed in SMTP commands')
  const [, operand = ''] = /^(?:mail from|rcpt to):(.*)$/isu.exec(line) ?? []
  const [, given = '', rest = ''] = /^(\S*)\s*(.*)$/su.exec(line) ?? []
  const argument = rest.trim()
  const verb = given.toUpperCase()
  const known = KNOWN.has(verb) || /^(mail from|rcpt to):/iu.test(line)
  if (pending && dialogue.extended && (!known || SYNCHRONISED.has(verb))) return say('554 SMTP synchronization error', 'close')
  if (!known || line.startsWith(' ')) return unknown(dialogue)
  if (/^mail from:/iu.test(line)) return mail(dialogue, operand)
  if (/^rcpt to:/iu.test(line)) return recipient(dialogue, operand, view)
  if (verb === 'HELO' || verb === 'EHLO') return hello(dialogue, verb, argument, view)
  if (verb === 'DATA') return data(dialogue, argument)
  if (verb === 'AUTH') return authenticate(dialogue, argument)
  if (verb === 'BDAT') return chunk(dialogue, argument)
  if (verb === 'NOOP') return say('250 OK')
  if (verb === 'HELP') return say('214-Commands supported:\r\n214 AUTH HELO EHLO MAIL RCPT DATA BDAT NOOP QUIT RSET HELP')
  if (verb === 'EXPN') return say('550 Administrative prohibition')
  if (verb === 'ETRN') return say('458 Administrative prohibition')
  if (verb === 'STARTTLS' && argument === '') return fail(dialogue, '503 STARTTLS command used when not advertised')
  if (verb === 'VRFY') {
    if (argument === '') return fail(dialogue, '501 empty address')
    return argument.includes('@')
      ? say('252 Administrative prohibition')
      : fail(dialogue, `501 ${argument}: recipient address must contain a domain`)
  }
  if (argument !== '') return fail(dialogue, '501 unexpected argument data')
  if (verb === 'QUIT') return say(`221 ${view.fqdn} closing connection`, 'close')
  resetTransaction(dialogue)
  return say('250 Reset OK')
}

const KNOWN = new Set(['HELO', 'EHLO', 'DATA', 'AUTH', 'BDAT', 'NOOP', 'HELP', 'EXPN', 'ETRN', 'STARTTLS', 'VRFY', 'QUIT', 'RSET'])

/** The plaintext driver: every answer is split at its NULs, a variable each; prompts are for those that are missing. */
function step({ mechanism, initial, responses }: Exchange): Step {
  const variables: string[] = initial === '=' ? [''] : []
  for (const answer of initial === null || initial === '=' ? responses : [initial, ...responses]) {
    const decoded = eximDecode(answer)
    if (decoded === null) return { reply: '501 Invalid base64 data' }
    variables.push(...decoded.split('\0'))
  }
  const prompt = PROMPTS[mechanism][variables.length]
  if (prompt !== undefined) return { prompt }
  const [name = '', password = ''] = mechanism === 'PLAIN' ? variables.slice(1) : variables
  return { name, password }
}

/** Exim 4 as Debian configures an Internet site, with plain-text authentication and without TLS. */
export const exim: Mta = {
  commandLimit: 16_384,
  longLines: 'pieces',
  sizeLimit: SIZE_LIMIT,
  lineLimit: 998,
  timeout: { seconds: 300, reply: ({ fqdn }) => `421 ${fqdn}: SMTP command timeout - closing connection` },
  lost: ({ fqdn }) => `421 ${fqdn} lost input connection`,
  greeting: ({ fqdn, version, distribution, date }) =>
    `220 ${fqdn} ESMTP Exim ${version}${distribution === 'Ubuntu' ? ' Ubuntu' : ''} ${date}`,
  command,
  delay: () => 0,
  auth: {
    aborted: '501 Authentication cancelled',
    failed: '535 Incorrect authentication data',
    succeeded: '235 Authentication succeeded',
    step,
  },
  accepted: (id) => `250 OK id=${id}`,
  chunkAccepted: (bytes) => `250 ${bytes} byte chunk received`,
  lastChunkAccepted: (bytes, total, id) => `250- ${bytes} byte chunk, total ${total}\r\n250 OK id=${id}`,
  noRecipients: '503 valid RCPT command must precede BDAT',
  tooBig: '552 Message size exceeds maximum permitted',
  tooLong: (octets) => `550 maximum allowed line length is 998 octets, got ${octets}`,
  queueId: (version, epochMs, microseconds, serial) => eximMessageId(version, epochMs, microseconds, 1_000 + (serial % 4_000_000)),
}
