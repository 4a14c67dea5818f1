import type { LinkReason } from '@decnet/contracts/api'
import type { GroupExplanation, PairExplanation } from './explanation.ts'

const rounded = (value: number): number => Math.round(value * 100) / 100

/** Evidence for and against a pair, strongest first, in natural log-odds. */
export function reasonsOf({ evidence, ordered }: PairExplanation): LinkReason[] {
  const said = evidence.map(({ family, values, weight, why }) => ({
    feature: family,
    values: [...values],
    weight: rounded(weight),
    why,
  }))
  if (ordered === null) return said
  const why = ordered === 'together' ? 'an operator said that they are one' : 'an operator said that they are not one'
  return [{ feature: 'operator', values: [], weight: ordered === 'together' ? 100 : -100, why }, ...said]
}

const NAMED = 2

/** Why a member is where it is, in a sentence. */
export function storyOf(group: GroupExplanation | null, member: string, label: (member: string) => string): string {
  if (!group || group.members.length < 2) return `${label(member)} stands alone`
  const merge = group.merges.find(({ left, right }) => left.includes(member) || right.includes(member))
  const best = merge?.best
  if (!best) return `${label(member)} goes with ${label(group.members.find((other) => other !== member) ?? '')}`
  const [a, b] = best.b === member ? [best.b, best.a] : [best.a, best.b]
  const reasons = best.evidence.filter(({ weight }) => weight > 0).slice(0, NAMED)
  const said = reasons.map(({ family, why }) => `${family}: ${why}`).join('; ')
  if (best.ordered === 'together') return `${label(a)} and ${label(b)} are one: an operator said so`
  return `${label(a)} goes with ${label(b)}${said === '' ? '' : ` (${said})`}`
}
