import { topics } from '@decnet/contracts/topics'
import type { FoldContext } from '@decnet/kernel/worker'
import type { Tx } from '../../store/log-table.ts'

export const emits = [topics.attackerObserved, topics.attackerScored, topics.attackerSessionStarted, topics.attackerSessionEnded] as const
export type ProfilerContext = FoldContext<Tx, (typeof emits)[number]>
