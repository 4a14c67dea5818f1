import { existsSync, readFileSync, statfsSync } from 'node:fs'
import net from 'node:net'
import pc from 'picocolors'
import { vectorSettings } from '../config.ts'
import { homeAt, prepareHome } from '../home.ts'
import { type PeerCredentials, peerCredentials } from '../peer-credentials.ts'
import { checkStore, openStore } from '../store/open.ts'
import { databaseStatus } from '../store/status.ts'
import { runningIn, type StateFile } from '../supervisor/state.ts'
import { openVectors, type VectorSettings } from '../vectors/open.ts'
import { type CommandDefinition, commonOptions, databaseOption } from './command.ts'
import { checkHosts } from './doctor-hosts.ts'
import { checkRules, checkWorkers } from './doctor-rules.ts'
import { checkSettings } from './doctor-settings.ts'
import { bad, type Finding, note, ok, type Verdict } from './finding.ts'
import { databaseOf, environmentOf, homeOf } from './home-of.ts'
import { print, printJson } from './output.ts'

const canBind = (host: string, port: number) =>
  new Promise<string | null>((resolve) => {
    const server = net.createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
    server.listen(port, host, () => server.close(() => resolve(null)))
  })

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6).toLocaleString('en')} MB`

function checkMachine(): Finding[] {
  const major = Number(process.versions.node.split('.')[0])
  const supported = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')
  return [
    major >= 24
      ? ok('node', `Node ${process.versions.node}`)
      : bad('node', `Node ${process.versions.node}`, 'Run npm ci --ignore-scripts in the project: it brings Node 24.'),
    supported
      ? ok('machine', `${process.platform} ${process.arch}`)
      : note('machine', `${process.platform} ${process.arch}`, 'Linux on x64 or arm64 is what is tested; bring Node 24 yourself.'),
  ]
}

async function checkPorts(): Promise<Finding[]> {
  const findings: Finding[] = []
  const loopback = await canBind('127.77.255.253', 0)
  findings.push(
    loopback === null
      ? ok('loopback', '127.77.0.0/16 can be used')
      : bad(
          'loopback',
          `127.77.255.253: ${loopback}`,
          'Deckies live on 127.77.N.x: the loopback interface must be up (ip link set lo up).',
        ),
  )
  const low = await canBind('127.77.255.253', 22)
  const from = existsSync('/proc/sys/net/ipv4/ip_unprivileged_port_start')
    ? readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8').trim()
    : '1024'
  if (low === 'EACCES') {
    findings.push(
      note(
        'ports',
        `ports below ${from} are not yours: ssh answers on 10022 and so on`,
        `For real port numbers: sudo sysctl net.ipv4.ip_unprivileged_port_start=0 (or start as root: the sensor drops its rights).`,
      ),
    )
  } else if (low === null) findings.push(ok('ports', 'ports below 1024 can be bound: real port numbers'))
  else
    findings.push(
      note('ports', `port 22 on a test address: ${low}`, 'Another program listens on all addresses: those services move to port + 10000.'),
    )
  return findings
}

/** The console's usual address; where a fleet of this home runs, the one that it has. */
export async function checkConsole(state: StateFile | null, port = 8080): Promise<Finding> {
  if (state) {
    const { ready } = state
    if (ready === null) return ok('console', 'this fleet is still starting')
    return ok('console', ready.console === undefined ? 'an agent has none' : `${ready.console} in use by this fleet`)
  }
  const taken = await canBind('127.0.0.1', port)
  return taken === null
    ? ok('console', `127.0.0.1:${port} is free`)
    : note(
        'console',
        taken === 'EADDRINUSE' ? `127.0.0.1:${port} is in use by another program` : `127.0.0.1:${port}: ${taken}`,
        `Choose another for this home: decnet up --listen 127.0.0.1:${port + 1}`,
      )
}

/** Who connects to the bus can be known. */
export async function checkPeers(credentials: () => Promise<PeerCredentials> = peerCredentials): Promise<Finding> {
  const { reason } = await credentials()
  return reason === null
    ? ok('bus', 'the processes that connect to it can be told apart by their users')
    : note('bus', `whose processes connect to it is not known: ${reason}`, 'It works; only --control-users cannot be kept here.')
}

/** A file of the home, or the server that was named. */
async function checkDatabase(path: string, database: string): Promise<Finding> {
  const own = homeAt(path).database
  if (database === own && !existsSync(own)) return ok('database', 'none yet: made at the first start')
  try {
    const store = await openStore(database, { readonly: true })
    const status = async () => {
      checkStore(store)
      return databaseStatus(store)
    }
    const { server, where, size, migrations } = await status().finally(() => store.close())
    const found = `${server}, ${megabytes(size)}${store.file ? ', opens and is whole' : ` at ${where}`}`
    if (migrations.applied.length === 0) return ok('database', `${found}, empty`)
    if (migrations.pending.length > 0) return note('database', `${found}, of an older release`, 'decnet up brings it to this one’s shape.')
    return ok('database', found)
  } catch (error) {
    const { message, hint } = error as { message: string; hint?: string }
    return bad('database', message, hint ?? '')
  }
}

/** Opens the file where there is one; otherwise only what it needs. */
export async function checkVectors(settings: VectorSettings): Promise<Finding> {
  if (!settings.enabled)
    return note('vectors', 'switched off', 'Similar sessions and attackers are not found (DECNET_VECTORSTORE_ENABLED).')
  const path = existsSync(settings.path) ? settings.path : ':memory:'
  const store = await openVectors({ ...settings, path }, { warn: () => undefined })
  const { degraded, backend, vectors, detail } = await store.health()
  await store[Symbol.asyncDispose]()
  if (degraded)
    return note(
      'vectors',
      `kept in memory only: ${detail ?? 'SQLite does not take its extension'}`,
      'It works; similar ones are found until the next start.',
    )
  return ok('vectors', backend === 'memory' ? 'kept in memory, as you want' : `sqlite-vec, ${vectors.toLocaleString('en')} kept`)
}

function checkHome(path: string, state: StateFile | null): Finding[] {
  const home = homeAt(path)
  const findings: Finding[] = []
  try {
    prepareHome(home)
    findings.push(ok('home', `${path} (0700)`))
  } catch (error) {
    const { message, hint } = error as { message: string; hint?: string }
    return [bad('home', message, hint ?? 'Choose another with --home.')]
  }
  const { bavail, bsize } = statfsSync(path)
  const free = bavail * bsize
  if (free < 200e6)
    findings.push(bad('disk', `${megabytes(free)} free`, 'Free some space: the spool needs room, or events are dropped (and counted).'))
  else if (free < 2e9)
    findings.push(note('disk', `${megabytes(free)} free`, 'Enough to start; a busy sensor writes about 1 GB per 2 million events.'))
  else findings.push(ok('disk', `${megabytes(free)} free`))
  findings.push(ok('fleet', state ? `running (process ${state.pid})` : 'not running'))
  return findings
}

const verdict = (healthy: boolean, runs: boolean) => {
  if (!healthy) return 'Mend what is marked ✗ first.'
  return runs ? 'The fleet of this home runs: nothing stands in its way.' : 'Nothing stands in the way of decnet up.'
}

export const doctor: CommandDefinition = {
  options: [...commonOptions, databaseOption],
  examples: ['decnet doctor', 'decnet doctor --json | jq \'.findings[] | select(.verdict != "ok")\''],
  async run({ options }) {
    const home = homeOf(options)
    const state = runningIn(home)
    const findings = [
      ...checkMachine(),
      ...checkHome(home.path, state),
      await checkDatabase(home.path, databaseOf(options)),
      await checkVectors(vectorSettings(environmentOf(options), home)),
      ...(await checkSettings(environmentOf(options))),
      ...(await checkRules(options)),
      ...(state ? checkWorkers(home) : []),
      ...(await checkPorts()),
      ...(await checkHosts(home)),
      await checkConsole(state),
    ]
    findings.push(await checkPeers())
    const healthy = findings.every((finding) => finding.verdict !== 'bad')
    if (options.json) printJson({ healthy, findings })
    else {
      const marks: Record<Verdict, string> = { ok: pc.green('✓'), note: pc.yellow('!'), bad: pc.red('✗') }
      for (const { check, verdict: mark, found, advice } of findings) {
        print(`${marks[mark]} ${check.padEnd(9)} ${found}`)
        if (advice) print(pc.dim(`            ${advice}`))
      }
      print(`\n${verdict(healthy, state !== null)}`)
    }
    return healthy ? 0 : 1
  },
}
