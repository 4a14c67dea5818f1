import type { CommandEntry } from '../command-table.ts'
import { info, usedMemory } from '../info.ts'
import type { Call, Handler } from '../instance.ts'
import { writeDump } from '../rdb.ts'
import { array, bulk, fail, integer, map, nil, ok, type Reply, set, simple, verbatim } from '../reply.ts'
import { encodingOf } from './keys.ts'
import { key, parseInteger, SYNTAX } from './shared.ts'

const dump = ({ instance, around }: Call) =>
  writeDump(instance.keyspace, { version: instance.version, major: instance.major, now: around.now(), usedMemory: usedMemory(instance) })

/** Writes the dump; an error text, or null. */
function save(call: Call): string | null {
  const { instance, around } = call
  const folder = instance.settings.get('dir').replace(/\/$/u, '')
  const problem = around.save(`${folder}/${instance.settings.get('dbfilename')}`, dump(call))
  if (problem !== null) return problem
  instance.lastSave = around.now()
  instance.changesAtSave = instance.keyspace.changes
  instance.stats.saves++
  return null
}

function replicaOf(call: Call): Reply {
  const host = call.text(1)
  const port = parseInteger(call.text(2))
  if (host.toLowerCase() === 'no' && call.text(2).toLowerCase() === 'one') {
    call.instance.master = null
    return ok
  }
  if (port === null || port < 0 || port > 65_535) return fail('ERR Invalid master port')
  if (call.instance.master?.host === host && call.instance.master.port === port) return simple('OK Already connected to specified master')
  call.instance.master = { host, port }
  call.around.replicate(`${host}:${port}`)
  return ok
}

function describe(entry: CommandEntry, all: ReadonlyMap<string, CommandEntry>, major: number): Reply {
  const base = [
    bulk(entry.name),
    integer(entry.arity),
    set(entry.flags.map(simple)),
    integer(entry.firstKey),
    integer(entry.lastKey),
    integer(entry.step),
    set(entry.categories.map((category) => simple(`@${category}`))),
  ]
  if (major < 7) return array(base)
  const subcommands = entry.name.includes('|') ? [] : [...all.values()].filter((each) => each.name.startsWith(`${entry.name}|`))
  return array([...base, set([]), set([]), array(subcommands.map((each) => describe(each, all, major)))])
}
const topLevel = (all: ReadonlyMap<string, CommandEntry>) => [...all.values()].filter((entry) => !entry.name.includes('|'))

const NOT_ALLOWED = (what: string, option: string) =>
  `ERR ${what} command not allowed. If the ${option} option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.`

const debug: Handler = (call) => {
  if (call.instance.major >= 7) return fail(NOT_ALLOWED('DEBUG', 'enable-debug-command'))
  const sub = call.text(1).toUpperCase()
  if (sub === 'SLEEP' || sub === 'JMAP' || sub === 'RELOAD') return ok
  if (sub === 'OBJECT') {
    const found = call.instance.keyspace.find(call.client.database, key(call, 2))
    if (!found) return fail('ERR no such key')
    const size = found.value.type === 'string' ? found.value.bytes.length + 1 : 20
    return simple(
      `Value at:0x7f4e5c81a2c0 refcount:1 encoding:${encodingOf(found.value, 6)} serializedlength:${size} lru:${Math.floor(call.around.now() / 1000) & 0xffffff} lru_seconds_idle:0`,
    )
  }
  return fail(`ERR DEBUG subcommand not supported. Try DEBUG HELP.`)
}

const disabled = fail('ERR This instance has cluster support disabled')
const DOCTOR =
  "Hi Sam, this instance is empty or is using very little memory, my issues detector can't be used in these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to our programming as soon as I finished rebooting.\n"

function lolwut(call: Call): Reply {
  return verbatim(`Redis ver. ${call.instance.version}\n`)
}

/** Commands on the server. */
export const server: Readonly<Record<string, Handler>> = {
  info: (call) =>
    verbatim(
      info(
        call.instance,
        call.words.slice(1).map((word) => word.toString('latin1')),
        call.around.now(),
      ),
    ),
  time: (call) => {
    const now = call.around.now()
    return array([
      bulk(String(Math.floor(now / 1000))),
      bulk(String(Math.floor(now % 1000) * 1000 + Math.floor(call.around.random() * 1000))),
    ])
  },
  save: (call) => (save(call) === null ? ok : fail('ERR')),
  bgsave: (call) => {
    if (call.words.length > 1 && call.text(1).toUpperCase() !== 'SCHEDULE') return fail(SYNTAX)
    save(call)
    return simple('Background saving started')
  },
  bgrewriteaof: () => simple('Background append only file rewriting started'),
  lastsave: ({ instance }) => integer(Math.floor(instance.lastSave / 1000)),
  slaveof: replicaOf,
  replicaof: replicaOf,
  role: ({ instance: { master } }) =>
    master
      ? array([bulk('slave'), bulk(master.host), integer(master.port), bulk('connect'), integer(-1)])
      : array([bulk('master'), integer(0), array([])]),
  replconf: () => ok,
  sync: (call) => resync(call, false),
  psync: (call) => resync(call, true),
  failover: () => fail('ERR FAILOVER requires connected replicas.'),
  wait: () => integer(0),
  shutdown: (call) => {
    if (call.words.length > 2 || !/^(|nosave|save|now|force|abort)$/iu.test(call.text(1))) return fail(SYNTAX)
    // The supervisor brings it back at once: the connections are gone, the data stays.
    for (const client of call.instance.clients.values()) client.closing = true
    return { type: 'raw', value: Buffer.alloc(0) }
  },
  debug,
  monitor: (call) => {
    call.client.monitors = true
    return ok
  },
  command: ({ instance }) => array(topLevel(instance.commands).map((entry) => describe(entry, instance.commands, instance.major))),
  'command|count': ({ instance }) => integer(topLevel(instance.commands).length),
  'command|list': ({ instance }) => array(topLevel(instance.commands).map((entry) => bulk(entry.name))),
  'command|info': ({ instance, words }) =>
    array(
      words.slice(2).map((word) => {
        const entry = instance.commands.get(word.toString('latin1').toLowerCase())
        return entry ? describe(entry, instance.commands, instance.major) : instance.major >= 7 ? nil : { type: 'nil-array' }
      }),
    ),
  'command|docs': () => map([]),
  'command|getkeys': (call) => {
    const entry = call.instance.commands.get(call.text(2).toLowerCase())
    const found = entry && entry.firstKey > 0 ? call.words[2 + entry.firstKey] : undefined
    return found ? array([bulk(found)]) : fail('ERR The command has no key arguments')
  },
  'slowlog|len': () => integer(0),
  'slowlog|get': () => array([]),
  'slowlog|reset': () => ok,
  'memory|usage': (call) => {
    const found = call.instance.keyspace.find(call.client.database, key(call, 2))
    return found ? integer(56 + key(call, 2).length + (found.value.type === 'string' ? found.value.bytes.length : 64)) : nil
  },
  'memory|doctor': () => verbatim(DOCTOR),
  'memory|purge': () => ok,
  'memory|stats': (call) =>
    map([
      [bulk('peak.allocated'), integer(call.instance.peak)],
      [bulk('total.allocated'), integer(usedMemory(call.instance))],
      [bulk('startup.allocated'), integer(876_560)],
    ]),
  'acl|whoami': () => bulk('default'),
  'acl|users': () => array([bulk('default')]),
  'acl|list': ({ instance }) =>
    array([
      bulk(
        `user default on ${instance.settings.get('requirepass') === '' ? 'nopass' : '#'.padEnd(65, '0')} ~* ${instance.major >= 7 ? '&* ' : ''}+@all`,
      ),
    ]),
  'acl|cat': (call) =>
    call.words.length > 2
      ? fail(`ERR Unknown category '${call.text(2)}'`)
      : array(
          'keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast slow blocking dangerous connection transaction scripting'
            .split(' ')
            .map(bulk),
        ),
  'acl|getuser': () => nil,
  'acl|setuser': () => ok,
  'acl|save': () =>
    fail(
      'ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in the Redis configuration.',
    ),
  'acl|log': () => array([]),
  'module|list': () => array([]),
  'module|load': ({ instance }) =>
    fail(
      instance.major >= 7
        ? NOT_ALLOWED('MODULE', 'enable-module-command')
        : 'ERR Error loading the extension. Please check the server logs.',
    ),
  'module|unload': ({ instance }) =>
    fail(
      instance.major >= 7 ? NOT_ALLOWED('MODULE', 'enable-module-command') : 'ERR Error unloading module: no such module with that name',
    ),
  'latency|latest': () => array([]),
  'latency|reset': () => integer(0),
  'latency|history': () => array([]),
  cluster: () => disabled,
  readonly: () => disabled,
  readwrite: () => disabled,
  asking: () => disabled,
  lolwut,
  dump: (call) => (call.instance.keyspace.find(call.client.database, key(call, 1)) ? bulk('\0\x00') : nil),
  restore: () => fail('ERR DUMP payload version or checksum are wrong'),
  pfadd: () => integer(1),
  pfcount: () => integer(0),
  xlen: () => integer(0),
  sort: () => array([]),
  lcs: () => bulk(''),
}

function resync(call: Call, partial: boolean): Reply {
  const content = dump(call)
  const head = partial ? `+FULLRESYNC ${call.instance.replicationId} 0\r\n` : ''
  return { type: 'raw', value: Buffer.concat([Buffer.from(`${head}$${content.length}\r\n`), content]) }
}
