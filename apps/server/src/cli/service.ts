import { AppError } from '@decnet/kernel'
import { visible } from '../domain/visible.ts'
import { liveDesk } from '../fleet/live.ts'
import { type CommandDefinition, type CommandOptions, commonOptions, databaseOption } from './command.ts'
import { type FleetStore, withFleet } from './fleet-store.ts'
import { operator } from './operator.ts'
import { print, printJson } from './output.ts'
import { followOperations } from './watch-operations.ts'

const ACTIONS = ['add', 'remove', 'set', 'apply'] as const
type Action = (typeof ACTIONS)[number]
const isAction = (word: string | undefined): word is Action => ACTIONS.some((action) => action === word)
const usage = (message: string) =>
  new AppError(message, { code: 'usage', hint: 'For example: decnet service set web-01 ssh max_auth_tries=3' })

/** `key=value …`; `key=` alone takes the default again. */
function settingsOf(pairs: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw usage(`${visible(pair, 60)} is no key=value.`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

/** What is given over what there was. */
function merged(before: Readonly<Record<string, unknown>>, given: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries([...Object.entries(before), ...given].filter(([name]) => given.get(name) !== ''))
}

async function perform(
  fleet: FleetStore,
  action: Action,
  decky: string,
  service: string,
  given: ReadonlyMap<string, string>,
  options: CommandOptions,
) {
  const desk = liveDesk({ log: fleet.log, told: () => undefined, announce: () => undefined })
  const order = { decky, service, actor: operator(), now: Date.now() }
  const follow = ({ id }: { readonly id: string }) => followOperations(fleet, [id], options)
  if (action === 'add') return follow(await desk['fleet.addService']({ ...order, config: Object.fromEntries(given) }))
  if (action === 'remove') return follow(await desk['fleet.removeService'](order))
  const { config: used, saved } = await desk['fleet.configOf'](order)
  const wanted = merged(saved ?? used, given)
  if (action === 'apply') return follow(await desk['fleet.applyConfig']({ ...order, config: given.size === 0 ? null : wanted }))
  const config = await desk['fleet.saveConfig']({ ...order, config: wanted })
  if (options.json) printJson({ decky_name: decky, service, config, recreated: false })
  else print(`Saved for the next start of ${service} on ${decky}; now with: decnet service apply ${decky} ${service}`)
  return 0
}

/** Adds, takes and configures services of deckies that stand; of those that do not, for when they do. */
export const service: CommandDefinition = {
  options: [...commonOptions, databaseOption],
  examples: [
    'decnet service add web-01 ftp',
    'decnet service remove web-01 ftp',
    'decnet service set web-01 ssh max_auth_tries=3 password_authentication=no',
    'decnet service apply web-01 ssh',
    'decnet service apply db-01 redis password=hunter2 --json',
  ],
  async run({ args, options }) {
    const [action, decky, name, ...pairs] = args
    if (!isAction(action)) throw usage(`Say ${ACTIONS.slice(0, -1).join(', ')} or ${ACTIONS.at(-1)}.`)
    if (decky === undefined || name === undefined) throw usage('Say which decky, and which service.')
    const given = settingsOf(pairs)
    if (action === 'remove' && given.size > 0) throw usage('remove takes no settings.')
    if (action === 'set' && given.size === 0) throw usage('Say what to set.')
    return withFleet(options, (fleet) => perform(fleet, action, decky, name, given, options))
  },
}
