import { isUtf8 } from 'node:buffer'
import { events } from '@decnet/contracts/events'
import type { Capture, Session } from '@decnet/kernel/service'
import { authorizationCredential, formCredential, type HttpCredential, xmlRpcCredentials } from './credentials.ts'
import { type Head, headerOf } from './message.ts'
import { boundaryOf, fileNameOf, multipartReader } from './multipart.ts'

/** What is kept of one request: its body as it comes, and at its end the events. */
export interface Evidence {
  write(piece: Buffer): void
  /** What was kept of the body, at most 1 MiB. */
  readonly body: Buffer
  /** Emits everything, once; resolves when what was captured is named. */
  finish(status: number): Promise<void>
}

const KEPT = 1024 * 1024
const SHOWN = 16 * 1024
const FILES_LIMIT = 20

const bytes = (text: string) => Buffer.from(text, 'latin1')
/** latin1 characters as the text they are, where they are UTF-8. */
const readable = (text: string) => (isUtf8(bytes(text)) ? bytes(text).toString('utf8') : text)

type HttpSession = Session<typeof events.httpRequest | typeof events.authAttempt | typeof events.fileCaptured>

async function report(session: HttpSession, capture: Capture, path: string): Promise<void> {
  const { sha256, size, truncated } = await capture.finish()
  if (size > 0) session.emit(events.fileCaptured, { sha256, size, path: bytes(path), via: 'http', truncated })
}

export function evidenceOf(session: HttpSession, head: Head): Evidence {
  const kept: Buffer[] = []
  let keptLength = 0
  let total = 0
  let files = 0
  let finished = false
  const reports: Promise<void>[] = []
  const type = headerOf(head.headers, 'content-type')
  const boundary = boundaryOf(type)
  const parts =
    boundary === null
      ? null
      : multipartReader(boundary, (headers) => {
          const name = fileNameOf(headers)
          if (name === null || files++ >= FILES_LIMIT) return null
          const capture = session.capture()
          return { write: (chunk) => capture.write(chunk), end: () => void reports.push(report(session, capture, name)) }
        })
  let put: Capture | null = null

  function write(piece: Buffer): void {
    total += piece.length
    if (keptLength < KEPT) {
      const part = Buffer.from(piece.subarray(0, KEPT - keptLength))
      kept.push(part)
      keptLength += part.length
    }
    parts?.push(piece)
    if (head.method === 'PUT') {
      put ??= session.capture()
      put.write(piece)
    }
  }

  function tell(credential: HttpCredential): void {
    session.emit(events.authAttempt, {
      ...(credential.principal !== undefined && { principal: credential.principal }),
      secret: credential.secret,
      secret_kind: credential.secretKind,
      outcome: 'failure',
      method: credential.method,
    })
  }

  async function finish(status: number): Promise<void> {
    if (finished) return
    finished = true
    const body = Buffer.concat(kept)
    const host = headerOf(head.headers, 'host')
    const agent = headerOf(head.headers, 'user-agent')
    session.emit(events.httpRequest, {
      method: bytes(head.method),
      path: bytes(head.target),
      version: head.versionText === '' ? (head.version === 9 ? 'HTTP/0.9' : '') : head.versionText,
      status,
      headers: JSON.stringify(head.headers.map(([name, value]) => [readable(name), readable(value)])),
      ...(host !== undefined && { host: bytes(host) }),
      ...(agent !== undefined && { user_agent: bytes(agent) }),
      ...(total > 0 && { body: body.subarray(0, SHOWN), body_bytes: total }),
    })
    const authorization = authorizationCredential(headerOf(head.headers, 'authorization'))
    if (authorization) tell(authorization)
    const form = formCredential(head.headers, body)
    if (form) tell(form)
    if (head.method === 'POST' && /\/xmlrpc\.php(?:$|\?)/u.test(head.target)) for (const each of xmlRpcCredentials(body)) tell(each)
    parts?.end()
    if (put) reports.push(report(session, put, head.target))
    await Promise.all(reports)
  }

  return {
    write,
    finish,
    get body() {
      return Buffer.concat(kept)
    },
  }
}
