import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeMessage, MAX_BODY, makeMessage, newMessageId } from './envelope.ts'
import { BusMessageError } from './port.ts'

const decode = (text: string) => decodeMessage('system.log', Buffer.from(text))

describe('envelope', () => {
  it('survives encoding, whatever its payload and type hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.string({ unit: 'binary' }), (payload, type) => {
        const message = makeMessage('system.log', payload, type)
        const decoded = decode(encodeMessage(message))
        expect(decoded).toEqual({ ok: true, minted: false, message })
      }),
    )
  })

  it('never throws on bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof decodeMessage('a', Buffer.from(bytes)).ok === 'boolean'))
  })

  it('B1: keeps the publisher’s id and time and takes the topic from the header', () => {
    const id = '0123456789abcdef0123456789abcdef'
    expect(decode(`{"v":1,"id":"${id}","topic":"spoofed","type":"t","ts":12.5,"payload":{"a":1}}`)).toEqual({
      ok: true,
      minted: false,
      message: { v: 1, id, topic: 'system.log', type: 't', ts: 12.5, payload: { a: 1 } },
    })
  })

  it('reads an empty body and an empty object as an empty message of now', () => {
    for (const body of ['', '{}']) {
      const decoded = decode(body)
      expect(decoded).toMatchObject({ ok: true, minted: true, message: { v: 1, type: '', payload: {} } })
      if (decoded.ok) expect(decoded.message.id).toMatch(/^[0-9a-f]{32}$/)
    }
  })

  it.each([
    ['not json', ['{', 'nope', '{"a":1}x', '\uFEFF{}', '"', ' ']],
    ['not an envelope', ['[]', '1', 'null', '"a"', '{"v":2}', '{"id":7}', '{"id":"xyz"}', '{"ts":"1"}', '{"type":1}', '{"payload":[]}']],
  ])('B1: answers %j as a value', (reason, bodies) => {
    for (const body of bodies) expect(decode(body), body).toEqual({ ok: false, reason })
    expect(decodeMessage('a', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toEqual({ ok: false, reason: 'not utf-8' })
  })

  it('refuses a body over 1 MiB and takes one of exactly that', () => {
    const frame = Buffer.byteLength(encodeMessage({ ...makeMessage('a', { d: '' }), ts: 1 }))
    const of = (size: number) => encodeMessage({ ...makeMessage('a', { d: 'x'.repeat(size - frame) }), ts: 1 })
    expect(of(MAX_BODY).length).toBe(MAX_BODY)
    expect(() => of(MAX_BODY + 1)).toThrow(BusMessageError)
  })

  it('makes ids that differ', () => {
    expect(new Set(Array.from({ length: 5_000 }, newMessageId)).size).toBe(5_000)
  })
})
