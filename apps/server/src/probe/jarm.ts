import { randomBytes } from 'node:crypto'
import { jarmOf, jarmProbes } from '@decnet/fingerprint'
import { exchange } from './connection.ts'
import { type Probe, TLS_PORTS } from './probe.ts'

/** As much of an answer as the published tool reads. */
const MOST = 1_484
const RECORD_HEADER = 5

const wholeRecord = (received: Buffer) =>
  received.length >= RECORD_HEADER && received.length >= RECORD_HEADER + received.readUInt16BE(RECORD_HEADER - 2)

/** JARM (Salesforce, 2020): ten hellos, each over a connection of its own. One that takes too long ends it, as in the published tool. */
export const jarm: Probe = {
  family: 'jarm',
  title: 'JARM',
  ports: TLS_PORTS,
  async ask(target, means) {
    const answers: Buffer[] = []
    for (const send of jarmProbes(target.host, randomBytes)) {
      const answer = await exchange(target, means, { send, most: MOST, enough: wholeRecord })
      if (answer === null) return null
      answers.push(answer)
    }
    const { value } = jarmOf(answers)
    // 62 zeros: nothing there speaks TLS.
    return /^0+$/u.test(value) ? null : { hash: value, payload: { jarm_hash: value }, facts: { jarm: value } }
  },
}
