import type { MutationSettings } from '@decnet/contracts/api'
import type { EventLog } from '@decnet/kernel/log'
import type { Tx } from '../store/log-table.ts'
import { type MutateRequest, mutationSettingsOf, requestMutation, setMutateMinutes, setMutationSettings } from '../store/mutations.ts'

/** What operators say of how deckies change. The mutator does it: on a ring at once, without one with its next look. */
export function mutateDesk(log: EventLog<Tx>) {
  return {
    /** Wants a decky changed now. @throws {AppError} `decky_unknown`. */
    'fleet.mutate': (request: MutateRequest): Promise<void> => log.transaction((tx) => requestMutation(tx, request)),
    /** How often a decky changes; null: as the fleet does. It applies to what is planned already. @throws {AppError} `decky_unknown`. */
    'fleet.setInterval': ({ decky, minutes }: { readonly decky: string; readonly minutes: number | null }): Promise<void> =>
      log.transaction((tx) => setMutateMinutes(tx, decky, minutes)),
    'fleet.mutation': (): Promise<MutationSettings> => log.transaction(mutationSettingsOf),
    'fleet.setMutation': (settings: MutationSettings): Promise<void> => log.transaction((tx) => setMutationSettings(tx, settings)),
  }
}
