import { z } from 'zod'
import { uuid } from '../fields.ts'
import { defineTopic } from './define.ts'
import { epochSeconds } from './fields.ts'

const success = z.boolean().describe('It worked.')
const action = {
  protocol: z.string().describe('By which protocol.'),
  action: z.string().describe('What was done.'),
  src_decky_uuid: uuid.nullable().describe('The decky that did it; null where none did.'),
  dst_decky_uuid: uuid.describe('The decky that it was done to; also the last part of the topic.'),
  success,
  payload: z.record(z.string(), z.json()).describe('Its details; they depend on what was done.'),
  ts: epochSeconds,
}

/** The own life of deckies, kept so that nobody takes it for an attacker's: `orchestrator.*.<uuid>` is one decky's. */
export const orchestratorTraffic = defineTopic({
  template: 'orchestrator.traffic.{decky_uuid}',
  summary: 'A decky was made to talk to another, so that the fleet looks alive.',
  kind: 'record',
  planned: true,
  payload: z.object({ kind: z.literal('traffic').describe('Traffic.'), ...action }),
})

export const orchestratorFile = defineTopic({
  template: 'orchestrator.file.{decky_uuid}',
  summary: 'A file on a decky was made, changed or removed, so that it looks used.',
  kind: 'record',
  planned: true,
  payload: z.object({ kind: z.literal('file').describe('A file.'), ...action }),
})

/** All people in it are invented ones. */
export const orchestratorEmail = defineTopic({
  template: 'orchestrator.email.{decky_uuid}',
  summary: 'An invented mail was put into a mailbox on a mail decky.',
  kind: 'record',
  planned: true,
  payload: z.object({
    kind: z.literal('email').describe('A mail.'),
    mail_decky_uuid: uuid.describe('The mail decky; also the last part of the topic.'),
    thread_id: z.string().describe('The conversation that it belongs to.'),
    message_id: z.string().describe('Its Message-ID.'),
    in_reply_to: z.string().nullable().describe('The Message-ID that it answers.'),
    sender_email: z.string().describe('The invented sender.'),
    recipient_email: z.string().describe('The invented recipient.'),
    subject: z.string().describe('Its subject.'),
    language: z.string().describe('Its language.'),
    success,
    ts: epochSeconds,
  }),
})
