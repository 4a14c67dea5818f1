import type { AndOr, Command, Pipeline, Script, SimpleCommand } from '../parser/ast.ts'
import { Parser } from '../parser/parse.ts'
import { SyntaxProblem } from '../parser/syntax-error.ts'
import { reasonOf } from '../paths.ts'
import { FileError } from '../port.ts'
import { assign } from './assign.ts'
import { runCompound } from './compound.ts'
import { Break, BrokenPipe, Continue, Exit, ExpansionFailure, Killed, Return } from './control.ts'
import { Expander } from './expand.ts'
import { Jobs } from './jobs.ts'
import { launch } from './launch.ts'
import { redirect } from './redirect.ts'
import type { State } from './state.ts'
import { Collector, Pipe, readEnd, toBytes, writeEnd } from './streams.ts'

const SUBSTITUTION_MAX = 8 * 1024 * 1024

/** Walks commands and runs them. Holds nothing but the way to start programs: all that changes is in the {@link State}. */
export class Runner {
  /** Writes to the shell's standard error. */
  async complain(state: State, text: string): Promise<void> {
    await this.write(state, 2, text)
  }
  async write(state: State, fd: number, text: string): Promise<void> {
    const output = state.descriptors.get(fd)?.output
    if (output !== undefined && text !== '') await output.write(toBytes(text))
  }
  /** `bash: line 3: `, `-bash: `, `sh: 1: ` */
  prefix(state: State): string {
    if (state.flavour === 'dash') return `${state.zero}: ${state.interactive ? '' : `${state.line}: `}`
    return state.interactive ? `${state.zero}: ` : `${state.zero}: line ${state.line}: `
  }

  /** Of what a system call refused: bash never numbers the line of that, dash does as always. */
  systemPrefix(state: State): string {
    return state.flavour === 'dash' ? this.prefix(state) : `${state.zero}: `
  }

  /** Runs a text as a script: what stands before a mistake runs, the mistake is told in bash's words. */
  async source(text: string, state: State, options: { readonly name?: string; readonly commandString?: boolean } = {}): Promise<number> {
    const parser = new Parser(text, {
      alias: (name) => (state.interactive || state.flavour === 'dash' ? state.aliases.get(name) : undefined),
    })
    let warned = 0
    for (;;) {
      let next: { readonly script: Script; readonly source: string } | null
      try {
        next = parser.next()
      } catch (error) {
        if (!(error instanceof SyntaxProblem)) throw error
        await this.#syntax(error, text, state, options)
        state.status = error.status
        return state.status
      }
      for (; warned < parser.warnings.length; warned++) {
        const warning = parser.warnings[warned]
        if (warning !== undefined) await this.complain(state, `${state.zero}: line ${warning.line}: warning: ${warning.text}\n`)
      }
      if (next === null) return state.status
      await this.script(next.script, state)
    }
  }

  async #syntax(
    problem: SyntaxProblem,
    text: string,
    state: State,
    options: { readonly name?: string; readonly commandString?: boolean },
  ): Promise<void> {
    const name = options.name ?? state.zero
    if (state.flavour === 'dash') return await this.complain(state, `${name}: ${problem.line}: ${dashSyntax(problem)}\n`)
    const simple = problem.message.endsWith('not a valid identifier')
    const where = state.interactive
      ? `${name}: `
      : `${name}: ${options.commandString === true && !simple ? '-c: ' : ''}line ${problem.line}: `
    await this.complain(state, `${where}${problem.message}\n`)
    if (problem.quotesLine && !state.interactive) await this.complain(state, `${where}\`${text.split('\n')[problem.line - 1] ?? ''}'\n`)
  }

  async script(script: Script, state: State): Promise<number> {
    for (const item of script.items) {
      if (state.options.has('n') && !state.interactive) return state.status
      if (item.background) await Jobs.start(this, item, state)
      else await this.andOr(item, state)
    }
    return state.status
  }

  async andOr(item: AndOr, state: State): Promise<number> {
    const last = item.rest.length
    await this.#pipeline(item.first, state, last === 0)
    for (let i = 0; i < last; i++) {
      const part = item.rest[i]
      if (part === undefined) break
      if ((part.operator === '&&') === (state.status === 0)) await this.#pipeline(part.pipeline, state, i === last - 1)
    }
    return state.status
  }

  async #pipeline(pipeline: Pipeline, state: State, final: boolean): Promise<void> {
    const began = performance.now()
    const only = pipeline.commands[0]
    if (pipeline.commands.length === 1 && only !== undefined) await this.command(only, state)
    else if (pipeline.commands.length > 1) await this.#piped(pipeline.commands, state)
    if (pipeline.negated) state.status = state.status === 0 ? 1 : 0
    if (pipeline.timed) {
      const seconds = (performance.now() - began) / 1000
      if (pipeline.posix) await this.complain(state, `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`)
      else
        await this.complain(
          state,
          `\nreal\t0m${seconds.toFixed(3)}s\nuser\t0m${(seconds / 3).toFixed(3)}s\nsys\t0m${(seconds / 5).toFixed(3)}s\n`,
        )
    }
    if (state.status !== 0 && final && !pipeline.negated && state.options.has('e') && state.conditions === 0) throw new Exit(state.status)
  }

  async #piped(commands: readonly Command[], state: State): Promise<void> {
    const pipes = commands.slice(1).map(() => new Pipe())
    const parts = commands.map((command, i): Promise<number> => {
      const child = state.fork()
      const before = pipes[i - 1]
      const after = pipes[i]
      if (before !== undefined) child.descriptors.set(0, { input: readEnd(before), path: `pipe:[${20_000 + child.pid}]` })
      if (after !== undefined) child.descriptors.set(1, { output: writeEnd(after), path: `pipe:[${20_001 + child.pid}]` })
      return this.process(child, () => this.command(command, child)).finally(() => {
        after?.end()
        before?.break()
      })
    })
    const statuses = await Promise.all(parts)
    state.status = state.options.has('pipefail') ? (statuses.findLast((status) => status !== 0) ?? 0) : (statuses.at(-1) ?? 0)
    state.variables.set('PIPESTATUS', { value: '', items: new Map(statuses.map((status, i) => [String(i), String(status)])) })
  }

  /** Runs a forked process to its end; its status, whatever happened inside. */
  async process(child: State, body: () => Promise<number>): Promise<number> {
    const { session } = child
    if (session.processes >= session.limits.processes || child.depth > session.limits.depth) {
      await this.#noFork(child)
      return 254
    }
    session.processes++
    child.depth++
    try {
      await body()
      await this.runTrap(child, 'EXIT')
      return child.status
    } catch (error) {
      return await this.outcome(error, child)
    } finally {
      session.processes--
    }
  }
  async #noFork(child: State): Promise<void> {
    const { session } = child
    for (let seconds = 1; seconds <= 8; seconds *= 2) {
      await this.#quietly(() => this.complain(child, `${this.systemPrefix(child)}fork: retry: Resource temporarily unavailable\n`))
      if (child.signal.aborted) return
      await this.#quietly(() => session.sleep(seconds * 1000, child.signal))
    }
    await this.#quietly(() => this.complain(child, `${this.systemPrefix(child)}fork: Resource temporarily unavailable\n`))
  }
  async #quietly(body: () => Promise<void>): Promise<void> {
    try {
      await body()
    } catch (error) {
      if (!(error instanceof BrokenPipe || error instanceof Killed)) throw error
    }
  }

  /** What an early end of a process means for its status; prints what is to be told. */
  async outcome(error: unknown, state: State): Promise<number> {
    if (error instanceof Exit) {
      state.status = error.status
      await this.runTrap(state, 'EXIT')
      return state.status
    }
    if (error instanceof Return) return error.status
    if (error instanceof Break || error instanceof Continue) return 0
    if (error instanceof BrokenPipe) return 141
    if (error instanceof Killed) return 128 + error.signal
    if (error instanceof ExpansionFailure) {
      await this.#quietly(() => this.complain(state, `${this.prefix(state)}${error.message}\n`))
      return error.status
    }
    if (error instanceof FileError) {
      await this.#quietly(() => this.complain(state, `${this.prefix(state)}write error: ${reasonOf(error)}\n`))
      return 1
    }
    if (error instanceof RangeError) {
      await this.#quietly(() => this.complain(state, `Segmentation fault\n`))
      return 139
    }
    throw error
  }

  async runTrap(state: State, name: string): Promise<void> {
    const action = state.traps.get(name)
    if (action === undefined || action === '') return
    state.traps.delete(name)
    const status = state.status
    try {
      await this.source(action, state)
    } catch (error) {
      state.status = await this.outcome(error, state)
      return
    }
    state.status = status
  }

  async command(command: Command, state: State): Promise<number> {
    const step = state.session.step(state.signal)
    if (step !== undefined) await step
    if (state.depth > state.session.limits.depth) throw new ExpansionFailure('maximum function nesting level exceeded')
    try {
      if (command.kind === 'simple') return await this.#simple(command, state)
      if (command.kind === 'function') {
        state.functions.set(command.name, command.body)
        state.status = 0
        return 0
      }
      state.line = command.line
      if (command.redirects.length === 0) return await runCompound(this, command.compound, state)
      const redirected = await redirect(new Expander(this, state), state, command.redirects)
      try {
        return await runCompound(this, command.compound, state)
      } finally {
        redirected.undo()
        redirected.close()
      }
    } catch (error) {
      if (!(error instanceof ExpansionFailure) || (error.fatal && !state.interactive)) throw error
      await this.complain(state, `${this.prefix(state)}${error.message}\n`)
      state.status = error.status
      return error.status
    }
  }

  async #simple(command: SimpleCommand, state: State): Promise<number> {
    state.line = command.line
    const expander = new Expander(this, state)
    const before = state.status
    const words = await expander.fields(command.words)
    if (state.options.has('x') && words.length > 0) await this.#trace(words, command, state)
    const name = words[0]
    if (name === undefined) {
      // `x=$(false)` has the status of the substitution.
      state.status = 0
      for (const assignment of command.assignments) await assign(expander, assignment)
      if (state.options.has('x')) await this.#trace(words, command, state)
      if (command.redirects.length > 0) {
        const redirected = await redirect(expander, state, command.redirects)
        redirected.undo()
        redirected.close()
      }
      if (command.words.length === 0 && command.assignments.length === 0) state.status = 0
      return state.status
    }
    state.status = before
    return await launch(this, expander, state, words, command)
  }
  async #trace(words: readonly string[], command: SimpleCommand, state: State): Promise<void> {
    const quote = (word: string): string => (/^[\w@%+=:,./^-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
    const prefix = state.get('PS4') ?? '+ '
    if (words.length > 0) return await this.complain(state, `${prefix}${words.map(quote).join(' ')}\n`)
    for (const { name } of command.assignments) await this.complain(state, `${prefix}${name}=${quote(state.get(name) ?? '')}\n`)
  }

  /** `$(…)` */
  async substitute(script: Script, state: State): Promise<string> {
    const child = state.fork()
    const output = new Collector(SUBSTITUTION_MAX)
    child.descriptors.set(1, { output })
    state.status = await this.process(child, () => this.script(script, child))
    return output.text()
  }
  async substituteText(text: string, state: State): Promise<string> {
    const child = state.fork()
    const output = new Collector(SUBSTITUTION_MAX)
    child.descriptors.set(1, { output })
    state.status = await this.process(child, () => this.source(text, child))
    return output.text()
  }
  /** `<(…)`: a path from which its output is read. */
  async processSubstitution(script: Script, direction: '<' | '>', state: State): Promise<string> {
    const child = state.fork()
    const pipe = new Pipe()
    let fd = 63
    while (state.descriptors.has(fd) && fd > 10) fd--
    if (direction === '<') {
      child.descriptors.set(1, { output: writeEnd(pipe) })
      state.descriptors.set(fd, { input: readEnd(pipe) })
    } else {
      child.descriptors.set(0, { input: readEnd(pipe) })
      state.descriptors.set(fd, { output: writeEnd(pipe) })
    }
    Jobs.detach(this.process(child, () => this.script(script, child)).then(() => (direction === '<' ? pipe.end() : pipe.break())))
    return await Promise.resolve(`/dev/fd/${fd}`)
  }
}

const dashSyntax = (problem: SyntaxProblem): string => {
  const token = /token `(.*)'$/s.exec(problem.message)?.[1]
  if (token !== undefined)
    return `Syntax error: ${['&&', '||', ';;', '(', ')', ';', '|', '&', 'newline'].includes(token) ? (token === 'newline' ? 'newline unexpected' : `"${token}" unexpected`) : `${/^(do|done|then|fi|else|elif|esac|\}|in)$/.test(token) ? `"${token}"` : 'word'} unexpected`}`
  const matching = /matching `(.)'/.exec(problem.message)?.[1]
  if (matching === '"' || matching === "'") return 'Syntax error: Unterminated quoted string'
  return 'Syntax error: end of file unexpected'
}
