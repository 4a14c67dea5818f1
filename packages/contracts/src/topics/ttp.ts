import { z } from 'zod'
import { timestamp } from '../fields.ts'
import { defineTopic } from './define.ts'
import { subject, unit, uuids } from './fields.ts'

const parent = z.string().regex(/^T\d{4}$/u)
const sub = z.string().regex(/^T\d{4}\.\d{3}$/u)
const tactic = z.string().regex(/^TA\d{4}$/u)
const rule = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/u)
  .describe('The rule; also the last part of the topic.')
const technique = {
  technique_id: parent.describe('The ATT&CK technique, such as `T1110`.'),
  sub_technique_id: sub.nullable().describe('The sub-technique, such as `T1110.001`, where the rule names one.'),
}

export const ttpTagged = defineTopic({
  template: 'ttp.tagged',
  summary: 'What somebody did was recognised as ATT&CK techniques, and at least one tag is new. Looking again at the same says nothing.',
  kind: 'record',
  payload: z.object({
    ...subject,
    tag_uuids: uuids.min(1).describe('The tags.'),
    techniques_added: z.array(z.union([parent, sub])).describe('Techniques and sub-techniques among the new tags.'),
    recognised: z
      .array(
        z.object({
          technique_id: parent.describe('The technique, without its sub-technique.'),
          tactic: tactic.nullable().describe('The tactic that the rule names, such as `TA0001`.'),
          confidence: unit.describe('How sure the rule was, 0 to 1.'),
        }),
      )
      .optional()
      .describe('What each new tag says that counts for the score; older records have none.'),
  }),
})

/**
 * One for each technique, so that a SIEM can follow a single one: the topic has the parent technique, the payload the sub-technique. What
 * was tagged is a record of `ttp.tagged`; this rings for it.
 */
export const ttpRuleFired = defineTopic({
  template: 'ttp.rule.fired.{technique}',
  summary: 'New tags of one technique; the topic ends with the parent technique, as in `ttp.rule.fired.T1110`.',
  kind: 'doorbell',
  payload: z.object({ ...technique, tag_uuids: uuids.min(1).describe('The tags.'), ...subject }),
})

export const ttpRuleSuppressed = defineTopic({
  template: 'ttp.rule.suppressed',
  summary: 'A rule fired and its tag was dropped.',
  kind: 'doorbell',
  payload: z.object({
    rule_id: rule.describe('The rule.'),
    ...technique,
    reason: z.enum(['confidence_floor', 'clipped', 'rate_limited', 'disabled']).describe('Why it was dropped.'),
    confidence: unit.nullable().describe('How sure the rule was, 0 to 1.'),
    ...subject,
  }),
})

export const ttpRuleReloaded = defineTopic({
  template: 'ttp.rule.reloaded.{rule}',
  summary: 'The text of a rule changed: those who run rules read it again.',
  kind: 'doorbell',
  payload: z.object({
    rule_id: rule,
    rule_version: z.number().int().nullable().describe('Its version now; null when it was removed.'),
    change: z.enum(['added', 'changed', 'removed']).describe('What happened to it.'),
  }),
})

export const ttpRuleState = defineTopic({
  template: 'ttp.rule.state.{rule}',
  summary: 'A rule was enabled, disabled or clipped, or such a state expired.',
  kind: 'doorbell',
  payload: z.object({
    rule_id: rule,
    state: z.enum(['enabled', 'disabled', 'clipped']).describe('Its state now.'),
    confidence_max: unit.nullish().describe('What a clipped rule may claim at most.'),
    expires_at: timestamp.nullish().describe('When the state ends by itself.'),
    reason: z.string().nullish().describe('Why, as whoever set it says.'),
    set_by: z.string().nullish().describe('Who set it.'),
    set_at: timestamp.nullish().describe('When.'),
  }),
})
