import { own } from '@decnet/kernel'
import { settingRows } from './settings-table.ts'

export interface Settings {
  readonly values: Map<string, string>
  get(name: string): string
}

const ALIASES: Readonly<Record<string, string>> = {
  'slave-read-only': 'replica-read-only',
  'slave-serve-stale-data': 'replica-serve-stale-data',
  'slave-priority': 'replica-priority',
  'replica-read-only': 'slave-read-only',
}
const NOT_IN_6 =
  /listpack|^(cluster-(port|link|allow-pubsub|allow-reads|allow-replica|announce-(host|tls)|preferred)|enable-|shutdown-|latency-tracking|aof-(timestamp|disable)|appenddirname|busy-reply|maxmemory-(clients|eviction)|socket-mark|propagation|replica-(announced|ignore-disk)|proc-title|set-proc|bind-source|crash-|disable-thp|sanitize|tls-(client|key-file-pass)|unixsocketperm$|acl-pubsub|lazyfree-lazy-user-flush|repl-diskless-sync-max)/u

/** The CONFIG parameters of one instance. */
export function makeSettings(major: number, password: string): Settings {
  const values = new Map(
    settingRows
      .trim()
      .split('\n')
      .map((row): [string, string] => {
        const space = row.indexOf(' ')
        return space < 0 ? [row, ''] : [row.slice(0, space), row.slice(space + 1)]
      })
      .filter(([name]) => major >= 7 || !NOT_IN_6.test(name)),
  )
  values.set('requirepass', password)
  return { values, get: (name) => values.get(name) ?? '' }
}

const IMMUTABLE =
  /^(daemonize|databases|cluster-enabled|logfile|syslog-|always-show-logo|supervised|io-threads|enable-|unixsocket|pidfile|appendfilename|appenddirname|aclfile|tcp-backlog|set-proc-title|disable-thp|server_cpulist|bio_cpulist|aof_rewrite_cpulist|bgsave_cpulist|jemalloc-bg-thread|crash-memcheck|cluster-config-file|cluster-port|rdb-save-incremental)/u
const MEMORY =
  /^(maxmemory|client-query-buffer-limit|proto-max-bulk-len|auto-aof-rewrite-min-size|repl-backlog-size|active-defrag-ignore-bytes|maxmemory-clients)$/u
const CHOICES: Readonly<Record<string, string>> = {
  loglevel: 'debug, verbose, notice, warning',
  appendfsync: 'everysec, always, no',
  'maxmemory-policy': 'volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction',
}
const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1000, kb: 1024, m: 1_000_000, mb: 1024 ** 2, g: 1e9, gb: 1024 ** 3 }

/** A memory value in bytes (`1mb`); null when it is none. */
export function memoryBytes(text: string): number | null {
  const match = /^(\d{1,15})([a-z]*)$/iu.exec(text)
  const unit = own(UNITS, match?.[2]?.toLowerCase() ?? '')
  return match && unit !== undefined ? Number(match[1]) * unit : null
}

/** What CONFIG SET says against a value, as the server words it; `value` is what is stored otherwise. */
export function checkSetting(
  settings: Settings,
  name: string,
  value: string,
  protectedConfigs: boolean,
): { readonly problem: string } | { readonly value: string } {
  const now = settings.get(name)
  if (IMMUTABLE.test(name)) return { problem: "can't set immutable config" }
  if ((name === 'dir' || name === 'dbfilename') && protectedConfigs) return { problem: "can't set protected config" }
  if (name === 'dbfilename' && value.includes('/')) return { problem: "dbfilename can't be a path, just a filename" }
  if (now === 'yes' || now === 'no')
    return /^(yes|no)$/iu.test(value) ? { value: value.toLowerCase() } : { problem: "argument must be 'yes' or 'no'" }
  if (MEMORY.test(name)) {
    const bytes = memoryBytes(value)
    return bytes === null ? { problem: 'argument must be a memory value' } : { value: String(bytes) }
  }
  const choices = own(CHOICES, name)
  if (choices !== undefined && !choices.split(', ').includes(value.toLowerCase()))
    return { problem: `argument(s) must be one of the following: ${choices}` }
  if (name === 'maxclients' && !/^[1-9]\d{0,9}$/u.test(value)) return { problem: 'argument must be between 1 and 4294967295 inclusive' }
  if (name === 'save' && value !== '' && !/^\d+ \d+( \d+ \d+)*$/u.test(value)) return { problem: 'Invalid save parameters' }
  if (/^\d+$/u.test(now) && name !== 'requirepass' && name !== 'masterauth' && !/^-?\d{1,18}$/u.test(value))
    return { problem: "argument couldn't be parsed into an integer" }
  return { value }
}

/** Stores a value under its name and its old name. */
export function storeSetting(settings: Settings, name: string, value: string): void {
  settings.values.set(name, value)
  const other =
    own(ALIASES, name) ?? (name.startsWith('slave-') ? name.replace('slave-', 'replica-') : name.replace(/^replica-/u, 'slave-'))
  if (settings.values.has(other)) settings.values.set(other, value)
}
