/** What is wrong with a script, in bash's words without the leading `bash: line N: `. */
export class SyntaxProblem extends Error {
  override readonly name = 'SyntaxProblem'
  readonly line: number
  /** More input could make it right: an interactive shell prompts on. */
  readonly incomplete: boolean
  /** bash quotes the offending line below the message. */
  readonly quotesLine: boolean
  readonly status: number
  constructor(
    message: string,
    line: number,
    options: { readonly incomplete?: boolean; readonly quotesLine?: boolean; readonly status?: number } = {},
  ) {
    super(message)
    this.line = line
    this.incomplete = options.incomplete ?? false
    this.quotesLine = options.quotesLine ?? false
    this.status = options.status ?? 2
  }
}
