import { z } from 'zod'
import { count, timestamp, uuid } from '../fields.ts'
import { defineTopic } from './define.ts'
import { attackerIp, attackerUuid, epochSeconds, port, serviceField, span, unit } from './fields.ts'
import { fingerprint } from './fingerprint.ts'

export const attackerObserved = defineTopic({
  template: 'attacker.observed',
  summary: 'An address touched a decky for the first time.',
  kind: 'record',
  payload: z.object({
    attacker_uuid: attackerUuid,
    attacker_ip: attackerIp,
    decky: z.string().describe('The decky that it touched first.'),
    service: serviceField,
    event_type: z.string().describe('What it did there, as a type of event.'),
    first_seen: timestamp.describe('When.'),
  }),
})

export const attackerScored = defineTopic({
  template: 'attacker.scored',
  summary: "An attacker's score crossed a threshold upwards.",
  kind: 'record',
  payload: z.object({
    attacker_uuid: attackerUuid,
    attacker_ip: attackerIp,
    score: z.number().min(0).max(100).describe('The score now.'),
    threshold: z.number().describe('The threshold that it crossed.'),
    severity: z.string().describe('The word for that score.'),
    parts: z.record(z.string(), z.number()).describe('What the score is made of, by name.'),
    event_count: count.describe('Events so far.'),
    service_count: count.describe('Different services touched.'),
    decky_count: count.describe('Different deckies touched.'),
    credential_count: count.describe('Different credentials tried.'),
    is_traversal: z.boolean().describe('It went from one decky to another.'),
  }),
})

export const attackerFingerprinted = defineTopic({
  template: 'attacker.fingerprinted',
  summary: "An active probe of an attacker's own machine got an answer; the message's type is the probe's family (jarm, hassh, tcpfp, …).",
  kind: 'record',
  payload: fingerprint,
})

/** Active probes by their family; `passive_`: seen in what the attacker sent; `imported_`: read from another system's logs. */
const PROBE_TYPES = [
  ...(['jarm', 'hassh', 'tcpfp', 'tls_certificate', 'http'] as const),
  ...(['passive_ja3', 'passive_ja4', 'passive_hassh', 'passive_tcp_syn', 'passive_http'] as const),
  ...(['imported_ja3', 'imported_ja4', 'imported_hassh'] as const),
] as const

export const attackerFingerprintRotated = defineTopic({
  template: 'attacker.fingerprint_rotated',
  summary: 'A fingerprint that was known became another one: the machine or the program behind the address was changed or rebuilt.',
  kind: 'record',
  payload: z.object({
    attacker_uuid: attackerUuid,
    attacker_ip: attackerIp,
    port: port.describe('The port that was probed; of what came by itself, the port of the decky, 0 where it is not known.'),
    probe_type: z.enum(PROBE_TYPES).describe('How it was taken. What was taken in different ways is never compared.'),
    old_hash: z.string().min(1).describe('The fingerprint before.'),
    new_hash: z.string().min(1).describe('The fingerprint now.'),
    rotation_count: count.describe('Changes so far for this attacker, port and probe.'),
    flap: z.boolean().describe('The new one was there before: it went back, or goes to and fro.'),
    ts: epochSeconds,
  }),
})

export const attackerSessionStarted = defineTopic({
  template: 'attacker.session.started',
  summary: 'A session began: one connection to one service.',
  kind: 'record',
  payload: z.object({
    session_id: z.string().describe('The session.'),
    attacker_uuid: attackerUuid,
    attacker_ip: attackerIp,
    decky: z.string().describe('Name of the decky.'),
    service: serviceField,
    started_at: span.started_at,
  }),
})

export const attackerSessionEnded = defineTopic({
  template: 'attacker.session.ended',
  summary: 'A session ended: closed, or silent for longer than its idle timeout, or lost with its sensor.',
  kind: 'record',
  payload: z.object({
    session_id: z.string().describe('The session.'),
    attacker_uuid: attackerUuid.nullable(),
    attacker_ip: attackerIp,
    decky_id: z.string().describe('Name of the decky.'),
    service: serviceField,
    ...span,
    duration_s: z.number().min(0).describe('Seconds between them.'),
    end_reason: z.enum(['closed', 'idle', 'lost']).describe('Why it ended.'),
    commands: z
      .array(
        z.object({
          id: z.string().describe('The event that the command is.'),
          command_text: z.string().describe('What was typed, exactly.'),
          ts: timestamp.describe('When.'),
        }),
      )
      .describe('The first 200 commands; the verbs of a protocol (FTP, SMTP, sftp) are none.'),
    command_count: count.describe('How many there were in all.'),
    replay: z.string().nullable().describe('Name of the recording, where there is one.'),
  }),
})

const verdict = z.enum(['malicious', 'suspicious', 'benign', 'unknown'])

export const attackerIntelEnriched = defineTopic({
  template: 'attacker.intel.enriched',
  summary: 'At least one reputation service said something about an address.',
  kind: 'record',
  planned: true,
  payload: z.object({
    attacker_uuid: attackerUuid,
    attacker_ip: attackerIp,
    aggregate_verdict: verdict.describe('The strongest answer: malicious before suspicious before benign before unknown.'),
    providers: z.array(z.string()).min(1).describe('Who answered.'),
    abuseipdb_score: z.number().min(0).max(100).nullish().describe('AbuseIPDB: confidence of abuse, in percent.'),
    abuseipdb_categories: z.array(z.number().int()).optional().describe('AbuseIPDB: numbers of the categories reported.'),
    greynoise_classification: z.string().nullish().describe('GreyNoise: its class.'),
    greynoise_name: z.string().nullish().describe('GreyNoise: the name of the actor.'),
    greynoise_tags: z.array(z.string()).optional().describe('GreyNoise: its tags.'),
    feodo_listed: z.boolean().nullish().describe('Feodo Tracker: it is a known command server.'),
    feodo_malware_family: z.string().nullish().describe('Feodo Tracker: of this malware.'),
    threatfox_listed: z.boolean().nullish().describe('ThreatFox: it is a known indicator.'),
    threatfox_threat_types: z.array(z.string()).optional().describe('ThreatFox: types of threat.'),
    threatfox_ioc_types: z.array(z.string()).optional().describe('ThreatFox: types of indicator.'),
    threatfox_malware_families: z.array(z.string()).optional().describe('ThreatFox: families of malware.'),
  }),
})

/** The envelope of a behaviour observation, field for field, and the attacker. Never what was typed: hashes, counts, timings. */
export const attackerObservation = defineTopic({
  template: 'attacker.observation.{primitive+}',
  summary: 'One trait of how somebody works was measured in a session, such as `motor.typing_rhythm`, or in many together.',
  kind: 'record',
  payload: z.object({
    id: z
      .string()
      .regex(/^[0-9a-f]{32}$/u)
      .describe('The observation; 32 hexadecimal digits.'),
    v: z.number().int().describe('Version of the envelope.'),
    ts: z.number().describe('When it was measured, in seconds since 1970.'),
    primitive: z.string().min(1).describe("The trait's name, as in the topic."),
    value: z.json().describe('What was measured.'),
    confidence: unit.describe('How sure, 0 to 1.'),
    window: z
      .object({ start_ts: z.number().describe('From.'), end_ts: z.number().describe('To.') })
      .describe('The time looked at, in seconds since 1970.'),
    source: z.string().describe('Who measured.'),
    evidence_ref: z
      .string()
      .min(1)
      .describe('The recording that it was measured in, or the visits up to a session; one observation for each and trait.'),
    identity_ref: z.string().nullable().describe('The identity, once it is known.'),
    attacker_uuid: uuid.describe('The attacker.'),
  }),
})

export const attackerTypingProfiled = defineTopic({
  template: 'attacker.typing.profiled',
  summary: 'A session of an attacker was typed long and clearly enough for hands to be compared by it; it is said of the first few.',
  kind: 'record',
  payload: z.object({
    attacker_uuid: uuid.describe('The attacker.'),
    session_id: z.string().describe('The session.'),
    profile_id: z
      .string()
      .regex(/^[0-9a-f]{32}$/u)
      .describe('What is kept of it; that of the observation `motor.keystroke`.'),
    nth: count.describe('Such sessions of this attacker before it.'),
    gaps: count.describe('Pauses between two keys that it was measured by.'),
  }),
})
