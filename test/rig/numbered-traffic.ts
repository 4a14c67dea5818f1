import net from 'node:net'

/**
 * Attacks a redis decky from many loopback addresses: numbered commands and log-in attempts with few passwords, at a steady rate, for a time.
 * Run as a process: `node numbered-traffic.ts <host> <port> <events/s> <seconds>`. Prints what was answered, as JSON.
 */
export interface TrafficDone {
  /** Numbers of the commands that were answered; each was sent once. */
  readonly commands: readonly number[]
  readonly attempts: number
  readonly sources: number
}

const SOURCES = 40
/** Every so many events one is a log-in attempt. */
const ATTEMPT_EVERY = 10
const PASSWORDS = 25

async function run(host: string, port: number, rate: number, seconds: number): Promise<TrafficDone> {
  const commands: number[] = []
  let attempts = 0
  const lanes = await Promise.all(
    Array.from(
      { length: SOURCES },
      (_, index) =>
        new Promise<{ send(text: string, answered: () => void): void; end(): Promise<void> }>((resolve, reject) => {
          const waiting: (() => void)[] = []
          let rest = ''
          const socket = net.connect({ host, port, localAddress: `127.1.0.${index + 1}` })
          socket.once('error', reject)
          socket.once('connect', () =>
            resolve({
              send(text, answered) {
                waiting.push(answered)
                socket.write(text)
              },
              end: () =>
                new Promise((done) => {
                  const look = setInterval(() => {
                    if (waiting.length > 0) return
                    clearInterval(look)
                    socket.end()
                    done()
                  }, 20)
                }),
            }),
          )
          socket.on('data', (data: Buffer) => {
            rest += data.toString('latin1')
            const lines = rest.split('\r\n')
            rest = lines.pop() ?? ''
            for (const line of lines) if (/^[$_+-]/u.test(line)) waiting.shift()?.()
          })
        }),
    ),
  )
  const began = performance.now()
  let sent = 0
  while (performance.now() - began < seconds * 1_000) {
    const due = Math.floor(((performance.now() - began) / 1_000) * rate)
    for (; sent < due; sent += 1) {
      const lane = lanes[sent % SOURCES]
      const n = sent
      if (n % ATTEMPT_EVERY === 0) lane?.send(`AUTH user-${n % 7} secret-${n % PASSWORDS}\r\n`, () => (attempts += 1))
      else lane?.send(`GET event-${n}-\r\n`, () => commands.push(n))
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await Promise.all(lanes.map((lane) => lane.end()))
  return { commands, attempts, sources: SOURCES }
}

if (import.meta.main) {
  const [host = '', port = '', rate = '', seconds = ''] = process.argv.slice(2)
  process.stdout.write(JSON.stringify(await run(host, Number(port), Number(rate), Number(seconds))))
}
