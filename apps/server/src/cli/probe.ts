import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { AppError, isNodeError } from '@decnet/kernel'
import pc from 'picocolors'
import { type Endpoint, readEndpoint, writeEndpoint } from '../domain/probe/endpoint.ts'
import { addressGuard } from '../domain/probe/guard.ts'
import { visible } from '../domain/visible.ts'
import { askPort, type PortAnswer, probes } from '../probe/ask-port.ts'
import { FAMILIES, type Family } from '../probe/probe.ts'
import type { CommandDefinition } from './command.ts'
import { wholeNumber } from './numbers.ts'
import { print, printJson } from './output.ts'
import { progressLine } from './progress-line.ts'

const MOST = 64
const STATES: Readonly<Record<PortAnswer['state'], string>> = {
  open: 'open',
  closed: 'closed: it refused the connection',
  silent: 'no answer in time',
}
const NO_NAME: Readonly<Record<string, string>> = { ENOTFOUND: 'is not known', EAI_AGAIN: 'cannot be looked up just now' }

function endpointsOf(args: readonly string[]): readonly Endpoint[] {
  if (args.length > MOST) throw new AppError(`At most ${MOST} ports at a time.`, { code: 'usage' })
  return args.map((text) => {
    const endpoint = readEndpoint(text)
    if (endpoint) return endpoint
    throw new AppError(`${visible(text)} names no host and port.`, {
      code: 'bad_endpoint',
      hint: 'Write HOST:PORT, for example 198.51.100.7:443 or [2001:db8::7]:22.',
    })
  })
}

function familiesOf(only: unknown): readonly Family[] {
  if (typeof only !== 'string') return FAMILIES
  return only.split(',').map((name) => {
    const family = FAMILIES.find((family) => family === name.trim())
    if (family) return family
    throw new AppError(`There is no probe ${visible(name)}.`, { code: 'unknown_probe', hint: `There are ${FAMILIES.join(', ')}.` })
  })
}

/** An address is taken as it is: whoever writes it means it. A name may be somebody else's to point, and is not followed into networks of our own. */
async function addressOf({ host }: Endpoint): Promise<string> {
  if (isIP(host) !== 0) return host
  const found = await lookup(host).catch((error: unknown) => {
    if (!isNodeError(error)) throw error
    throw new AppError(`${visible(host)} ${NO_NAME[error.code ?? ''] ?? 'has no address'}.`, { code: 'unknown_host', cause: error })
  })
  const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address))
  const refused = addressGuard({ allow: [], deny: [] }, own)(found.address)
  if (refused === null) return found.address
  throw new AppError(`${visible(host)} is ${found.address}, which ${refused}.`, {
    code: 'address_refused',
    hint: 'If that is what you mean, name the address itself.',
  })
}

function show(endpoint: Endpoint, address: string, { state, findings }: PortAnswer): void {
  const named = writeEndpoint(endpoint)
  print(`${pc.bold(named)}${address === endpoint.host ? '' : ` (${address})`} ${STATES[state]}`)
  if (state === 'open' && findings.size === 0) print('  It speaks nothing that is known here.')
  for (const [family, { facts }] of findings) {
    print(`  ${probes[family].title}`)
    const width = Math.max(...Object.keys(facts).map((name) => name.length))
    for (const [name, text] of Object.entries(facts)) print(`    ${pc.dim(name.padEnd(width))}  ${visible(text, 200)}`)
  }
}

/** Asks a port what it is; needs no home and no fleet. */
export const probe: CommandDefinition = {
  options: [
    { flags: '--json', description: 'one object a line for each port' },
    { flags: '--only <probes>', description: `some of ${FAMILIES.join(', ')}, with commas` },
    { flags: '--timeout <seconds>', description: 'for each connection', default: '5' },
  ],
  examples: [
    'decnet probe 198.51.100.7:443',
    'decnet probe example.org:443 example.org:22 --json | jq .findings.jarm.hash',
    'decnet probe [2001:db8::7]:22 --only hassh --timeout 2',
  ],
  async run({ args, options }) {
    const endpoints = endpointsOf(args)
    const families = familiesOf(options.only)
    const timeoutMs = wholeNumber(options.timeout, '--timeout', 1, 60) * 1_000
    const addresses = await Promise.all(endpoints.map(addressOf))
    const stopped = new AbortController()
    process.once('SIGINT', () => stopped.abort())
    const line = progressLine()
    let open = 0
    for (const [n, endpoint] of endpoints.entries()) {
      if (stopped.signal.aborted) return 130
      const address = addresses[n] ?? endpoint.host
      const named = writeEndpoint(endpoint)
      line.tell(`${n + 1} of ${endpoints.length}: ${named}`)
      const target = { address, ...endpoint }
      const answer = await askPort(target, families, { timeoutMs, signal: stopped.signal }, ({ title }) =>
        line.tell(`${n + 1} of ${endpoints.length}: ${named} ${title}`),
      )
      line.end()
      if (answer.state === 'open') open += 1
      if (!options.json) show(endpoint, address, answer)
      else {
        const findings = Object.fromEntries([...answer.findings].map(([family, { hash, facts }]) => [family, { hash, ...facts }]))
        printJson({ host: endpoint.host, address, port: endpoint.port, state: answer.state, findings })
      }
    }
    return open > 0 ? 0 : 1
  },
}
