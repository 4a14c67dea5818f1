import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readIdentification } from './identification.ts'

describe("the client's identification is judged as sshd judges it", () => {
  test.each([
    ['SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n', 'SSH-2.0-OpenSSH_9.2p1 Debian-2'],
    ['SSH-2.0-Go\n', 'SSH-2.0-Go'],
    ['SSH-1.99-libssh\r\nrest', 'SSH-1.99-libssh'],
  ])('%j is taken', (sent, line) => {
    const read = readIdentification(Buffer.from(sent))
    expect(read.kind === 'client' && [read.line.toString(), sent.slice(read.rest)]).toEqual([line, sent.endsWith('rest') ? 'rest' : ''])
  })

  // Each line was given to OpenSSH 9.2p1 of Debian 12 and answered so.
  test.each([
    ['garbage\r\n', 'Invalid SSH identification string.'],
    ['GET / HTTP/1.0\r\n', 'Invalid SSH identification string.'],
    ['SSH-2.0-\r\n', 'Invalid SSH identification string.'],
    ['SSH-2.0-a\rb\r\n', 'Invalid SSH identification string.'],
    ['\0', 'Invalid SSH identification string.'],
    ['SSH-1.5-x\r\n', 'Protocol major versions differ.'],
    ['SSH-3.0-x\r\n', 'Protocol major versions differ.'],
    ['A'.repeat(8200), 'Invalid SSH identification string.'],
  ])('%j is refused in its words', (sent, answer) => {
    expect(readIdentification(Buffer.from(sent))).toMatchObject({ kind: 'refused', answer })
  })

  test('an unfinished line waits', () => {
    expect(readIdentification(Buffer.from('SSH-2.0-Open')).kind).toBe('incomplete')
  })

  test('no bytes make it throw, and more bytes never take back a verdict', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 20 }), (head, tail) => {
        const first = readIdentification(head)
        if (first.kind !== 'incomplete') expect(readIdentification(Buffer.concat([head, tail]))).toEqual(first)
      }),
    )
  })
})
