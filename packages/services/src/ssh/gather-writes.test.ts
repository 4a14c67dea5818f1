import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { gatherWrites } from './gather-writes.ts'

test('what is written in one turn leaves together, what is written later by itself', async () => {
  const left: string[] = []
  const take = (chunks: readonly { readonly chunk: Buffer }[]) => left.push(chunks.map(({ chunk }) => chunk.toString()).join('|'))
  const socket = new Writable({
    write(chunk: Buffer, _encoding, done) {
      take([{ chunk }])
      done()
    },
    writev(chunks, done) {
      take(chunks)
      done()
    },
  })
  const write = gatherWrites(socket, (data) => void socket.write(data))
  const turn = (...texts: string[]) => {
    for (const text of texts) write(Buffer.from(text))
    return new Promise<void>((resolve) => setImmediate(resolve))
  }
  await turn('length', 'packet', 'mac')
  await turn('next')
  expect(left).toEqual(['length|packet|mac', 'next'])
})

test('what waits still leaves when the socket is ended in the same turn', async () => {
  const left: string[] = []
  const socket = new Writable({
    write(chunk: Buffer, _encoding, done) {
      left.push(chunk.toString())
      done()
    },
  })
  gatherWrites(socket, (data) => void socket.write(data))(Buffer.from('goodbye'))
  await new Promise<void>((resolve) => socket.end(resolve))
  expect(left).toEqual(['goodbye'])
})
