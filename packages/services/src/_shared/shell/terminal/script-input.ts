import type { Runner } from '../interpreter/run.ts'
import type { State } from '../interpreter/state.ts'
import { NOTHING, readLine, toBytes } from '../interpreter/streams.ts'
import { Gatherer } from './prompt.ts'

/** A shell without a terminal that takes its commands from standard input, one complete command at a time. */
export async function obey(runner: Runner, state: State): Promise<number> {
  const input = state.descriptors.get(0)?.input ?? NOTHING
  let gatherer = new Gatherer()
  for (;;) {
    const line = await readLine(input)
    const ended = !line.endsWith('\n')
    const more = line !== '' && gatherer.add(line.replace(/\n$/, ''))
    const { text } = gatherer
    if (text.trim() !== '' && (ended || !more)) {
      state.session.observer.command(toBytes(text), { cwd: toBytes(state.cwd), user: state.user.name })
      await runner.source(`${text}\n`, state)
    }
    if (ended) return state.status
    if (!more) gatherer = new Gatherer()
  }
}
