import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeckyPlan } from '@decnet/persona'
import type { Listener, SeenHost, Substrate } from '../port.ts'
import {
  CONFIG,
  type ComposeNetwork,
  type Container,
  containerName,
  DECKY,
  type Fleet,
  folderOf,
  hostContainer,
  MARK,
  SERVICE,
  serviceContainer,
} from './containers.ts'
import { createBody } from './create-body.ts'
import { openEngine, socketOf } from './engine.ts'
import { explain } from './explain.ts'
import { ensureImage } from './image/ensure-image.ts'
import { ensureNetwork, type Ground } from './networks.ts'
import { type ComposeOptions, composeFile, listed, removeAll, removeContainer } from './reap.ts'
import { renderCompose } from './render-compose.ts'
import { prepareFolder } from './service-folder.ts'
import { watchEnds } from './watch-ends.ts'

interface Inspected {
  readonly Id: string
  readonly State: { readonly Running: boolean; readonly StartedAt: string; readonly ExitCode: number }
  readonly Config: { readonly Labels: Readonly<Record<string, string>> }
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<string, { readonly IPAddress: string; readonly GlobalIPv6Address: string; readonly MacAddress: string }>
    >
  }
}

/** The run of a host that a service's container joined: a host that was started again has another network. */
const RUN = 'decnet.host'
const runOf = ({ Id, State }: Inspected): string => `${Id.slice(0, 12)}@${State.StartedAt}`

/** A service that says nothing for so long does not serve. */
const READY_MS = 20_000
const WRITE_MS = 200

/** Deckies as containers: one that owns the address, one for each service, which shares its network. @throws {AppError} `docker_elsewhere`. */
export function compose(network: ComposeNetwork, options: ComposeOptions): Substrate {
  const { mark, home, identity, notice } = options
  const engine = openEngine(socketOf(options.dockerHost))
  const plans = new Map<string, DeckyPlan>()
  let ground: Promise<{ readonly fleet: Fleet; readonly net: Ground }> | undefined
  let used: Ground | undefined
  let writing: ReturnType<typeof setTimeout> | undefined
  /** Containers that do what they are for, until they end. */
  const up = new Set<string>()
  const watching = new AbortController()
  let watched: Promise<void> | undefined
  let over = false

  /** What engines refuse comes out in words. */
  async function told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw explain(error, network)
    }
  }

  /** Image and network, once. */
  function prepared() {
    ground ??= (async () => {
      const { tag, idle, serve } = await ensureImage(engine)
      const net = await ensureNetwork(engine, network, mark)
      used = net
      watched ??= watchEnds(engine, mark, (id) => up.delete(id) && !over && options.ended(), watching.signal)
      const fleet = { mark, network, networkName: net.name, image: { tag, idle, serve }, folder: home.sources, identity }
      // Before the first container: whoever finds it knows that there may be some.
      if (!existsSync(composeFile(home))) show(fleet, net)
      return { net, fleet }
    })()
    ground.catch(() => {
      ground = undefined
    })
    return ground
  }

  function show(fleet: Fleet, { shared }: Ground): void {
    writeFileSync(composeFile(home), renderCompose([...plans.values()], fleet, { shared }), { mode: 0o600 })
  }
  /** The file that operators read shows what was asked for last. */
  function write(): void {
    if (!ground) return
    const ready = ground
    writing ??= setTimeout(async () => {
      writing = undefined
      try {
        const { fleet, net } = await ready
        if (!over) show(fleet, net)
      } catch (error) {
        notice(`docker-compose.yml could not be written: ${error instanceof Error ? error.message : String(error)}`)
      }
    }, WRITE_MS)
    writing.unref()
  }

  /** The container as planned, running: the one that is there if it is that one, or a new one. */
  async function stand(container: Container, fleet: Fleet, within: string | null, run = ''): Promise<{ it: Inspected; fresh: boolean }> {
    const labels: Record<string, string> = { ...container.labels, ...(run === '' ? {} : { [RUN]: run }) }
    const there = await engine.find<Inspected>(`/containers/${container.name}/json`)
    const same = there?.Config.Labels[CONFIG] === labels[CONFIG] && there?.Config.Labels[RUN] === labels[RUN]
    if (there && same && there.State.Running) return { it: there, fresh: false }
    if (there) await removeContainer(engine, there.Id, false)
    const body = createBody({ ...container, labels }, fleet, within, await engine.cardWithNetwork())
    const { Id } = await engine.ask<{ Id: string }>('POST', `/containers/create?name=${container.name}`, body)
    try {
      await engine.ask('POST', `/containers/${Id}/start`)
      return { it: await engine.ask<Inspected>('GET', `/containers/${Id}/json`), fresh: true }
    } catch (error) {
      await removeContainer(engine, Id, false)
      throw error
    }
  }

  /** Null when it serves; else why it does not. */
  async function silent(id: string): Promise<string | null> {
    const over = AbortSignal.timeout(READY_MS)
    let said = ''
    try {
      for await (const text of engine.follow(`/containers/${id}/logs?follow=1&stdout=1&stderr=1`, over)) {
        said += text
        if (said.includes('"msg":"serving"')) return null
        const reason = /"reason":"((?:[^"\\]|\\.)*)"/u.exec(said)
        if (reason) return reason[1] ?? ''
      }
    } catch (error) {
      if (!over.aborted) throw error
      return `it is not ready after ${READY_MS / 1000} s`
    }
    return 'it ended at once'
  }

  const seen = (decky: string, { NetworkSettings }: Inspected, services: readonly string[]): SeenHost => {
    const [card] = Object.values(NetworkSettings.Networks)
    return { name: decky, ip: card?.IPAddress ?? '', ip6: card?.GlobalIPv6Address || null, mac: card?.MacAddress || null, services }
  }

  async function look(): Promise<SeenHost[]> {
    const all = await listed(engine, `${MARK}=${mark}`)
    const running = all.filter(({ State }) => State === 'running')
    const hosts = running.filter(({ Labels }) => Labels[SERVICE] === undefined)
    return Promise.all(
      hosts.map(async ({ Id, Labels }) => {
        const it = await engine.ask<Inspected>('GET', `/containers/${Id}/json`)
        const decky = Labels[DECKY] ?? ''
        const own = running.filter((each) => each.Labels[DECKY] === decky && each.Labels[RUN] === runOf(it))
        return seen(
          decky,
          it,
          own.flatMap((each) => each.Labels[SERVICE] ?? []),
        )
      }),
    )
  }

  async function raise(decky: DeckyPlan): Promise<SeenHost> {
    try {
      const { fleet } = await prepared()
      const { it } = await stand(hostContainer(decky, fleet), fleet, null)
      // Of a host that is taken on: services of an earlier plan.
      for (const { Id, Labels } of await listed(engine, `${MARK}=${mark}`, `${DECKY}=${decky.name}`, SERVICE))
        if (!decky.services.some(({ name }) => name === Labels[SERVICE])) await removeContainer(engine, Id, true)
      plans.set(decky.name, decky)
      write()
      up.add(it.Id)
      return seen(decky.name, it, [])
    } catch (error) {
      // Somebody may have taken the network away.
      ground = undefined
      throw error
    }
  }

  async function serve(decky: DeckyPlan, service: DeckyPlan['services'][number]): Promise<Listener> {
    plans.set(decky.name, decky)
    write()
    const bound = { decky: decky.name, service: service.name, address: decky.ip, wantedPort: service.port }
    const { fleet } = await prepared()
    const host = await engine.find<Inspected>(`/containers/${containerName(mark, decky.name)}/json`)
    if (!host?.State.Running) return { bound: { ...bound, port: null, detail: 'its host does not stand' }, handle: undefined }
    prepareFolder(join(home.sources, folderOf(decky.name, service.name)), identity, decky, service.name)
    const { it, fresh } = await stand(serviceContainer(decky, service, fleet), fleet, host.Id, runOf(host))
    const why = fresh ? await silent(it.Id) : null
    if (why === null) {
      up.add(it.Id)
      return { bound: { ...bound, port: service.port, detail: null }, handle: undefined }
    }
    await removeContainer(engine, it.Id, false)
    return { bound: { ...bound, port: null, detail: `does not serve: ${why}` }, handle: undefined }
  }

  return {
    name: 'compose',
    inspect: () => told(look()),
    raise: (decky) => told(raise(decky)),
    async lower(name) {
      plans.delete(name)
      write()
      const own = await told(listed(engine, `${MARK}=${mark}`, `${DECKY}=${name}`))
      const inOrder = own.toSorted((a, b) => Number(SERVICE in b.Labels) - Number(SERVICE in a.Labels))
      for (const { Id } of inOrder) await told(removeContainer(engine, Id, false))
    },
    open: (decky, service) => told(serve(decky, service)),
    async shut({ bound: { decky, service } }) {
      const plan = plans.get(decky)
      if (plan) plans.set(decky, { ...plan, services: plan.services.filter(({ name }) => name !== service) })
      write()
      await told(removeContainer(engine, containerName(mark, decky, service), true))
    },
    async remove() {
      over = true
      watching.abort()
      clearTimeout(writing)
      try {
        if (!existsSync(composeFile(home))) return
        const { left } = await removeAll(engine, mark, used)
        if (left.length === 0) rmSync(composeFile(home), { force: true })
        else notice(`What Docker kept: ${left.join('; ')}. Remove it: docker ps -a --filter label=${MARK}=${mark}`)
      } catch (error) {
        notice(`The containers could not be removed: ${error instanceof Error ? error.message : String(error)}`)
      } finally {
        await watched
        engine.close()
      }
    },
  }
}
