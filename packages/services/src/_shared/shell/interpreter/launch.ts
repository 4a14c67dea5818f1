import { own } from '@decnet/kernel'
import type { SimpleCommand } from '../parser/ast.ts'
import { baseName } from '../paths.ts'
import { FileError } from '../port.ts'
import { assign } from './assign.ts'
import { Call, type Program } from './call.ts'
import { ExpansionFailure, Return } from './control.ts'
import type { Expander } from './expand.ts'
import { diskPath } from './files.ts'
import { printableName } from './printable-name.ts'
import { redirect } from './redirect.ts'
import type { Runner } from './run.ts'
import type { State, Variable } from './state.ts'
import { toText } from './streams.ts'

/** Builtins whose assignments stay and whose mistakes end a script. */
const SPECIAL = new Set([
  '.',
  ':',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'source',
  'trap',
  'unset',
])

/** Runs a simple command: function, builtin or program, with its assignments and redirections. */
export async function launch(
  runner: Runner,
  expander: Expander,
  state: State,
  words: readonly string[],
  command: SimpleCommand,
): Promise<number> {
  const name = words[0] ?? ''
  const args = words.slice(1)
  const fun = state.functions.get(name)
  const builtin = fun === undefined ? state.session.catalogue.builtins[name] : undefined
  const saved = new Map<string, Variable | undefined>()
  const redirected = await redirect(expander, state, command.redirects)
  let keep = false
  try {
    for (const assignment of command.assignments) {
      if (!saved.has(assignment.name))
        saved.set(assignment.name, state.variables.get(assignment.name) && { ...(state.variables.get(assignment.name) ?? { value: '' }) })
      await assign(expander, assignment)
      const made = state.variables.get(assignment.name)
      if (made !== undefined) made.exported = true
    }
    if (fun !== undefined) state.status = await callFunction(runner, state, fun, args)
    else if (builtin !== undefined) {
      if (name === 'exec' && args.length === 0) keep = true
      state.status = await builtin(new Call(runner, state, name, args))
    } else state.status = await external(runner, state, name, args)
    state.lastArgument = words.at(-1) ?? name
    return state.status
  } finally {
    if (!keep) {
      redirected.undo()
      redirected.close()
    }
    if (!(state.flavour === 'dash' && SPECIAL.has(name))) {
      for (const [key, variable] of saved) variable === undefined ? state.variables.delete(key) : state.variables.set(key, variable)
    }
  }
}

async function callFunction(
  runner: Runner,
  state: State,
  body: Parameters<Runner['command']>[0],
  args: readonly string[],
): Promise<number> {
  const positional = state.positional
  const loops = state.loops
  if (state.functionDepth >= state.session.limits.depth)
    throw new ExpansionFailure(`maximum function nesting level exceeded (${state.session.limits.depth})`)
  state.positional = [...args]
  state.functionDepth++
  state.loops = 0
  state.locals.push(new Map())
  try {
    return await runner.command(body, state)
  } catch (error) {
    if (error instanceof Return) return error.status
    throw error
  } finally {
    for (const [name, variable] of state.locals.pop() ?? [])
      variable === undefined ? state.variables.delete(name) : state.variables.set(name, variable)
    state.positional = positional
    state.functionDepth--
    state.loops = loops
  }
}

/** Where `name` is found on PATH; undefined when it is not. */
export function findProgram(state: State, name: string): string | undefined {
  for (const folder of (state.get('PATH') ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin').split(':')) {
    const path = `${folder === '' ? '.' : folder.replace(/\/$/, '')}/${name}`
    if (isProgram(state, path)) return path
  }
  return undefined
}
function isProgram(state: State, path: string): boolean {
  try {
    const full = diskPath(state, path)
    return state.session.machine.fs.stat(full, state.as).kind === 'file' && state.session.machine.fs.allows(full, 1, state.as)
  } catch (error) {
    if (error instanceof FileError) return false
    throw error
  }
}

async function external(runner: Runner, state: State, name: string, args: readonly string[]): Promise<number> {
  const path = name.includes('/') ? name : name === '' ? undefined : findProgram(state, name)
  if (path === undefined) return await notFound(runner, state, name)
  return await execute(runner, state, path, name, args)
}

/** `exec`'s and every program's way in: by path. The answer is its status. */
export async function execute(runner: Runner, state: State, path: string, name: string, args: readonly string[]): Promise<number> {
  const full = diskPath(state, path)
  const { fs } = state.session.machine
  const refuse = async (reason: string, status: number): Promise<number> => {
    await runner.complain(state, `${runner.prefix(state)}${path}: ${reason}\n`)
    return status
  }
  let program: Program | undefined
  const { programs } = state.session.catalogue
  let content = ''
  try {
    const stat = fs.stat(full, state.as)
    if (stat.kind === 'directory') return await refuse(state.flavour === 'dash' ? 'Permission denied' : 'Is a directory', 126)
    if (!fs.allows(full, 1, state.as)) return await refuse('Permission denied', 126)
    const real = fs.realpath(full, state.as)
    if (fs.isPristine(full, state.as))
      program = programs[baseName(name)] ?? programs[baseName(real)] ?? programs[baseName(real).replace(/\..*$/, '')] ?? QUIET
    else content = toText(fs.read(full, { ...state.as, uid: 0 }))
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    return await refuse(
      state.flavour === 'dash' && error.code === 'ENOENT'
        ? 'not found'
        : error.code === 'EACCES'
          ? 'Permission denied'
          : error.code === 'ENOTDIR'
            ? 'Not a directory'
            : 'No such file or directory',
      error.code === 'ENOENT' ? 127 : 126,
    )
  }
  if (program !== undefined) return await runProgram(runner, state, program, name, full, args)
  return await runUploaded(runner, state, { path, full, content }, args)
}

const QUIET: Program = () => 0

async function runProgram(
  runner: Runner,
  state: State,
  program: Program,
  name: string,
  full: string,
  args: readonly string[],
): Promise<number> {
  const child = state.fork()
  child.functions = new Map()
  const command = [name, ...args].join(' ').slice(0, 400)
  const { machine } = state.session
  const end = machine.spawn({
    pid: child.pid,
    ppid: state.pid,
    uid: state.as.uid,
    user: state.user.name.length > 8 ? `${state.user.name.slice(0, 7)}+` : state.user.name,
    tty: state.session.ttyName ?? '?',
    command,
    name: baseName(full).slice(0, 15),
    started: machine.now(),
    state: 'R+',
    vsz: 8000 + (command.length % 40) * 60,
    rss: 3200 + (command.length % 50) * 20,
    cpu: 0,
  })
  if (end === undefined) {
    await runner.complain(state, `${runner.systemPrefix(state)}fork: retry: Resource temporarily unavailable\n`)
    return 254
  }
  child.program = full
  try {
    return await runner.process(child, async () => {
      child.status = await program(new Call(runner, child, name, args))
      return child.status
    })
  } finally {
    end()
  }
}

interface Uploaded {
  readonly path: string
  readonly full: string
  readonly content: string
}

/** What an attacker left and made executable: scripts run here, binaries do not. */
async function runUploaded(runner: Runner, state: State, file: Uploaded, args: readonly string[]): Promise<number> {
  const { content } = file
  const refuse = async (reason: string, status: number): Promise<number> => {
    await runner.complain(state, `${runner.prefix(state)}${file.path}: ${reason}\n`)
    return status
  }
  if (content.startsWith('\x7fELF')) return await runBinary(runner, state, file)
  const shebang = /^#!\s*(\S+)[ \t]*([^\n]*)/.exec(content)
  if (shebang !== null) {
    const [, interpreter = '', argument = ''] = shebang
    if (!isProgram(state, interpreter))
      return await refuse(state.flavour === 'dash' ? 'not found' : 'cannot execute: required file not found', 127)
    const extra = argument.trim() === '' ? [] : [argument.trim()]
    return await execute(runner, state, interpreter, interpreter, [...extra, file.path, ...args])
  }
  if (/^[^\n]{0,80}\0/.test(content)) return await refuse('cannot execute binary file: Exec format error', 126)
  const child = state.fork()
  child.zero = file.path
  child.positional = [...args]
  return await runner.process(child, () => runner.source(content, child, { name: file.path }))
}

const MACHINE_X86_64 = 0x3e
const MACHINE_I386 = 3
async function runBinary(runner: Runner, state: State, file: Uploaded): Promise<number> {
  const head = Buffer.from(file.content.slice(0, 64), 'latin1')
  const machine = head.length >= 20 ? (head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)) : 0
  state.session.observer.file(file.full, Buffer.from(file.content, 'latin1'))
  if (machine === MACHINE_X86_64 && file.content.length > 4096) {
    await state.session.sleep(300 + Math.floor(state.session.options.random() * 900), state.signal)
    return 0
  }
  if (machine === MACHINE_X86_64 || (machine === MACHINE_I386 && file.content.length > 4096)) {
    await runner.complain(
      state,
      state.interactive ? 'Segmentation fault\n' : `${runner.prefix(state)}${state.shellPid + 1} Segmentation fault      ${file.path}\n`,
    )
    return 139
  }
  await runner.complain(state, `${runner.prefix(state)}${file.path}: cannot execute binary file: Exec format error\n`)
  return 126
}

/** bash's words; Ubuntu's command-not-found speaks first where a person sits. */
async function notFound(runner: Runner, state: State, name: string): Promise<number> {
  const ubuntu = state.session.machine.persona.os.id === 'ubuntu'
  if (state.flavour === 'dash') await runner.complain(state, `${runner.prefix(state)}${name}: not found\n`)
  else if (ubuntu && state.interactive) await runner.complain(state, suggestion(name))
  else await runner.complain(state, `${runner.prefix(state)}${printableName(state, name)}: command not found\n`)
  return 127
}
const PACKAGES: Readonly<Record<string, string>> = {
  gcc: 'gcc',
  make: 'make',
  nmap: 'nmap',
  git: 'git',
  docker: 'docker.io',
  tree: 'tree',
  zip: 'zip',
  php: 'php-cli',
  node: 'nodejs',
  npm: 'npm',
  screen: 'screen',
  tmux: 'tmux',
  htop: 'htop',
  ftpget: 'busybox',
  jq: 'jq',
  socat: 'socat',
  masscan: 'masscan',
  hydra: 'hydra',
}
const suggestion = (name: string): string => {
  const known = own(PACKAGES, name)
  return known === undefined
    ? `${name}: command not found\n`
    : `Command '${name}' not found, but can be installed with:\napt install ${known}\n`
}
