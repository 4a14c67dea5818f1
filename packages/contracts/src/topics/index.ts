import * as attacker from './attacker.ts'
import * as attribution from './attribution.ts'
import * as campaign from './campaign.ts'
import * as canary from './canary.ts'
import * as credential from './credential.ts'
import * as decky from './decky.ts'
import type { AnyTopic } from './define.ts'
import * as email from './email.ts'
import * as identity from './identity.ts'
import * as orchestrator from './orchestrator.ts'
import * as smtp from './smtp.ts'
import * as system from './system.ts'
import * as topology from './topology.ts'
import * as ttp from './ttp.ts'

export * from './define.ts'

/** Every topic there is. The bus, the live stream, the documentation and the tests read this. */
export const topics = {
  ...topology,
  ...decky,
  ...attacker,
  ...identity,
  ...campaign,
  ...credential,
  ...attribution,
  ...orchestrator,
  ...canary,
  ...smtp,
  ...email,
  ...ttp,
  ...system,
} as const
export const allTopics: readonly AnyTopic[] = Object.values(topics) as unknown as AnyTopic[]
