import { setTimeout as pause } from 'node:timers/promises'
import { MARK } from './containers.ts'
import type { Engine } from './engine.ts'

/** An engine that was away is asked again after this time. */
const AGAIN_MS = 10_000
/** What an engine says of one end is shorter. */
const LONGEST = 65_536

/** The container that an engine's line is about; null where it is about none. */
function containerIn(line: string): string | null {
  try {
    const { Actor } = JSON.parse(line) as { Actor?: { ID?: unknown } }
    return typeof Actor?.ID === 'string' ? Actor.ID : null
  } catch {
    return null // no line of an event
  }
}

/** Tells of every container with the mark that ends, whoever ends it, until the signal. Never throws: who misses an end sees it with the next look. */
export async function watchEnds(engine: Engine, mark: string, ended: (id: string) => void, signal: AbortSignal): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ type: ['container'], event: ['die'], label: [`${MARK}=${mark}`] }))
  const follow = async () => {
    let rest = ''
    for await (const text of engine.follow(`/events?filters=${filters}`, signal)) {
      const lines = `${rest}${text}`.split('\n')
      rest = lines.pop()?.slice(-LONGEST) ?? ''
      for (const line of lines) {
        const id = containerIn(line)
        if (id !== null) ended(id)
      }
    }
  }
  while (!signal.aborted) {
    await follow().catch(() => undefined)
    await pause(AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined)
  }
}
