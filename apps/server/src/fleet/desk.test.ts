import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deployRequest } from '@decnet/contracts/api'
import { afterAll, describe, expect, it } from 'vitest'
import { beginOperations, makeLasting, wantedFleet } from '../store/fleet.ts'
import { logTable } from '../store/log-table.ts'
import { migrate, openStore, type Store } from '../store/open.ts'
import { listOperations } from '../store/operations.ts'
import type { FleetReport } from '../supervisor/protocol.ts'
import { fleetDesk } from './desk.ts'
import { recordFleetState } from './record-state.ts'
import { takenAddresses } from './taken-addresses.ts'

const LAN = { substrate: 'netns', link: 'macvlan', interface: 'eth0', subnet: '10.9.0.0/24', gateway: null } as const
const asked = (now: number) => ({ actor: 'ana', now })

function over(store: Store) {
  const log = logTable(store)
  const desk = fleetDesk({ log, loopback: () => '127.77.0', told: () => undefined })
  return {
    log,
    desk,
    deploy: (given: object, now = 1) => desk['fleet.deploy']({ ...asked(now), request: deployRequest.parse(given), taken: [] }),
    /** Whoever plays the fleet says that these stand, on the newest plan. */
    async report(standing: readonly string[], problems: FleetReport['problems'] = []) {
      const { generation, deckies } = await wantedFleet(store.db)
      await log.transaction((tx) => beginOperations(tx, generation, 2))
      const there = deckies.filter(({ name }) => standing.includes(name))
      const hosts = standing.map((name) => ({ name, ip: '10.9.0.1', ip6: null, mac: null }))
      const services = there.flatMap(({ name, services }) =>
        services.map(({ name: service, port }) => ({ decky: name, service, address: '', wantedPort: port, port, detail: null })),
      )
      return recordFleetState(log, { generation, serving: true, hosts, services, problems, repaired: [] }, 3)
    },
    outcomes: async () =>
      Object.fromEntries(
        (await listOperations(store.db, { limit: 50, offset: 0 })).data
          .toReversed()
          .map((each) => [`${each.operation} ${each.decky_name}`, each.status]),
      ),
  }
}

describe('the desk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'desk-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let made = 0
  const open = async () => {
    made += 1
    const store = await openStore(join(folder, `${made}.db`))
    await migrate(store)
    return store
  }

  it('makes what was agreed to, and nothing when the fleet became another one meanwhile', async () => {
    await using store = await open()
    const { desk, deploy } = over(store)
    const request = deployRequest.parse({ seed: 'x', deckies: [{}] })
    const { plan: shown } = await desk['fleet.deploy']({ ...asked(1), request, taken: [], dry: true })
    await deploy({ deckies: [{}] })
    await expect(desk['fleet.deploy']({ ...asked(1), request, taken: [], shown })).rejects.toMatchObject({ code: 'plan_changed' })
    expect((await wantedFleet(store.db)).deckies).toHaveLength(1)
  })

  it('moves a fleet to another network, and leaves it there when some of it came to stand', async () => {
    await using store = await open()
    const { deploy, report, outcomes } = over(store)
    await deploy({ deckies: [{ name: 'old' }] })
    await report(['old'])
    await deploy({ replace_fleet: true, network: LAN, deckies: [{ name: 'one' }, { name: 'two' }] })
    await report(['two'], [{ decky: 'one', message: 'Somebody has 10.9.0.11.', code: 'address_taken', hint: null }])
    expect(await outcomes()).toMatchObject({ 'deploy one': 'failed', 'deploy two': 'succeeded', 'teardown old': 'succeeded' })
    const { network, deckies } = await wantedFleet(store.db)
    expect([network.substrate, deckies.map(({ name }) => name)]).toEqual(['netns', ['two']])
  })

  it('brings back fleet and network when nothing could be done, also for what kept its name', async () => {
    await using store = await open()
    const { deploy, report, outcomes } = over(store)
    await deploy({ deckies: [{ name: 'old' }, { name: 'same' }] })
    await report(['old', 'same'])
    const before = await wantedFleet(store.db)
    await deploy({ replace_fleet: true, network: LAN, deckies: [{ name: 'same' }, { name: 'new' }] }, 9)
    // What it says of hosts is what stood before.
    await report(['old', 'same'], [{ decky: null, message: 'Hosts on a real network need root.', code: 'needs_root', hint: 'Use sudo.' }])
    expect(await outcomes()).toMatchObject({ 'deploy new': 'failed', 'deploy same': 'failed', 'teardown old': 'failed' })
    const { network, deckies } = await wantedFleet(store.db)
    const byName = <T extends { name: string }>(some: readonly T[]) => some.toSorted((a, b) => a.name.localeCompare(b.name))
    expect([network, byName(deckies)]).toEqual([before.network, byName(before.deckies)])
    const [{ error } = { error: null }] = (await listOperations(store.db, { decky: 'new', limit: 1, offset: 0 })).data
    expect(error).toBe('Hosts on a real network need root. Use sudo.')
  })

  it('keeps what was asked for before the start though it fails then, says why, and has it made when that is possible', async () => {
    await using store = await open()
    const { desk, log, deploy, report, outcomes } = over(store)
    await deploy({ network: LAN, deckies: [{ name: 'one' }, { name: 'two' }, { name: 'three' }] })
    await log.transaction(makeLasting)
    const taken = [{ decky: 'one', message: 'Somebody has 10.9.0.11.', code: 'address_taken', hint: 'Choose another.' }]
    expect((await report(['two', 'three'], taken)).undone).toBe(false)
    const fleet = await wantedFleet(store.db)
    expect([fleet.network.substrate, fleet.deckies.map(({ name }) => name)]).toEqual(['netns', ['one', 'two', 'three']])
    const [waits] = (await listOperations(store.db, { decky: 'one', limit: 1, offset: 0 })).data
    expect(waits).toMatchObject({ status: 'running', error: 'Somebody has 10.9.0.11. Choose another.' })
    const { mutations } = await report(['one', 'two', 'three'])
    expect(mutations).toMatchObject([{ decky: 'one', trigger: 'creation' }])
    expect(await outcomes()).toEqual({ 'deploy one': 'succeeded', 'deploy two': 'succeeded', 'deploy three': 'succeeded' })
    expect((await listOperations(store.db, { decky: 'one', limit: 1, offset: 0 })).data[0]?.error).toBe(null)
    await expect(desk['fleet.teardown']({ ...asked(9), names: ['one'] })).resolves.toHaveLength(1)
  })

  it('lets go of what is tried again and again when somebody wants it no more', async () => {
    await using store = await open()
    const { desk, log, deploy, report } = over(store)
    await deploy({ network: LAN, deckies: [{ name: 'one' }, { name: 'two' }] })
    await log.transaction(makeLasting)
    await report(['two'], [{ decky: 'one', message: 'Somebody has it.', code: 'address_taken', hint: null }])
    await desk['fleet.teardown']({ ...asked(9), names: ['one'] })
    await report(['two'])
    expect((await wantedFleet(store.db)).deckies.map(({ name }) => name)).toEqual(['two'])
    expect((await listOperations(store.db, { status: 'running', limit: 9, offset: 0 })).data).toEqual([])
  })

  it('wants every host anew, as it was', async () => {
    await using store = await open()
    const { desk, deploy, report, outcomes } = over(store)
    await expect(desk['fleet.redeploy'](asked(1))).rejects.toMatchObject({ code: 'fleet_empty' })
    await deploy({ deckies: [{ name: 'a' }, { name: 'b' }] })
    await report(['a', 'b'])
    const before = await wantedFleet(store.db)
    await desk['fleet.redeploy'](asked(4))
    const after = await wantedFleet(store.db)
    expect([after.round, after.generation]).toEqual([before.round + 1, before.generation + 1])
    expect(after.deckies).toEqual(before.deckies)
    const { mutations } = await report(['a', 'b'])
    expect([mutations, await outcomes()]).toEqual([[], { 'deploy a': 'succeeded', 'deploy b': 'succeeded' }])
  })

  it('retires all or nothing', async () => {
    await using store = await open()
    const { desk, deploy } = over(store)
    await deploy({ deckies: [{ name: 'a' }, { name: 'b' }] })
    await expect(desk['fleet.teardown']({ ...asked(1), names: ['a', 'nobody'] })).rejects.toMatchObject({
      code: 'decky_unknown',
      status: 404,
    })
    expect((await wantedFleet(store.db)).deckies).toHaveLength(2)
    expect((await desk['fleet.teardown']({ ...asked(1), names: null })).map(({ decky }) => decky)).toEqual(['a', 'b'])
    expect((await wantedFleet(store.db)).deckies).toEqual([])
  })
})

describe('addresses that are taken', () => {
  const folder = '/nowhere'
  const machine = { root: true, linux: true, interfaces: [], parts: new Set<string>(), own: ['127.0.0.1', '10.9.0.5'] }
  it('are this machine’s own where nobody else can be asked: on the loopback, with DHCP', async () => {
    for (const network of [{ substrate: 'loopback' } as const, { ...LAN, subnet6: null, gateway6: null, dhcp: true }]) {
      const interfaces = [{ name: 'eth0', bridge: false, subnet: null, gateway: null, subnet6: null, gateway6: null, default_route: false }]
      const seen: unknown[] = []
      const plan = async (taken: readonly string[]) => {
        seen.push(taken)
        return { network, seed: '', added: [], retired: [], kept: [], notes: [] }
      }
      expect(await takenAddresses(plan, { ...machine, interfaces }, { logs: folder, cache: folder })).toEqual(machine.own)
      expect(seen).toEqual([machine.own])
    }
  })
})
