import { intakeConformance } from '@decnet/kernel/intake/conformance'
import { when } from '@decnet/kernel/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll } from 'vitest'
import { connectNatsIntake, type NatsIntake } from './intake.ts'
import { encodeLine } from './intake-message.ts'
import { NATS_TOOL, type NatsServer, startNatsServer } from './testing.ts'

const nats = when({ tools: NATS_TOOL })

nats.describe('over a real nats-server', () => {
  let server: NatsServer
  beforeAll(async () => {
    server = await startNatsServer({ jetstream: true })
  })
  afterAll(() => server[Symbol.asyncDispose]())
  let benches = 0

  intakeConformance('JetStream', async () => {
    const options = { servers: server.url, stream: `BENCH_${++benches}`, prefix: `bench${benches}` }
    const opened: NatsIntake[] = []
    const first = await connectNatsIntake(options)
    opened.push(first)
    const connection = await connect({ servers: server.url })
    const stream = jetstream(connection)
    let written = 0
    const send = async (sent: Parameters<typeof encodeLine>[0]) => {
      const subject = `${options.prefix}-intake.web-01`
      const { headers, data } = encodeLine(sent, { source: 'web-01', subject, limit: 1_048_576 })
      await stream.publish(subject, data, { headers })
    }
    return {
      async append(lines) {
        for (const line of lines) await send({ kind: 'line', line, position: String(++written) })
      },
      async turn() {
        // between two segments: another sensor writes
        await stream.publish(`${options.prefix}-intake.other`, 'other')
      },
      tear: (bytes) => send({ kind: 'torn', bytes, position: String(++written) }),
      async open() {
        const intake = await connectNatsIntake(options)
        opened.push(intake)
        return intake.source('web-01')
      },
      async close() {
        await (await jetstreamManager(connection)).streams.delete(options.stream)
        await Promise.all([connection.close(), ...opened.map((intake) => intake.close())])
      },
    }
  })
})
