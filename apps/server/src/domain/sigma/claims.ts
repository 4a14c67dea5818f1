import type { AttackData } from '../attack/attack-data.ts'
import type { Remarked, SigmaDocument } from './document.ts'

/** How sure a rule is of its techniques, by the level that its author gave it. */
const CONFIDENCE = { informational: 0.3, low: 0.4, medium: 0.6, high: 0.75, critical: 0.9 } as const
/** What its author says of how well it is tried. */
export const MATURITY = {
  stable: 'stable',
  test: 'incubating',
  experimental: 'sandbox',
  deprecated: 'sandbox',
  unsupported: 'sandbox',
} as const
const MOST = 16

/** The techniques of a rule's tags, each with its tactic where the tags name exactly one that it serves. */
export function emissionsOf({ tags = [], level }: SigmaDocument, attack: AttackData, report: Remarked, note: Remarked) {
  const confidence = CONFIDENCE[level ?? 'medium']
  const names = tags.map((tag) => tag.toLowerCase().replaceAll('_', '-'))
  const strange: (readonly [index: number, message: string])[] = []
  const emits: { technique: string; tactic?: string; confidence: number }[] = []
  for (const [index, name] of names.entries()) {
    const given = /^attack\.(t\d.*)$/u.exec(name)?.[1]?.toUpperCase()
    if (given === undefined || emits.some(({ technique }) => technique === given)) continue
    const id = /^T\d{4}(?:\.\d{3})?$/u.exec(given)?.[0]
    if (id === undefined) {
      strange.push([index, `${given.slice(0, 40)} is no id of a technique: they are like T1059 and T1059.004.`])
      continue
    }
    const technique = attack.technique(id)
    if (!technique) {
      const retired = attack.retired(id)
      const after = retired?.replacedBy
      const said = retired ? `${id} (${retired.name}) was ${retired.state} by MITRE` : `ATT&CK has no technique ${id}`
      strange.push([index, `${said}${after ? `; ${after} took its place` : ''}.`])
      continue
    }
    const tactics = technique.tactics.filter(({ shortName }) => names.includes(`attack.${shortName}`))
    const [tactic] = tactics
    emits.push({ technique: id, ...(tactics.length === 1 && tactic && { tactic: tactic.id }), confidence })
  }
  for (const [index, message] of strange)
    if (emits.length === 0) report(['tags', index], message)
    else note(['tags', index], `${message.slice(0, -1)}, and was left out.`)
  if (emits.length === 0 && strange.length === 0) {
    const none = tags.length === 0 ? 'are missing' : 'name no technique of ATT&CK'
    report(['tags'], `${none}: a rule of ours claims at least one, as attack.t1059.004 does.`)
  }
  return emits.slice(0, MOST)
}
