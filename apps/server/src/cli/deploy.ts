import { statSync } from 'node:fs'
import type { FleetNetwork } from '@decnet/contracts'
import { AppError } from '@decnet/kernel'
import pc from 'picocolors'
import { plural } from '../domain/plural.ts'
import { planOf } from '../fleet/follow.ts'
import { detectLan } from '../fleet/lan/detect-lan.ts'
import { requestOf } from '../fleet/order/request-of.ts'
import type { ComposeNetwork } from '../fleet/substrates/compose/containers.ts'
import { engineTrouble } from '../fleet/substrates/compose/engine-trouble.ts'
import { plannedFile } from '../fleet/substrates/compose/planned-file.ts'
import { takenAddresses } from '../fleet/taken-addresses.ts'
import { type Home, prepareHome } from '../home.ts'
import { type DeckyWish, fleetGeneration } from '../store/fleet.ts'
import { sensorUser } from '../supervisor/sensor-user.ts'
import { runningIn } from '../supervisor/state.ts'
import { markOf } from '../supervisor/strays.ts'
import { askYes } from './ask-yes.ts'
import { type CommandDefinition, type CommandOptions, commonOptions, databaseOption } from './command.ts'
import { orderOf } from './deploy-order.ts'
import { type FleetStore, withFleet } from './fleet-store.ts'
import { environmentOf } from './home-of.ts'
import { operator } from './operator.ts'
import { print, printJson } from './output.ts'
import { showPlan } from './show-plan.ts'
import { followOperations } from './watch-operations.ts'

/** Whose rights count: those of the supervisor that runs, else those of whoever will start it. */
function playerOf(home: Home): number | undefined {
  const running = runningIn(home)
  try {
    if (running) return statSync(`/proc/${running.pid}`).uid
  } catch {
    // Not every system shows its processes so.
  }
  return process.getuid?.()
}

/** The compose file of the whole fleet as it would be. */
function fileOf(home: Home, network: ComposeNetwork, wanted: readonly DeckyWish[]): Promise<string> {
  prepareHome(home)
  const identity = playerOf(home) === 0 ? sensorUser() : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  return plannedFile({ plan: wanted.map(planOf), network, mark: markOf(home), home, identity })
}

/** What is in the way of a fleet that is only written down now. */
async function later(fleet: FleetStore, network: FleetNetwork, options: CommandOptions): Promise<string[]> {
  if (network.substrate !== 'compose' || options.dryRun === true || (await fleet.played())) return []
  const trouble = await engineTrouble(environmentOf(options).passedOn.DOCKER_HOST)
  return trouble === null ? [] : [`${trouble} The deckies are written down, and come to stand once an engine answers.`]
}

async function carryOut(fleet: FleetStore, options: CommandOptions): Promise<number> {
  const standing = (await fleetGeneration(fleet.store.db)) > 0
  const { order, warnings: read, located } = orderOf(options, standing)
  const machine = detectLan(playerOf(fleet.home))
  const asked = { actor: operator(), now: Date.now() }
  try {
    const wished = requestOf(order, machine)
    const taken = await takenAddresses(
      async (taken) => (await fleet.desk['fleet.deploy']({ ...asked, request: wished, taken, dry: true })).plan,
      machine,
      fleet.home,
    )
    const { plan, fleet: wanted } = await fleet.desk['fleet.deploy']({ ...asked, request: wished, taken, dry: true })
    const warnings = [...read, ...(await later(fleet, plan.network, options))]
    for (const warning of [...warnings, ...plan.notes]) process.stderr.write(`${pc.yellow('!')} ${warning}\n`)
    if (!options.json) showPlan(plan)
    if (options.dryRun === true) {
      const file = plan.network.substrate === 'compose' ? await fileOf(fleet.home, plan.network, wanted) : null
      if (options.json) printJson({ dry_run: true, plan, warnings, ...(file === null ? {} : { compose_file: file }) })
      else if (file !== null) print(`\n${file.trimEnd()}`)
      return 0
    }
    if (
      !(await askYes(
        `\nMake ${plural(plan.added.length, 'decky', 'deckies')}${plan.retired.length > 0 ? `, retire ${plan.retired.length}` : ''}?`,
        options,
      ))
    ) {
      print('Nothing was changed.')
      return 1
    }
    const request = { ...wished, seed: plan.seed }
    const { ids } = await fleet.desk['fleet.deploy']({ ...asked, request, taken, shown: plan })
    if (!options.json) print()
    return await followOperations(fleet, ids, options, { plan, warnings })
  } catch (error) {
    throw error instanceof AppError ? located(error) : error
  }
}

/** Adds deckies to the fleet, or replaces it. */
export const deploy: CommandDefinition = {
  options: [
    { flags: '-n, --deckies <number>', description: 'how many (default 1)' },
    { flags: '-c, --config <file>', description: 'an .ini or .yaml file that names them; - is standard input' },
    { flags: '-a, --archetype <name>', description: 'of all of them; see `decnet archetypes`' },
    { flags: '--services <names>', description: 'of all of them, with commas; see `decnet services`' },
    { flags: '--randomize-services', description: 'chosen by the seed, also where the file names some' },
    { flags: '--distro <name>', description: 'of all of them; see `decnet distros`' },
    { flags: '--mutate-interval <minutes>', description: 'between changes of their services; 0 = never' },
    { flags: '--macvlan', description: 'on a real network, each with a card of its own (default where a network is named); needs root' },
    { flags: '--bridge <name>', description: 'on this bridge, each by a cable of its own; needs root' },
    { flags: '--compose', description: 'in containers; needs Docker' },
    { flags: '--ipvlan', description: 'containers that share the card, as Wi-Fi wants it' },
    { flags: '--loopback', description: 'on this machine alone; needs no right' },
    { flags: '-i, --interface <name>', description: 'of this machine (default: that of the default route)' },
    { flags: '--subnet <cidr>', description: 'default: that of the interface' },
    { flags: '--gateway <ip>', description: 'default: that of the interface; none = there is none' },
    { flags: '--subnet6 <cidr>', description: 'IPv6 addresses too, of this /64' },
    { flags: '--dhcp', description: 'addresses are asked for' },
    { flags: '--ip-start <ip>', description: 'addresses from this one upward (default: the eleventh)' },
    { flags: '--seed <text>', description: 'the same seed and options make the same deckies' },
    { flags: '--replace', description: 'retire the fleet that is there' },
    { flags: '--dry-run', description: 'show the plan, of containers the compose file too; change nothing' },
    { flags: '-y, --yes', description: 'do not ask' },
    ...commonOptions,
    databaseOption,
  ],
  examples: [
    'decnet deploy -n 5',
    'decnet deploy -n 3 --archetype database-server --dry-run',
    'sudo decnet deploy -n 20 -i eth0 --ip-start 192.168.1.100 --yes',
    'sudo decnet deploy --config fleet.ini --replace',
    'decnet deploy -n 2 --compose --dry-run --json | jq -r .compose_file',
    'decnet deploy -n 2 --loopback --seed autumn --json --yes | jq .plan.added',
  ],
  run: ({ options }) => withFleet(options, (fleet) => carryOut(fleet, options)),
}
