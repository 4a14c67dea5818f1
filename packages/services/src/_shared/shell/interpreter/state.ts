import type { PersonaUser } from '@decnet/persona'
import type { Command } from '../parser/ast.ts'
import type { Credentials } from '../port.ts'
import { ExpansionFailure } from './control.ts'
import type { Session } from './session.ts'
import type { Input, Output } from './streams.ts'

export interface Variable {
  value: string
  /** Arrays: subscript → value, indexed ones by number as text. */
  items?: Map<string, string>
  associative?: boolean
  exported?: boolean
  readonly?: boolean
  integer?: boolean
  /** Declared, never set. */
  unset?: boolean
}
export interface Descriptor {
  readonly input?: Input
  readonly output?: Output
  /** What `/proc/self/fd` and `ls -l` would say. */
  readonly path?: string
}
export interface Job {
  readonly number: number
  readonly pid: number
  readonly command: string
  readonly done: Promise<number>
  readonly abort: AbortController
  status: number | null
}
export type Flavour = 'bash' | 'dash'

/** One shell process: what a subshell copies. */
export class State {
  readonly session: Session
  variables = new Map<string, Variable>()
  functions = new Map<string, Command>()
  aliases = new Map<string, string>()
  traps = new Map<string, string>()
  options = new Set<string>()
  positional: string[] = []
  descriptors = new Map<number, Descriptor>()
  jobs: Job[] = []
  /** Scopes of `local`: what to put back when the function returns. */
  locals: Map<string, Variable | undefined>[] = []
  history: string[] = []
  zero = 'bash'
  /** What `/proc/self/exe` points to. */
  program = '/usr/bin/bash'
  flavour: Flavour = 'bash'
  interactive = false
  login = false
  cwd = '/'
  umask = 0o022
  status = 0
  line = 1
  pid: number
  shellPid: number
  parentPid = 1
  background = 0
  lastArgument = ''
  depth = 0
  loops = 0
  functionDepth = 0
  started: number
  user: PersonaUser
  as: Credentials
  signal: AbortSignal
  getopts = 1
  getoptsAt = 0
  /** Depth of `if`, `while` tests, where `set -e` rests. */
  conditions = 0

  constructor(session: Session, user: PersonaUser, signal: AbortSignal) {
    this.session = session
    this.user = user
    this.as = session.machine.credentialsOf(user)
    this.signal = signal
    this.pid = session.machine.nextPid()
    this.shellPid = this.pid
    this.started = session.machine.now()
  }

  /** A copy for a subshell; nothing that it changes is seen here. */
  fork(): State {
    const copy: State = Object.create(State.prototype)
    Object.assign(copy, this)
    copy.variables = new Map([...this.variables].map(([name, variable]) => [name, cloneVariable(variable)]))
    copy.functions = new Map(this.functions)
    copy.aliases = new Map(this.aliases)
    copy.traps = new Map()
    copy.options = new Set(this.options)
    copy.positional = [...this.positional]
    copy.descriptors = new Map(this.descriptors)
    copy.jobs = []
    copy.locals = this.locals.map((scope) => new Map(scope))
    copy.pid = this.session.machine.nextPid()
    copy.interactive = false
    copy.loops = 0
    return copy
  }

  get(name: string): string | undefined {
    const variable = this.variables.get(name)
    if (variable === undefined) return this.dynamic(name)
    if (variable.items !== undefined) return variable.items.get('0')
    return variable.unset === true ? undefined : variable.value
  }
  private dynamic(name: string): string | undefined {
    const { session } = this
    switch (name) {
      case 'RANDOM':
        return String(Math.floor(session.options.random() * 32_768))
      case 'SRANDOM':
        return String(Math.floor(session.options.random() * 4_294_967_296))
      case 'SECONDS':
        return String(Math.max(0, Math.floor((session.machine.now() - this.started) / 1000)))
      case 'EPOCHSECONDS':
        return String(Math.floor(session.machine.now() / 1000))
      case 'EPOCHREALTIME':
        return (session.machine.now() / 1000).toFixed(6)
      case 'LINENO':
        return String(this.line)
      case 'BASHPID':
        return String(this.pid)
      case 'PPID':
        return String(this.parentPid)
      case 'UID':
      case 'EUID':
        return String(this.as.uid)
      default:
        return undefined
    }
  }
  set(name: string, value: string, options: { readonly export?: boolean } = {}): void {
    const known = this.variables.get(name)
    if (known?.readonly === true) throw new ExpansionFailure(`${name}: readonly variable`)
    this.session.held += value.length - (known?.value.length ?? 0)
    if (value.length > this.session.limits.text || this.session.held > this.session.limits.text * 6) {
      throw new ExpansionFailure(`xrealloc: cannot allocate ${value.length * 2} bytes`, { status: 2 })
    }
    if (known === undefined) {
      this.variables.set(name, { value, ...(options.export === true || this.options.has('a') ? { exported: true } : {}) })
      return
    }
    known.unset = false
    if (known.items !== undefined) known.items.set('0', value)
    else known.value = value
    if (options.export === true) known.exported = true
  }
  unset(name: string): void {
    if (this.variables.get(name)?.readonly === true)
      throw new ExpansionFailure(`unset: ${name}: cannot unset: readonly variable`, { fatal: false })
    this.variables.delete(name)
  }
  environment(): Map<string, string> {
    const result = new Map<string, string>()
    for (const [name, variable] of this.variables) {
      if (variable.exported === true && variable.items === undefined && variable.unset !== true) result.set(name, variable.value)
    }
    return result
  }
}

export const cloneVariable = (variable: Variable): Variable =>
  variable.items === undefined ? { ...variable } : { ...variable, items: new Map(variable.items) }
