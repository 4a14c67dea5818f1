import { Exit } from '../interpreter/control.ts'
import { Expander } from '../interpreter/expand.ts'
import { Jobs } from '../interpreter/jobs.ts'
import type { Runner } from '../interpreter/run.ts'
import type { State } from '../interpreter/state.ts'
import { toBytes, toText } from '../interpreter/streams.ts'
import { FileError } from '../port.ts'
import { completionOf } from './complete.ts'
import { type Edited, editLine } from './editor.ts'
import { greetingOf } from './greeting.ts'
import { Gatherer, promptText } from './prompt.ts'
import type { Terminal } from './terminal.ts'

const HISTORY_MAX = 1000
const REMEMBERED_MAX = 16_384
const ROOT = { uid: 0, gid: 0, groups: [0] }

const readFile = (state: State, path: string): string => {
  try {
    return toText(state.session.machine.fs.read(path, ROOT))
  } catch (error) {
    if (error instanceof FileError) return ''
    throw error
  }
}

/** A login shell on a terminal: greeting, start-up files, then prompts until `exit` or the end. */
export async function interact(runner: Runner, state: State, terminal: Terminal): Promise<number> {
  state.interactive = true
  state.login = true
  const { machine } = state.session
  terminal.show(greetingOf(machine, state.user).replace(/\n/g, '\r\n'))
  await start(runner, state)
  return await converse(runner, state, terminal)
}

/** `/etc/profile` and the user's own files, run as they stand: what an attacker plants there runs at the next login. */
async function start(runner: Runner, state: State): Promise<void> {
  state.history = readFile(state, `${state.user.home}/.bash_history`)
    .split('\n')
    .filter((line) => line !== '')
    .slice(-HISTORY_MAX)
  state.set('PS1', state.flavour === 'dash' ? (state.as.uid === 0 ? '# ' : '$ ') : '\\s-\\v\\$ ')
  state.set('PS2', '> ')
  state.set('HISTSIZE', '500')
  const profile = ['.bash_profile', '.bash_login', '.profile']
    .map((name) => `${state.user.home}/${name}`)
    .find((path) => readFile(state, path) !== '')
  for (const path of ['/etc/profile', ...(profile === undefined ? [] : [profile])]) {
    const text = readFile(state, path)
    if (text === '') continue
    state.functionDepth++
    try {
      await runner.source(text, state, { name: path })
    } catch (error) {
      if (error instanceof Exit) throw error
      await runner.outcome(error, state)
    } finally {
      state.functionDepth--
    }
  }
  state.status = 0
}

/** Prompts, reads, runs, until the shell is left; also for shells that a person starts inside. */
export async function converse(runner: Runner, state: State, terminal: Terminal): Promise<number> {
  const brackets = !/^(dumb|)$/.test(state.get('TERM') ?? '') && state.flavour === 'bash'
  const edit = async (prompt: string): Promise<Edited> =>
    await editLine(terminal, (await promptText(new Expander(runner, state), state, state.get(prompt) ?? '')).replace(/\n/g, '\r\n'), {
      history: () => state.history,
      complete: (before) => completionOf(state, before),
      brackets,
    })
  const outer = state.signal
  for (;;) {
    await Jobs.report(runner, state)
    const hook = state.get('PROMPT_COMMAND')
    if (hook !== undefined && hook !== '') await one(runner, state, terminal, hook)
    const gatherer = new Gatherer()
    let edited = await edit('PS1')
    while (typeof edited === 'object' && gatherer.add(edited.line)) edited = await edit('PS2')
    const { text } = gatherer
    if (edited === 'gone' || outer.aborted) return state.status
    if (edited === 'interrupt') {
      state.status = 130
      continue
    }
    if (edited === 'end' && text === '') {
      terminal.show(state.flavour === 'dash' ? '\r\n' : `\r\n${state.login ? 'logout' : 'exit'}\r\n`)
      return state.status
    }
    if (edited === 'end') {
      await runner.complain(state, `${state.zero}: syntax error: unexpected end of file\n`)
      state.status = 2
      continue
    }
    if (text.trim() === '') continue
    remember(state, text)
    state.session.observer.command(toBytes(text), { cwd: toBytes(state.cwd), user: state.user.name })
    await one(runner, state, terminal, await recalled(runner, state, text))
  }
}

function remember(state: State, text: string): void {
  if (text.startsWith(' ') && (state.get('HISTCONTROL') ?? '').includes('ignore')) return
  if (text.length > REMEMBERED_MAX) return
  if (text === state.history.at(-1) && (state.get('HISTCONTROL') ?? '').includes('ignore')) return
  state.history.push(text)
  if (state.history.length > HISTORY_MAX) state.history.shift()
}

/** `!!`, `!n`, `!-n`, `!prefix` at the beginning of a line. */
async function recalled(runner: Runner, state: State, text: string): Promise<string> {
  const found = /^!(!|-?\d+|[a-z]\w*)(?=\s|$)/.exec(text)
  if (found === null) return text
  const [whole, what = ''] = found
  const past = state.history.slice(0, -1)
  const line =
    what === '!'
      ? past.at(-1)
      : /^-/.test(what)
        ? past.at(Number(what))
        : /^\d/.test(what)
          ? past[Number(what) - 1]
          : past.findLast((one) => one.startsWith(what))
  if (line === undefined) {
    await runner.complain(state, `${state.zero}: ${whole}: event not found\n`)
    return ''
  }
  const made = line + text.slice(whole.length)
  await runner.complain(state, `${made}\n`)
  state.history[state.history.length - 1] = made
  return made
}

/** Runs one line in the foreground; ^C ends it. */
async function one(runner: Runner, state: State, terminal: Terminal, text: string): Promise<void> {
  const outer = state.signal
  const abort = new AbortController()
  const interrupt = terminal.interrupt
  state.signal = AbortSignal.any([outer, abort.signal])
  const interrupted = new Promise<'interrupted'>((resolve) => {
    terminal.interrupt = (signal) => {
      abort.abort(signal)
      resolve('interrupted')
    }
  })
  if (terminal.missed !== 0) terminal.interrupt?.(terminal.missed)
  const depth = state.depth
  try {
    const running = runner.source(`${text}\n`, state)
    const ended = await Promise.race([running, interrupted])
    if (ended === 'interrupted') {
      Jobs.detach(running)
      state.descriptors = new Map(
        [...state.descriptors].map(([fd, descriptor]) => [
          fd,
          fd <= 2 ? { input: terminal.input, output: terminal.output, path: '/dev/pts/0' } : descriptor,
        ]),
      )
      state.status = 130
      if (!outer.aborted) terminal.show('\r\n')
    }
  } catch (error) {
    if (error instanceof Exit || outer.aborted) throw error
    state.status = await runner.outcome(error, state)
  } finally {
    state.signal = outer
    terminal.interrupt = interrupt
    terminal.echo = true
    terminal.canonical = true
    state.depth = depth
    state.loops = 0
    state.conditions = 0
  }
}
