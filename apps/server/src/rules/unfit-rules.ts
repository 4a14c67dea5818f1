import type { AttackData } from '../domain/attack/attack-data.ts'
import { attackProblems } from '../domain/ttp/attack-problems.ts'
import { withName } from '../domain/ttp/rule/read-rule.ts'
import { emissionOf, type Rule } from '../domain/ttp/rule/rule.ts'
import { shippedCatalogue } from './catalogue.ts'
import type { BrokenRule, OwnRules } from './own-rules.ts'

interface Written extends Pick<BrokenRule, 'origin' | 'path'>, Pick<Rule, 'id' | 'emits'> {
  readonly text: string
}

/** Where a text names a technique that it emits: of hundreds of rules that is found without reading their YAML again. */
function placeOf(text: string, technique: string): Pick<BrokenRule, 'line' | 'column'> {
  const at = text.indexOf(technique, Math.max(0, text.search(/^emits:/mu)))
  const before = text.slice(0, Math.max(0, at)).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** What rules claim that ATT&CK does not know, with the places where they say so. */
function claimsUnknown(rules: Iterable<Written>, attack: AttackData): BrokenRule[] {
  return [...rules].flatMap(({ id, emits, origin, path: file, text }) =>
    emits.flatMap((emission, index) =>
      attackProblems({ emits: [emission] }, attack).map(({ path: [, , field = ''], message }) => ({
        ...placeOf(text, emission.sub_technique_id ?? emission.technique_id),
        message: withName(['emits', index, field], message),
        origin,
        path: file,
        id,
      })),
    ),
  )
}

const known = new WeakMap<AttackData, readonly BrokenRule[]>()
async function look(attack: AttackData): Promise<readonly BrokenRule[]> {
  const shipped = [...(await shippedCatalogue()).values()]
  const written = shipped.map(({ document: { id, emits }, path, text }) => ({
    id,
    emits: emits.map(emissionOf),
    origin: 'shipped' as const,
    path,
    text,
  }))
  return claimsUnknown(written, attack)
}

/** The shipped rules that a release of ATT&CK does not fit, but for those in whose place one of one's own stands: none of them is asked. */
export async function unfitShipped(attack: AttackData, own: OwnRules): Promise<readonly BrokenRule[]> {
  const found = known.get(attack) ?? (await look(attack))
  known.set(attack, found)
  return found.filter(({ id }) => id !== null && !own.rules.has(id))
}

/** All rules that are in force and would not be asked under a release, by id. */
export async function unfitRules(attack: AttackData, own: OwnRules): Promise<readonly BrokenRule[]> {
  const mine = [...own.rules.values()].map(({ rule, ...where }) => ({ ...where, id: rule.id, emits: rule.emits }))
  return [...(await unfitShipped(attack, own)), ...claimsUnknown(mine, attack)].sort((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1))
}
