import type { Machine } from '../machine.ts'
import type { Peer } from './peer.ts'

const PENDING_MAX = 65_536
const KEYS_MAX = 256
const VALUE_MAX = 4096
interface Store {
  readonly keys: Map<string, string>
  readonly settings: Map<string, string>
}
/** What has been set from inside, per machine. */
const stores = new WeakMap<Machine, Store>()
function storeOf(machine: Machine): Store {
  const kept = stores.get(machine)
  if (kept !== undefined) return kept
  const made = {
    keys: new Map<string, string>(),
    settings: new Map([
      ['dir', '/var/lib/redis'],
      ['dbfilename', 'dump.rdb'],
      ['port', String(machine.offers('redis') ?? 6379)],
      ['requirepass', ''],
      ['maxmemory', '0'],
      ['save', '3600 1 300 100 60 10000'],
    ]),
  }
  stores.set(machine, made)
  return made
}

const bulk = (text: string): string => `$${Buffer.byteLength(text, 'latin1')}\r\n${text}\r\n`

/** The words of one command, in a reply of RESP2. */
export function redisReply(machine: Machine, words: readonly string[]): string {
  const [verb = '', ...args] = words
  const { persona } = machine
  const store = storeOf(machine)
  const wrong = `-ERR wrong number of arguments for '${verb.toLowerCase()}' command\r\n`
  switch (verb.toLowerCase()) {
    case 'ping':
      return args.length > 1 ? wrong : args[0] === undefined ? '+PONG\r\n' : bulk(args[0])
    case 'echo':
      return args.length === 1 ? bulk(args[0] ?? '') : wrong
    case 'select':
      return /^([0-9]|1[0-5])$/.test(args[0] ?? '') ? '+OK\r\n' : '-ERR DB index is out of range\r\n'
    case 'quit':
      return '+OK\r\n'
    case 'auth':
      return '-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n'
    case 'time': {
      const now = machine.now()
      return `*2\r\n${bulk(String(Math.floor(now / 1000)))}${bulk(String((now % 1000) * 1000))}`
    }
    case 'info': {
      const up = Math.floor((machine.now() - persona.bootedAt) / 1000)
      const process = machine.processes().find((one) => one.name === 'redis-server')
      return bulk(
        `# Server\r\nredis_version:${persona.packages.redis.version}\r\nredis_git_sha1:00000000\r\nredis_git_dirty:0\r\nredis_build_id:${persona.hex('redis build', 16)}\r\nredis_mode:standalone\r\nos:Linux ${persona.os.kernel} x86_64\r\narch_bits:64\r\nmultiplexing_api:epoll\r\natomicvar_api:c11-builtin\r\ngcc_version:12.2.0\r\nprocess_id:${process?.pid ?? 700}\r\nprocess_supervised:systemd\r\nrun_id:${persona.hex('redis run', 40)}\r\ntcp_port:${machine.offers('redis') ?? 6379}\r\nuptime_in_seconds:${up}\r\nuptime_in_days:${Math.floor(up / 86_400)}\r\nhz:10\r\nconfigured_hz:10\r\nexecutable:/usr/bin/redis-server\r\nconfig_file:/etc/redis/redis.conf\r\n`,
      )
    }
    case 'command':
      return '*0\r\n'
    case 'config': {
      const name = args[1]?.toLowerCase() ?? ''
      if (args[0]?.toLowerCase() === 'get') {
        const value = store.settings.get(name)
        return value === undefined ? '*0\r\n' : `*2\r\n${bulk(name)}${bulk(value)}`
      }
      if (args.length !== 3 || !store.settings.has(name)) return `-ERR Unknown option or number of arguments for CONFIG SET - '${name}'\r\n`
      store.settings.set(name, (args[2] ?? '').slice(0, VALUE_MAX))
      return '+OK\r\n'
    }
    case 'dbsize':
      return `:${store.keys.size}\r\n`
    case 'keys':
      return args.length === 1 ? `*${store.keys.size}\r\n${[...store.keys.keys()].map(bulk).join('')}` : wrong
    case 'get': {
      if (args.length !== 1) return wrong
      const value = store.keys.get(args[0] ?? '')
      return value === undefined ? '$-1\r\n' : bulk(value)
    }
    case 'set':
      if (args.length < 2) return wrong
      if (store.keys.size < KEYS_MAX) store.keys.set((args[0] ?? '').slice(0, VALUE_MAX), (args[1] ?? '').slice(0, VALUE_MAX))
      return '+OK\r\n'
    case 'del':
      return args.length === 0 ? wrong : `:${args.filter((key) => store.keys.delete(key)).length}\r\n`
    case 'flushall':
    case 'flushdb':
      store.keys.clear()
      return '+OK\r\n'
    case 'save':
      return '+OK\r\n'
    case 'bgsave':
      return '+Background saving started\r\n'
    default:
      return `-ERR unknown command '${verb.slice(0, 128)}', with args beginning with: ${args
        .map((arg) => `'${arg.slice(0, 128)}' `)
        .join('')
        .slice(0, 128)}\r\n`
  }
}

/** Commands in RESP or as plain lines. */
export function redisPeer(machine: Machine): Peer {
  let pending = ''
  let closed = false
  const next = (): readonly string[] | null => {
    if (!pending.startsWith('*')) {
      const end = pending.indexOf('\n')
      if (end < 0) return null
      const line = pending.slice(0, end).replace(/\r$/, '')
      pending = pending.slice(end + 1)
      return line.split(/\s+/).filter((word) => word !== '')
    }
    const head = /^\*(\d{1,4})\r\n/.exec(pending)
    if (head === null) return null
    let at = head[0].length
    const words: string[] = []
    for (let i = 0; i < Number(head[1]); i++) {
      const size = /^\$(\d{1,6})\r\n/.exec(pending.slice(at, at + 12))
      if (size === null) return null
      at += size[0].length
      if (pending.length < at + Number(size[1]) + 2) return null
      words.push(pending.slice(at, at + Number(size[1])))
      at += Number(size[1]) + 2
    }
    pending = pending.slice(at)
    return words
  }
  return {
    greeting: Buffer.alloc(0),
    get closed() {
      return closed
    },
    receive(data) {
      if (closed) return Buffer.alloc(0)
      pending += data.toString('latin1')
      let out = ''
      for (let words = next(); words !== null && !closed; words = next()) {
        const verb = words[0]?.toLowerCase()
        // What a browser would send: Redis hangs up on it.
        if (verb === 'post' || verb === 'host:') closed = true
        else if (words.length > 0) out += redisReply(machine, words)
        if (verb === 'quit') closed = true
      }
      if (pending.length > PENDING_MAX) closed = true
      return Buffer.from(out, 'latin1')
    },
  }
}
