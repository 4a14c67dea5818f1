import { isNetwork } from '../domain/probe/guard.ts'
import { probes } from './ask-port.ts'
import { FAMILIES, type Family } from './probe.ts'

/** What an operator decided about probing attackers. It is off where there are no settings. */
export interface ProberSettings {
  readonly allow: readonly string[]
  readonly deny: readonly string[]
  /** Between two visits of what answers, milliseconds. */
  readonly everyMs: number
  /** Which ports are asked for which family. */
  readonly ports: Readonly<Record<Family, readonly number[]>>
}

/** One thing to ask of an attacker. */
export interface Errand {
  readonly port: number
  readonly probe: Family
}

export const usualPorts = Object.fromEntries(FAMILIES.map((family) => [family, probes[family].ports])) as ProberSettings['ports']

/** Everything that is asked of an attacker. */
export const errandsOf = (ports: ProberSettings['ports']): readonly Errand[] =>
  FAMILIES.flatMap((probe) => ports[probe].map((port) => ({ port, probe })))

/** Reads networks and addresses with commas between them; null when one of them is none. */
export function readNetworks(text: string): readonly string[] | null {
  const networks = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  return networks.every(isNetwork) ? networks : null
}

const isFamily = (name: string): name is Family => FAMILIES.some((family) => family === name)

/** Reads `jarm=443,8443;hassh=22`: families that are not named keep their usual ports, one without ports is not asked. Null when it is something else. */
export function readPorts(text: string): ProberSettings['ports'] | null {
  const ports: Record<Family, readonly number[]> = { ...usualPorts }
  for (const part of text.split(';').map((part) => part.trim())) {
    if (part === '') continue
    const [, family = '', list = ''] = /^([a-z_]+)\s*=\s*([\d,\s]*)$/u.exec(part) ?? []
    const numbers = list.split(',').flatMap((one) => (one.trim() === '' ? [] : [Number(one)]))
    if (!isFamily(family) || numbers.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535)) return null
    ports[family] = [...new Set(numbers)]
  }
  return ports
}
