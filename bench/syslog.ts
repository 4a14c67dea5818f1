import { decodeEvent, encodeEvent, format, parse, type SyslogMessage } from '@decnet/kernel/syslog'

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
export function benchSyslog(count = 300_000): {
  lineBytes: number
  format: number
  parse: number
  encodeEvent: number
  decodeEvent: number
} {
  const line = Buffer.from(encodeEvent(event))
  const parsed = parse(line)
  if (!parsed.ok) throw new Error(parsed.reason)
  const message: SyslogMessage = parsed.message
  return {
    lineBytes: line.length,
    format: perSecond(() => Buffer.byteLength(format(message)), count),
    parse: perSecond(() => parse(line), count),
    encodeEvent: perSecond(() => Buffer.byteLength(encodeEvent(event)), count),
    decodeEvent: perSecond(() => decodeEvent(line, { source: 'sensor', position: 'f:0' }), count),
  }
}
