import type { Runner } from '../interpreter/run.ts'
import type { State } from '../interpreter/state.ts'
import { NOTHING, readLine } from '../interpreter/streams.ts'
import { fromDisk } from '../paths.ts'
import { needsMore } from './prompt.ts'

const COMMAND_MAX = 1_048_576

/** The observer's text for the shell's bytes: UTF-8 where it is. */
export const told = (text: string): string => {
  const bytes = Buffer.from(text, 'latin1')
  const decoded = bytes.toString()
  return Buffer.from(decoded).equals(bytes) ? decoded : text
}

/** A shell without a terminal that takes its commands from standard input, one complete command at a time. */
export async function obey(runner: Runner, state: State): Promise<number> {
  const input = state.descriptors.get(0)?.input ?? NOTHING
  let text = ''
  for (;;) {
    const line = await readLine(input)
    text += line
    const ended = !line.endsWith('\n')
    if (text.trim() !== '' && (ended || text.length > COMMAND_MAX || !needsMore(text))) {
      state.session.observer.command(told(text.replace(/\n$/, '')), { cwd: fromDisk(state.cwd), user: state.user.name })
      await runner.source(text, state)
      text = ''
    }
    if (ended) return state.status
  }
}
