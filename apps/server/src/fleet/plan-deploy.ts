import { type FleetNetwork, isLeased, LEASED } from '@decnet/contracts'
import { DECKIES_AT_ONCE, type DeckyOrder, type DeployPlan, type DeployRequest } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import type { AnyService } from '@decnet/kernel/service'
import { archetypes, type DeckyDraft, type DeckyPlan, distroIds, makePersona, planDeckies } from '@decnet/persona'
import { inNetwork } from '../domain/ttp/rule/cidr.ts'
import type { DeckyWish, FleetChange, WantedFleet } from '../store/fleet.ts'
import { asAddress, asNumber, freeAddresses, hostsOf, loopbackRange, type Range, within } from './addresses.ts'
import { checkConfig } from './check-config.ts'
import { contradictions } from './contradictions.ts'
import { eui64, shortAddress6 } from './lan/address6.ts'

export interface DeployFacts {
  readonly wanted: WantedFleet
  readonly services: readonly AnyService[]
  /** Addresses that this machine has, or that somebody answered from. */
  readonly taken: ReadonlySet<string>
  /** First three numbers of the loopback network that this home holds. */
  readonly loopback: string
  readonly actor: string | null
  /** Used where the request has none. */
  readonly seed: string
  /** Of this home alone, any text: where addresses are not chosen here, cards differ by it. */
  readonly home: string
  readonly now: number
}

export interface PlannedDeploy {
  readonly plan: DeployPlan
  readonly changes: readonly FleetChange[]
  /** The whole fleet that would be wanted then. */
  readonly wanted: readonly DeckyWish[]
  /** Absent: it stays as it is. */
  readonly network: FleetNetwork | undefined
}

type Field = { field: string; message: string }

const FIRST = 10

const same = (a: FleetNetwork, b: FleetNetwork) => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
const several = (order: DeckyOrder) => order.amount > 1

/** Each order as often as it asks for, with a name of its own. */
function spread(orders: readonly DeckyOrder[]): { order: DeckyOrder; name: string | undefined; field: string }[] {
  return orders.flatMap((order, index) =>
    Array.from({ length: order.amount }, (_, n) => ({
      order,
      name: order.name !== undefined && several(order) ? `${order.name}-${String(n + 1).padStart(2, '0')}` : order.name,
      field: `deckies.${index}`,
    })),
  )
}

const where = (network: FleetNetwork, { first, last }: Range) =>
  network.substrate === 'loopback' ? `between ${asAddress(first)} and ${asAddress(last)}` : `in ${network.subnet}`

function faultsOf(request: DeployRequest, { services, wanted }: DeployFacts, network: FleetNetwork, range: Range): Field[] {
  const faults: Field[] = []
  const say = (field: string, message: string) => void faults.push({ field, message })
  const lan = network.substrate === 'loopback' ? null : network
  const leased = isLeased(network)
  const within6 = lan?.subnet6 ? inNetwork(lan.subnet6) : null
  const amount = request.deckies.reduce((sum, each) => sum + each.amount, 0)
  if (amount > DECKIES_AT_ONCE) say('deckies', `${amount} deckies are too many at once; ${DECKIES_AT_ONCE} may be.`)
  if (lan?.gateway && !within(range, lan.gateway)) say('network.gateway', `${lan.gateway} is not an address of ${lan.subnet}.`)
  if (lan && range.last - range.first < 1) say('network.subnet', `${lan.subnet} has no room for hosts.`)
  if (lan?.subnet6 && Number(lan.subnet6.split('/')[1]) > 64)
    say('network.subnet6', `${lan.subnet6} is too small: hosts choose their address in a /64.`)
  const known = new Map(services.map((service) => [service.name, service]))
  for (const [index, order] of request.deckies.entries()) {
    const at = `deckies.${index}`
    if (order.archetype !== undefined && !archetypes.some(({ name }) => name === order.archetype))
      say(`${at}.archetype`, `There is no archetype ${order.archetype}; there are ${archetypes.map(({ name }) => name).join(', ')}.`)
    if (order.distro !== undefined && !distroIds.some((name) => name === order.distro))
      say(`${at}.distro`, `There is no distribution ${order.distro}; there are ${distroIds.join(', ')}.`)
    for (const name of order.services ?? [])
      if (!known.has(name)) say(`${at}.services`, `There is no service ${name}; there are ${[...known.keys()].join(', ')}.`)
    if (new Set(order.services).size < (order.services?.length ?? 0)) say(`${at}.services`, 'A service stands there twice.')
    for (const [name, config] of Object.entries(order.service_config)) {
      const service = known.get(name)
      if (!service) say(`${at}.service_config.${name}`, `There is no service ${name}.`)
      else for (const fault of checkConfig(service, config).faults) say(`${at}.service_config.${name}.${fault.field}`, fault.message)
    }
    for (const key of ['ip', 'ip6', 'mac'] as const)
      if (order[key] !== undefined && several(order)) say(`${at}.${key}`, `${order.amount} deckies cannot share one ${key}.`)
    if (order.ip !== undefined && leased) say(`${at}.ip`, 'Addresses come by DHCP here: none can be chosen.')
    else if (order.ip !== undefined && !within(range, order.ip))
      say(`${at}.ip`, `${order.ip} is not an address for hosts ${where(network, range)}.`)
    if (order.ip !== undefined && order.ip === lan?.gateway) say(`${at}.ip`, `${order.ip} is the gateway.`)
    if (order.ip6 !== undefined && !within6?.(order.ip6))
      say(`${at}.ip6`, lan?.subnet6 ? `${order.ip6} is not an address of ${lan.subnet6}.` : 'The network has no IPv6: name its subnet6.')
    if (order.mac !== undefined && Number.parseInt(order.mac.slice(0, 2), 16) % 2 === 1)
      say(`${at}.mac`, `${order.mac} is no host's: it is a group's.`)
  }
  if (request.ip_start !== undefined && !within(range, request.ip_start))
    say('ip_start', `${request.ip_start} is not an address for hosts ${where(network, range)}.`)
  if (request.network && !request.replace_fleet && wanted.deckies.length > 0 && !same(request.network, wanted.network))
    say('network', `The fleet stands on another network (${wanted.network.substrate}); a fleet has one. Replace it to move it.`)
  return faults
}

/**
 * What a request would make of the fleet, before anything is made: pure, so that it can be shown first.
 * @throws {AppError} `deploy_invalid` 422 with every field that is wrong, `deploy_clash` 409 for names and addresses that are there already,
 * `subnet_full` 409.
 */
export function planDeploy(request: DeployRequest, facts: DeployFacts): PlannedDeploy {
  const { wanted, services, actor, now } = facts
  const network = request.network ?? wanted.network
  const loopback = network.substrate === 'loopback'
  const range = loopback ? loopbackRange(`${facts.loopback}.0`) : hostsOf(network.subnet)
  const leased = isLeased(network)
  const gateway = loopback ? null : network.gateway
  const faults = faultsOf(request, facts, network, range)
  if (faults.length > 0)
    throw new AppError(faults.length === 1 ? (faults[0]?.message ?? '') : `${faults.length} things about this fleet are not possible.`, {
      code: 'deploy_invalid',
      status: 422,
      fields: faults,
    })

  const kept = request.replace_fleet ? [] : wanted.deckies
  const orders = spread(request.deckies)
  const clashes: Field[] = []
  const names = new Set(kept.map(({ name }) => name))
  // On a new network the old fleet's addresses are free.
  const taken = new Set([...kept.map(({ ip }) => ip), ...(gateway === null ? [] : [gateway])])
  const others = new Set(kept.flatMap((decky) => [makePersona(decky).mac, ...(decky.ip6 === undefined ? [] : [shortAddress6(decky.ip6)])]))
  // Our own deckies answer too, also those that go.
  const ours = new Set(wanted.deckies.map(({ ip }) => ip))
  const strangers = new Set([...facts.taken].filter((ip) => !ours.has(ip)))
  for (const { order, name, field } of orders) {
    for (const [key, value] of [
      ['mac', order.mac],
      ['ip6', order.ip6 && shortAddress6(order.ip6)],
    ] as const) {
      if (value === undefined) continue
      if (others.has(value)) clashes.push({ field: `${field}.${key}`, message: `${value} is taken by a decky.` })
      others.add(value)
    }
    if (name !== undefined && names.has(name)) clashes.push({ field: `${field}.name`, message: `There is a decky ${name} already.` })
    if (name !== undefined) names.add(name)
    if (order.ip === undefined) continue
    if (taken.has(order.ip) || strangers.has(order.ip))
      clashes.push({
        field: `${field}.ip`,
        message: `${order.ip} is taken${taken.has(order.ip) ? ' by a decky' : ': somebody answers there'}.`,
      })
    taken.add(order.ip)
  }
  if (clashes.length > 0)
    throw new AppError(clashes.length === 1 ? (clashes[0]?.message ?? '') : `${clashes.length} names or addresses are taken.`, {
      code: 'deploy_clash',
      status: 409,
      fields: clashes,
      hint: 'Choose others, or replace the fleet.',
    })

  const all = new Set([...taken, ...strangers])
  const start = request.ip_start === undefined ? undefined : asNumber(request.ip_start)
  const free =
    start === undefined
      ? freeAddresses(range, Math.min(range.first + FIRST, range.last), all)
      : freeAddresses({ ...range, first: start }, start, all)
  const drafts = orders.map(({ order, name }): DeckyDraft => {
    const ip = leased ? LEASED : (order.ip ?? (free.next().value as string | undefined))
    if (ip === undefined) throw full(orders.length, where(network, range), request.ip_start)
    const { ip6, mac, archetype, os_family: osFamily, services, service_config } = order
    const distro = distroIds.find((id) => id === order.distro)
    return {
      ip,
      config: service_config,
      ...(name === undefined ? {} : { name }),
      ...(ip6 === undefined ? {} : { ip6: shortAddress6(ip6) }),
      ...(mac === undefined ? {} : { mac }),
      ...(archetype === undefined ? {} : { archetype }),
      ...(distro === undefined ? {} : { distro }),
      ...(osFamily === undefined ? {} : { osFamily }),
      ...(services === undefined ? {} : { services }),
    }
  })
  const seed = request.seed ?? facts.seed
  const ports = new Map(services.map(({ name, ports: [first] }) => [name, first?.port ?? 0]))
  const config = new Map(services.map((service) => [service.name, service]))
  for (const { mac } of drafts) if (mac !== undefined) others.add(mac)
  const planned = planDeckies(drafts, { seed, now, ports, beside: kept }).map((unplaced): DeckyPlan => {
    const plan =
      loopback || unplaced.mac !== undefined ? unplaced : { ...unplaced, mac: cardAt(unplaced, leased ? facts.home : unplaced.ip, others) }
    const subnet6 = loopback ? null : network.subnet6
    const six = plan.ip6 ?? (subnet6 === null ? undefined : eui64(subnet6, makePersona(plan).mac))
    return {
      ...plan,
      ...(six === undefined ? {} : { ip6: six }),
      services: plan.services.map((each) => {
        const service = config.get(each.name)
        return service ? { ...each, config: checkConfig(service, each.config).config } : each
      }),
    }
  })
  const added = planned.map(
    (plan, index): DeckyWish => ({ ...plan, mutateMinutes: orders[index]?.order.mutate_interval ?? null, lastMutated: null }),
  )
  const retired = request.replace_fleet ? wanted.deckies : []
  const again = new Set(added.map(({ name }) => name))
  return {
    network: request.network && !same(request.network, wanted.network) ? request.network : undefined,
    plan: {
      network,
      seed,
      added: added.map((wish) => shown(wish, wish.mutateMinutes)),
      retired: retired.map(({ name }) => name),
      kept: kept.map(({ name }) => name),
      notes: contradictions(added),
    },
    wanted: [...kept, ...added],
    changes: [
      ...retired
        .filter(({ name }) => !again.has(name))
        .map((before): FleetChange => ({ operation: 'teardown', trigger: 'retirement', actor, before, after: null })),
      ...added.map((after): FleetChange => {
        // Of one that has a life already this is a change in it.
        const before = retired.find(({ name }) => name === after.name) ?? null
        return { operation: 'deploy', trigger: before ? 'operator' : 'creation', actor, before, after }
      }),
    ],
  }
}

/** A card of the persona's maker that nobody else on the network has: two homes may have one seed, never one address. */
function cardAt(plan: DeckyPlan, place: string, others: Set<string>): string {
  const { mac, bytes } = makePersona(plan)
  for (let attempt = 0; ; attempt += 1) {
    const card = `${mac.slice(0, 8)}:${bytes(`card/${place}/${attempt}`, 3)
      .toString('hex')
      .replace(/..(?=.)/gu, '$&:')}`
    if (others.has(card)) continue
    others.add(card)
    return card
  }
}

const full = (wanted: number, where: string, start: string | undefined) =>
  new AppError(`There are no ${wanted} free addresses ${where}${start === undefined ? '' : ` from ${start} on`}.`, {
    code: 'subnet_full',
    status: 409,
    hint: 'Ask for fewer deckies, let addresses begin lower, or name a larger subnet.',
  })

function shown(plan: DeckyPlan, mutate_interval: number | null): DeployPlan['added'][number] {
  const { mac, hostname, archetype, os } = makePersona(plan)
  const services = plan.services.map(({ name, port }) => ({ name, port }))
  return {
    name: plan.name,
    ip: plan.ip,
    ip6: plan.ip6 ?? null,
    mac,
    hostname,
    archetype,
    distro: os.prettyName,
    os_family: os.family,
    services,
    mutate_interval,
  }
}
