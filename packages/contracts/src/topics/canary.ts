import { z } from 'zod'
import { address, count, deckyName } from '../fields.ts'
import { defineTopic } from './define.ts'

const token = z.string().min(1).describe('The canary token; also the second part of the topic.')
const onDecky = deckyName.nullable().describe('The decky that it was planted on; null for one that is planted nowhere.')
const path = z.string().nullable().describe('Where on that decky it lies.')

/** What a page that is a token itself finds out about the browser that opens it. */
const browser = {
  webdriver: z.boolean().optional().describe('The browser is driven by a program.'),
  automation: z.string().optional().describe('Automation that its canvas or audio hash betrays.'),
  platform: z.string().optional().describe("The browser's platform."),
  timezone: z.string().optional().describe("The browser's time zone."),
  timezone_count: count.optional().describe('Different time zones seen with this token.'),
  languages: z.array(z.string()).optional().describe("The browser's languages."),
  webgl: z.string().optional().describe('Its graphics card.'),
  webrtc_ip: address.optional().describe('The address that WebRTC gave away.'),
  webrtc_mismatch: z.boolean().optional().describe('That address lies in another country.'),
  platform_mismatch: z.boolean().optional().describe('Platform, user agent and graphics card contradict each other.'),
  language_mismatch: z.boolean().optional().describe('Language or time zone do not fit the country of the address.'),
}

export const canaryPlaced = defineTopic({
  template: 'canary.{token}.placed',
  summary: 'A canary token was planted on a decky, or kept for use elsewhere.',
  kind: 'record',
  planned: true,
  payload: z.object({
    token_id: token,
    decky_name: onDecky,
    placement_path: path,
    instrumenter: z.string().nullable().describe('What put the token into a given file.'),
    generator: z.string().nullable().describe('What made the file.'),
  }),
})

export const canaryTriggered = defineTopic({
  template: 'canary.{token}.triggered',
  summary: 'Somebody used a canary token.',
  kind: 'record',
  planned: true,
  payload: z.object({
    token_id: token,
    trigger_id: z.string().min(1).describe('This use of it.'),
    decky_name: onDecky,
    src_ip: address.describe('The address that used it.'),
    user_agent: z.string().nullable().describe('How its client names itself, over HTTP.'),
    request_path: z.string().nullable().describe('What was asked for, over HTTP.'),
    dns_qname: z.string().nullable().describe('The name that was looked up, over DNS.'),
    token_kind: z.string().optional().describe('What it is: `http`, `dns`, `aws_creds`, `ssh_key`, ….'),
    placement_path: path.optional(),
    ...browser,
  }),
})

export const canaryRevoked = defineTopic({
  template: 'canary.{token}.revoked',
  summary: 'A canary token is no longer watched; its file was removed as far as that was possible.',
  kind: 'record',
  planned: true,
  payload: z.object({
    token_id: token,
    decky_name: onDecky.optional(),
    placement_path: path.optional(),
    trigger_id: z.string().optional().describe('The use that revoked it by itself.'),
    reason: z.string().optional().describe('Why it was revoked by itself: `fingerprint_collected`.'),
  }),
})
