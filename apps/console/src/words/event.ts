import type { Severity } from '@decnet/contracts/api'
import { bytesOf, textOf } from '../bytes/view.ts'
import { findingTeller } from './finding.ts'
import { type EventLike, type Said, said, type Teller } from './said.ts'
import { isResponse, secretKindShort } from './secret.ts'
import { valueText } from './value-text.ts'

/** A field that may have travelled as `<name>_b64`, byte for byte: see `textOf`. */
export function field(fields: EventLike['fields'], name: string): string {
  const plain = fields[name]
  if (plain !== undefined && plain !== null) return valueText(plain)
  const packed = fields[`${name}_b64`]
  return typeof packed === 'string' ? textOf(bytesOf(packed)) : ''
}

const tellers: Readonly<Record<string, Teller>> = {
  auth_attempt: (f, event) => {
    const kind = f('secret_kind')
    // The answer to a challenge is noise to a reader: the note names it, the panel holds its bytes.
    const secret = isResponse(kind) ? '' : f('key_fingerprint') || f('secret') || f('secret_printable')
    const object = [f('principal'), secret].filter((part) => part !== '').join(' : ')
    const won = f('outcome') === 'success'
    const how = kind !== '' && kind !== 'plaintext' ? secretKindShort(kind) : event.fields.secret_b64 === '' ? 'empty password' : ''
    return said(
      won ? 'logged in' : 'tried',
      object,
      won ? 'high' : 'low',
      won ? 'got in' : [f('outcome') === 'failure' ? 'refused' : '', how].filter(Boolean).join(', '),
    )
  },
  command: (f) =>
    said(
      f('mode') === 'protocol' ? 'said' : 'ran',
      f('command'),
      f('mode') === 'protocol' ? 'low' : 'medium',
      f('user') === '' ? '' : `as ${f('user')}`,
    ),
  query: (f) => said('asked', f('query'), 'medium', f('database')),
  http_request: (f) => said('requested', `${f('method')} ${f('path')}`, 'low', f('status')),
  download_attempt: (f) => said('wanted', f('url'), 'high', 'not fetched'),
  connect_attempt: (f) => said('tried to reach', f('target'), 'high', `with ${f('tool')}`),
  forward_attempt: (f) => said('asked to reach', f('target'), 'medium', 'refused'),
  ics_request: (f) =>
    said('asked a device', `${f('protocol')} ${f('function')}`, f('writes') === 'true' ? 'high' : 'medium', f('object') || f('address')),
  file_captured: (f) => said('left a file', f('path'), 'high', `${f('size')} bytes by ${f('via')}`),
  message_stored: (f) => said('sent mail', `${f('mail_from')} → ${f('rcpt_to')}`, 'medium', `${f('size')} bytes`),
  connect: (f) => said('connected', f('src_port') || f('attacker_port') ? `from port ${f('src_port') || f('attacker_port')}` : '', 'info'),
  disconnect: (f) => said('left', '', 'info', f('reason') === 'client' ? '' : `ended by ${f('reason')}`),
  connection_refused: (f) => said('was turned away', f('limit'), 'info'),
  tarpit_enter: () => said('is held up', '', 'info', 'by a tarpit'),
  tarpit_exit: (f) => said('is held up no longer', '', 'info', `after ${Math.round(Number(f('duration_ms')) / 1000)} s`),
  client_hello: (f) => said('introduced itself', f('client_version') || f('hassh'), 'info'),
  protocol_error: (f) => said('sent nonsense', f('sample') || f('detail'), 'low', f('sample') === '' ? '' : f('detail')),
  session_recorded: (f) => said('was recorded', '', 'info', `${f('duration_s')} s of terminal`),
  tick: () => said('sensor is alive', '', 'info'),
  sensor_started: (f) => said('sensor came up', '', 'info', `${f('deckies')} deckies, ${f('services')} services`),
  tcp_syn_fingerprint: (f) => said('opened a connection', f('os_guess') === 'unknown' ? '' : `like ${f('os_guess')}`, 'info', f('tcp')),
  tcp_flow_timing: (f) => said('stayed', `${f('duration_s')} s`, 'info', `${f('packets')} packets`),
  port_scan: (f) =>
    f('kind') === 'sweep'
      ? said('swept', `${f('decky_count')} deckies`, 'medium', [f('protocol'), f('ports')].filter(Boolean).join(' '))
      : said(f('state') === 'ended' ? 'scanned' : 'began to scan', `${f('port_count')} ports`, 'medium', `${f('kind')}: ${f('ports')}`),
  tls_client_hello: (f) => said('offered TLS', f('sni') || f('ja4'), 'info', f('sni') === '' ? '' : f('ja4')),
  tls_session: (f) => said('spoke TLS', f('tls_version'), 'info', f('ja4')),
  quic_client_hello: (f) => said('offered QUIC', f('sni') || f('ja4_quic'), 'info'),
  ssh_client_banner: (f) => said('introduced itself', f('ssh_version') || f('hassh'), 'info'),
  icmp_echo: () => said('pinged', '', 'info'),
  icmp_probe: (f) => said('asked over ICMP', `type ${f('icmp_type')}`, 'low'),
  arp_scan: (f) => said('looked for hosts', `${f('target_count')} addresses`, 'medium', f('src_mac')),
  ipv6_link_local_leak: (f) => said('gave away its card', f('mac_oui') || f('src_mac'), 'info'),
  capture_loss: (f) => said('packets were lost', f('dropped'), 'medium', `${f('suppressed')} events not said`),
  spool_loss: (f) => said('events were lost', f('lost'), 'critical', f('reason')),
}
const severities: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
export const rank = (severity: Severity) => severities.indexOf(severity)

/** What people look at: not the sensors' own life signs, nor records that only say again what an event said. */
export const bookkeeping: readonly { key: string; value: string }[] = [
  { key: 'event', value: 'tick' },
  { key: 'event', value: 'decky_mutated' },
  { key: 'topic', value: 'credential.captured' },
  { key: 'topic', value: 'attacker.session.started' },
  { key: 'topic', value: 'attacker.session.ended' },
  { key: 'topic', value: 'attacker.observation.>' },
  { key: 'topic', value: 'attribution.>' },
  { key: 'topic', value: 'ttp.rule.fired.>' },
]

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(table, name) ? table[name] : undefined)

export function tell(event: EventLike): Said {
  const f = (name: string) => field(event.fields, name)
  // An attacker may name an event `valueOf`: only our own names count.
  const teller = findingTeller(event.topic) ?? own(tellers, event.event_type)
  return teller ? teller(f, event) : said(event.event_type.replaceAll(/[._]/gu, ' '), '', 'info')
}
