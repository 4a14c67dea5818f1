/** One simple command of a shell line, without quotes, with its redirections. */
export interface SimpleCommand {
  readonly words: readonly string[]
  /** `NAME=value` before the first word. */
  readonly settings: readonly string[]
  /** `> file`, `>> file`, `< file`, `<<< text`, in order; not those of `/dev/null`. */
  readonly redirections: readonly string[]
}
/** Simple commands joined by `|`. */
export type Pipeline = readonly SimpleCommand[]
