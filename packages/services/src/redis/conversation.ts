import { events } from '@decnet/contracts/events'
import type { Session } from '@decnet/kernel/service'
import { remainsOf } from '../_shared/wire/remains.ts'
import type { Wire } from '../_shared/wire/wire.ts'
import { execute } from './execute.ts'
import type { Client, Instance, Surroundings } from './instance.ts'
import { type Command, CommandParser, quoted } from './protocol.ts'
import { encodeReply, fail } from './reply.ts'

type Emits =
  | typeof events.command
  | typeof events.authAttempt
  | typeof events.fileCaptured
  | typeof events.forwardAttempt
  | typeof events.protocolError

export interface Conversation {
  readonly wire: Wire
  readonly instance: Instance
  readonly session: Session<Emits>
  readonly now: () => number
  readonly random: () => number
  readonly authenticated: () => void
  readonly enter: Surroundings['enter']
  /** Writes to the decky's disk; an error text, or null. */
  readonly write: (path: string, content: Buffer) => string | null
}

const MEMORY = 8 * 1024 * 1024
const BACKLOG = 1024 * 1024
/** Names that are no command but a browser: the server closes without a word. */
const CROSS_PROTOCOL = /^(post|host:)$/iu
const empty = Buffer.alloc(0)

/** A command as a person would type it; exact bytes by escapes, at most 64 KiB of it. */
export function shown({ words, line }: Command): Buffer {
  if (line) return line
  return Buffer.from(
    words
      .slice(0, 1000)
      .map((word) => quoted(word, true))
      .join(' '),
    'latin1',
  )
}

/** The text of an error quotes what came. */
const printable = (text: string): string => text.replace(/[^ -~]/gu, '?')

/** One client from accept to its end. */
export async function converse(conversation: Conversation): Promise<void> {
  const { instance, session, now, random, write } = conversation
  const reports: Promise<void>[] = []
  const around: Surroundings = {
    now,
    random,
    enter: conversation.enter,
    replicate: (target) => session.emit(events.forwardAttempt, { kind: 'relay', target: Buffer.from(target, 'latin1') }),
    save(path, content) {
      const problem = write(path, content)
      if (problem === null) reports.push(report(session, path, content))
      return problem
    },
  }
  const client = makeClient(conversation)
  instance.clients.set(client.id, client)
  instance.stats.connections++
  if (client.authenticated) conversation.authenticated()
  try {
    await serveClient(conversation, client, around)
  } finally {
    instance.clients.delete(client.id)
    await Promise.all(reports)
  }
}

async function report(session: Session<Emits>, path: string, content: Buffer): Promise<void> {
  const capture = session.capture()
  capture.write(content)
  const { sha256, size, truncated } = await capture.finish()
  session.emit(events.fileCaptured, { sha256, size, truncated, path: Buffer.from(path, 'latin1'), via: 'redis' })
}

function makeClient({ wire, instance, session, now }: Conversation): Client {
  const client: Client = {
    id: instance.nextClient++,
    address: `${session.peer.address}:${session.peer.port}`,
    local: `${session.local.address}:${session.local.port}`,
    since: now(),
    database: 0,
    name: '',
    protocol: 2,
    authenticated: instance.settings.get('requirepass') === '',
    monitors: false,
    silent: false,
    channels: new Set(),
    patterns: new Set(),
    queue: null,
    queueBytes: 0,
    broken: false,
    lastCommand: 'NULL',
    lastAt: now(),
    closing: false,
    push(reply) {
      if (!wire.push(encodeReply(reply, client.protocol), BACKLOG)) client.closing = true
    },
  }
  return client
}

async function serveClient({ wire, instance, session, authenticated }: Conversation, client: Client, around: Surroundings): Promise<void> {
  const parser = new CommandParser()
  while (!client.closing) {
    const incoming = await wire.next(5_000)
    if (incoming === 'end') {
      const pieces = parser.pieces()
      if (pieces.some((piece) => piece.length > 0))
        session.emit(events.protocolError, { detail: 'ended within a command', ...(await remainsOf(wire, pieces)) })
      return
    }
    if (incoming === 'timeout') continue
    instance.stats.bytesIn += incoming.length
    parser.push(incoming)
    let out: Buffer[] = []
    let size = 0
    const flush = async () => {
      const bytes = Buffer.concat(out)
      out = []
      size = 0
      instance.stats.bytesOut += bytes.length
      return bytes.length === 0 || (await wire.send(bytes))
    }
    for (;;) {
      const parsed = parser.next({ memory: MEMORY, unauthenticated: !client.authenticated })
      if (parsed.kind === 'more') break
      if (parsed.kind === 'too-much' || parsed.kind === 'error') {
        if (parsed.kind === 'error') out.push(encodeReply(fail(parsed.text), client.protocol))
        await flush()
        const detail = parsed.kind === 'error' ? parsed.text : 'command larger than is held'
        session.emit(events.protocolError, { detail: printable(detail), ...(await remainsOf(wire, parser.pieces())) })
        return
      }
      const { command } = parsed
      if (CROSS_PROTOCOL.test(command.words[0]?.toString('latin1', 0, 8) ?? '')) {
        tell(session, client, command)
        return
      }
      const before = client.authenticated
      const reply = execute(instance, client, command.words, around)
      tell(session, client, command, reply.type !== 'error')
      if (!before && client.authenticated) authenticated()
      const bytes = encodeReply(reply, client.protocol)
      out.push(bytes)
      size += bytes.length
      if (size > 65_536 && !(await flush())) return
      if (client.closing) break
    }
    if (!(await flush())) return
  }
}

function tell(session: Session<Emits>, client: Client, command: Command, good = false): void {
  const { words } = command
  const name = (words[0] ?? empty).toString('latin1', 0, 16).toLowerCase()
  const auth =
    name === 'hello'
      ? words.findIndex((word, index) => index > 1 && word.length === 4 && word.toString('latin1').toLowerCase() === 'auth')
      : name === 'auth'
        ? 0
        : -1
  const named = name === 'hello' || words.length > 2
  const secret = words[auth + (named ? 2 : 1)]
  if (auth >= 0 && secret !== undefined) {
    session.emit(events.authAttempt, {
      ...(named && { principal: words[auth + 1] ?? empty }),
      secret,
      outcome: good ? 'success' : 'failure',
      method: name.toUpperCase(),
    })
    // What AUTH does not take stays with the words around it.
    if (name === 'auth' && words.length <= 3) return
  }
  session.emit(events.command, { command: shown(command), user: client.authenticated ? 'default' : '', mode: 'exec' })
}
