import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { events } from '@decnet/contracts/events'
import { examplePersona, ofType, type ServiceHarness, startService } from '@decnet/kernel/service/conformance'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { talk } from '../_shared/oracle/oracle.ts'
import service from './service.ts'

interface Upload {
  readonly method: 'PUT' | 'POST'
  readonly expects: boolean
  readonly closes: boolean
  readonly chunked: boolean
  readonly halfCloses: boolean
  /** Milliseconds between head and body; null = one write. */
  readonly lateMs: number | null
}

const uploads: readonly Upload[] = Array.from({ length: 200 }, (_, bits) => ({
  method: bits & 1 ? 'POST' : 'PUT',
  expects: (bits & 2) > 0,
  closes: (bits & 4) > 0,
  chunked: (bits & 8) > 0,
  halfCloses: (bits & 16) > 0,
  lateMs: ([null, 0, 5, 40] as const)[(bits >> 5) & 3] ?? null,
}))

/** Sends head and body as such a client does, whatever is answered, and waits for the end of the answer. */
function send(port: number, path: string, content: string, upload: Upload): Promise<void> {
  const body = upload.chunked ? `${content.length.toString(16)}\r\n${content}\r\n0\r\n\r\n` : content
  const head = [
    `${upload.method} ${path} HTTP/1.1`,
    'Host: x',
    'Content-Type: text/plain',
    upload.chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${content.length}`,
    ...(upload.expects ? ['Expect: 100-continue'] : []),
    ...(upload.closes ? ['Connection: close'] : []),
  ].join('\r\n')
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const rest = () => (upload.halfCloses ? socket.end(body) : socket.write(body))
    const enough = setTimeout(() => socket.destroy(), 250)
    socket.on('connect', () => {
      if (upload.lateMs === null)
        return void (upload.halfCloses ? socket.end(`${head}\r\n\r\n${body}`) : socket.write(`${head}\r\n\r\n${body}`))
      socket.write(`${head}\r\n\r\n`)
      setTimeout(rest, upload.lateMs)
    })
    socket.on('end', () => socket.end())
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(enough)
      resolve()
    })
    socket.resume()
  })
}

describe.each(['nginx', 'apache'] as const)('uploads to %s', (server) => {
  let harness: ServiceHarness
  beforeAll(async () => {
    const base = examplePersona()
    const version = server === 'nginx' ? '1.22.1' : '2.4.71'
    const persona = { ...base, packages: { ...base.packages, web: { server, version } } }
    harness = await startService(service, { persona, config: { site: 'portal' } })
  })
  afterAll(() => harness.close())

  test('200 clients, with every way to send a body: not one loses a byte', { timeout: 20_000 }, async () => {
    for (let from = 0; from < uploads.length; from += 20)
      await Promise.all(
        uploads.slice(from, from + 20).map(async (upload, index) => {
          const number = from + index
          const [path, content] = [`/up/${number}.php`, `<?php echo ${number}; ?>`.repeat(1 + (number % 50))]
          await send(harness.port, path, content, upload)
          const request = await harness.waitFor(ofType(events.httpRequest, { path }))
          expect([upload, request.fields.body]).toEqual([upload, content])
          if (upload.method === 'POST') return
          const file = await harness.waitFor(ofType(events.fileCaptured, { path }))
          expect(file.fields.sha256).toBe(createHash('sha256').update(content).digest('hex'))
        }),
      )
  })

  test('a session id has the alphabet and length of Debian and Ubuntu', async () => {
    const { heard } = await talk(harness.port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(heard.toString()).toMatch(/PHPSESSID=[0-9a-v]{26};/u)
  })
})
