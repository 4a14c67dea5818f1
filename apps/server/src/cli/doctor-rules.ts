import { AppError } from '@decnet/kernel'
import { attackData } from '../attack/load.ts'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import type { Home } from '../home.ts'
import type { BrokenRule } from '../rules/own-rules.ts'
import { readSnapshot } from '../workers/snapshot-file.ts'
import type { CommandOptions } from './command.ts'
import { bad, type Finding, note, ok } from './finding.ts'
import { homeOf } from './home-of.ts'
import { homeRules } from './home-rules.ts'

/** Names that are told. */
const NAMED = 5

const named = (broken: readonly BrokenRule[]): string => {
  const ids = [...new Set(broken.map(({ id, path }) => id ?? path))]
  return `${ids
    .slice(0, NAMED)
    .map((each) => visible(each, 60))
    .join(', ')}${ids.length > NAMED ? ' …' : ''}`
}

/** Whether every rule can be asked as it is written. */
export async function checkRules(options: CommandOptions): Promise<Finding[]> {
  const findings: Finding[] = []
  try {
    attackData(homeOf(options))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    findings.push(bad('attack', `${error.message} Rules go by what came with the product.`, error.hint ?? ''))
  }
  try {
    const { broken } = await homeRules(options)
    const [unfit, texts] = [broken.filter(({ origin }) => origin === 'shipped'), broken.filter(({ origin }) => origin !== 'shipped')]
    const count = (some: readonly BrokenRule[]) => plural(new Set(some.map(({ id, path }) => id ?? path)).size, 'rule')
    if (unfit.length > 0)
      findings.push(
        note(
          'rules',
          `${count(unfit)} not asked, for ATT&CK as it is used here does not know what they claim: ${named(unfit)}`,
          '`decnet ttp rules` says why; `decnet attack revert` goes back to the release before.',
        ),
      )
    if (texts.length > 0)
      findings.push(
        note('rules', `${count(texts)} of your own cannot be taken up: ${named(texts)}`, '`decnet ttp rules` says where and why.'),
      )
    if (broken.length === 0) findings.push(ok('rules', 'all can be asked'))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    findings.push(note('rules', `those of your own are not known: ${error.message}`, error.hint ?? ''))
  }
  return findings
}

/** What fails time and again in the fleet that runs. */
export function checkWorkers({ workersFile }: Pick<Home, 'workersFile'>, now = Date.now()): Finding[] {
  try {
    const { snapshot, outdated } = readSnapshot(workersFile, now)
    if (outdated !== null) return []
    return snapshot.workers.flatMap(({ name, state, last_error }) =>
      state === 'quarantined'
        ? [
            bad(
              'workers',
              `${name} fails time and again: ${visible(last_error ?? '', 300)}`,
              `It is tried every few minutes, and at once with \`decnet workers start ${name}\`.`,
            ),
          ]
        : [],
    )
  } catch {
    return [] // a fleet that just started has said nothing yet
  }
}
