import { AppError } from '@decnet/kernel'
import { programs } from './commands/index.ts'
import { fill } from './environment.ts'
import { builtins } from './interpreter/builtins/index.ts'
import { Runner } from './interpreter/run.ts'
import { Session } from './interpreter/session.ts'
import { State } from './interpreter/state.ts'
import { type Output, Pipe, toBytes, toText } from './interpreter/streams.ts'
import { loginProcesses } from './login-processes.ts'
import { Machine } from './machine.ts'
import { FileError, type ShellOptions, type ShellProcess, type StartShell } from './port.ts'
import { interact } from './terminal/interact.ts'
import { obey } from './terminal/script-input.ts'
import { Terminal } from './terminal/terminal.ts'

const UPLOAD_MAX = 16 * 1024 * 1024

/** See {@link StartShell}. The host must be one that `hostOf` made. */
export const startShell: StartShell = (options): ShellProcess => {
  if (!(options.host instanceof Machine)) throw new AppError('a shell needs a host made by hostOf', { code: 'foreign_host' })
  const session = new Session(options.host, options, { programs, builtins })
  const state = new State(session, options.user, session.hangup.signal)
  const runner = new Runner()
  const terminal = options.tty === null ? null : new Terminal(session, options.tty)
  const upload = new Pipe({ capacity: UPLOAD_MAX })
  const plain = (send: (data: Uint8Array) => void): Output => ({
    tty: false,
    write: async (data) => {
      send(data)
      await session.paceOutput(data.length, state.signal)
    },
    close: () => undefined,
  })
  if (terminal === null) {
    state.descriptors.set(0, { input: upload, path: 'pipe:[0]' })
    state.descriptors.set(1, { output: plain(options.stdout) })
    state.descriptors.set(2, { output: plain(options.stderr) })
  } else for (const fd of [0, 1, 2, 255]) state.descriptors.set(fd, { input: terminal.input, output: terminal.output, path: '/dev/pts/0' })
  session.shellPid = state.pid
  fill(state, options)

  const body = async (): Promise<number> => {
    const say = async (fd: 1 | 2, text: string): Promise<void> => await state.descriptors.get(fd)?.output?.write(toBytes(text))
    if (!isHome(state)) {
      await say(2, homeless(options))
      state.cwd = '/'
      state.set('PWD', '/')
    }
    if (/\/(?:nologin|false)$/.test(options.user.shell)) {
      if (options.user.shell.endsWith('nologin')) await say(1, 'This account is currently not available.\n')
      state.status = 1
      return 1
    }
    if (options.command === undefined) return terminal === null ? await obey(runner, state) : await interact(runner, state, terminal)
    const command = Buffer.from(options.command)
    if (terminal !== null) terminal.interrupt = (signal) => session.hangup.abort(signal)
    session.observer.command(command, { cwd: toBytes(state.cwd), user: options.user.name })
    await runner.source(toText(command), state, { commandString: true })
    return state.status
  }
  state.parentPid = state.pid - 12
  const ends = [
    options.host.connect(options.local, options.peer),
    ...loginProcesses(state, options).map((process) => session.machine.spawn(process)),
  ]
  const done = finish(body, runner, state)
    .finally(() => {
      for (const end of ends) end?.()
    })
    .then((status) => ({ status }))
  return {
    input: (data) => {
      if (terminal !== null) terminal.receive(data)
      else if (upload.size < UPLOAD_MAX) upload.push(Buffer.from(data))
    },
    inputEnd: () => (terminal === null ? upload.end() : terminal.end()),
    resize: (columns, rows) => {
      if (terminal === null) return
      terminal.columns = columns
      terminal.rows = rows
    },
    hangup: () => {
      session.hangup.abort(1)
      upload.break()
      terminal?.end()
    },
    done,
  }
}

const isHome = ({ session, as, user }: State): boolean => {
  try {
    return session.machine.fs.stat(user.home, as).kind === 'directory'
  } catch (error) {
    if (error instanceof FileError) return false
    throw error
  }
}
/** sshd's words, or login's. */
const homeless = ({ user, via }: ShellOptions): string =>
  via === 'telnet'
    ? 'No directory, logging in with HOME=/\n'
    : `Could not chdir to home directory ${user.home}: No such file or directory\n`

async function finish(body: () => Promise<number>, runner: Runner, state: State): Promise<number> {
  const gone = new Promise<number>((resolve) => {
    state.session.hangup.signal.addEventListener('abort', () => resolve(129), { once: true })
  })
  const run = async (): Promise<number> => {
    try {
      await body()
      await runner.runTrap(state, 'EXIT')
      return state.status
    } catch (error) {
      return await runner.outcome(error, state)
    }
  }
  const status = await Promise.race([run(), gone])
  // Whatever still runs in the background dies with the connection.
  if (!state.session.hangup.signal.aborted) state.session.hangup.abort(1)
  return status & 0xff
}
