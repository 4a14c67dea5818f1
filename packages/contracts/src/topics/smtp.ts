import { z } from 'zod'
import { sha256 } from '../fields.ts'
import { defineTopic } from './define.ts'
import { attackerIp, deckyField } from './fields.ts'

/** The only payload with mail addresses, for whoever delivers: it is never kept, and what it says stands in the stored mail's event. */
export const smtpProbePending = defineTopic({
  template: 'smtp.probe.pending',
  summary: 'An attacker tests whether an open relay delivers: one mail waits to be sent on, within its limit.',
  kind: 'doorbell',
  planned: true,
  payload: z.object({
    decky: deckyField,
    attacker_ip: attackerIp,
    stored_as: sha256.describe('The stored mail.'),
    mail_from: z.string().describe('Sender of the envelope.'),
    rcpt_to: z.string().describe('Recipients of the envelope; comma list.'),
  }),
})
