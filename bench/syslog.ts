import { decodeEvent, encodeEvent, format, parse, type SyslogMessage } from '@decnet/kernel/syslog'
import type { BenchContext, Benchmark, Figure } from './figure.ts'

const fields = {
  session_id: '0199f1a2-7b3c-7d4e-8f50-61728394a5b6',
  src_ip: '203.0.113.77',
  src_port: '51514',
  principal: 'root',
  secret_b64: 'aHVudGVyMg==',
  secret_printable: 'hunter2',
  outcome: 'failure',
  method: 'password',
}
const event = {
  id: '0199f1a2-7b3c-7d4e-8f50-000000000001',
  ts: 1_795_000_000_123,
  decky: 'web-01',
  service: 'ssh',
  type: 'auth_attempt',
  severity: 5,
  fields,
} as const

function perSecond(once: () => unknown, count: number): number {
  for (let round = 0; round < count / 5; round++) once()
  const start = performance.now()
  for (let round = 0; round < count; round++) once()
  return Math.round(count / ((performance.now() - start) / 1000))
}

/** How often in a second one line of about 300 bytes is formatted and parsed, on one thread. */
async function run({ quick, progress }: BenchContext): Promise<Figure[]> {
  const count = quick ? 10_000 : 300_000
  const line = Buffer.from(encodeEvent(event))
  const parsed = parse(line)
  if (!parsed.ok) throw new Error(parsed.reason)
  const message: SyslogMessage = parsed.message
  const works: Readonly<Record<string, () => unknown>> = {
    'RFC 5424: format': () => Buffer.byteLength(format(message)),
    'RFC 5424: parse': () => parse(line),
    'event → line': () => Buffer.byteLength(encodeEvent(event)),
    'line → record': () => decodeEvent(line, { source: 'sensor', position: 'f:0' }),
  }
  return Object.entries(works).map(([name, work]) => {
    progress(name)
    return {
      name: `${name}, ${line.length} bytes`,
      unit: 'lines/s',
      runs: Array.from({ length: quick ? 1 : 5 }, () => perSecond(work, count)),
    }
  })
}

export const syslog: Benchmark = { name: 'syslog', summary: 'One line of the spool, formatted and parsed on one thread.', run }
