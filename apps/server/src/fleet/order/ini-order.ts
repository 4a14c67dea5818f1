import type { Fault, OrderText, Position } from './order.ts'
import { type IniEntry, type IniSection, readIni } from './read-ini.ts'

/** How many deckies one section may stand for. */
const AMOUNT = 100
/** All of them. */
const DECKIES = 250

const GENERAL: Readonly<Record<string, string>> = {
  net: 'subnet',
  gw: 'gateway',
  interface: 'interface',
  mutate_interval: 'mutate_interval',
}
const DECKY: Readonly<Record<string, string>> = {
  ip: 'ip',
  services: 'services',
  archetype: 'archetype',
  distro: 'distro',
  nmap_os: 'os_family',
  mutate_interval: 'mutate_interval',
  amount: 'amount',
}

const number = (text: string): unknown => (/^\d{1,9}$/u.test(text) ? Number(text) : text)
const list = (text: string): string[] => text.split(/[\s,]+/u).filter((word) => word !== '')

const VALUES: Readonly<Record<string, (text: string) => unknown>> = { amount: number, mutate_interval: number, services: list }

/** A decky as a section has it, and where each of its members stands. */
interface Written {
  readonly name: string
  readonly value: Record<string, unknown>
  /** For each service its settings, as texts. */
  readonly config: Map<string, Map<string, string>>
  readonly lines: Map<string, number>
}

/**
 * The prior system's INI: `[general]`, a section for each decky or for several alike (`amount`), and `[decky.service]` with settings of a
 * service for every decky whose name that is, or begins with it and a dash. `known`: services that exist.
 */
export function iniOrder(text: string, known: readonly string[]): OrderText {
  const { sections, faults: broken } = readIni(text)
  const faults: Fault[] = broken.map(({ line, message }) => ({ line, field: 'text', message }))
  const warnings: string[] = []
  const say = (line: number, field: string, message: string) => void faults.push({ line, field, message })
  const network: Record<string, unknown> = {}
  const order: Record<string, unknown> = {}
  const lines = new Map<string, number>()
  const deckies: Written[] = []
  const settings: { section: IniSection; prefix: string; service: string }[] = []

  /** What the keys of a section stand for; those that are unknown are faults. */
  const members = (
    section: IniSection,
    keys: Readonly<Record<string, string>>,
    each: (member: string, value: unknown, entry: IniEntry) => void,
  ) => {
    for (const entry of section.entries) {
      const key = entry.key.replaceAll('-', '_')
      const member = Object.hasOwn(keys, key) ? keys[key] : undefined
      const remark = /(?:^|\s)([;#])/u.exec(entry.value)?.[1]
      if (remark !== undefined) say(entry.line, entry.key, `A remark stands in a line of its own: put what begins at ${remark} there.`)
      else if (member === undefined)
        say(entry.line, entry.key, `[${section.name}] has no ${entry.key}; there are ${Object.keys(keys).join(', ')}.`)
      else each(member, (VALUES[member] ?? String)(entry.value), entry)
    }
  }

  for (const section of sections) {
    const { name, line } = section
    const dot = name.lastIndexOf('.')
    const [prefix, service] = [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)]
    if (name === '') continue
    if (name === 'general')
      members(section, GENERAL, (member, value, entry) => {
        if (member === 'mutate_interval') order[member] = value
        else network[member] = value
        lines.set(member === 'mutate_interval' ? member : `network.${member}`, entry.line)
      })
    else if (name.startsWith('custom-'))
      say(line, name, 'Programs of your own are not run: whoever breaks into one would stand on a real machine. Leave this section out.')
    else if (dot > 0 && known.includes(service)) settings.push({ section, prefix, service })
    else if (dot >= 0) say(line, name, `There is no service ${service}; there are ${known.join(', ')}.`)
    else {
      const written: Written = { name, value: {}, config: new Map(), lines: new Map([['', line]]) }
      members(section, DECKY, (member, value, entry) => {
        written.value[member] = value
        written.lines.set(member, entry.line)
      })
      deckies.push(...several(written, say))
      if (deckies.length > DECKIES) {
        say(line, name, `At most ${DECKIES} deckies at once.`)
        break
      }
    }
  }
  if (sections.length === 0 && faults.length === 0) say(1, 'text', 'There is no [section].')
  else if (deckies.length === 0 && faults.length === 0) say(1, 'text', 'No section names a decky.')

  // The longer name says it more exactly, and goes last.
  for (const { section, prefix, service } of settings.toSorted((a, b) => a.prefix.length - b.prefix.length)) {
    const meant = deckies.filter(({ name }) => name === prefix || name.startsWith(`${prefix}-`))
    if (meant.length === 0) warnings.push(`[${section.name}], line ${section.line}: there is no decky ${prefix}; it changes nothing.`)
    else if (meant.every(({ value }) => Array.isArray(value.services) && !value.services.includes(service)))
      warnings.push(`[${section.name}], line ${section.line}: ${prefix} has no ${service}; it changes nothing.`)
    for (const { config, lines } of meant) {
      const own = config.get(service) ?? new Map<string, string>()
      config.set(service, own)
      lines.set(`service_config.${service}`, section.line)
      for (const { key, value, line } of section.entries) {
        own.set(key, value)
        lines.set(`service_config.${service}.${key}`, line)
      }
    }
  }

  return {
    value: {
      ...order,
      ...(Object.keys(network).length === 0 ? {} : { network }),
      deckies: deckies.map(({ name, value, config }) => ({
        name,
        ...value,
        ...(config.size === 0
          ? {}
          : { service_config: Object.fromEntries([...config].map(([service, own]) => [service, Object.fromEntries(own)])) }),
      })),
    },
    faults: faults.toSorted((a, b) => a.line - b.line),
    warnings,
    positionOf: (path) => nearest(path, lines, deckies),
  }
}

/** `web` with an amount of three is `web-01`, `web-02`, `web-03`, each with a value of its own. */
function several({ name, value, config, lines }: Written, say: (line: number, field: string, message: string) => void): Written[] {
  const { amount = 1, ...rest } = value
  const line = lines.get('amount') ?? lines.get('') ?? 1
  if (typeof amount !== 'number' || amount < 1 || amount > AMOUNT) {
    say(line, 'amount', `amount must be a whole number from 1 to ${AMOUNT}.`)
    return []
  }
  if (amount === 1) return [{ name, value: rest, config, lines }]
  if ('ip' in rest) say(lines.get('ip') ?? line, 'ip', `${amount} deckies cannot share one ip.`)
  return Array.from({ length: amount }, (_, n) => ({
    name: `${name}-${String(n + 1).padStart(2, '0')}`,
    value: { ...rest },
    config: new Map(),
    lines: new Map(lines),
  }))
}

function nearest(path: readonly (string | number)[], lines: ReadonlyMap<string, number>, deckies: readonly Written[]): Position {
  const [first, index, ...rest] = path
  const decky = first === 'deckies' ? deckies[Number(index)] : undefined
  const where = decky ? decky.lines : lines
  const parts = (decky ? rest : path).map(String)
  for (let length = parts.length; length >= 0; length -= 1) {
    const line = where.get(parts.slice(0, length).join('.'))
    if (line !== undefined) return { line }
  }
  return { line: 1 }
}
