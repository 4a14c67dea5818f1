import { events } from '@decnet/contracts/events'
import { startShell } from '../shell/index.ts'
import { captureFile, nameBytes, track, type Visit } from './visit.ts'

export interface RecordedShellOptions {
  /** A terminal, its name below `/dev` with it. */
  readonly terminal: { readonly term: string; readonly columns: number; readonly rows: number; readonly tty: string } | null
  /** Absent = an interactive login shell. */
  readonly command?: Uint8Array
  readonly env: Readonly<Record<string, string>>
  readonly via: 'ssh' | 'telnet'
  stdout(data: Uint8Array): void
  stderr(data: Uint8Array): void
  exit(status: number): void
}

/** What a service does with a shell that runs. */
export interface RecordedShell {
  input(data: Uint8Array): void
  inputEnd(): void
  resize(columns: number, rows: number): void
  hangup(): void
}

/** Without a terminal nobody turns LF into CR LF; a replay is a terminal. */
const withReturns = (data: Uint8Array): Buffer => Buffer.from(Buffer.from(data).toString('latin1').replaceAll('\n', '\r\n'), 'latin1')

/** Runs the decky's shell for a visitor: recorded, its commands, downloads and files reported, its login known to `w` and `last`. */
export function startRecordedShell(visit: Visit, options: RecordedShellOptions): RecordedShell {
  const { session, host, user } = visit
  const { terminal, command } = options
  const mode = command === undefined ? 'interactive' : 'exec'
  const recording = session.record({
    columns: terminal?.columns ?? 80,
    rows: terminal?.rows ?? 24,
    ...(terminal && { term: terminal.term }),
    ...(command !== undefined && { title: Buffer.from(command).toString().slice(0, 200) }),
  })
  const logout = terminal ? host.login(user, session.peer.address, terminal.tty, visit.now()) : null
  const shell = startShell({
    host,
    user,
    peer: session.peer,
    local: session.local,
    tty: terminal && { columns: terminal.columns, rows: terminal.rows, term: terminal.term, name: terminal.tty },
    via: options.via,
    ...(command !== undefined && { command }),
    env: options.env,
    observer: {
      command: (line, where) => session.emit(events.command, { command: line, user: nameBytes(where.user), cwd: where.cwd, mode }),
      download: (url, tool) => session.emit(events.downloadAttempt, { url, tool }),
      connect: (target, tool) => session.emit(events.connectAttempt, { target, tool }),
      file: (path, content) => captureFile(visit, 'shell', path, content),
    },
    now: visit.now,
    random: visit.random,
    stdout(data) {
      recording.output(terminal ? data : withReturns(data))
      options.stdout(data)
    },
    stderr(data) {
      recording.output(terminal ? data : withReturns(data))
      options.stderr(data)
    },
  })
  track(
    visit,
    shell.done.then(async ({ status }) => {
      logout?.()
      options.exit(status)
      await recording.close()
    }),
  )
  return {
    input(data) {
      recording.input(data)
      shell.input(data)
    },
    inputEnd: () => shell.inputEnd(),
    resize(columns, rows) {
      recording.resize(columns, rows)
      shell.resize(columns, rows)
    },
    hangup: () => shell.hangup(),
  }
}
