import http from 'node:http'

export interface Frame {
  readonly id: number | null
  readonly event: string
  readonly data: unknown
}
export interface Listener {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** Records, signals and resets, in order. */
  readonly frames: readonly Frame[]
  readonly comments: readonly string[]
  /** Sequence numbers of the records that came. */
  readonly seqs: number[]
  readonly ended: boolean
  /** Stops and goes on reading from the socket. */
  pause(): void
  resume(): void
  close(): void
}

/** A client of the live stream over a real socket. Resolves when the headers are there. */
export function listen(url: string, headers: Record<string, string>): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false }, (response) => {
      const frames: Frame[] = []
      const comments: string[] = []
      let rest = ''
      let ended = false
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        rest += text
        const blocks = rest.split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const lines = block.split('\n')
          const member = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
          comments.push(...lines.filter((line) => line.startsWith(':')))
          const event = member('event')
          if (event === undefined) continue
          const id = member('id')
          frames.push({ id: id === undefined ? null : Number(id), event, data: JSON.parse(member('data') ?? 'null') as unknown })
        }
      })
      const over = () => {
        ended = true
      }
      response.on('end', over)
      response.on('close', over)
      response.on('error', over)
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        frames,
        comments,
        get seqs() {
          return frames.flatMap((frame) => (frame.id === null ? [] : [frame.id]))
        },
        get ended() {
          return ended
        },
        pause: () => void response.pause(),
        resume: () => void response.resume(),
        close: () => void request.destroy(),
      })
    })
    request.on('error', reject)
  })
}
