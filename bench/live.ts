import type { Fleet } from '../test/rig/fleet.ts'

const BREAK = Buffer.from('\n\n')

export interface LiveClient {
  /** Bytes that came so far. */
  readonly bytes: number
  close(): void
}

/** A client of the live stream that looks at each item's bytes as they come: cheap enough to stand a flood beside what is measured. */
export async function listen(fleet: Fleet, heard: (item: Buffer) => void, query = ''): Promise<LiveClient> {
  const abort = new AbortController()
  const answer = await fetch(`${fleet.api}/stream${query}`, { headers: { authorization: `Bearer ${fleet.token}` }, signal: abort.signal })
  if (!answer.ok || !answer.body) throw new Error(`stream: ${answer.status}`)
  const body = answer.body
  let bytes = 0
  const pump = async () => {
    let rest: Buffer = Buffer.alloc(0)
    for await (const chunk of body) {
      bytes += chunk.length
      rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
      let at = 0
      for (let end = rest.indexOf(BREAK); end >= 0; end = rest.indexOf(BREAK, at)) {
        heard(rest.subarray(at, end))
        at = end + BREAK.length
      }
      rest = rest.subarray(at)
    }
  }
  pump().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })
  return {
    get bytes() {
      return bytes
    },
    close: () => abort.abort(),
  }
}
