import type { Severity } from '@decnet/contracts/api'
import { plural } from '../time/words.ts'
import { type GroupName, type Said, said, type Teller } from './said.ts'
import { traitName, traitStates, traitValue } from './trait.ts'

const severities: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
const severityOf = (name: string): Severity => severities.find((s) => s === name) ?? 'medium'

/** Families of active probes, and the member that holds what each of them found. */
const PROBED = [
  ['jarm', 'jarm_hash'],
  ['hassh', 'hassh_server'],
  ['tcpfp', 'tcpfp_hash'],
  ['tls_certificate', 'cert_sha256'],
  ['http', 'http_hash'],
] as const
const TECHNIQUE = /^T\d{4}(?:\.\d{3})?$/u
const identity = (uuid: string): GroupName => ({ kind: 'identity', uuid })
const campaign = (uuid: string): GroupName => ({ kind: 'campaign', uuid })
const lengthOf = (value: unknown) => (Array.isArray(value) ? value.length : 0)
const listed = (value: unknown) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string').join(', ') : '')
const stateWord = (name: string) => Object.entries(traitStates).find(([state]) => state === name)?.[1].word ?? name.replaceAll('_', ' ')
/** Who or what it is about stands in front, whom else it concerns behind. */
const about = (told: Said, who: GroupName | undefined, ...others: readonly GroupName[]): Said => ({ ...told, who, about: others })

const merged =
  (group: (uuid: string) => GroupName): Teller =>
  (f) =>
    about(said('is the same as', '', 'low', 'merged'), group(f('loser_uuid')), group(f('winner_uuid')))
const unmerged =
  (group: (uuid: string) => GroupName): Teller =>
  (f) =>
    about(said('is not the same as', '', 'low', 'parted again'), group(f('resurrected_uuid')), group(f('former_winner_uuid')))
const assigned: Teller = (f) => {
  const [now, before] = [f('campaign_uuid'), f('prior_campaign_uuid')]
  const who = identity(f('identity_uuid'))
  if (now === '') return about(said('left campaign', '', 'low'), who, campaign(before))
  return about(said(before === '' ? 'joined campaign' : 'changed to campaign', '', 'medium'), who, campaign(now))
}
const stated: Readonly<Record<string, string>> = {
  confirm: 'said that two addresses are one',
  forbid: 'said that two addresses are not one',
  withdraw: 'took back what was said of two addresses',
}
const used = (ids: unknown): Said => {
  const techniques = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string' && TECHNIQUE.test(id)) : []
  return { ...said(techniques.length === 1 ? 'used the technique' : 'used techniques', '', 'medium'), techniques }
}
const done =
  (verb: string): Teller =>
  (f) =>
    said(verb, f('action'), 'info', f('success') === 'false' ? 'did not work' : '')

/** What each kind of derived record says, by the pattern of its topic: every record topic there is has words here. */
export const findings: Readonly<Record<string, Teller>> = {
  'attacker.observed': (f) => said('seen for the first time', '', 'info', f('event_type').replaceAll('_', ' ')),
  'attacker.scored': (f) => said('score rose', `to ${f('score')}`, severityOf(f('severity'))),
  'attacker.fingerprinted': (f) => {
    const [type, field] = PROBED.find(([, field]) => f(field) !== '') ?? []
    return said('was probed', field === undefined ? '' : f(field), 'info', type === undefined ? '' : probe(type))
  },
  'attacker.fingerprint_rotated': (f) =>
    said(f('flap') === 'true' ? 'went back to a fingerprint' : 'changed its fingerprint', f('new_hash'), 'medium', probe(f('probe_type'))),
  'attacker.session.started': () => said('session began', '', 'info'),
  'attacker.session.ended': (f) =>
    said('session ended', '', 'info', Number(f('command_count')) > 0 ? plural(Number(f('command_count')), 'command') : ''),
  'attacker.intel.enriched': (f, { fields }) => said('is known elsewhere as', f('aggregate_verdict'), 'medium', listed(fields.providers)),
  'attacker.observation.>': (f, { fields }) =>
    said('showed a habit', '', 'info', [traitName(f('primitive')).name, traitValue(fields.value) ?? 'not to be told'].join(': ')),
  'attacker.typing.profiled': (f) => said('typed enough to be known by', '', 'info', plural(Number(f('gaps')), 'pause')),
  'identity.formed': (f, { fields }) => {
    const count = lengthOf(fields.observation_uuids)
    return about(said('is somebody new', '', 'info', count > 1 ? plural(count, 'address', 'addresses') : ''), identity(f('identity_uuid')))
  },
  'identity.observation.linked': (f) => {
    const [to, from] = [identity(f('identity_uuid')), f('prior_identity_uuid')]
    if (from === '') return about(said('has one more address', '', 'low'), to)
    return about(said('took over an address of', '', 'low'), to, identity(from))
  },
  'identity.merged': merged(identity),
  'identity.unmerged': unmerged(identity),
  'identity.campaign.assigned': assigned,
  'identity.link.stated': (f) => ({
    ...said(stated[f('kind')] ?? 'said something of two addresses', '', 'info', f('reason')),
    by: f('by'),
  }),
  'campaign.formed': (f, { fields }) =>
    about(
      said('is a new campaign', '', 'medium', `of ${plural(lengthOf(fields.identity_uuids), 'identity', 'identities')}`),
      campaign(f('campaign_uuid')),
    ),
  'campaign.identity.assigned': assigned,
  'campaign.merged': merged(campaign),
  'campaign.unmerged': unmerged(campaign),
  'attribution.profile.state_changed': (f) => {
    const now = stateWord(f('new_state'))
    return about(
      said(`habit ${now.startsWith('takes') ? now : `is ${now}`}`, '', 'info', traitName(f('primitive')).name),
      identity(f('identity_uuid')),
    )
  },
  'attribution.profile.multi_actor_suspected': (f, { fields }) =>
    about(
      said('may be several people', '', 'medium', `${plural(lengthOf(fields.primitives), 'habit')} in turns`),
      identity(f('identity_uuid')),
    ),
  'credential.captured': (f) => said('credential stored', '', 'info', f('secret_kind')),
  'credential.reuse.detected': (f) => said('reused a secret', '', 'critical', `${f('target_count')} targets`),
  'decky.*.state': (f) => said('decky is', f('state'), f('state') === 'running' ? 'info' : 'medium'),
  'decky.*.mutation': (f, { fields }) => said('decky changed', listed(fields.new_services) || 'to nothing', 'info', f('trigger')),
  'decky.*.service_added': (f) => said('got a service', f('service_name'), 'info'),
  'decky.*.service_removed': (f) => said('lost a service', f('service_name'), 'info'),
  'decky.*.service_config_changed': (f) =>
    said('was configured', f('service_name'), 'info', f('recreated') === 'true' ? 'in use' : 'saved only'),
  'canary.*.placed': (f) => said('canary placed', f('placement_path'), 'info', f('decky_name')),
  'canary.*.triggered': (f) => said('canary used', f('request_path') || f('dns_qname'), 'critical', `from ${f('src_ip')}`),
  'canary.*.revoked': (f) => said('canary revoked', f('placement_path'), 'info', f('decky_name')),
  'email.received': (f) =>
    said(
      'mail received',
      '',
      'medium',
      `${plural(Number(f('rcpt_count')), 'recipient')}, ${plural(Number(f('attachment_count')), 'attachment')}`,
    ),
  'orchestrator.traffic.*': done('own traffic'),
  'orchestrator.file.*': done('own file'),
  'orchestrator.email.*': (f) => said('own mail', f('subject'), 'info'),
  'topology.*.mutation.applied': (f) => said('topology changed', '', 'info', f('op').replaceAll('_', ' ')),
  'topology.*.mutation.failed': (f) => said('topology could not be changed', '', 'high', f('reason')),
  'topology.*.status': (f) => said('topology is', f('state'), ['degraded', 'failed'].includes(f('state')) ? 'high' : 'info'),
  'ttp.tagged': (_f, { fields }) => used(fields.techniques_added),
}

const kinds: Readonly<Record<string, string>> = {
  ja3: 'JA3',
  ja4: 'JA4',
  hassh: 'HASSH',
  tcp_syn: 'TCP',
  tcpfp: 'TCP',
  http: 'HTTP',
  jarm: 'JARM',
  tls_certificate: 'certificate',
}
/** `passive_tcp_syn`: "TCP". */
export const probe = (type: string): string => kinds[type.replace(/^(?:passive|imported)_/u, '')] ?? type.replaceAll('_', ' ')

const families = Object.entries(findings).flatMap(([pattern, teller]) => {
  const tokens = pattern.split('.')
  return tokens.some((token) => token === '*' || token === '>') ? [{ tokens, teller }] : []
})

/** Who tells of a topic; undefined for an event of a sensor, and for a topic of a later release. */
export function findingTeller(topic: string): Teller | undefined {
  if (Object.hasOwn(findings, topic)) return findings[topic]
  const asked = topic.split('.')
  const fits = (tokens: readonly string[]) =>
    tokens.at(-1) === '>'
      ? asked.length >= tokens.length && tokens.slice(0, -1).every((token, n) => token === '*' || token === asked[n])
      : asked.length === tokens.length && tokens.every((token, n) => token === '*' || token === asked[n])
  return families.find(({ tokens }) => fits(tokens))?.teller
}
