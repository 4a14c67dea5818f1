import { attributionState, type Trait } from '@decnet/contracts/api'
import { valueText } from './value-text.ts'

type State = Trait['state']
/** A record that says that the state of a trait changed. */
interface Change {
  readonly seq: number
  readonly timestamp: string
  readonly fields: Readonly<Record<string, unknown>>
}
export interface StateSpan {
  readonly state: State
  readonly from: number
  readonly to: number
}
export interface StateLane {
  readonly primitive: string
  readonly spans: readonly StateSpan[]
}

const settled: readonly State[] = ['unknown', 'stable']

/** The states of each trait one after the other, up to `until`; those that were ever unsettled, the last to change first. */
export function stateLanes(changes: readonly Change[], until: number): { readonly from: number; readonly lanes: readonly StateLane[] } {
  const ordered = changes.toSorted((a, b) => a.seq - b.seq)
  const from = Math.min(until, ...ordered.map(({ timestamp }) => Date.parse(timestamp)))
  const lanes = [...Map.groupBy(ordered, ({ fields }) => valueText(fields.primitive ?? ''))].map(([primitive, own]): StateLane => {
    const steps = own.map(({ timestamp, fields }) => ({
      at: Date.parse(timestamp),
      state: attributionState.safeParse(fields.new_state).data ?? 'unknown',
    }))
    return { primitive, spans: steps.map(({ at, state }, n) => ({ state, from: at, to: Math.max(at, steps[n + 1]?.at ?? until) })) }
  })
  const changedAt = ({ spans }: StateLane) => spans.at(-1)?.from ?? 0
  return {
    from,
    lanes: lanes
      .filter(({ spans }) => spans.some(({ state }) => !settled.includes(state)))
      .sort((a, b) => changedAt(b) - changedAt(a) || (a.primitive < b.primitive ? -1 : 1)),
  }
}
