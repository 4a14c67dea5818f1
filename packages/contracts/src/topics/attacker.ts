import { z } from 'zod'
import { address, count, timestamp, uuid } from '../fields.ts'
import { defineTopic } from './define.ts'

export const attackerObserved = defineTopic({
  template: 'attacker.observed',
  summary: 'An address touched a decky for the first time.',
  kind: 'record',
  payload: z.object({
    attacker_uuid: uuid,
    attacker_ip: address,
    decky: z.string(),
    service: z.string(),
    event_type: z.string(),
    first_seen: timestamp,
  }),
})

export const attackerScored = defineTopic({
  template: 'attacker.scored',
  summary: "An attacker's score crossed a threshold upwards.",
  kind: 'record',
  payload: z.object({
    attacker_uuid: uuid,
    attacker_ip: address,
    score: z.number().min(0).max(100),
    threshold: z.number(),
    severity: z.string(),
    parts: z.record(z.string(), z.number()),
    event_count: count,
    service_count: count,
    decky_count: count,
    credential_count: count,
    is_traversal: z.boolean(),
  }),
})

export const attackerSessionStarted = defineTopic({
  template: 'attacker.session.started',
  summary: 'A session began: one connection to one service.',
  kind: 'record',
  payload: z.object({
    session_id: z.string(),
    attacker_uuid: uuid,
    attacker_ip: address,
    decky: z.string(),
    service: z.string(),
    started_at: timestamp,
  }),
})

export const attackerSessionEnded = defineTopic({
  template: 'attacker.session.ended',
  summary: 'A session ended: closed, or silent for longer than its idle timeout, or lost with its sensor.',
  kind: 'record',
  payload: z.object({
    session_id: z.string(),
    attacker_uuid: uuid.nullable(),
    attacker_ip: address,
    decky_id: z.string(),
    service: z.string(),
    started_at: timestamp,
    ended_at: timestamp,
    duration_s: z.number().min(0),
    end_reason: z.enum(['closed', 'idle', 'lost']),
    /** The first 200 commands; `command_count` has them all. */
    commands: z.array(z.object({ id: z.string(), command_text: z.string(), ts: timestamp })),
    command_count: count,
    replay: z.string().nullable(),
  }),
})
