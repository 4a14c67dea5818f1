import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Home } from '../../../home.ts'
import { DECKY, MARK, SERVICE } from './containers.ts'
import { type Engine, openEngine, Refusal, socketOf } from './engine.ts'
import { type Ground, removeNetworks } from './networks.ts'

export interface ComposeOptions {
  /** Eight hexadecimal digits: whose containers these are. */
  readonly mark: string
  readonly home: Home
  /** Who the services run as. */
  readonly identity: { readonly uid: number; readonly gid: number }
  /** `DOCKER_HOST`, where one is set. */
  readonly dockerHost: string | undefined
  /** A container that did what it is for has ended. */
  readonly ended: () => void
  /** What the operator should know. */
  readonly notice: (text: string) => void
}

interface Listed {
  readonly Id: string
  readonly Labels: Readonly<Record<string, string>>
  readonly State: string
}

/** Sessions say goodbye meanwhile. */
const STOP_SECONDS = 4
const REMOVED_AT_ONCE = 8

/** What operators read, and may use themselves. */
export const composeFile = (home: Home): string => join(home.path, 'docker-compose.yml')

/** Containers with all of these labels, running or not. */
export const listed = (engine: Engine, ...labels: readonly string[]) =>
  engine.ask<readonly Listed[]>('GET', `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify({ label: labels }))}`)

/** One that is gone already is no error. `gently`: what runs in it may end its sessions. */
export async function removeContainer(engine: Engine, id: string, gently: boolean): Promise<void> {
  try {
    if (gently) await engine.ask('POST', `/containers/${id}/stop?t=${STOP_SECONDS}`)
    await engine.ask('DELETE', `/containers/${id}?force=1&v=1`)
  } catch (error) {
    // Gone already, or about to be.
    if (!(error instanceof Refusal) || (error.status !== 404 && error.status !== 409)) throw error
  }
}

/** Whatever bears the mark goes: services first, then hosts, then the network. Answers how many hosts there were, and what could not be removed. */
export async function removeAll(engine: Engine, mark: string, used?: Ground): Promise<{ hosts: number; left: readonly string[] }> {
  const left: string[] = []
  const attempt = async (what: string, remove: () => Promise<void>) => {
    try {
      await remove()
    } catch (error) {
      left.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const all = await listed(engine, `${MARK}=${mark}`)
  const services = all.filter(({ Labels }) => Labels[SERVICE] !== undefined)
  const hosts = all.filter(({ Labels }) => Labels[SERVICE] === undefined)
  for (const some of [services, hosts]) {
    const waiting = [...some]
    const work = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const { Id, Labels } = next
        await attempt(`${Labels[DECKY]} ${Labels[SERVICE] ?? ''}`.trim(), () => removeContainer(engine, Id, Labels[SERVICE] !== undefined))
      }
    }
    await Promise.all(Array.from({ length: REMOVED_AT_ONCE }, work))
  }
  await attempt('the network', () => removeNetworks(engine, mark, used))
  return { hosts: hosts.length, left }
}

/**
 * A fleet that stood in containers and stands elsewhere now, or nowhere, leaves none: what a crash left is removed. Answers how many hosts
 * that were. Never rejects.
 */
export async function reapContainers({ mark, home, dockerHost, notice }: Omit<ComposeOptions, 'identity' | 'ended'>): Promise<number> {
  if (!existsSync(composeFile(home))) return 0
  let engine: Engine | undefined
  try {
    engine = openEngine(socketOf(dockerHost))
    const { hosts, left } = await removeAll(engine, mark)
    if (left.length > 0) notice(`Of the containers of before something stays: ${left.join('; ')}.`)
    else rmSync(composeFile(home), { force: true })
    return hosts
  } catch (error) {
    notice(`Containers of before may be left: ${error instanceof Error ? error.message : String(error)}`)
    return 0
  } finally {
    engine?.close()
  }
}
