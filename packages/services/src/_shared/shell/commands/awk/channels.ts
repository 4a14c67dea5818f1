import type { Call } from '../../interpreter/call.ts'
import { openOutput } from '../../interpreter/files.ts'
import { Bytes, Collector, type Input, type Output, toBytes } from '../../interpreter/streams.ts'
import { AwkProblem } from './tokens.ts'

const OPEN_MAX = 64
const HELD_MAX = 4_194_304

/** Files and commands that a program of awk reads from and prints to. */
export class Channels {
  readonly #call: Call
  readonly #outputs = new Map<string, Output>()
  readonly #inputs = new Map<string, Input>()
  readonly #pipes: { readonly command: string; readonly held: Collector }[] = []
  constructor(call: Call) {
    this.#call = call
  }

  /** `print > target`, `>> target`, `| target` */
  async output(operator: string, target: string): Promise<Output | null> {
    const known = this.#outputs.get(target)
    if (known !== undefined) return known
    if (this.#outputs.size >= OPEN_MAX) throw new AwkProblem(`cannot open "${target}" for output (Too many open files)`)
    if (operator === '|') {
      const held = new Collector(HELD_MAX)
      this.#pipes.push({ command: target, held })
      this.#outputs.set(target, held)
      return held
    }
    return await this.#call.attempt<Output | null>(
      () => {
        const output = openOutput(this.#call.state, target, { append: operator === '>>' }).output ?? null
        if (output !== null) this.#outputs.set(target, output)
        return output
      },
      (reason) => {
        throw new AwkProblem(`cannot open "${target}" for output (${reason})`)
      },
    )
  }
  /** `getline < name` and `name | getline`; null where the file cannot be read. */
  async input(name: string, command: boolean): Promise<Input | null> {
    const known = this.#inputs.get(name)
    if (known !== undefined) return known
    const made = command ? new Bytes(toBytes(await this.#outputOf(name))) : await this.#file(name)
    if (made !== null && this.#inputs.size < OPEN_MAX) this.#inputs.set(name, made)
    return made
  }
  async #file(name: string): Promise<Input | null> {
    return await this.#call.attempt<Input | null>(
      () => new Bytes(this.#call.fs.read(this.#call.path(name), this.#call.as)),
      () => null,
    )
  }
  async #outputOf(command: string): Promise<string> {
    const output = new Collector(HELD_MAX)
    await this.shell(command, null, output)
    return output.text()
  }

  /** Runs a command with sh; its status. */
  async shell(command: string, stdin: string | null, output: Output | null): Promise<{ readonly status: number }> {
    const child = this.#call.state.fork()
    if (stdin !== null) child.descriptors.set(0, { input: new Bytes(toBytes(stdin)) })
    if (output !== null) child.descriptors.set(1, { output })
    child.flavour = 'dash'
    child.zero = 'sh'
    return { status: await this.#call.runner.process(child, () => this.#call.runner.source(command, child)) }
  }
  async drain(): Promise<void> {
    for (const { command, held } of this.#pipes) await this.shell(command, held.text(), null)
  }
  close(name: string): void {
    this.#outputs.get(name)?.close()
    this.#outputs.delete(name)
    this.#inputs.delete(name)
  }
  closeAll(): void {
    for (const output of this.#outputs.values()) output.close()
  }
}
