import { plural } from '../domain/plural.ts'
import { wantedFleet } from '../store/fleet.ts'
import { askYes } from './ask-yes.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { withFleet } from './fleet-store.ts'
import { operator } from './operator.ts'
import { print } from './output.ts'
import { followOperations } from './watch-operations.ts'

/** Takes down every host of the fleet and makes it again as it was. */
export const redeploy: CommandDefinition = {
  options: [{ flags: '-y, --yes', description: 'do not ask' }, ...commonOptions, databaseOption],
  examples: ['decnet redeploy', 'decnet redeploy --yes --json | jq .operations'],
  run: ({ options }) =>
    withFleet(options, async (fleet) => {
      const { deckies } = await wantedFleet(fleet.store.db)
      if (deckies.length > 0 && !(await askYes(`Make ${plural(deckies.length, 'host')} anew? Connections end.`, options))) {
        print('Nothing was changed.')
        return 1
      }
      const made = await fleet.desk['fleet.redeploy']({ actor: operator(), now: Date.now() })
      return followOperations(
        fleet,
        made.map(({ id }) => id),
        options,
      )
    }),
}
