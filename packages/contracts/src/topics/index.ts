import * as attacker from './attacker.ts'
import * as credential from './credential.ts'
import * as decky from './decky.ts'
import type { AnyTopic } from './define.ts'
import * as system from './system.ts'

export * from './define.ts'

/** Every topic there is. The bus, the live stream, the documentation and the tests read this. */
export const topics = { ...attacker, ...credential, ...decky, ...system } as const
export const allTopics: readonly AnyTopic[] = Object.values(topics) as unknown as AnyTopic[]
