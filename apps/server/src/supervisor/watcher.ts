import { lchownSync, mkdirSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FleetNetwork } from '@decnet/contracts'
import { fromSniffer, type SnifferStats, snifferFlags, type ToSniffer, type WatchedDecky } from '@decnet/sniffer'
import type { Home } from '../home.ts'
import { type Child, superviseChild } from './child.ts'
import type { FleetReport } from './protocol.ts'

export interface WatcherOptions {
  readonly home: Home
  /** Who it becomes; absent: nobody here may see packets, so that there is none. */
  readonly identity: { readonly uid: number; readonly gid: number } | undefined
  readonly env: NodeJS.ProcessEnv
  /** It has written something. */
  readonly ring: () => void
  readonly notice: (text: string) => void
}

/** The sniffer as its supervisor has it: there is one while the fleet stands on a real network. */
export interface Watcher {
  /** The fleet as it stands now. */
  follow(network: FleetNetwork, hosts: FleetReport['hosts']): void
  readonly state: (SnifferStats & { readonly pid: number | undefined; readonly restarts: number }) | null
  stop(): Promise<void>
}

/** Longer than it takes at most from the wish to the end, so that what it saw last is written. */
const STOP_MS = 3_000

/** What this machine itself sends is no attacker's. */
const ours = (): string[] => {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return [...new Set(all.flatMap(({ address, mac }) => [address, mac]))].filter((each) => each !== '00:00:00:00:00:00')
}

export function networkWatcher({ home, identity, env, ring, notice }: WatcherOptions): Watcher {
  let child: { readonly on: string; readonly it: Child } | undefined
  let deckies: WatchedDecky[] = []
  let stats: SnifferStats | undefined
  let ending: Promise<void> = Promise.resolve()
  let over = false

  function start(on: string): Child {
    const directory = join(home.sources, 'sniffer')
    mkdirSync(join(directory, 'spool'), { recursive: true, mode: 0o700 })
    for (const folder of [directory, join(directory, 'spool')]) if (identity) lchownSync(folder, identity.uid, identity.gid)
    return superviseChild({
      name: 'sniffer',
      module: fileURLToPath(import.meta.resolve('@decnet/sniffer/main')),
      logs: home.logs,
      env,
      flags: snifferFlags,
      begin: (process) =>
        process.send({ type: 'watch', directory, ...identity, interface: on, deckies, ignore: ours() } satisfies ToSniffer),
      message(message) {
        const said = fromSniffer.safeParse(message).data
        if (said?.type === 'stats') stats = said
        if (said?.type === 'failed') notice(`The network cannot be watched: ${said.reason}`)
      },
      ring,
      died: (code, signal, inMs) => notice(`The sniffer ended (${signal ?? code}); it starts again in ${inMs} ms.`),
    })
  }

  return {
    follow(network, hosts) {
      if (over) return
      const on = network.substrate === 'netns' && identity ? network.interface : null
      deckies = hosts.flatMap(({ name, ip, ip6, mac }) =>
        ip === '' ? [] : [{ name, ip, ...(ip6 === null ? {} : { ip6 }), ...(mac === null ? {} : { mac }) }],
      )
      if (child && child.on !== on) {
        const { it } = child
        child = undefined
        stats = undefined
        ending = it.stop(STOP_MS)
      }
      if (child) child.it.send({ type: 'deckies', deckies, ignore: ours() } satisfies ToSniffer)
      else if (on !== null && deckies.length > 0) child = { on, it: start(on) }
    },
    get state() {
      return child && stats ? { ...stats, pid: child.it.pid, restarts: child.it.restarts } : null
    },
    async stop() {
      over = true
      await Promise.all([ending, child?.it.stop(STOP_MS)])
      child = undefined
    },
  }
}
