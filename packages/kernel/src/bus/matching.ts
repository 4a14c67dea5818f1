/** Longest topic or pattern that fits a frame's header line (`UNSUB <pattern>\n` in 4,096 bytes). */
export const MAX_TOPIC_LENGTH = 4_089

/**
 * Whether a topic falls under a pattern. Tokens by dots, case-sensitive; `*` is exactly one non-empty token, `>` is one or more
 * trailing tokens (`topology.>` matches `topology.abc.status`, not `topology`). Total: takes any two strings.
 */
export function matches(pattern: string, topic: string): boolean {
  const wanted = pattern.split('.')
  const tokens = topic.split('.')
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return index < tokens.length
    const actual = tokens[index]
    if (actual === undefined || (token === '*' ? actual === '' : token !== actual)) return false
  }
  return wanted.length === tokens.length
}

const LITERAL = '[!-)+-\\-/-=?-~]+'
const TOPIC = new RegExp(`^${LITERAL}(?:\\.${LITERAL})*$`)
const PATTERN = new RegExp(`^(?:>|(?:\\*|${LITERAL})(?:\\.(?:\\*|${LITERAL}))*(?:\\.>)?)$`)

/** Whether a name can be published under: non-empty tokens of visible ASCII without wildcards, at most {@link MAX_TOPIC_LENGTH} bytes. */
export const isTopicName = (topic: string): boolean => topic.length <= MAX_TOPIC_LENGTH && TOPIC.test(topic)

/** Whether a pattern can be subscribed to: as a topic name, and `*` and `>` stand alone in their token, `>` only last. */
export const isPattern = (pattern: string): boolean => pattern.length <= MAX_TOPIC_LENGTH && PATTERN.test(pattern)
