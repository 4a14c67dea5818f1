import type { Pipeline } from './pipeline.ts'
import { printedBy, unwrapped } from './printed.ts'
import { isShell, programOf } from './program.ts'

/** What a pipeline feeds to a shell (`echo '…' | sh`, `printf … | sudo bash`, `rev <<< … | sh`); null where nothing is fed, or the text is not known. */
export function fedToShell(pipeline: Pipeline): string | null {
  const shell = pipeline.findIndex(({ words }, at) => at > 0 && isShell(programOf(unwrapped(words)[0] ?? '')))
  return shell < 0 ? null : printedBy(pipeline.slice(0, shell))
}
