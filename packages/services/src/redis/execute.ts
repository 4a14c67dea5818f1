import type { CommandEntry } from './command-table.ts'
import { configuration } from './commands/config.ts'
import { connection } from './commands/connection.ts'
import { hashes } from './commands/hashes.ts'
import { keys } from './commands/keys.ts'
import { lists } from './commands/lists.ts'
import { publishing } from './commands/publish.ts'
import { scripting } from './commands/scripting.ts'
import { server } from './commands/server.ts'
import { sets } from './commands/sets.ts'
import { strings } from './commands/strings.ts'
import { zsets } from './commands/zsets.ts'
import { usedMemory } from './info.ts'
import type { Call, Client, Handler, Instance, Surroundings } from './instance.ts'
import { MemoryError, WrongTypeError } from './keyspace.ts'
import { quoted } from './protocol.ts'
import { array, fail, ok, type Reply, simple } from './reply.ts'

const handlers: ReadonlyMap<string, Handler> = new Map(
  [
    strings,
    keys,
    lists,
    hashes,
    sets,
    zsets,
    connection,
    publishing,
    configuration,
    server,
    scripting((call, words) => run({ ...call, ...textOf(words) })),
  ].flatMap((group) => Object.entries(group)),
)

function textOf(words: readonly Buffer[]): Pick<Call, 'words' | 'text'> {
  return { words, text: (index) => words[index]?.toString('latin1') ?? '' }
}

/** The error for a name that nobody has, with the arguments that the server repeats. */
export function unknownCommand(words: readonly Buffer[], major: number): Reply {
  const name = (words[0]?.toString('latin1') ?? '').slice(0, 128).split('\0', 1)[0] ?? ''
  const [open, close, between] = major >= 7 ? ["'", "'", ' '] : ['`', '`', ', ']
  let shown = ''
  for (const word of words.slice(1)) {
    if (shown.length >= 128) break
    shown += `${open}${
      word
        .toString('latin1')
        .slice(0, 128 - shown.length)
        .split('\0', 1)[0] ?? ''
    }${close}${between}`
  }
  return fail(`ERR unknown command ${open}${name}${close}, with args beginning with: ${shown}`)
}

const CONTAINERS = /^(client|config|command|object|memory|acl|module|latency|slowlog|script|function|pubsub)$/u

interface Looked {
  readonly entry: CommandEntry
  readonly name: string
}

/** The command that the words name, or the error that the server gives instead. */
function lookUp(instance: Instance, words: readonly Buffer[]): Looked | { readonly problem: Reply } {
  const name = (words[0]?.toString('latin1') ?? '').toLowerCase()
  const entry = name.includes('|') ? undefined : instance.commands.get(name)
  if (!entry) return { problem: unknownCommand(words, instance.major) }
  const arity = (checked: CommandEntry, shown: string) =>
    (checked.arity > 0 ? words.length !== checked.arity : words.length < -checked.arity)
      ? { problem: fail(`ERR wrong number of arguments for '${shown}' command`) }
      : null
  if (!CONTAINERS.test(name) || (words.length === 1 && name === 'command')) return arity(entry, name) ?? { entry, name }
  if (words.length === 1) return { problem: fail(`ERR wrong number of arguments for '${name}' command`) }
  const given = words[1]?.toString('latin1') ?? ''
  const sub = `${name}|${given.toLowerCase()}`
  if (instance.major < 7)
    return handlers.has(sub)
      ? { entry, name: sub }
      : { problem: fail(`ERR Unknown subcommand or wrong number of arguments for '${given}'. Try ${name.toUpperCase()} HELP.`) }
  const subEntry = instance.commands.get(sub)
  if (!subEntry) return { problem: fail(`ERR unknown subcommand '${given}'. Try ${name.toUpperCase()} HELP.`) }
  return arity(subEntry, sub) ?? { entry: subEntry, name: sub }
}

/** Runs a command that was looked up before or comes from a script. Never throws. */
function run(call: Call): Reply {
  const found = lookUp(call.instance, call.words)
  if ('problem' in found) return found.problem
  const handler = handlers.get(found.name) ?? handlers.get(found.name.split('|', 1)[0] ?? '')
  if (!handler) return found.entry.flags.includes('write') ? fail('ERR syntax error') : array([])
  try {
    return handler(call)
  } catch (error) {
    if (error instanceof WrongTypeError) return fail('WRONGTYPE Operation against a key holding the wrong kind of value')
    if (error instanceof MemoryError) return fail("OOM command not allowed when used memory > 'maxmemory'.")
    throw error
  }
}

const QUEUE_BYTES = 1024 * 1024

function transaction(call: Call, name: string): Reply | null {
  const { client } = call
  if (name === 'multi') {
    if (client.queue) return fail('ERR MULTI calls can not be nested')
    Object.assign(client, { queue: [], queueBytes: 0, broken: false })
    return ok
  }
  if (name === 'watch') return client.queue ? fail('ERR WATCH inside MULTI is not allowed') : ok
  if (name === 'unwatch' && !client.queue) return ok
  if (name === 'exec' || name === 'discard') {
    const { queue, broken } = client
    if (!queue) return fail(`ERR ${name.toUpperCase()} without MULTI`)
    client.queue = null
    if (name === 'discard') return ok
    if (broken) return fail('EXECABORT Transaction discarded because of previous errors.')
    return array(queue.map((words) => run({ ...call, ...textOf(words) })))
  }
  if (!client.queue || name === 'quit' || name === 'reset') return null
  const size = call.words.reduce((sum, word) => sum + word.length + 64, 0)
  client.queueBytes += size
  if (client.queueBytes > QUEUE_BYTES) {
    client.broken = true
    return fail("OOM command not allowed when used memory > 'maxmemory'.")
  }
  client.queue = [...client.queue, call.words]
  return simple('QUEUED')
}

const WHILE_SUBSCRIBED = /^(p?subscribe|p?unsubscribe|ssubscribe|sunsubscribe|ping|quit|reset)$/u

function guard(call: Call, found: Looked): Reply | null {
  const { client, instance } = call
  const top = found.name.split('|', 1)[0] ?? ''
  if (!client.authenticated && !/^(auth|hello|quit|reset)$/u.test(top)) return fail('NOAUTH Authentication required.')
  const limit = Number(instance.settings.get('maxmemory'))
  const queues = client.queue !== null && !/^(exec|discard|quit|reset)$/u.test(top)
  if (limit > 0 && usedMemory(instance) + 250_000 > limit && (queues || found.entry.flags.includes('denyoom')))
    return fail("OOM command not allowed when used memory > 'maxmemory'.")
  if (instance.master && instance.settings.get('slave-read-only') === 'yes' && found.entry.flags.includes('write'))
    return fail("READONLY You can't write against a read only replica.")
  if (client.protocol === 2 && client.channels.size + client.patterns.size > 0 && !WHILE_SUBSCRIBED.test(top))
    return fail(
      `ERR Can't execute '${top}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`.replaceAll(
        '(P|S)',
        instance.major >= 7 ? '(P|S)' : '(P)',
      ),
    )
  return null
}

function tellMonitors(call: Call, found: Looked): void {
  const watching = [...call.instance.clients.values()].filter((client) => client.monitors)
  if (watching.length === 0 || found.entry.flags.includes('admin') || found.entry.flags.includes('skip_monitor')) return
  const now = call.around.now()
  const stamp = `${Math.floor(now / 1000)}.${String(Math.floor((now % 1000) * 1000)).padStart(6, '0')}`
  const line = simple(
    `${stamp} [${call.client.database} ${call.client.address}] ${call.words
      .slice(0, 64)
      .map((word) => quoted(word.subarray(0, 4096)))
      .join(' ')}`,
  )
  for (const client of watching) if (client !== call.client) client.push(line)
}

/** One command of one client. Never throws on what the client sent. */
export function execute(instance: Instance, client: Client, words: readonly Buffer[], around: Surroundings): Reply {
  const call: Call = { instance, client, around, ...textOf(words) }
  instance.stats.commands++
  const found = lookUp(instance, words)
  client.lastAt = around.now()
  if ('problem' in found) {
    instance.stats.errors++
    if (client.queue) client.broken = true
    return found.problem
  }
  client.lastCommand = found.name
  const refused = guard(call, found)
  if (refused) {
    instance.stats.errors++
    if (client.queue) client.broken = true
    return refused
  }
  const answer = transaction(call, found.name)
  if (answer) return answer
  tellMonitors(call, found)
  const reply = run(call)
  if (reply.type === 'error') instance.stats.errors++
  return reply
}
