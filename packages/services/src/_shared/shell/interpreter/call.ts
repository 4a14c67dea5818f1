import { reasonOf } from '../paths.ts'
import { FileError } from '../port.ts'
import { diskPath } from './files.ts'
import type { Runner } from './run.ts'
import type { Session } from './session.ts'
import type { State } from './state.ts'
import { type Input, NOTHING, NOWHERE, type Output, readAll, toBytes, toText } from './streams.ts'

/** A program: its exit status. Throws only what the interpreter knows how to end (a broken pipe, a kill). */
export type Program = (call: Call) => Promise<number> | number
/** Programs by the name under which they are installed. */
export type Programs = Readonly<Record<string, Program>>

/** One run of a program: its arguments, its descriptors, the machine. */
export class Call {
  readonly runner: Runner
  readonly state: State
  /** argv[0] */
  readonly name: string
  readonly args: readonly string[]
  constructor(runner: Runner, state: State, name: string, args: readonly string[]) {
    this.runner = runner
    this.state = state
    this.name = name
    this.args = args
  }
  get session(): Session {
    return this.state.session
  }
  get machine(): Session['machine'] {
    return this.state.session.machine
  }
  get fs(): Session['machine']['fs'] {
    return this.state.session.machine.fs
  }
  get as(): State['as'] {
    return this.state.as
  }
  get stdin(): Input {
    return this.state.descriptors.get(0)?.input ?? NOTHING
  }
  get stdout(): Output {
    return this.state.descriptors.get(1)?.output ?? NOWHERE
  }
  get stderr(): Output {
    return this.state.descriptors.get(2)?.output ?? NOWHERE
  }
  get toTty(): boolean {
    return this.stdout.tty
  }
  env(name: string): string | undefined {
    return this.state.get(name)
  }
  path(path: string): string {
    return diskPath(this.state, path)
  }
  async out(text: string | Buffer): Promise<void> {
    if (text.length === 0) return
    const step = this.session.step(this.state.signal)
    if (step !== undefined) await step
    await this.stdout.write(typeof text === 'string' ? toBytes(text) : text)
  }
  async err(text: string): Promise<void> {
    await this.stderr.write(toBytes(text))
  }
  /** `name: message` on standard error; the status. */
  async fail(message: string, status = 1): Promise<number> {
    await this.err(`${this.name}: ${message}\n`)
    return status
  }
  async sleep(ms: number): Promise<void> {
    await this.session.sleep(ms, this.state.signal)
  }
  /** The whole of standard input as text, bounded. */
  async input(limit?: number): Promise<string> {
    return toText(await readAll(this.stdin, limit))
  }
  /** Calls `body`; what the disk refuses becomes the answer of `refused` (given strerror's words). */
  async attempt<T>(body: () => T | Promise<T>, refused: (reason: string, error: FileError) => T | Promise<T>): Promise<T> {
    try {
      return await body()
    } catch (error) {
      if (error instanceof FileError) return await refused(reasonOf(error), error)
      throw error
    }
  }
}
