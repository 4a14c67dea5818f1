import { isUtf8 } from 'node:buffer'
import { parsePath } from './address.ts'
import { type Answer, type Dialogue, type MailView, type Mta, type Next, resetTransaction } from './dialogue.ts'
import { postfixQueueId } from './queue-id.ts'
import { BAD_PROTOCOL, cyrusDecode, type Exchange, PROMPTS, type Step } from './sasl.ts'

const COMMAND_LIMIT = 2048
const SIZE_LIMIT = 10_240_000
const SOFT_ERRORS = 10
const HARD_ERRORS = 20
const EXTENSIONS = [
  'PIPELINING',
  `SIZE ${SIZE_LIMIT}`,
  'VRFY',
  'ETRN',
  'AUTH PLAIN LOGIN',
  'ENHANCEDSTATUSCODES',
  '8BITMIME',
  'DSN',
  'SMTPUTF8',
  'CHUNKING',
]
const OPTION = /^(size=\d+|body=(7bit|8bitmime)|smtputf8|auth=\S*|ret=(full|hdrs)|envid=\S+)$/iu
const RECIPIENT_OPTION = /^(notify=[a-z,]+|orcpt=\S+)$/iu
const RULES = '221 2.7.0 Error: I can break rules, too. Goodbye.'

const say = (reply: string, next: Next = 'command'): Answer => ({ reply, next })
function fail(dialogue: Dialogue, reply: string): Answer {
  dialogue.errors += 1
  return { reply, next: 'command' }
}

function hello(dialogue: Dialogue, verb: string, argument: string, { fqdn }: MailView): Answer {
  if (argument === '') return fail(dialogue, `501 Syntax: ${verb} hostname`)
  resetTransaction(dialogue)
  dialogue.helo = argument.split(/\s/u)[0] ?? argument
  dialogue.extended = verb === 'EHLO'
  if (verb === 'HELO') return say(`250 ${fqdn}`)
  return say([fqdn, ...EXTENSIONS].map((line, index) => `250${index === EXTENSIONS.length ? ' ' : '-'}${line}`).join('\r\n'))
}

function mail(dialogue: Dialogue, argument: string): Answer {
  if (dialogue.sender !== null) return fail(dialogue, '503 5.5.1 Error: nested MAIL command')
  const path = /^from:(.*)$/isu.exec(argument)?.[1]?.trim()
  if (path === undefined || path === '') return fail(dialogue, '501 5.5.4 Syntax: MAIL FROM:<address>')
  const { address, options } = parsePath(path)
  if (address === null) return fail(dialogue, '501 5.1.7 Bad sender address syntax')
  for (const option of options) {
    if (!OPTION.test(option)) return fail(dialogue, `555 5.5.4 Unsupported option: ${option}`)
    if (/^size=/iu.test(option) && Number(option.slice(5)) > SIZE_LIMIT) return fail(dialogue, '552 5.3.4 Message size exceeds fixed limit')
  }
  dialogue.sender = address
  return say('250 2.1.0 Ok')
}

/** Null = a recipient that is taken. */
function refusal(dialogue: Dialogue, address: string, { policy }: MailView): Answer | null {
  const standing = policy.standing(address)
  if (standing === 'local' || (standing === 'foreign' && dialogue.login !== null)) return null
  if (standing === 'foreign') return { ...fail(dialogue, `454 4.7.1 <${address}>: Relay access denied`), relay: address }
  return fail(dialogue, `550 5.1.1 <${address}>: Recipient address rejected: User unknown in local recipient table`)
}

function recipient(dialogue: Dialogue, argument: string, view: MailView): Answer {
  if (dialogue.sender === null) return fail(dialogue, '503 5.5.1 Error: need MAIL command')
  const path = /^to:(.*)$/isu.exec(argument)?.[1]?.trim()
  if (path === undefined || path === '') return fail(dialogue, '501 5.5.4 Syntax: RCPT TO:<address>')
  const { address, options } = parsePath(path)
  if (address === null || address === '') return fail(dialogue, '501 5.1.3 Bad recipient address syntax')
  const strange = options.find((option) => !RECIPIENT_OPTION.test(option))
  if (strange !== undefined) return fail(dialogue, `555 5.5.4 Unsupported option: ${strange}`)
  if (dialogue.recipients.length >= 1000) return fail(dialogue, '452 4.5.3 Error: too many recipients')
  const refused = refusal(dialogue, address, view)
  if (refused !== null) return refused
  dialogue.recipients.push(address)
  return say('250 2.1.5 Ok')
}

function authenticate(dialogue: Dialogue, argument: string): Answer {
  if (dialogue.login !== null)
    return dialogue.sender === null
      ? fail(dialogue, '503 5.5.1 Error: already authenticated')
      : fail(dialogue, '503 5.5.1 Error: MAIL transaction in progress')
  if (dialogue.sender !== null) return fail(dialogue, '503 5.5.1 Error: MAIL transaction in progress')
  const [mechanism = '', initial, ...more] = argument.split(/\s+/u)
  if (mechanism === '' || more.length > 0) return fail(dialogue, '501 5.5.4 Syntax: AUTH mechanism')
  const name = mechanism.toUpperCase()
  if (name !== 'PLAIN' && name !== 'LOGIN') return fail(dialogue, '535 5.7.8 Error: authentication failed: no mechanism available')
  return { reply: null, next: { mechanism: name, initial: initial ?? null } }
}

function chunk(argument: string): Answer {
  const [, count = '', last] = /^(\d{1,12})( +last)?$/iu.exec(argument) ?? []
  if (count === '') return say('521 5.5.4 Syntax: BDAT count [LAST]', 'close')
  return { reply: null, next: { chunk: Number(count), last: last !== undefined } }
}

function verify(dialogue: Dialogue, argument: string, view: MailView): Answer {
  if (argument === '') return fail(dialogue, '501 5.5.4 Syntax: VRFY address [SMTPUTF8]')
  const { address } = parsePath(argument)
  if (address === null || address === '') return fail(dialogue, '501 5.1.3 Bad recipient address syntax')
  return refusal(dialogue, address, view) ?? say(`252 2.0.0 ${address}`)
}

function unknown(dialogue: Dialogue, line: string, { version }: MailView): Answer {
  const verb = line.split(/\s/u)[0] ?? ''
  // From 3.7 on, what does not begin with a letter is a forbidden command too.
  const minor = Number(version.split('.')[1] ?? 0)
  if (/^(connect|get|post)$/iu.test(verb) || /^[!-9;-~]+:/u.test(verb) || (minor >= 7 && !/^[a-z]/iu.test(verb))) return say(RULES, 'close')
  return fail(dialogue, '500 5.5.2 Error: command not recognized')
}

function command(dialogue: Dialogue, line: string | null, view: MailView): Answer {
  if (dialogue.errors >= HARD_ERRORS) return say(`421 4.7.0 ${view.fqdn} Error: too many errors`, 'close')
  if (line === null) return fail(dialogue, '500 5.5.2 Error: command not recognized')
  // A line that was cut is not looked at as a whole: its carriage returns are no end of it.
  const cut = line.length >= COMMAND_LIMIT
  if (!cut && !isUtf8(Buffer.from(line, 'latin1'))) return fail(dialogue, '500 5.5.2 Error: bad UTF-8 syntax')
  const text = (cut ? line.replaceAll('\r', '\x7f') : line).split('\0', 1)[0]?.trim() ?? ''
  if (text === '') return fail(dialogue, '500 5.5.2 Error: bad syntax')
  const [, given = '', argument = ''] = /^(\S+)\s*(.*)$/su.exec(text) ?? []
  const verb = given.toUpperCase()
  if (verb === 'HELO' || verb === 'EHLO') return hello(dialogue, verb, argument, view)
  if (verb === 'MAIL') return mail(dialogue, argument)
  if (verb === 'RCPT') return recipient(dialogue, argument, view)
  if (verb === 'AUTH') return authenticate(dialogue, argument)
  if (verb === 'BDAT') return chunk(argument)
  if (verb === 'VRFY') return verify(dialogue, argument, view)
  if (verb === 'NOOP') return say('250 2.0.0 Ok')
  if (verb === 'QUIT') return say('221 2.0.0 Bye', 'close')
  if (verb === 'STARTTLS') return fail(dialogue, '502 5.5.1 Error: command not implemented')
  if (verb === 'XCLIENT' || verb === 'XFORWARD') return fail(dialogue, '550 5.7.0 Error: insufficient authorization')
  if (verb === 'ETRN')
    return argument === '' ? fail(dialogue, '500 Syntax: ETRN domain') : fail(dialogue, `459 <${argument}>: service unavailable`)
  if (verb === 'RSET') {
    if (argument !== '') return fail(dialogue, '501 5.5.4 Syntax: RSET')
    resetTransaction(dialogue)
    return say('250 2.0.0 Ok')
  }
  if (verb === 'DATA') {
    if (dialogue.recipients.length === 0)
      return fail(dialogue, dialogue.sender === null ? '503 5.5.1 Error: need RCPT command' : '554 5.5.1 Error: no valid recipients')
    if (argument !== '') return fail(dialogue, '501 5.5.4 Syntax: DATA')
    return say('354 End data with <CR><LF>.<CR><LF>', 'data')
  }
  return unknown(dialogue, text, view)
}

const FAILED = '535 5.7.8 Error: authentication failed: authentication failure'
const failed = (fault: string): Step => ({ reply: `535 5.7.8 Error: authentication failed: ${fault}` })

/** Cyrus SASL 2.1's plug-ins for PLAIN and LOGIN, their errors as Postfix words them. */
function step({ mechanism, initial, responses }: Exchange): Step {
  const said: string[] = []
  for (const answer of initial === null ? responses : [initial, ...responses]) {
    const decoded = cyrusDecode(answer.split('\0', 1)[0] ?? '')
    if ('fault' in decoded) return failed(decoded.fault)
    said.push(decoded.bytes)
  }
  const prompt = PROMPTS[mechanism][said.length]
  if (prompt !== undefined) return { prompt }
  if (mechanism === 'LOGIN') {
    const [name = '', password = ''] = said.map((text) => text.split('\0', 1)[0] ?? '')
    return { name, password }
  }
  const [identity = '', name, password, ...more] = (said[0] ?? '').split('\0')
  if (name === undefined || password === undefined || more.length > 0) return failed(BAD_PROTOCOL)
  if (name === '') return failed('generic failure')
  return identity === '' || identity === name ? { name, password } : { reply: FAILED }
}

/** Postfix 3 as Debian configures an Internet site, with SASL and without a certificate. */
export const postfix: Mta = {
  commandLimit: COMMAND_LIMIT,
  longLines: 'cut',
  sizeLimit: SIZE_LIMIT,
  lineLimit: null,
  timeout: { seconds: 300, reply: ({ fqdn }) => `421 4.4.2 ${fqdn} Error: timeout exceeded` },
  lost: null,
  greeting: ({ fqdn, distribution }) => `220 ${fqdn} ESMTP Postfix (${distribution === 'Debian' ? 'Debian/GNU' : 'Ubuntu'})`,
  command,
  delay: ({ errors }) => (errors > SOFT_ERRORS ? 1_000 : 0),
  auth: {
    aborted: '501 5.7.0 Authentication aborted',
    failed: FAILED,
    succeeded: '235 2.7.0 Authentication successful',
    step,
  },
  accepted: (id) => `250 2.0.0 Ok: queued as ${id}`,
  chunkAccepted: (bytes) => `250 2.0.0 Ok: ${bytes} bytes`,
  lastChunkAccepted: (_bytes, total, id) => `250 2.0.0 Ok: ${total} bytes queued as ${id}`,
  noRecipients: '554 5.5.1 Error: no valid recipients',
  tooBig: '552 5.3.4 Error: message file too big',
  tooLong: () => '500 5.5.2 Error: line too long',
  queueId: (_version, epochMs, microseconds, serial) => postfixQueueId(epochMs, microseconds, 0x20_0000 + serial),
}
