import { MOST_MUTATE_MINUTES, mutationSettings, strategies } from '@decnet/contracts/api'
import { topics } from '@decnet/contracts/topics'
import { AppError } from '@decnet/kernel'
import { createLogger } from '@decnet/kernel/logging'
import { busSettings } from '../config.ts'
import { joinBus } from '../connections.ts'
import { plural } from '../domain/plural.ts'
import { mutateDesk } from '../fleet/mutate.ts'
import { homeAt } from '../home.ts'
import { wantedFleet } from '../store/fleet.ts'
import { type CommandDefinition, type CommandOptions, commonOptions, databaseOption } from './command.ts'
import { withFleet } from './fleet-store.ts'
import { environmentOf } from './home-of.ts'
import { wholeNumber } from './numbers.ts'
import { operator } from './operator.ts'
import { print, printJson } from './output.ts'

/** A bus that does not answer within it is away: the mutator looks by itself. */
const BUS_MS = 500

async function ring(deckies: readonly string[], by: string, at: number, options: CommandOptions): Promise<void> {
  const env = environmentOf(options)
  const bus = await joinBus(busSettings(env, homeAt(env.home)), 'decnet mutate', createLogger({ name: 'mutate', level: 'silent' }))
  try {
    if (!(await bus.connected(BUS_MS))) return
    const handle = bus.as('operator')
    for (const decky of deckies) handle.publishTo(topics.deckyMutateRequest, [decky], { requested_by: by, ts: at / 1000 }, 'mutate_request')
  } finally {
    await bus.close()
  }
}

function strategiesOf(text: unknown): readonly (typeof strategies)[number][] {
  return String(text)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'none')
    .map((name) => {
      const known = strategies.find((each) => each === name)
      if (known) return known
      throw new AppError(`There is no strategy ${name}.`, { code: 'usage', hint: `There are ${strategies.join(', ')}.` })
    })
}

/** Asks for deckies to be changed now, or says how they change by themselves. */
export const mutate: CommandDefinition = {
  options: [
    { flags: '--all', description: 'every decky' },
    { flags: '--interval <minutes>', description: 'between two changes of a decky that says nothing else; 0 = never' },
    { flags: '--strategies <names>', description: `in which ways: some of ${strategies.join(',')}` },
    ...commonOptions,
    databaseOption,
  ],
  examples: ['decnet mutate web-01', 'decnet mutate --all', 'decnet mutate --interval 60 --strategies shuffle,drift', 'decnet mutate'],
  run: ({ args, options }) =>
    withFleet(options, async ({ store, log, played }) => {
      const desk = mutateDesk(log)
      const { interval, strategies: ways } = options
      if (interval !== undefined || ways !== undefined) {
        const before = await desk['fleet.mutation']()
        const mutate_minutes = interval === undefined ? before.mutate_minutes : wholeNumber(interval, '--interval', 0, MOST_MUTATE_MINUTES)
        await desk['fleet.setMutation']({ mutate_minutes, strategies: ways === undefined ? before.strategies : [...strategiesOf(ways)] })
      }
      if (args.length > 0 && options.all === true) throw new AppError('Name deckies, or say --all.', { code: 'usage' })
      const names = options.all === true ? (await wantedFleet(store.db)).deckies.map(({ name }) => name) : args
      const [by, at] = [operator(), Date.now()]
      for (const decky of names) await desk['fleet.mutate']({ decky, at, by })
      if (names.length > 0) await ring(names, by, at, options)
      const settings = mutationSettings.parse(await desk['fleet.mutation']())
      const running = await played()
      if (options.json) {
        printJson({ requested: names, ...settings, running })
        return 0
      }
      if (names.length > 0)
        print(
          `${plural(names.length, 'decky', 'deckies')} shall change ${running ? 'now; `decnet events` shows how.' : 'when the fleet runs.'}`,
        )
      else
        print(
          settings.mutate_minutes === 0
            ? 'Deckies do not change by themselves, but for those that have an interval of their own.'
            : `Each decky changes every ${plural(settings.mutate_minutes, 'minute')} (${settings.strategies.join(', ') || 'in no way'}).`,
        )
      return 0
    }),
}
