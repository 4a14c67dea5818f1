import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Incoming, Wire } from '../wire/wire.ts'
import { type Line, lineReader } from './line-reader.ts'

/** A wire on which these chunks come, then the end. */
function wireOf(chunks: readonly Buffer[]): Wire {
  const queue: Incoming[] = chunks.filter((chunk) => chunk.length > 0)
  return {
    next: () => Promise.resolve(queue.shift() ?? 'end'),
    unread: (data) => void queue.unshift(data),
    send: () => Promise.resolve(true),
    push: () => true,
    end: () => undefined,
    gone: false,
  }
}
function cut(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  const chunks: Buffer[] = []
  let at = 0
  for (const length of cuts) {
    chunks.push(bytes.subarray(at, at + length))
    at += length
  }
  return [...chunks, bytes.subarray(at)]
}
async function readAll(chunks: readonly Buffer[], terminator: '\n' | '\r\n', limit: number): Promise<string[]> {
  const reader = lineReader(wireOf(chunks), { terminator, limit })
  const lines: string[] = []
  for (;;) {
    const line: Line = await reader.next()
    if (line === 'end') return lines
    lines.push(typeof line === 'string' ? line : `=${line.toString('latin1')}`)
  }
}

describe('lineReader', () => {
  for (const terminator of ['\n', '\r\n'] as const)
    it(`gives the same lines however the bytes are cut, ended by ${JSON.stringify(terminator)}`, async () => {
      const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\r\n', 'bcd') })
      await fc.assert(
        fc.asyncProperty(text, fc.array(fc.nat(6)), async (sent, cuts) => {
          const lines = sent.split(terminator).slice(0, -1)
          const expected = lines.map((line) => (line.length + terminator.length > 8 ? 'long' : `=${line}`))
          const got = await readAll(cut(sent, cuts), terminator, 8)
          // A last line without its end is no line, but may already be too long.
          expect(got.slice(0, expected.length)).toEqual(expected)
          expect(got.slice(expected.length).filter((line) => line !== 'long')).toEqual([])
          expect(got.length - expected.length).toBeLessThanOrEqual(1)
        }),
      )
    })

  it('says that a line is too long before its end has come, once, and goes on behind it', async () => {
    const endless = Array.from({ length: 1000 }, () => Buffer.alloc(100, 'a'))
    expect(await readAll([...endless, Buffer.from('\r\nNOOP\r\n')], '\r\n', 64)).toEqual(['long', '=NOOP'])
  })

  it('gives back what it read ahead', async () => {
    const reader = lineReader(wireOf([Buffer.from('DATA\r\nbody')]), { terminator: '\n', limit: 100 })
    await reader.next()
    expect(reader.rest().toString()).toBe('body')
    expect(reader.rest()).toHaveLength(0)
  })
})
