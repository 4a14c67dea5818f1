import type { AttackData } from '../attack/attack-data.ts'
import { createEngine } from '../ttp/engine/engine.ts'
import { indexRules } from '../ttp/engine/index-of-rules.ts'
import { memoryWindows } from '../ttp/engine/window-store.ts'
import { acceptPayload } from '../ttp/evidence/accept-payload.ts'
import { kindByName } from '../ttp/evidence/kinds.ts'
import { readRule } from '../ttp/rule/read-rule.ts'
import { convertSigma } from './convert.ts'

/** A Sigma rule around a detection. */
export const sigma = (
  detection: string,
  { logsource = 'category: process_creation, product: linux', more = 'tags: [attack.t1059.004]' } = {},
): string => `title: A rule of a test
id: 0f9d5c1e-7d7b-4a44-8f6a-2a1d0c9e8b7a
status: test
author: Ada
${more}
logsource: { ${logsource} }
detection:
${detection.trim().replaceAll(/^/gmu, '  ')}
`

/** What tests ask of Sigma rules. */
export function workbench(attack: AttackData) {
  const convert = (text: string) => convertSigma(text, attack)
  return {
    convert,
    /** Whether the rule made of a Sigma rule recognises a payload; of a text alone, that it is typed at a prompt. @throws {Error} where none was made. */
    recognises(text: string): (payload: Readonly<Record<string, unknown>> | string) => boolean {
      const { rule, remarks } = convert(text)
      if (!rule) throw new Error(remarks.map(({ path, message }) => `${path} ${message}`).join('\n'))
      return firingOn(rule.text)
    },
    /** What of a Sigma rule cannot be carried over: `path message`. */
    refusals(text: string): string[] {
      const { rule, remarks } = convert(text)
      return rule ? [] : remarks.map(({ path, message }) => `${path} ${message}`)
    },
  }
}

/** Whether a rule of ours recognises a payload. */
export function firingOn(rule: string): (payload: Readonly<Record<string, unknown>> | string) => boolean {
  const reading = readRule(rule)
  if (!('rule' in reading)) throw new Error('the rule that was made is none')
  const kind = kindByName.get(reading.rule.sources[0] ?? '')
  if (!kind) throw new Error('no kind')
  const engine = createEngine(indexRules([reading.rule]), memoryWindows())
  return (given) => {
    const typed = kind.name === 'command' ? { mode: 'interactive' } : {}
    const payload = acceptPayload(kind, typeof given === 'string' ? { [kind.main]: given, ...typed } : given)
    const { findings } = engine.match({ kind: kind.name, id: '', ts: 0, session: null, attacker: null, identity: null, payload })
    return findings.length > 0
  }
}
