import type { MutationSettings } from '@decnet/contracts/api'
import { type DeckyPlan, makePersona } from '@decnet/persona'
import { behavioral } from './strategies/behavioral.ts'
import { drift } from './strategies/drift.ts'
import { move } from './strategies/move.ts'
import { shuffle } from './strategies/shuffle.ts'
import type { Change, MutationFacts, Strategy } from './strategies/strategy.ts'

type Name = MutationSettings['strategies'][number]
const known: Readonly<Record<Name, Strategy>> = { shuffle, drift, move, behavioral }

/** What attackers ask for goes first; among the others the seed decides. Null where none of them can change anything. */
export function choose(decky: DeckyPlan, facts: MutationFacts, allowed: readonly Name[]): (Change & { readonly strategy: Name }) | null {
  const { integer } = makePersona(decky)
  const rank = (name: Name) => (name === 'behavioral' ? -1 : integer(`mutation/${facts.now}/strategy/${name}`, 0, 2 ** 31))
  for (const strategy of allowed.toSorted((a, b) => rank(a) - rank(b))) {
    const change = known[strategy](decky, facts)
    if (change) return { ...change, strategy }
  }
  return null
}
