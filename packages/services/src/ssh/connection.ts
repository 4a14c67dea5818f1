import { escapedText } from '@decnet/kernel'
import { Channel, type Wire } from './channel.ts'
import type { Launch, Program, Start, Terminal } from './program.ts'
import { MSG, WireReader, WireWriter } from './wire.ts'

export type ForwardKind = 'direct-tcpip' | 'tcpip-forward' | 'x11' | 'agent' | 'port'
export interface ConnectionPolicy {
  readonly maxSessions: number
  /** The client is OpenSSH: it understands `eow@openssh.com`. */
  readonly clientIsOpenSsh: boolean
  readonly launch: Launch
  forward(kind: ForwardKind, target: string): void
  /** `hostkeys-prove-00@openssh.com`: signatures over these key blobs, or null when one is not ours. */
  prove(blobs: readonly Buffer[]): readonly Buffer[] | null
}
export interface ConnectionOutput extends Wire {
  disconnect(reason: number, text: string): void
  debug(text: string): void
}

interface SessionChannel {
  readonly channel: Channel
  readonly env: Record<string, string>
  terminal: Terminal | null
  program: Program | null
  started: boolean
  inputEnded: boolean
}

const CONNECT_FAILED = 2
const PROHIBITED = 1
/** AcceptEnv of Debian and Ubuntu. */
const ACCEPTED_ENV = /^(?:LANG|LC_[A-Z]+)$/u
const EMPTY_STRING = new WireWriter().string('').done()

/** The server's half of RFC 4254 as sshd plays it with forwarding switched off. Malformed messages throw `RangeError`. */
export class ConnectionLayer {
  readonly #policy: ConnectionPolicy
  readonly #out: ConnectionOutput
  readonly #sessions = new Map<number, SessionChannel>()
  #noMoreSessions = false

  constructor(policy: ConnectionPolicy, out: ConnectionOutput) {
    this.#policy = policy
    this.#out = out
  }

  message(payload: Buffer): void {
    const reader = new WireReader(payload, 1)
    const type = payload[0]
    if (type === MSG.GLOBAL_REQUEST) {
      this.#global(reader)
      return
    }
    if (type === MSG.CHANNEL_OPEN) {
      this.#open(reader)
      return
    }
    if (type === undefined || type < MSG.CHANNEL_OPEN || type > MSG.CHANNEL_FAILURE) return
    const session = this.#sessions.get(reader.uint32())
    if (!session) {
      if (type === MSG.CHANNEL_DATA || type === MSG.CHANNEL_REQUEST) this.#out.disconnect(2, 'Nonexistent channel')
      return
    }
    switch (type) {
      case MSG.CHANNEL_WINDOW_ADJUST:
        session.channel.grow(reader.uint32())
        return
      case MSG.CHANNEL_DATA:
        this.#data(session, reader.string())
        return
      case MSG.CHANNEL_EOF:
        this.#inputEnd(session)
        return
      case MSG.CHANNEL_CLOSE:
        this.#close(session)
        return
      case MSG.CHANNEL_REQUEST:
        this.#request(session, reader)
        return
    }
  }

  /** The network takes more. */
  drain(): void {
    for (const { channel } of this.#sessions.values()) channel.flush()
  }

  /** The connection is gone. */
  hangup(): void {
    const sessions = [...this.#sessions.values()]
    this.#sessions.clear()
    for (const session of sessions) session.program?.hangup()
  }

  #global(reader: WireReader): void {
    const name = reader.ascii()
    const wantReply = reader.boolean()
    let reply: Buffer | null = null
    if (name === 'tcpip-forward') {
      const address = reader.ascii()
      this.#policy.forward('tcpip-forward', `${address}:${reader.uint32()}`)
      this.#out.debug('Server has disabled port forwarding.')
    } else if (name === 'streamlocal-forward@openssh.com') {
      this.#policy.forward('tcpip-forward', reader.ascii())
      this.#out.debug('Server has disabled streamlocal forwarding.')
    } else if (name === 'no-more-sessions@openssh.com') {
      this.#noMoreSessions = true
      reply = Buffer.alloc(0)
    } else if (name === 'hostkeys-prove-00@openssh.com') {
      reply = this.#prove(reader)
    }
    if (!wantReply) return
    this.#out.send(reply ? new WireWriter(MSG.REQUEST_SUCCESS).raw(reply).done() : Buffer.of(MSG.REQUEST_FAILURE))
  }

  #prove(reader: WireReader): Buffer | null {
    const blobs: Buffer[] = []
    while (reader.left > 0 && blobs.length < 16) blobs.push(reader.string())
    const signatures = this.#policy.prove(blobs)
    return signatures ? Buffer.concat(signatures.map((signature) => new WireWriter().string(signature).done())) : null
  }

  #open(reader: WireReader): void {
    const type = reader.ascii()
    const remote = { id: reader.uint32(), window: reader.uint32(), packet: reader.uint32() }
    let reason = CONNECT_FAILED
    if (type === 'session') {
      if (this.#noMoreSessions) {
        this.#out.disconnect(2, 'Possible attack: attempt to open a session after additional sessions disabled')
        return
      }
      if (this.#sessions.size < this.#policy.maxSessions) {
        let id = 0
        while (this.#sessions.has(id)) id++
        const channel = new Channel(this.#out, id, remote)
        this.#sessions.set(id, { channel, env: {}, terminal: null, program: null, started: false, inputEnded: false })
        channel.confirm()
        return
      }
    } else if (type === 'direct-tcpip') {
      const address = reader.ascii()
      this.#policy.forward('direct-tcpip', `${address}:${reader.uint32()}`)
      reason = PROHIBITED
    } else if (type === 'direct-streamlocal@openssh.com') {
      this.#policy.forward('direct-tcpip', reader.ascii())
      reason = PROHIBITED
    } else if (type === 'tun@openssh.com') this.#policy.forward('port', 'tun')
    this.#out.send(new WireWriter(MSG.CHANNEL_OPEN_FAILURE).uint32(remote.id).uint32(reason).string('open failed').raw(EMPTY_STRING).done())
  }

  #data(session: SessionChannel, data: Buffer): void {
    if (!session.channel.received(data.length) || session.inputEnded) return
    session.program?.input(data)
  }

  #inputEnd(session: SessionChannel): void {
    if (session.inputEnded) return
    session.inputEnded = true
    session.program?.inputEnd()
  }

  #close(session: SessionChannel): void {
    this.#sessions.delete(session.channel.id)
    session.channel.closedByClient()
    session.program?.hangup()
  }

  #request(session: SessionChannel, reader: WireReader): void {
    const type = reader.ascii()
    const wantReply = reader.boolean()
    const reply = (success: boolean) => {
      if (wantReply) session.channel.reply(success)
    }
    switch (type) {
      case 'shell':
        this.#start(session, { kind: 'shell' }, reply)
        return
      case 'exec':
        this.#start(session, { kind: 'exec', command: Buffer.from(reader.string()) }, reply)
        return
      case 'subsystem':
        this.#start(session, { kind: 'subsystem', name: reader.ascii() }, reply)
        return
      case 'pty-req':
        reply(terminal(session, reader))
        return
      case 'window-change':
        resize(session, reader)
        reply(true)
        return
      case 'env':
        reply(setEnv(session, reader))
        return
      case 'signal':
        if (/^(?:HUP|INT|TERM|KILL)$/u.test(reader.ascii())) session.program?.hangup()
        reply(true)
        return
      case 'x11-req':
        this.#policy.forward('x11', 'x11')
        this.#out.debug('No xauth program; cannot forward X11.')
        reply(false)
        return
      case 'auth-agent-req@openssh.com':
        this.#policy.forward('agent', 'agent')
        reply(false)
        return
      default:
        reply(type === 'eow@openssh.com')
        return
    }
  }

  #start(session: SessionChannel, start: Start, reply: (success: boolean) => void): void {
    if (session.started) {
      reply(false)
      return
    }
    const { channel } = session
    // Output before the reply would be out of order: it waits in the queue.
    const early: (() => void)[] = []
    let replied = false
    const later = (act: () => void) => (replied ? act() : early.push(act))
    const program = this.#policy.launch({
      start,
      terminal: session.terminal,
      env: session.env,
      stdout: (data) => later(() => channel.write(data)),
      stderr: (data) => later(() => channel.write(data, session.terminal === null)),
      queued: () => channel.queued,
      onDrained: (callback) => {
        channel.onDrained = callback
      },
      exit: (status) => later(() => this.#exit(session, status)),
    })
    if (!program) {
      reply(false)
      return
    }
    session.started = true
    session.program = program
    channel.openWindow()
    reply(true)
    replied = true
    for (const act of early) act()
    if (session.inputEnded) program.inputEnd()
  }

  #exit({ channel, terminal: tty, inputEnded }: SessionChannel, status: number): void {
    channel.finish(() => {
      channel.request('exit-status', new WireWriter().uint32(status).done())
      if (this.#policy.clientIsOpenSsh && tty === null && !inputEnded) channel.request('eow@openssh.com')
    })
  }
}

function terminal(session: SessionChannel, reader: WireReader): boolean {
  if (session.started || session.terminal) return false
  const term = reader.string().subarray(0, 64).toString()
  session.terminal = { term, ...size(reader) }
  return true
}

function resize(session: SessionChannel, reader: WireReader): void {
  if (!session.terminal) return
  session.terminal = { term: session.terminal.term, ...size(reader) }
  session.program?.resize(session.terminal.columns, session.terminal.rows)
}

function size(reader: WireReader): { columns: number; rows: number } {
  const columns = reader.uint32()
  const rows = reader.uint32()
  return { columns: Math.min(columns || 80, 1000), rows: Math.min(rows || 24, 1000) }
}

function setEnv(session: SessionChannel, reader: WireReader): boolean {
  const name = reader.ascii()
  const value = reader.string()
  if (!ACCEPTED_ENV.test(name) || Object.keys(session.env).length >= 32) return false
  session.env[name] = escapedText(value.subarray(0, 1024))
  return true
}
