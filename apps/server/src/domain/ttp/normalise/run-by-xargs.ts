import { fileFoundBy } from './file-found-by.ts'
import type { Pipeline, SimpleCommand } from './pipeline.ts'
import { printedBy } from './printed.ts'
import { programOf, wrapped } from './program.ts'

const CHARACTERS = 1_024
const WORDS = 64

/** Names that a pipeline hands on: what it writes, and what `ls` and `find` are asked for by name. */
function namesFrom(pipeline: Pipeline): string | null {
  const [first, ...others] = pipeline
  if (!first || others.length > 0) return printedBy(pipeline)
  const program = programOf(first.words[0] ?? '')
  if (program === 'find') return fileFoundBy(first.words)
  if (program === 'ls') return first.words.slice(1).find((word) => !word.startsWith('-')) ?? null
  return printedBy(pipeline)
}

/** What `xargs` is told to put the names in place of; null where they come last. */
function markIn(options: readonly string[]): string | null {
  const at = options.findIndex((option) => /^(?:-[Ii]|--replace)/u.test(option))
  const option = options[at] ?? ''
  if (at < 0) return null
  return option.replace(/^(?:-[Ii]|--replace=?)/u, '') || (option === '-I' ? options[at + 1] : null) || '{}'
}

/** The command that `xargs` runs with the names that a pipeline hands it (`echo /etc/shadow | xargs cat`); null where they are not known. */
export function runByXargs(pipeline: Pipeline): Pick<SimpleCommand, 'words'> | null {
  const at = pipeline.findIndex(({ words }, place) => place > 0 && programOf(words[0] ?? '') === 'xargs')
  const words = (pipeline[at]?.words ?? []).slice(0, WORDS)
  const begin = wrapped(words)
  if (begin === null) return null
  const names = namesFrom(pipeline.slice(0, at))?.slice(0, CHARACTERS).split(/\s+/u).filter(Boolean).slice(0, WORDS) ?? []
  if (names.length === 0) return null
  const mark = markIn(words.slice(1, begin))
  const command = words.slice(begin)
  return {
    words:
      mark === null ? [...command, ...names] : command.map((word) => word.slice(0, CHARACTERS).replaceAll(mark, () => names.join(' '))),
  }
}
