import type { Instance } from './instance.ts'

/** Bytes as `bytesToHuman` prints them. */
export function human(bytes: number): string {
  if (bytes < 1024) return `${bytes}B`
  for (const [unit, size] of [
    ['K', 1024],
    ['M', 1024 ** 2],
    ['G', 1024 ** 3],
  ] as const)
    if (bytes < size * 1024 || unit === 'G') return `${(bytes / size).toFixed(2)}${unit}`
  return `${bytes}B`
}

type Row = readonly [name: string, value: string | number, since?: number]

/** Seconds since the server's start. */
export const uptime = (instance: Instance, now: number): number => Math.max(1, Math.floor((now - instance.startedAt) / 1000))

export function usedMemory(instance: Instance): number {
  return (instance.major >= 7 ? 876_560 : 812_320) + Math.floor(instance.keyspace.used * 1.6) + instance.clients.size * 22_272
}

function server(instance: Instance, now: number): readonly Row[] {
  const { persona, settings } = instance
  const up = uptime(instance, now)
  return [
    ['redis_version', instance.version],
    ['redis_git_sha1', '00000000'],
    ['redis_git_dirty', 0],
    ['redis_build_id', buildId(instance)],
    ['redis_mode', 'standalone'],
    ['os', `Linux ${persona.os.kernel} ${persona.os.arch}`],
    ['arch_bits', 64],
    ['monotonic_clock', 'POSIX clock_gettime', 7],
    ['multiplexing_api', 'epoll'],
    ['atomicvar_api', instance.major >= 7 ? 'c11-builtin' : 'atomic-builtin'],
    ['gcc_version', { debian12: '12.2.0', ubuntu22: '11.2.0', ubuntu24: '13.2.0' }[persona.os.distro]],
    ['process_id', persona.integer('redis/pid', 520, 1400)],
    ['process_supervised', 'systemd', 7],
    ['run_id', instance.runId],
    ['tcp_port', instance.port],
    ['server_time_usec', Math.floor(now) * 1000 + (Math.floor(now * 7919) % 1000), 7],
    ['uptime_in_seconds', up],
    ['uptime_in_days', Math.floor(up / 86_400)],
    ['hz', settings.get('hz')],
    ['configured_hz', settings.get('hz')],
    ['lru_clock', Math.floor(now / 1000) & 0xffffff],
    ['executable', '/usr/bin/redis-server'],
    ['config_file', '/etc/redis/redis.conf'],
    ['io_threads_active', 0],
  ]
}

/** Of the packages where it is known. */
function buildId({ persona, version }: Instance): string {
  return persona.os.distro === 'debian12' && version === '7.0.15'
    ? 'ae4d7c971a948f0'
    : persona.pick(`redis/build/${persona.os.distro}/${version}`, ['a3fdef44459b3ad6'])
}

function memory(instance: Instance): readonly Row[] {
  const used = usedMemory(instance)
  instance.peak = Math.max(instance.peak, used, Math.floor(used * 1.04))
  const startup = instance.major >= 7 ? 876_360 : 812_120
  const overhead = startup + instance.clients.size * 22_272 + 4_096
  const total = instance.persona.hardware.memoryMb * 1_048_576 - 137_506_816
  const [allocated, active, resident] = [used + 300_000, Math.floor(used * 1.12) + 480_000, used + 3_600_000]
  const rss = resident + 3_300_000
  const limit = Number(instance.settings.get('maxmemory'))
  return [
    ['used_memory', used],
    ['used_memory_human', human(used)],
    ['used_memory_rss', rss],
    ['used_memory_rss_human', human(rss)],
    ['used_memory_peak', instance.peak],
    ['used_memory_peak_human', human(instance.peak)],
    ['used_memory_peak_perc', `${((used / instance.peak) * 100).toFixed(2)}%`],
    ['used_memory_overhead', overhead],
    ['used_memory_startup', startup],
    ['used_memory_dataset', used - overhead],
    ['used_memory_dataset_perc', `${(((used - overhead) / (used - startup)) * 100).toFixed(2)}%`],
    ['allocator_allocated', allocated],
    ['allocator_active', active],
    ['allocator_resident', resident],
    ['total_system_memory', total],
    ['total_system_memory_human', human(total)],
    ['used_memory_lua', instance.major >= 7 ? 32_768 : 37_888],
    ['used_memory_vm_eval', 32_768, 7],
    ['used_memory_lua_human', instance.major >= 7 ? '32.00K' : '37.00K'],
    ['used_memory_scripts_eval', 0, 7],
    ['number_of_cached_scripts', instance.scripts.size],
    ['number_of_functions', 0, 7],
    ['number_of_libraries', 0, 7],
    ['used_memory_vm_functions', 33_792, 7],
    ['used_memory_vm_total', 66_560, 7],
    ['used_memory_vm_total_human', '65.00K', 7],
    ['used_memory_functions', 200, 7],
    ['used_memory_scripts', 200],
    ['used_memory_scripts_human', '200B'],
    ['maxmemory', limit],
    ['maxmemory_human', human(limit)],
    ['maxmemory_policy', instance.settings.get('maxmemory-policy')],
    ['allocator_frag_ratio', (active / allocated).toFixed(2)],
    ['allocator_frag_bytes', active - allocated],
    ['allocator_rss_ratio', (resident / active).toFixed(2)],
    ['allocator_rss_bytes', resident - active],
    ['rss_overhead_ratio', (rss / resident).toFixed(2)],
    ['rss_overhead_bytes', rss - resident],
    ['mem_fragmentation_ratio', (rss / used).toFixed(2)],
    ['mem_fragmentation_bytes', rss - used],
    ['mem_not_counted_for_evict', 0],
    ['mem_replication_backlog', 0],
    ['mem_total_replication_buffers', 0, 7],
    ['mem_clients_slaves', 0],
    ['mem_clients_normal', Math.max(0, instance.clients.size - 1) * 22_272],
    ['mem_cluster_links', 0, 7],
    ['mem_aof_buffer', 0],
    ['mem_allocator', instance.major >= 7 ? 'jemalloc-5.3.0' : 'jemalloc-5.2.1'],
    ['active_defrag_running', 0],
    ['lazyfree_pending_objects', 0],
    ['lazyfreed_objects', 0, 7],
  ]
}

function persistence(instance: Instance): readonly Row[] {
  const changes = instance.keyspace.changes - instance.changesAtSave
  const rows: readonly Row[] = [
    ['loading', 0],
    ['async_loading', 0, 7],
    ['current_cow_peak', 0, 7],
    ['current_cow_size', 0, 7],
    ['current_cow_size_age', 0, 7],
    ['current_fork_perc', '0.00', 7],
    ['current_save_keys_processed', 0, 7],
    ['current_save_keys_total', 0, 7],
    ['rdb_changes_since_last_save', changes],
    ['rdb_bgsave_in_progress', 0],
    ['rdb_last_save_time', Math.floor(instance.lastSave / 1000)],
    ['rdb_last_bgsave_status', 'ok'],
    ['rdb_last_bgsave_time_sec', 0],
    ['rdb_current_bgsave_time_sec', -1],
    ['rdb_saves', instance.stats.saves, 7],
    ['rdb_last_cow_size', 454_656],
    ['rdb_last_load_keys_expired', 0, 7],
    ['rdb_last_load_keys_loaded', instance.persona.integer('redis/loaded', 5, 60), 7],
    ['aof_enabled', instance.settings.get('appendonly') === 'yes' ? 1 : 0],
    ['aof_rewrite_in_progress', 0],
    ['aof_rewrite_scheduled', 0],
    ['aof_last_rewrite_time_sec', -1],
    ['aof_current_rewrite_time_sec', -1],
    ['aof_last_bgrewrite_status', 'ok'],
    ['aof_rewrites', 0, 7],
    ['aof_rewrites_consecutive_failures', 0, 7],
    ['aof_last_write_status', 'ok'],
    ['aof_last_cow_size', 0],
    ['module_fork_in_progress', 0],
    ['module_fork_last_cow_size', 0],
  ]
  return rows
}

const zeros = (names: string, since?: number): Row[] =>
  names.split(' ').map((name): Row => (since === undefined ? [name, 0] : [name, 0, since]))

function stats({ stats: s, clients }: Instance): readonly Row[] {
  const subscribed = [...clients.values()]
  return [
    ['total_connections_received', s.connections],
    ['total_commands_processed', s.commands],
    ['instantaneous_ops_per_sec', 0],
    ['total_net_input_bytes', s.bytesIn],
    ['total_net_output_bytes', s.bytesOut],
    ...zeros('total_net_repl_input_bytes total_net_repl_output_bytes', 7),
    ['instantaneous_input_kbps', '0.00'],
    ['instantaneous_output_kbps', '0.00'],
    ['instantaneous_input_repl_kbps', '0.00', 7],
    ['instantaneous_output_repl_kbps', '0.00', 7],
    ...zeros('rejected_connections sync_full sync_partial_ok sync_partial_err expired_keys'),
    ['expired_stale_perc', '0.00'],
    ...zeros('expired_time_cap_reached_count'),
    ['expire_cycle_cpu_milliseconds', Math.floor(s.commands / 90)],
    ...zeros('evicted_keys'),
    ...zeros('evicted_clients total_eviction_exceeded_time current_eviction_exceeded_time', 7),
    ['keyspace_hits', s.hits],
    ['keyspace_misses', s.misses],
    ['pubsub_channels', new Set(subscribed.flatMap((client) => [...client.channels])).size],
    ['pubsub_patterns', new Set(subscribed.flatMap((client) => [...client.patterns])).size],
    ...zeros('pubsubshard_channels', 7),
    ['latest_fork_usec', s.saves === 0 ? 0 : 412],
    ['total_forks', s.saves, 7],
    ...zeros(
      'migrate_cached_sockets slave_expires_tracked_keys active_defrag_hits active_defrag_misses active_defrag_key_hits active_defrag_key_misses',
    ),
    ...zeros('total_active_defrag_time current_active_defrag_time', 7),
    ...zeros('tracking_total_keys tracking_total_items tracking_total_prefixes unexpected_error_replies'),
    ['total_error_replies', s.errors, 7],
    ...zeros('dump_payload_sanitizations', 7),
    ['total_reads_processed', s.commands + s.connections],
    ['total_writes_processed', s.commands],
    ...zeros('io_threaded_reads_processed io_threaded_writes_processed'),
    ...zeros('reply_buffer_shrinks reply_buffer_expands', 7),
  ]
}

function replication({ master, replicationId, settings }: Instance): readonly Row[] {
  const slave: readonly Row[] = master
    ? [
        ['master_host', master.host],
        ['master_port', master.port],
        ['master_link_status', 'down'],
        ['master_last_io_seconds_ago', -1],
        ['master_sync_in_progress', 0],
        ['slave_read_repl_offset', 0, 7],
        ['slave_repl_offset', 0],
        ['master_link_down_since_seconds', -1],
        ['slave_priority', 100],
        ['slave_read_only', settings.get('slave-read-only') === 'yes' ? 1 : 0],
        ['replica_announced', 1, 7],
      ]
    : []
  return [
    ['role', master ? 'slave' : 'master'],
    ...slave,
    ['connected_slaves', 0],
    ['master_failover_state', 'no-failover', 7],
    ['master_replid', replicationId],
    ['master_replid2', '0'.repeat(40)],
    ['master_repl_offset', 0],
    ['second_repl_offset', -1],
    ['repl_backlog_active', 0],
    ['repl_backlog_size', 1_048_576],
    ['repl_backlog_first_byte_offset', 0],
    ['repl_backlog_histlen', 0],
  ]
}

const ORDER = ['server', 'clients', 'memory', 'persistence', 'stats', 'replication', 'cpu', 'modules', 'errorstats', 'cluster', 'keyspace']

/** What INFO prints for the sections asked for; none = the default ones. */
export function info(instance: Instance, asked: readonly string[], now: number): string {
  const wanted = asked.map((name) => name.toLowerCase())
  const all = wanted.length === 0 || wanted.some((name) => /^(default|all|everything)$/u.test(name))
  const up = uptime(instance, now)
  const cpu = (rate: number) => (up * rate).toFixed(6)
  const sections: Readonly<Record<string, () => readonly Row[]>> = {
    server: () => server(instance, now),
    clients: () => [
      ['connected_clients', instance.clients.size],
      ['cluster_connections', 0, 7],
      ['maxclients', instance.settings.get('maxclients'), 7],
      ['client_recent_max_input_buffer', instance.major >= 7 ? 20_480 : 16],
      ['client_recent_max_output_buffer', 0],
      ['blocked_clients', 0],
      ['tracking_clients', 0],
      ['clients_in_timeout_table', 0],
    ],
    memory: () => memory(instance),
    persistence: () => persistence(instance),
    stats: () => stats(instance),
    replication: () => replication(instance),
    cpu: () => [
      ['used_cpu_sys', cpu(0.00064)],
      ['used_cpu_user', cpu(0.00071)],
      ['used_cpu_sys_children', cpu(0.0000021)],
      ['used_cpu_user_children', cpu(0.0000034)],
      ['used_cpu_sys_main_thread', cpu(0.00063), 7],
      ['used_cpu_user_main_thread', cpu(0.0007), 7],
    ],
    modules: () => [],
    errorstats: () => (instance.stats.errors > 0 ? [['errorstat_ERR', `count=${instance.stats.errors}`]] : []),
    cluster: () => [['cluster_enabled', 0]],
    keyspace: () =>
      Array.from({ length: 16 }, (_, index) => index).flatMap((index): Row[] => {
        const names = instance.keyspace.keys(index)
        if (names.length === 0) return []
        const left = names.flatMap((name) => {
          const at = instance.keyspace.database(index).get(name)?.expiresAt
          return at == null ? [] : [at - now]
        })
        const average = left.length === 0 ? 0 : Math.floor(left.reduce((sum, each) => sum + each, 0) / left.length)
        return [[`db${index}`, `keys=${names.length},expires=${left.length},avg_ttl=${average}`]]
      }),
  }
  return ORDER.filter((name) => (name === 'errorstats' ? instance.major >= 7 : true))
    .filter((name) => all || wanted.includes(name))
    .map((name) => {
      const rows = (sections[name]?.() ?? []).filter(([, , since]) => since === undefined || instance.major >= since)
      const title = name === 'cpu' ? 'CPU' : `${name.charAt(0).toUpperCase()}${name.slice(1)}`
      return `# ${title}\r\n${rows.map(([key, value]) => `${key}:${value}\r\n`).join('')}`
    })
    .join('\r\n')
}
