import { readRule } from '../apps/server/src/domain/ttp/rule/read-rule.ts'
import { readYaml } from '../apps/server/src/domain/ttp/rule/yaml-text.ts'
import { textHash } from '../apps/server/src/store/rule-texts.ts'

/** What the sound ones of some rules say, as JSON by the hash of their text; a rule a line. What is wrong with the others is told by who reads them. */
export function rulesDigest(texts: readonly string[]): string {
  const lines = texts
    .filter((text) => 'rule' in readRule(text))
    .map((text) => `${JSON.stringify(textHash(text))}:${JSON.stringify(readYaml(text).value)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}
