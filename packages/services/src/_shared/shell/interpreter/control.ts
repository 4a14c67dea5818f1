/** Ways in which a command ends early. Never leave the interpreter. */
export class Break {
  levels: number
  constructor(levels: number) {
    this.levels = levels
  }
}
export class Continue {
  levels: number
  constructor(levels: number) {
    this.levels = levels
  }
}
export class Return {
  readonly status: number
  constructor(status: number) {
    this.status = status
  }
}
export class Exit {
  readonly status: number
  constructor(status: number) {
    this.status = status
  }
}
/** An expansion that went wrong: the message is printed, the command (in scripts the shell) ends. */
export class ExpansionFailure {
  readonly message: string
  readonly fatal: boolean
  readonly status: number
  constructor(message: string, options: { readonly fatal?: boolean; readonly status?: number } = {}) {
    this.message = message
    this.fatal = options.fatal ?? true
    this.status = options.status ?? 1
  }
}
/** The reader of a pipe went away. */
export class BrokenPipe {}
/** ^C, a kill, or the end of the connection. */
export class Killed {
  readonly signal: number
  constructor(signal: number) {
    this.signal = signal
  }
}
