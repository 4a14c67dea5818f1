import { topics } from '@decnet/contracts/topics'
import { defineTick } from '@decnet/kernel/worker'
import { shippedCatalogue } from '../../rules/catalogue.ts'
import { folderChanges } from '../../rules/changes.ts'
import type { OwnRules } from '../../rules/own-rules.ts'
import type { RuleBook } from '../../rules/rule-set.ts'
import type { Db } from '../../store/open.ts'
import { revertExpired, toldState } from '../../store/rule-states.ts'

export interface RuleStatesParts {
  readonly db: Db
  readonly rules: Pick<RuleBook, 'own'>
  readonly now: () => number
}

const shippedVersions = async () => new Map([...(await shippedCatalogue())].map(([id, { document }]) => [id, document.version]))

/** What an operator decided about a rule for a time ends by itself, and files of rules that changed are told of. One for a home is enough. */
export const ruleStatesWorker = ({ db, rules, now }: RuleStatesParts) => {
  let before: OwnRules | undefined
  return defineTick({
    name: 'rule-states',
    summary: 'Ends what was decided about rules for a time, and tells of rules that changed in the folder, within a second.',
    every: 500,
    wakes: [],
    emits: [topics.ttpRuleState, topics.ttpRuleReloaded],
    async run({ publish }) {
      for (const rule of await revertExpired(db, now())) publish(topics.ttpRuleState, [rule], toldState(rule, undefined), 'rule.state')
      const after = await rules.own(db)
      const changes = before && before !== after ? folderChanges(before, after, await shippedVersions()) : []
      before = after
      for (const change of changes) publish(topics.ttpRuleReloaded, [change.rule_id], change, 'rule.reloaded')
      return 'done'
    },
  })
}
