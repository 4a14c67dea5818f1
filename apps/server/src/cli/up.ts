import pc from 'picocolors'
import { visible } from '../domain/visible.ts'
import { homeAt } from '../home.ts'
import type { FleetReady } from '../supervisor/supervise.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { environmentOf } from './home-of.ts'
import { parseListen, publicBindWarning } from './listen.ts'
import { print, printJson } from './output.ts'

const PORTS_NAMED = 3

/** One sentence about services that are not where they usually are, and why; null where all are. */
export function movedServices(services: readonly { readonly note?: string }[]): string | null {
  const notes = services.flatMap(({ note }) => (note === undefined ? [] : [note]))
  if (notes.length === 0) return null
  const parsed = notes.map((note) => /^port (\d+) not to be had: (.*)$/su.exec(note))
  const ports = [...new Set(parsed.flatMap((match) => (match?.[1] ? [Number(match[1])] : [])))].toSorted((a, b) => a - b)
  const reasons = [...new Set(parsed.flatMap((match) => (match?.[2] ? [match[2]] : [])))]
  const named = ports.slice(0, PORTS_NAMED)
  const more = ports.length - named.length
  const which = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ').replace(/, (\d+)$/u, ' and $1')
  const who = notes.length === 1 ? '1 service does not have its' : `${notes.length} services do not have their`
  return `${who} usual port (port${ports.length === 1 ? '' : 's'} ${which} not to be had: ${visible(reasons.join('; '))}).`
}

/** How much of the fleet stands, in a sentence with its mark; `whole` where all of it does. */
export function upWords({ deckies, failed }: Pick<FleetReady, 'deckies' | 'failed'>, whole = 'The fleet is up.'): string {
  const down = new Set(failed.flatMap(({ decky, service }) => (service === null ? [decky] : []))).size
  const all = deckies.length + down
  if (down === 0) return `${pc.green('●')} ${pc.bold(whole)}`
  if (deckies.length === 0) return `${pc.red('○')} ${pc.bold(all === 1 ? 'The only decky is not up.' : `None of ${all} deckies is up.`)}`
  return `${pc.yellow('●')} ${pc.bold(`${deckies.length} of ${all} deckies are up.`)}`
}

/** What could not be made, each reason once. */
export function failedWords(failed: FleetReady['failed']): string[] {
  const told = new Map<string, string[]>()
  for (const { decky, service, reason } of failed) {
    const who = told.get(reason) ?? []
    told.set(reason, who)
    who.push(service === null ? decky : `${service} on ${decky}`)
  }
  return [...told].map(([reason, who]) => `${pc.red('✗')} ${visible(who.join(', '), 500)}: ${visible(reason, 2_000)}`)
}

function banner(ready: FleetReady, warning: string | null): void {
  print(`\n${upWords(ready)}  Console  ${pc.cyan(ready.console ?? '')}`)
  if (ready.adminPassword) {
    print(`\n  Log in as ${pc.bold('admin')} with  ${pc.bold(ready.adminPassword)}`)
    print(pc.dim('  Shown once; you choose your own at the first login. Lost it? decnet passwd admin'))
  }
  if (warning) print(`\n${pc.yellow('!')} ${warning}`)
  if (ready.movedFrom) print(`\n${pc.yellow('!')} ${ready.movedFrom}.0/24 is held by another home: this fleet moved.`)
  print()
  for (const decky of ready.deckies) {
    print(
      `  ${pc.bold(decky.ip.padEnd(14))} ${decky.name.padEnd(14)} ${decky.services.map((service) => `${service.name}:${service.port}`).join('  ')}`,
    )
  }
  const moved = movedServices(ready.deckies.flatMap((decky) => decky.services))
  if (moved !== null) print(pc.dim(`\n  ${moved}`))
  for (const line of failedWords(ready.failed)) print(line)
  if (ready.failed.length > 0) print(pc.dim('  It stays wanted, and is tried again and again; `decnet status` says how it is.'))
  const target = ready.deckies.find((decky) => decky.services.some((service) => service.name === 'ssh'))
  const ssh = target?.services.find((service) => service.name === 'ssh')
  const login = target?.logins[0]
  if (ssh && login)
    print(
      `\n  Attack it yourself:  ssh ${ssh.port === 22 ? '' : `-p ${ssh.port} `}${login.user}@${ssh.address}   ${pc.dim(`password ${login.password}`)}`,
    )
  print(pc.dim('  Ctrl-C stops everything.\n'))
}

/** Starts the fleet and stays. */
export const up: CommandDefinition = {
  examples: [
    'decnet up',
    'decnet up --listen 127.0.0.1:9000',
    'decnet up --json | head -1',
    'DECNET_ADMIN_PASSWORD=… decnet up --home /srv/decnet',
  ],
  options: [
    ...commonOptions,
    databaseOption,
    { flags: '--listen <address:port>', description: 'where console and API listen', default: '127.0.0.1:8080' },
  ],
  async run({ options }) {
    // Before anything that takes time: whoever asks now is answered in order.
    const asked = new AbortController()
    const stopping = new Promise<void>((resolve) => asked.signal.addEventListener('abort', () => resolve(), { once: true }))
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort())
    const env = environmentOf(options)
    const listen = parseListen(String(options.listen))
    const warning = publicBindWarning(listen)
    const notice = (text: string) => process.stderr.write(`${text}\n`)
    try {
      const { ensureConsole } = await import('./build-console.ts')
      const { supervise } = await import('../supervisor/supervise.ts')
      const consoleFolder = await ensureConsole(notice, asked.signal)
      if (warning && options.json) notice(warning)
      const running = await supervise({ home: homeAt(env.home), listen, consoleFolder, env: env.passedOn, notice, signal: asked.signal })
      if (options.json) printJson(running.ready)
      else banner(running.ready, warning)
      try {
        await Promise.race([stopping, running.failed])
      } finally {
        if (!options.json) print(pc.dim('Stopping…'))
        await running.stop()
      }
    } catch (error) {
      // Asked to stop before it was up: that is an end like another.
      if (error !== asked.signal.reason) throw error
    }
    return 0
  },
}
