import { events } from '@decnet/contracts/events'
import type { Session } from '@decnet/kernel/service'
import { remainsOf } from '../_shared/wire/remains.ts'
import type { Wire } from '../_shared/wire/wire.ts'
import { type BodyReader, chunkedBody, sizedBody } from './body.ts'
import type { Daemon, Turn } from './daemon.ts'
import { type Evidence, evidenceOf } from './evidence.ts'
import { HeadReader } from './grammar.ts'
import type { Head, Refusal, Reply } from './message.ts'
import type { Site } from './site.ts'

export interface Conversation {
  readonly wire: Wire
  readonly daemon: Daemon
  readonly site: Site
  readonly session: Session<
    typeof events.httpRequest | typeof events.authAttempt | typeof events.fileCaptured | typeof events.protocolError
  >
  readonly now: () => number
  readonly random: () => number
}

type Read =
  | { readonly kind: 'head'; readonly head: Head }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly bytes: readonly Buffer[] }
  | { readonly kind: 'silent'; readonly head: Head; readonly begun: boolean; readonly timedOut: boolean }

const REQUESTS_LIMIT = 1000

/** Answers requests on one connection until either side has had enough. */
export async function converse(conversation: Conversation): Promise<void> {
  for (let turn = 0; turn < REQUESTS_LIMIT; turn++) if (!(await exchange(conversation, turn))) return
}

async function readHead({ wire, daemon }: Conversation, turn: number): Promise<Read> {
  const { patience, grammar } = daemon
  const reader = new HeadReader(grammar)
  // As much as the grammar lets pass, and what one read brings.
  const bytes: Buffer[] = []
  let deadline = performance.now() + (turn === 0 ? patience.firstByte : patience.keepAlive)
  for (;;) {
    const incoming = await wire.next(Math.max(1, deadline - performance.now()))
    if (incoming === 'end' || incoming === 'timeout')
      return { kind: 'silent', head: reader.sofar, begun: reader.begun, timedOut: incoming === 'timeout' }
    const begunBefore = reader.begun
    bytes.push(incoming)
    const result = reader.push(incoming)
    if (!begunBefore && reader.begun) deadline = performance.now() + patience.header
    if (result.kind === 'refused') return { ...result, bytes }
    if (result.kind === 'head') {
      wire.unread(result.rest)
      return result
    }
  }
}

/** One request and its reply; false when the connection is over. */
async function exchange(conversation: Conversation, turn: number): Promise<boolean> {
  const { wire, daemon, session, now } = conversation
  const read = await readHead(conversation, turn)
  if (read.kind === 'silent') {
    if (!read.begun) return false
    const reply = read.timedOut ? daemon.timedOut(read.head, false, now()) : null
    await evidenceOf(session, read.head).finish(read.timedOut ? 408 : 400)
    if (reply) await answer(wire, reply)
    return false
  }
  if (read.kind === 'refused') {
    const { head } = read.refusal
    await evidenceOf(session, head).finish(read.refusal.status)
    await answer(wire, daemon.refuse(read.refusal, now()))
    session.emit(events.protocolError, { detail: 'request refused', ...(await remainsOf(wire, read.bytes)) })
    return false
  }
  return await request(conversation, read.head, turn)
}

async function answer(wire: Wire, reply: Reply): Promise<boolean> {
  const head = Buffer.from(reply.head, 'latin1')
  return await wire.send(reply.body.length > 0 ? Buffer.concat([head, reply.body]) : head)
}

async function request(conversation: Conversation, head: Head, turn: number): Promise<boolean> {
  const { wire, daemon, site, session, now, random } = conversation
  const evidence = evidenceOf(session, head)
  const outlook = daemon.outlook(head, site)
  const token = (digits: number, base = 16) => Array.from({ length: digits }, () => Math.floor(random() * base).toString(base)).join('')
  const turnWith = (body: Buffer): Turn => ({ head, body, now: now(), site, turn, token })
  const reader = outlook.body === 'none' ? null : outlook.body === 'chunked' ? chunkedBody() : sizedBody(outlook.body.length)

  if (outlook.tooLarge) {
    const reply = daemon.tooLarge(head, now())
    await answer(wire, reply)
    if (reader) await readBody(wire, reader, evidence, daemon.patience.linger)
    await evidence.finish(reply.status)
    return false
  }
  if (reader === null || outlook.answersFirst) {
    const early = reader === null ? 'done' : await readBody(wire, reader, evidence, 0)
    const reply =
      early === 'bad' || early === 'overflow'
        ? (daemon.badBody(turnWith(evidence.body), early === 'overflow') ?? daemon.reply(turnWith(evidence.body)))
        : daemon.reply(turnWith(evidence.body))
    const sent = await answer(wire, reply)
    // The body may come after its answer, whether or not more will be answered.
    const rest = early === 'timeout' && reader ? await readBody(wire, reader, evidence, daemon.patience.linger) : early
    await evidence.finish(reply.status)
    return sent && rest === 'done' && !reply.close
  }
  if (outlook.sendsContinue && !(await wire.send('HTTP/1.1 100 Continue\r\n\r\n'))) {
    await evidence.finish(400)
    return false
  }
  const end = await readBody(wire, reader, evidence, daemon.patience.body)
  const reply =
    end === 'done'
      ? daemon.reply(turnWith(evidence.body))
      : end === 'timeout'
        ? daemon.timedOut(head, true, now())
        : daemon.badBody(turnWith(evidence.body), end === 'overflow')
  await evidence.finish(reply?.status ?? (end === 'timeout' ? 408 : 400))
  if (reply === null) return false
  return (await answer(wire, reply)) && end === 'done' && !reply.close
}

type BodyEnd = 'done' | 'bad' | 'overflow' | 'timeout' | 'end'

/** Reads the rest of a body; `patienceMs` 0 = only what already lies there. */
async function readBody(wire: Wire, reader: BodyReader, evidence: Evidence, patienceMs: number): Promise<BodyEnd> {
  for (;;) {
    const incoming = await wire.next(patienceMs)
    if (incoming === 'end' || incoming === 'timeout') return incoming
    const step = reader.push(incoming)
    for (const piece of step.content) evidence.write(piece)
    if (step.state === 'more') continue
    wire.unread(step.rest)
    return step.state
  }
}
