import { readFileSync } from 'node:fs'
import { deployRequest, MOST_MUTATE_MINUTES } from '@decnet/contracts/api'
import { AppError, isNodeError } from '@decnet/kernel'
import { services } from '@decnet/services'
import { refusals, sentence } from '../api/refusal.ts'
import { type FleetOrder, fleetOrder, type NetworkOrder, networkOrder, type OrderFormat } from '../fleet/order/order.ts'
import { readOrder } from '../fleet/order/read-order.ts'
import { unreadablePath } from '../rules/file-words.ts'
import type { CommandOptions } from './command.ts'
import { wholeNumber } from './numbers.ts'

const usage = (message: string, hint = '`decnet deploy --help` shows what there is.') => new AppError(message, { code: 'usage', hint })
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const known = services.map(({ name }) => name)

/** What the options say of the network; null: nothing. @throws {AppError} `usage`. */
function networkOf(options: CommandOptions): NetworkOrder | null {
  const bridge = text(options.bridge)
  const interfaceName = text(options.interface)
  const links = [options.macvlan === true && '--macvlan', options.ipvlan === true && '--ipvlan', bridge !== undefined && '--bridge'].filter(
    Boolean,
  )
  if (links.length > 1) throw usage(`${links.join(' and ')} exclude each other.`)
  if (bridge !== undefined && interfaceName !== undefined) throw usage('--bridge names the interface already.')
  const lan = {
    ...((bridge ?? interfaceName) === undefined ? {} : { interface: bridge ?? interfaceName }),
    ...(text(options.subnet) === undefined ? {} : { subnet: options.subnet }),
    ...(text(options.gateway) === undefined ? {} : { gateway: options.gateway === 'none' ? null : options.gateway }),
    ...(text(options.subnet6) === undefined ? {} : { subnet6: options.subnet6 }),
    ...(options.dhcp === true ? { dhcp: true } : {}),
    ...(links[0] === undefined ? {} : { link: String(links[0]).slice(2) }),
  }
  if (options.loopback === true && (Object.keys(lan).length > 0 || options.compose === true))
    throw usage('--loopback has no network to choose: leave the other options out.')
  if (options.ipvlan === true && options.compose !== true) throw usage('--ipvlan is for containers.', 'Add --compose, or leave it out.')
  if (options.dhcp === true && options.compose === true) throw usage('Containers get no address by DHCP.')
  const substrate = options.loopback === true ? 'loopback' : options.compose === true ? 'compose' : undefined
  const given = { ...(substrate === undefined ? {} : { substrate }), ...lan }
  if (Object.keys(given).length === 0) return null
  const checked = networkOrder.safeParse(given)
  if (!checked.success) throw usage(sentence(refusals(checked.error, networkOrder, 'option', given)).replace(/^/u, '--'))
  return checked.data
}

/** What is asked of every decky, stronger than a file. */
function everyDecky(options: CommandOptions): Partial<FleetOrder['deckies'][number]> {
  const named = text(options.services)
  if (named !== undefined && options.randomizeServices === true) throw usage('--services and --randomize-services exclude each other.')
  return {
    ...(text(options.archetype) === undefined ? {} : { archetype: String(options.archetype) }),
    ...(text(options.distro) === undefined ? {} : { distro: String(options.distro) }),
    ...(named === undefined ? {} : { services: named.split(/[\s,]+/u).filter((name) => name !== '') }),
    ...(options.mutateInterval === undefined
      ? {}
      : { mutate_interval: wholeNumber(options.mutateInterval, '--mutate-interval', 0, MOST_MUTATE_MINUTES) }),
  }
}

function readFile(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    if (!isNodeError(error)) throw error
    throw unreadablePath(file, error, { code: 'file_unreadable', hint: 'Name an .ini or .yaml file; - is standard input.' })
  }
}

const formatOf = (file: string, content: string): OrderFormat => {
  if (/\.(?:ini|cfg|conf)$/iu.test(file)) return 'ini'
  if (/\.(?:ya?ml|json)$/iu.test(file)) return 'yaml'
  return /^\s*\[/mu.test(content) ? 'ini' : 'yaml'
}

export interface CommandOrder {
  readonly order: FleetOrder
  readonly warnings: readonly string[]
  /** The same error, with the line of the file where there is one. */
  readonly located: (error: AppError) => AppError
}

/**
 * What is asked for: options before a file, and in a file a decky before what is said of all. `standing`: a fleet was planned already, and
 * stays on its network when nothing is said of it. @throws {AppError} `usage`, `order_invalid`, `file_unreadable`, `bad_number`.
 */
export function orderOf(options: CommandOptions, standing: boolean): CommandOrder {
  const file = text(options.config)
  if (file !== undefined && options.deckies !== undefined) throw usage('The file says how many deckies there are: leave --deckies out.')
  const content = file === undefined ? null : readFile(file)
  const read = file === undefined || content === null ? null : readOrder(content, formatOf(file, content), known)
  const every = everyDecky(options)
  const network = networkOf(options)
  const replace = network?.substrate === undefined ? {} : { substrate: network.substrate }
  const amount = wholeNumber(options.deckies ?? 1, '--deckies', 1, 250)
  const deckies = (read?.order.deckies ?? [{ amount, service_config: {}, mutate_interval: null }]).map((decky) => {
    const { services: _services, ...rest } = decky
    return { ...(options.randomizeServices === true ? rest : decky), ...every }
  })
  // Options of the network come to those of the file, unless they name another kind of it.
  const whole =
    network?.substrate === 'loopback'
      ? network
      : network || read?.order.network
        ? { ...(read?.order.network ?? {}), ...network, ...replace }
        : standing
          ? undefined
          : {}
  const { network: _network, ...others } = read?.order ?? { replace_fleet: false, mutate_interval: null }
  const order = {
    ...others,
    ...(whole === undefined ? {} : { network: whole }),
    ...(options.replace === true ? { replace_fleet: true } : {}),
    ...(text(options.seed) === undefined ? {} : { seed: options.seed }),
    ...(text(options.ipStart) === undefined ? {} : { ip_start: options.ipStart }),
    deckies,
  }
  const checked = fleetOrder.safeParse(order)
  if (!checked.success) throw usage(sentence(refusals(checked.error, deployRequest, 'order', order)))
  return { order: checked.data, warnings: read?.warnings ?? [], located: read?.located ?? ((error) => error) }
}
