import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { acceptPayload } from '../../apps/server/src/domain/ttp/evidence/accept-payload.ts'
import type { Payload } from '../../apps/server/src/domain/ttp/evidence/kind.ts'
import { kindByName } from '../../apps/server/src/domain/ttp/evidence/kinds.ts'
import type { Rule } from '../../apps/server/src/domain/ttp/rule/rule.ts'
import { run, SSH_OPTIONS } from './client.ts'
import type { Fleet } from './fleet.ts'

/** What waits for an answer from elsewhere waits in vain. */
const TIMEOUT_MS = 3_000
/** Whoever types at a shell, or talks to a database. */
const SOMEBODY = '127.0.0.1'

/** An example that a program does. */
export interface Act {
  readonly rule: Rule
  readonly by: string
  /** Its address. */
  readonly from: string
  run(): Promise<unknown>
}
/** A connection over which `ssh` runs one command after the other. */
export interface Shell extends AsyncDisposable {
  exec(command: string): Promise<void>
  /** Asks for a tunnel to `host:port`. */
  tunnel(target: string): Promise<void>
}

/** Logs in with OpenSSH; `folder` holds the socket of the connection. */
export async function openShell(fleet: Fleet, folder: string): Promise<Shell> {
  const { address, port, login } = fleet.target('ssh')
  const socket = join(folder, 'ssh')
  const options = [...SSH_OPTIONS, '-o', `ControlPath=${socket}`, '-p', String(port), `${login.user}@${address}`]
  const master = spawn('sshpass', ['-p', login.password, 'ssh', '-M', '-N', ...options], { stdio: 'ignore' })
  const gone = once(master, 'exit')
  for (let open = false; !open && master.exitCode === null; open = (await run('ssh', ['-O', 'check', ...options])).code === 0)
    await pause(100)
  if (master.exitCode !== null) throw new Error(`ssh does not connect: ${master.exitCode}`)
  return {
    exec: async (command) => {
      await run('ssh', [...options, '--', command], { timeoutMs: TIMEOUT_MS })
    },
    tunnel: async (target) => {
      await run('ssh', ['-W', target, ...options], { timeoutMs: TIMEOUT_MS })
    },
    async [Symbol.asyncDispose]() {
      await run('ssh', ['-O', 'exit', ...options])
      await gone
    },
  }
}

const listOf = (value: Payload[string] | undefined): readonly string[] => (Array.isArray(value) ? value : [])

function curl({ raw_url, method, headers, user_agent, host, body, content_type }: Payload, from: string, fleet: Fleet): Promise<unknown> {
  const { address, port } = fleet.target('http')
  const decky = `http://${address}:${port}/`
  const verb = typeof method === 'string' ? method : 'GET'
  const more = [
    ...(host === undefined ? [] : [`Host: ${host}`]),
    ...(user_agent === undefined ? [] : [`User-Agent: ${user_agent}`]),
    ...(content_type === undefined ? [] : [`Content-Type: ${content_type}`]),
    ...listOf(headers),
  ]
  const args = [
    ...['-s', '-g', '-o', '/dev/null', '--max-time', '8', '--interface', from],
    ...(verb === 'HEAD' ? ['-I'] : verb === 'CONNECT' ? ['-p', '-x', decky] : ['-X', verb]),
    ...more.flatMap((line) => ['-H', line]),
    ...(body === undefined ? [] : ['--data-binary', '@-', ...(content_type === undefined ? ['-H', 'Content-Type:'] : [])]),
    ...(verb === 'CONNECT' ? [`http://${raw_url}/`] : ['--request-target', typeof raw_url === 'string' ? raw_url : '/', decky]),
  ]
  return run('curl', args, { timeoutMs: TIMEOUT_MS, ...(typeof body === 'string' && { input: body }) })
}

function mariadb(payloads: readonly Payload[], fleet: Fleet): Promise<unknown> {
  const { address, port, login } = fleet.target('mysql')
  const args = ['-h', address, '-P', String(port), '-u', login.user, `-p${login.password}`, '--skip-ssl', '--comments', '--force']
  return run('mariadb', args, { timeoutMs: TIMEOUT_MS, input: payloads.map(({ query_text }) => `${query_text};\n`).join('') })
}

function redis(payloads: readonly Payload[], fleet: Fleet): Promise<unknown> {
  const { address, port } = fleet.target('redis')
  return run('redis-cli', ['-h', address, '-p', String(port)], {
    timeoutMs: TIMEOUT_MS,
    input: payloads.map(({ command_text }) => `${command_text}\n`).join(''),
  })
}

async function login({ username, password, success }: Payload, from: string, fleet: Fleet): Promise<void> {
  // Not where commands are run: some of them change passwords.
  const { address, port, login } = fleet.target('ssh', 1)
  const [user, secret] = success === true ? [login.user, login.password] : [String(username), String(password ?? 'x')]
  const args = ['-p', secret, 'ssh', ...SSH_OPTIONS, '-b', from, '-p', String(port), '-o', `User="${user}"`, address, 'true']
  // sshpass says 5 where a password is refused; a connection that a busy machine dropped was no attempt.
  for (let tries = 3; tries > 0; tries -= 1) {
    const { code, stderr } = await run('sshpass', args, { timeoutMs: 20_000 })
    if (code === (success === true ? 0 : 5)) return
    if (tries === 1) throw new Error(`ssh ended with ${code}: ${stderr}`)
  }
}

/** How a real client does what the first example of a rule says; empty where none here can. */
export function actsOf(rule: Rule, fleet: Fleet, shell: Shell): readonly Act[] {
  const [example = []] = rule.examples.match
  const events = example.map(({ kind: name, payload }) => {
    const kind = kindByName.get(name)
    return { name, payload: kind ? acceptPayload(kind, payload) : {} }
  })
  const all = (name: string, services: readonly (string | undefined)[], holds: (payload: Payload) => boolean = () => true) =>
    events.every(({ name: each, payload }) => each === name && services.includes(payload.service as string | undefined) && holds(payload))
  const act = (by: string, from: string, run: () => Promise<unknown>): readonly Act[] => [{ rule, by, from, run }]
  const payloads = events.map(({ payload }) => payload)
  const inTurn = async (one: (payload: Payload) => Promise<unknown>) => {
    for (const payload of payloads) await one(payload)
  }
  const number = Number(rule.id.slice(1))
  const own = `127.9.${number >> 8}.${number & 255}`
  const runs = ({ mode, command_text }: Payload) => mode !== 'protocol' && !String(command_text).includes('\0')
  if (all('command', [undefined, 'ssh'], runs))
    return act('ssh', SOMEBODY, () => inTurn(({ command_text }) => shell.exec(String(command_text))))
  if (all('download', [undefined], ({ tool }) => tool === 'wget' || tool === 'curl'))
    return act('ssh', SOMEBODY, () => inTurn(({ tool, url }) => shell.exec(`${tool} ${url}`)))
  if (all('connect', [undefined], ({ tool }) => tool === 'nc'))
    return act('ssh', SOMEBODY, () =>
      inTurn(({ target }) => shell.exec(`nc -w 1 ${String(target).replace('tcp://', '').replace(':', ' ')}`)),
    )
  if (all('forward', ['ssh'], ({ forward_kind }) => forward_kind === 'direct-tcpip'))
    return act('ssh -W', SOMEBODY, () => inTurn(({ target }) => shell.tunnel(String(target))))
  if (all('command', ['redis'])) return act('redis-cli', SOMEBODY, () => redis(payloads, fleet))
  if (all('http_request', [undefined, 'http'])) return act('curl', own, () => inTurn((payload) => curl(payload, own, fleet)))
  if (all('query', [undefined, 'mysql'])) return act('mariadb', SOMEBODY, () => mariadb(payloads, fleet))
  // Which password opens a decky is the decky's to say.
  const typed = ({ success, method, username, password }: Payload) =>
    (method === undefined || method === 'password') && (success === true ? password === undefined : typeof username === 'string')
  if (events.length <= 8 && all('auth_attempt', [undefined, 'ssh'], typed))
    return act('sshpass', own, () => inTurn((payload) => login(payload, own, fleet)))
  return []
}
