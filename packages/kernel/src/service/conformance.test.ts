import { events } from '@decnet/contracts/events'
import { z } from 'zod'
import { examplePersona, serviceConformance } from './conformance.ts'
import { defineService } from './define.ts'

/** Greets, answers each line with its length, keeps at most 512 bytes of a line. */
const lengths = defineService({
  name: 'lengths',
  title: 'Lengths',
  ports: [{ port: 4000, transport: 'tcp' }],
  config: z.object({}),
  emits: [events.command],
  limits: () => ({ connections: 100, perSource: 0, idleSeconds: 60, totalSeconds: 0 }),
  async serve(socket, { session }) {
    socket.write('ready\r\n')
    let line: number[] = []
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      for (const byte of chunk as Buffer) {
        if (byte !== 10) {
          if (line.length < 512) line.push(byte)
          continue
        }
        session.emit(events.command, { command: Buffer.from(line), mode: 'protocol' })
        socket.write(`${line.length}\r\n`)
        line = []
      }
    }
  },
})

serviceConformance({ service: lengths, persona: examplePersona(), greetsFirst: true, hello: 'four\n' })
