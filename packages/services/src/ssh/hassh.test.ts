import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasshOf, KexInitWatch } from './hassh.ts'
import { MSG, WireWriter } from './wire.ts'

interface Vector {
  readonly client: string
  readonly version: string
  readonly hassh: string
  readonly algorithms: string
}
const { vectors } = JSON.parse(readFileSync(new URL('./hassh.vectors.json', import.meta.url), 'utf8')) as { vectors: Vector[] }

function kexInit(algorithms: string): Buffer {
  const [kex = '', encryption = '', mac = '', compression = ''] = algorithms.split(';')
  const lists = [kex, 'ssh-ed25519', encryption, 'server-side', mac, 'server-side', compression, 'none', '', '']
  const writer = new WireWriter(MSG.KEXINIT).raw(Buffer.alloc(16, 7))
  for (const list of lists) writer.string(list)
  return writer.boolean(false).uint32(0).done()
}
function packet(payload: Buffer): Buffer {
  const padding = 4 + (8 - ((payload.length + 9) % 8))
  return new WireWriter()
    .uint32(payload.length + padding + 1)
    .byte(padding)
    .raw(payload)
    .raw(Buffer.alloc(padding))
    .done()
}

describe('HASSH', () => {
  test.each(vectors)('$client $version is what the published tool says', ({ hassh, algorithms }) => {
    expect(hasshOf(kexInit(algorithms))).toEqual({ hassh, algorithms })
  })

  test('is found behind an IGNORE and however the stream is cut', () => {
    const [vector] = vectors
    const stream = Buffer.concat([packet(new WireWriter(MSG.IGNORE).string('x').done()), packet(kexInit(vector?.algorithms ?? ''))])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 8 }), (cuts) => {
        const watch = new KexInitWatch()
        let at = 0
        let found = null
        for (const cut of [...cuts, stream.length]) {
          found ??= watch.push(stream.subarray(at, at + cut))
          at += cut
        }
        expect(found?.hassh).toBe(vector?.hassh)
        expect(watch.over).toBe(true)
      }),
    )
  })

  test('no bytes make the watch throw or hold more than a packet', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (chunks) => {
        const watch = new KexInitWatch()
        for (const chunk of chunks) watch.push(chunk)
      }),
    )
    const watch = new KexInitWatch()
    watch.push(Buffer.from([0xff, 0xff, 0xff, 0xff, 4, 20]))
    expect(watch.over).toBe(true)
  })

  test('a message that is no KEXINIT, or a cut one, has none', () => {
    expect(hasshOf(Buffer.of(21))).toBeNull()
    expect(hasshOf(kexInit('a;b;c;d').subarray(0, 30))).toBeNull()
  })
})
