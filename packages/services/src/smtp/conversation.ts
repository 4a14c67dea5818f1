import { events } from '@decnet/contracts/events'
import type { Session } from '@decnet/kernel/service'
import { type LongLine, lineReader } from '../_shared/line-reader/line-reader.ts'
import type { Wire } from '../_shared/wire/wire.ts'
import { type Answer, type Dialogue, type MailView, type Mta, type Next, newDialogue, resetTransaction } from './dialogue.ts'
import { MessageBody } from './message-body.ts'

export const smtpEvents = [events.clientHello, events.authAttempt, events.command, events.messageStored, events.forwardAttempt] as const

export interface MailConversation {
  readonly mta: Mta
  readonly view: MailView
  readonly wire: Wire
  readonly session: Session<(typeof smtpEvents)[number]>
  readonly signal: AbortSignal
  readonly delays: boolean
  readonly now: () => number
  readonly random: () => number
  /** Rises with every message of the host. */
  readonly serial: () => number
  readonly authenticated: () => void
}

/** What a command line would tell about a password is kept in `auth_attempt` only. */
const withoutSecret = (line: string): string => line.replace(/^(\s*auth\s+\S+)\s+\S.*$/isu, '$1')

type Ending = 'goes on' | 'over'

/** For the length of a line that is answered with the end of the conversation. */
const COUNTING = { ms: 1_000, bytes: 8 * 1024 * 1024 }

function reportLong({ session }: MailConversation, { beginning, length, sha256 }: LongLine): void {
  session.emit(events.command, {
    command: Buffer.from(withoutSecret(beginning.toString('latin1')), 'latin1'),
    command_truncated: length,
    command_sha256: sha256,
    mode: 'protocol',
  })
}

/** One SMTP conversation from greeting to goodbye. */
export async function converse(talk: MailConversation): Promise<void> {
  const { mta, view, wire, session } = talk
  const dialogue = newDialogue()
  // A line as long as the buffer has no room for its end.
  const options = {
    terminator: '\n',
    limit: mta.commandLimit + 1,
    long: mta.longLines,
    onLong: (line: LongLine) => reportLong(talk, line),
  } as const
  const lines = lineReader(wire, options)
  const reply = async (text: string): Promise<Ending> => {
    if (talk.delays && !(await pause(mta.delay(dialogue), talk.signal))) return 'over'
    return (await wire.send(`${text}\r\n`)) ? 'goes on' : 'over'
  }
  const message = new Message(talk, dialogue)

  async function follow(next: Next): Promise<Ending> {
    if (next === 'command') return 'goes on'
    if (next === 'close') return 'over'
    wire.unread(lines.rest())
    if (next === 'data') {
      const verdict = await message.readLines()
      return verdict === null ? 'over' : reply(verdict)
    }
    if ('chunk' in next) {
      const verdict = await message.readChunk(next.chunk, next.last)
      return verdict === null ? 'over' : reply(verdict)
    }
    const attempt = await readCredentials(next.mechanism, next.initial, async (prompt) => {
      if ((await reply(`334 ${prompt}`)) === 'over') return null
      const line = await lines.next(mta.timeout.seconds * 1000)
      return Buffer.isBuffer(line) ? line.toString('latin1', 0, mta.commandLimit).trim() : line === 'long' ? '*long' : null
    })
    if (attempt === null) return 'over'
    if (typeof attempt === 'string') {
      dialogue.errors += 1
      return reply(mta.auth[attempt])
    }
    const user = view.policy.account(attempt.name, attempt.password)
    session.emit(events.authAttempt, {
      principal: Buffer.from(attempt.name, 'latin1'),
      secret: Buffer.from(attempt.password, 'latin1'),
      outcome: user === null ? 'failure' : 'success',
      method: next.mechanism,
    })
    if (user === null) {
      dialogue.errors += 1
      return reply(mta.auth.failed)
    }
    dialogue.login = user.name
    talk.authenticated()
    return reply(mta.auth.succeeded)
  }

  if ((await reply(mta.greeting(view))) === 'over') return
  for (;;) {
    const line = await lines.next(mta.timeout.seconds * 1000)
    if (line === 'timeout') return void (await reply(mta.timeout.reply(view)))
    if (line === 'end') return void (mta.lost !== null && (await reply(mta.lost(view))))
    const cut = line !== 'long' && line.length > mta.commandLimit
    const text = line === 'long' ? null : cut ? line.toString('latin1', 0, mta.commandLimit) : line.toString('latin1').replace(/\r$/u, '')
    if (text !== null && text !== '' && !cut)
      session.emit(events.command, { command: Buffer.from(withoutSecret(text), 'latin1'), mode: 'protocol' })
    const ahead = lines.rest()
    wire.unread(ahead)
    const before = dialogue.helo
    const answer: Answer = mta.command(dialogue, text, view, ahead.length > 0)
    if (dialogue.helo !== null && dialogue.helo !== before)
      session.emit(events.clientHello, { client_version: Buffer.from(dialogue.helo, 'latin1') })
    if (answer.relay !== undefined) session.emit(events.forwardAttempt, { kind: 'relay', target: Buffer.from(answer.relay, 'latin1') })
    if (answer.reply !== null && (await reply(answer.reply)) === 'over') return
    if ((await follow(answer.next)) === 'over') {
      wire.end()
      return lines.finish(COUNTING.ms, COUNTING.bytes)
    }
  }
}

interface Attempt {
  readonly name: string
  readonly password: string
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/u
const decode = (text: string): string | null =>
  BASE64.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64').toString('latin1') : null

/** RFC 4616 and the LOGIN mechanism; null when the client left. */
async function readCredentials(
  mechanism: 'PLAIN' | 'LOGIN',
  initial: string | null,
  ask: (prompt: string) => Promise<string | null>,
): Promise<Attempt | 'aborted' | 'invalid' | null> {
  const take = async (prompt: string, given: string | null): Promise<'aborted' | 'invalid' | null | { readonly text: string }> => {
    const line = given ?? (await ask(prompt))
    if (line === null) return null
    if (line === '*') return 'aborted'
    const text = line === '=' ? '' : decode(line)
    return text === null ? 'invalid' : { text }
  }
  if (mechanism === 'PLAIN') {
    const taken = await take('', initial)
    if (taken === null || typeof taken === 'string') return taken
    const [, name, password] = taken.text.split('\0')
    return name === undefined || password === undefined ? 'invalid' : { name, password }
  }
  const name = await take('VXNlcm5hbWU6', initial)
  if (name === null || typeof name === 'string') return name
  const password = await take('UGFzc3dvcmQ6', null)
  if (password === null || typeof password === 'string') return password
  return { name: name.text, password: password.text }
}

/** The message of a transaction in the making, by DATA or by BDAT. */
class Message {
  readonly #talk: MailConversation
  readonly #dialogue: Dialogue
  #chunks: ReturnType<MailConversation['session']['capture']> | null = null

  constructor(talk: MailConversation, dialogue: Dialogue) {
    this.#talk = talk
    this.#dialogue = dialogue
  }

  /** The reply to the final dot; null when the client left before it. */
  async readLines(): Promise<string | null> {
    const { mta, wire, session } = this.#talk
    const capture = session.capture()
    const body = new MessageBody()
    for (;;) {
      const chunk = await wire.next(mta.timeout.seconds * 1000)
      if (typeof chunk === 'string') {
        await capture.abort()
        return null
      }
      const { content, rest } = body.push(chunk)
      if (body.size <= mta.sizeLimit) capture.write(content)
      if (rest === null) continue
      wire.unread(rest)
      const refused =
        body.size > mta.sizeLimit ? mta.tooBig : mta.lineLimit !== null && body.longest > mta.lineLimit ? mta.tooLong(body.longest) : null
      if (refused !== null) {
        await capture.abort()
        resetTransaction(this.#dialogue)
        return refused
      }
      return mta.accepted(await this.#keep(capture))
    }
  }

  /** RFC 3030: exactly `bytes` bytes, whatever they are. */
  async readChunk(bytes: number, last: boolean): Promise<string | null> {
    const { mta, wire, session } = this.#talk
    const dialogue = this.#dialogue
    const wanted = dialogue.recipients.length > 0 && dialogue.chunked + bytes <= mta.sizeLimit
    if (wanted) this.#chunks ??= session.capture()
    for (let left = bytes; left > 0; ) {
      const chunk = await wire.next(mta.timeout.seconds * 1000)
      if (typeof chunk === 'string') {
        await this.#drop()
        return null
      }
      const part = chunk.subarray(0, left)
      wire.unread(chunk.subarray(part.length))
      left -= part.length
      if (wanted) this.#chunks?.write(part)
    }
    if (!wanted) {
      const reply = dialogue.recipients.length > 0 ? mta.tooBig : mta.noRecipients
      await this.#drop()
      resetTransaction(dialogue)
      dialogue.errors += 1
      return reply
    }
    dialogue.chunked += bytes
    if (!last) return mta.chunkAccepted(bytes)
    const total = dialogue.chunked
    const capture = this.#chunks ?? session.capture()
    this.#chunks = null
    return mta.lastChunkAccepted(bytes, total, await this.#keep(capture))
  }

  async #drop(): Promise<void> {
    await this.#chunks?.abort()
    this.#chunks = null
  }

  async #keep(capture: ReturnType<MailConversation['session']['capture']>): Promise<string> {
    const { mta, view, session, now, random, serial } = this.#talk
    const dialogue = this.#dialogue
    const { sha256, size, truncated } = await capture.finish()
    const id = mta.queueId(view.version, now(), Math.floor(random() * 1000), serial())
    session.emit(events.messageStored, {
      sha256,
      size,
      truncated,
      queue_id: id,
      mail_from: Buffer.from(dialogue.sender ?? '', 'latin1'),
      rcpt_to: Buffer.from(dialogue.recipients.join(','), 'latin1'),
      rcpt_count: dialogue.recipients.length,
      ...(dialogue.helo !== null && { helo: Buffer.from(dialogue.helo, 'latin1') }),
    })
    resetTransaction(dialogue)
    dialogue.errors = 0
    return id
  }
}

/** False when the connection ended meanwhile. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms <= 0) return Promise.resolve(true)
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
