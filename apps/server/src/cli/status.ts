import pc from 'picocolors'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import { runningIn } from '../supervisor/state.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { readableHomeOf } from './home-of.ts'
import { ago, print, printJson } from './output.ts'
import { networkWords } from './show-plan.ts'
import { type StoredFleet, storedFleet } from './stored-fleet.ts'

const MARKS: Readonly<Record<string, string>> = { running: pc.green('●'), degraded: pc.yellow('●'), stopped: pc.red('○') }

/** What a decky has, or in one sentence why it has nothing of it. */
function servicesWords(services: StoredFleet['fleet'][number]['services']): string {
  const [first] = services
  if (first?.state === 'failed' && services.every(({ state, detail }) => state === 'failed' && detail === first.detail))
    return pc.red(visible(first.detail ?? 'It does not listen.', 500))
  return services
    .map(({ name, port, state, detail }) =>
      state === 'failed' ? pc.red(`${name} ${visible(detail ?? 'does not listen')}`) : `${name}:${port}`,
    )
    .join('  ')
}

function showFleet({ network, fleet, operations }: StoredFleet, up: boolean): void {
  if (network) print(`  Network  ${networkWords(network)}`)
  for (const { name, ip, state, services } of fleet) {
    print(`  ${up ? (MARKS[state] ?? '') : pc.dim('○')} ${pc.bold(ip.padEnd(14))} ${visible(name).padEnd(14)} ${servicesWords(services)}`)
  }
  for (const { decky_name, operation, status, error, created_at } of operations)
    print(
      `  ${pc.yellow('…')} ${decky_name} ${operation.replaceAll('_', ' ')} ${error === null ? status : up ? 'tried again and again' : 'not done yet'}, asked for ${ago(Date.parse(created_at), Date.now())}`,
    )
}

export const status: CommandDefinition = {
  options: [...commonOptions, databaseOption],
  examples: ['decnet status', 'decnet status --json | jq .fleet'],
  async run({ options }) {
    const home = readableHomeOf(options)
    const state = runningIn(home)
    const ready = state?.ready ?? null
    const stored = await storedFleet(options)
    if (options.json) {
      printJson({
        running: state !== null,
        home: home.path,
        pid: state?.pid ?? null,
        started_at: state ? new Date(state.startedAt).toISOString() : null,
        console: ready?.console ?? null,
        deckies: ready?.deckies ?? [],
        ...stored,
      })
      return state ? 0 : 3
    }
    if (!state) {
      print(`${pc.dim('○')} No fleet is running in ${home.path}.  Start one: decnet up`)
      if (stored.fleet.length > 0) print(`  ${plural(stored.fleet.length, 'decky', 'deckies')} will stand then:`)
      showFleet(stored, false)
      return 3
    }
    print(`${pc.green('●')} Running since ${ago(state.startedAt, Date.now())} (process ${state.pid}), home ${home.path}`)
    if (!ready) {
      print('  It is still starting.')
      return 0
    }
    if (ready.console !== undefined) print(`  Console  ${pc.cyan(ready.console)}`)
    if (stored.network) showFleet(stored, true)
    // An agent has no database.
    else
      for (const decky of ready.deckies)
        print(
          `  ${pc.bold(decky.ip.padEnd(14))} ${visible(decky.name).padEnd(14)} ${decky.services.map((service) => `${service.name}:${service.port}`).join('  ')}`,
        )
    return 0
  },
}
