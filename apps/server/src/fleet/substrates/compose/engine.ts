import http from 'node:http'
import { json, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { AppError, isNodeError } from '@decnet/kernel'

/** What the engine refused, in its own words. */
export class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The Docker Engine's API (v1.41 to v1.44) on this machine. Everything throws {AppError} when nobody answers, {@link Refusal} when it says no. */
export interface Engine {
  ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T>
  /** Null where there is no such thing. */
  find<T>(path: string): Promise<T | null>
  /** Sends an archive. */
  send(path: string, archive: AsyncIterable<Uint8Array>): Promise<void>
  /** Text as it comes, until its end or the signal's. */
  follow(path: string, signal: AbortSignal): AsyncIterable<string>
  /** Whether a container's card is named where its networks are: since 1.44. */
  cardWithNetwork(): Promise<boolean>
  close(): void
}

const OLDEST = '1.41'
const NEWEST = '1.44'
const ANSWER_MS = 60_000
/** An image is large, and disks are slow. */
const IMPORT_MS = 300_000

const older = (a: string, b: string): boolean => Number(a.split('.')[1]) < Number(b.split('.')[1])

/** Where the engine listens: `DOCKER_HOST`, as its own command line takes it. @throws {AppError} `docker_elsewhere`. */
export function socketOf(host: string | undefined): string {
  if (host === undefined || host === '') return '/var/run/docker.sock'
  if (host.startsWith('unix://')) return host.slice('unix://'.length)
  throw new AppError(`DOCKER_HOST names an engine that is not on this machine: ${host.replace(/\/\/.*@/u, '//')}.`, {
    code: 'docker_elsewhere',
    hint: 'Containers keep what they see in folders of this machine: unset DOCKER_HOST, or name a socket: unix:///var/run/docker.sock',
  })
}

function away(socketPath: string, error: NodeJS.ErrnoException): AppError {
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return new AppError(`This user may not use Docker (${socketPath}).`, {
      code: 'docker_forbidden',
      hint: 'Start the fleet with sudo, or take the user into the group docker and log in again: sudo usermod -aG docker "$USER"',
      cause: error,
    })
  return new AppError(`No Docker engine answers at ${socketPath} (${error.code ?? error.message}).`, {
    code: 'docker_absent',
    hint: 'Install it (sudo apt-get install docker.io) or start it (sudo systemctl start docker), or leave the fleet on the loopback or in namespaces.',
    cause: error,
  })
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: object | AsyncIterable<Uint8Array> | undefined
  readonly type?: string
  readonly signal: AbortSignal
}

export function openEngine(socketPath: string): Engine {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 })

  /** The answer's head has come; its body is still to be read. */
  async function begin({ method, path, body, type = 'application/json', signal }: Asked): Promise<http.IncomingMessage> {
    try {
      const request = http.request({ socketPath, agent, method, path, signal, headers: { host: 'docker', 'content-type': type } })
      const answered = new Promise<http.IncomingMessage>((resolve, reject) => request.once('response', resolve).once('error', reject))
      answered.catch(() => undefined)
      if (body !== undefined && Symbol.asyncIterator in body) await pipeline(body, request)
      else request.end(body === undefined ? undefined : JSON.stringify(body))
      return await answered
    } catch (error) {
      if (signal.aborted)
        throw new AppError('The Docker engine does not answer in time.', {
          code: 'docker_silent',
          hint: 'See what it does: sudo journalctl -u docker',
          cause: error,
        })
      throw isNodeError(error) ? away(socketPath, error) : error
    }
  }
  async function checked(asked: Asked): Promise<http.IncomingMessage> {
    const answer = await begin(asked)
    const status = answer.statusCode ?? 500
    if (status < 400) return answer
    const said = await text(answer)
    let message = said
    try {
      message = (JSON.parse(said) as { message: string }).message
    } catch {
      message = said.slice(0, 500) // a proxy's page
    }
    throw new Refusal(status, message)
  }

  let version: string | undefined
  /** The newest version that both know. @throws {AppError} `docker_old`. */
  async function agreed(): Promise<string> {
    if (version !== undefined) return version
    const answer = await checked({ method: 'GET', path: '/version', signal: AbortSignal.timeout(ANSWER_MS) })
    const { ApiVersion: newest, MinAPIVersion: least = OLDEST } = (await json(answer)) as { ApiVersion: string; MinAPIVersion?: string }
    if (older(newest, OLDEST))
      throw new AppError(`The Docker engine is too old: its API is ${newest}, and ${OLDEST} is needed.`, {
        code: 'docker_old',
        hint: 'Install Docker 20.10 or newer.',
      })
    version = [least, older(newest, NEWEST) ? newest : NEWEST].reduce((a, b) => (older(a, b) ? b : a))
    return version
  }
  const call = async (asked: Asked) => checked({ ...asked, path: `/v${await agreed()}${asked.path}` })

  async function ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    const answer = await call({ method, path, body, signal: AbortSignal.timeout(ANSWER_MS) })
    const said = await text(answer)
    return (said.trim() === '' ? null : JSON.parse(said)) as T
  }

  return {
    ask,
    async find<T>(path: string) {
      try {
        return await ask<T>('GET', path)
      } catch (error) {
        if (error instanceof Refusal && error.status === 404) return null
        throw error
      }
    },
    async send(path, archive) {
      const signal = AbortSignal.timeout(IMPORT_MS)
      const said = await text(await call({ method: 'POST', path, body: archive, type: 'application/x-tar', signal }))
      // It has said 200 long before it fails: what went wrong stands in a line of its own.
      const error = /"error":"((?:[^"\\]|\\.)*)"/u.exec(said)
      if (error) throw new Refusal(500, error[1] ?? '')
    },
    async *follow(path, signal) {
      for await (const chunk of await call({ method: 'GET', path, signal })) yield String(chunk)
    },
    cardWithNetwork: async () => !older(await agreed(), '1.44'),
    close: () => agent.destroy(),
  }
}
