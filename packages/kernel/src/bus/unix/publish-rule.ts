import { matches } from '../matching.ts'

/** Topics that only the processes of some users may publish. */
export interface PublishRule {
  readonly pattern: string
  readonly uids: readonly number[]
}

/** The users who may publish a topic: those whom every rule about it names; null where none is about it. */
export function usersAllowed(rules: readonly PublishRule[] = [], topic: string): ReadonlySet<number> | null {
  const [first, ...others] = rules.filter(({ pattern }) => matches(pattern, topic))
  return first ? new Set(first.uids.filter((uid) => others.every(({ uids }) => uids.includes(uid)))) : null
}
