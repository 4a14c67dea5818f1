import { AppError } from '@decnet/kernel'
import pc from 'picocolors'
import { plural } from '../domain/plural.ts'
import { wantedFleet } from '../store/fleet.ts'
import { askYes } from './ask-yes.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { withFleet } from './fleet-store.ts'
import { operator } from './operator.ts'
import { print, printJson } from './output.ts'
import { followOperations } from './watch-operations.ts'

/** Retires deckies; what they captured stays. */
export const teardown: CommandDefinition = {
  options: [
    { flags: '--id <name...>', description: 'these' },
    { flags: '--all', description: 'all of them' },
    { flags: '-y, --yes', description: 'do not ask' },
    ...commonOptions,
    databaseOption,
  ],
  examples: ['decnet teardown --id web-01 db-02', 'decnet teardown --all --yes'],
  run: ({ options }) =>
    withFleet(options, async (fleet) => {
      const named = Array.isArray(options.id)
        ? options.id.flatMap((each: unknown) => String(each).split(',')).filter((name) => name !== '')
        : []
      if (options.all === true ? named.length > 0 : named.length === 0)
        throw new AppError('Which deckies?', { code: 'usage', hint: 'Name them (--id web-01 db-02), or say --all.' })
      const names = options.all === true ? null : named
      const leaving = names ?? (await wantedFleet(fleet.store.db)).deckies.map(({ name }) => name)
      if (leaving.length === 0) {
        if (options.json) printJson({ retired: [], waiting: false, operations: [] })
        else print('There is no decky.')
        return 0
      }
      if (!options.json) for (const name of leaving) print(`${pc.red('-')} ${name}`)
      if (!(await askYes(`\nRetire ${plural(leaving.length, 'decky', 'deckies')}? What they captured stays.`, options))) {
        print('Nothing was changed.')
        return 1
      }
      const made = await fleet.desk['fleet.teardown']({ names, actor: operator(), now: Date.now() })
      return followOperations(
        fleet,
        made.map(({ id }) => id),
        options,
        { retired: made.map(({ decky }) => decky) },
      )
    }),
}
