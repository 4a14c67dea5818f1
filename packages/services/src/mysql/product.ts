import type { Persona } from '@decnet/persona'
import variables from './recorded/variables.json' with { type: 'json' }

/** What is this server's own, whatever it holds. */
export interface Product {
  readonly mariadb: boolean
  /** `MariaDB` or `MySQL`, as errors say it. */
  readonly name: string
  /** `10.11.6-MariaDB-0+deb12u1` */
  readonly version: string
  /** What the greeting says: MariaDB puts `5.5.5-` in front for old replicas. */
  readonly greeted: string
  /** `101106` */
  readonly number: number
  readonly comment: string
  readonly plugin: 'mysql_native_password' | 'caching_sha2_password'
  /** Of the greeting. */
  readonly capabilities: number
  /** MariaDB's own flags, in the greeting's filler. */
  readonly extended: number
  /** Number of the greeting's collation. */
  readonly collationId: number
  readonly charset: string
  readonly collation: string
  /** `SELECT` and `WHERE` in errors, or `field list` and `where clause`. */
  readonly clauseWords: boolean
}

const MARIADB_CAPABILITIES = 0x81fff7fe
/** Without SSL. */
const MYSQL_CAPABILITIES = 0xdffff7ff

export function productOf(persona: Persona): Product {
  const { server, version, revision } = persona.packages.database
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  const number = major * 10_000 + minor * 100 + patch
  const ubuntu = persona.os.id === 'ubuntu'
  if (server === 'mariadb') {
    const full = `${version}-MariaDB-${revision}`
    return {
      mariadb: true,
      name: 'MariaDB',
      version: full,
      greeted: `5.5.5-${full}`,
      number,
      comment: ubuntu ? `Ubuntu ${persona.os.version}` : `Debian ${persona.os.version}`,
      plugin: 'mysql_native_password',
      capabilities: MARIADB_CAPABILITIES,
      extended: 0x1d,
      collationId: 45,
      charset: 'utf8mb4',
      collation: 'utf8mb4_general_ci',
      clauseWords: number >= 101_115 || (minor === 6 && patch >= 24),
    }
  }
  const full = `${version}-${revision}`
  return {
    mariadb: false,
    name: 'MySQL',
    version: full,
    greeted: full,
    number,
    comment: '(Ubuntu)',
    plugin: 'caching_sha2_password',
    capabilities: MYSQL_CAPABILITIES,
    extended: 0,
    collationId: 255,
    charset: 'utf8mb4',
    collation: 'utf8mb4_0900_ai_ci',
    clauseWords: false,
  }
}

export interface SystemVariable {
  readonly value: string
  readonly type: 'text' | 'number' | 'double' | 'boolean'
  readonly scope: 'global' | 'session' | 'both'
  readonly readOnly: boolean
}

/** MariaDB's own among the recorded ones. */
const MARIADB_ONLY =
  /^(?:aria|wsrep|gtid|rocksdb|column_compress|thread_pool|encrypt|deadlock|histogram|join_cache|join_buffer_space|mrr|progress|query_cache|slave_|replicate|rpl_semi|rowid|sql_if|standard|storage_engine|strict_pass|system_versioning|table_definition_cache_|tcp_|tx_|use_stat|userstat|version_(?:malloc|source|ssl)|in_(?:predicate|transaction)|idle_|key_cache_(?:file|segments)|last_gtid|log_(?:slow_(?!extra|admin|replica|slave)|tc|warn|bin_compress|disabled)|max_(?:long_data|password|recursive|rowid|session_mem|statement|tmp_session)|metadata_locks|multi_range|old$|old_mode|optimizer_(?:disk|extra|index|key|max|min|row|rowid|scan|selectivity|use|where)|plugin_maturity|proxy|pseudo_slave|read_binlog|redirect|s3_|secure_timestamp|session_track_transaction|skip_parallel|skip_repl|sysdate_is|table_open|tls|tmp_disk|tmp_memory|alter_algorithm|analyze|allow_susp|auto_increment_inc_|auto_inc$|check_constraint|character_set_coll|default_regex|eq_range|error_count|expensive|explicit|extra_|feedback|force_|hostname_|ignore_|init_rpl|innodb_(?:alter_copy|autoextend_x|background|buf|change_buffer_dump|compression_(?:alg|def)|data_file_b|data_file_w|deadlock_rep|default_enc|defrag|encr|enc|evict|fatal|fil|force_load|immediate|instant|locks|log_(?:checksum_|file_b|file_m|opt)|lru_flush|max_bitmap|max_undo_x|preload|prefix|read_only_comp|scrub|snapshot|track|undo_log_t_|use_atomic|version))/u

/** Values that MySQL 8.0 has and MariaDB has not, or has otherwise: `mysqld --verbose --help` and the manual's tables of defaults. */
const MYSQL_VALUES: Readonly<Record<string, readonly [value: string, type: SystemVariable['type'], readOnly?: boolean]>> = {
  activate_all_roles_on_login: ['OFF', 'boolean'],
  authentication_policy: ['*,,', 'text'],
  auto_generate_certs: ['ON', 'boolean', true],
  back_log: ['151', 'number', true],
  binlog_expire_logs_seconds: ['2592000', 'number'],
  caching_sha2_password_auto_generate_rsa_keys: ['ON', 'boolean', true],
  caching_sha2_password_digest_rounds: ['5000', 'number', true],
  caching_sha2_password_private_key_path: ['private_key.pem', 'text', true],
  caching_sha2_password_public_key_path: ['public_key.pem', 'text', true],
  character_set_system: ['utf8mb3', 'text', true],
  character_sets_dir: ['/usr/share/mysql/charsets/', 'text', true],
  cte_max_recursion_depth: ['1000', 'number'],
  default_authentication_plugin: ['caching_sha2_password', 'text', true],
  default_collation_for_utf8mb4: ['utf8mb4_0900_ai_ci', 'text'],
  default_password_lifetime: ['0', 'number'],
  disabled_storage_engines: ['', 'text', true],
  enforce_gtid_consistency: ['OFF', 'text'],
  gtid_executed: ['', 'text', true],
  gtid_mode: ['OFF', 'text'],
  gtid_purged: ['', 'text'],
  innodb_buffer_pool_instances: ['1', 'number', true],
  innodb_dedicated_server: ['OFF', 'boolean', true],
  innodb_redo_log_capacity: ['104857600', 'number'],
  innodb_version: ['', 'text', true],
  lc_messages_dir: ['/usr/share/mysql/', 'text', true],
  local_infile: ['OFF', 'boolean'],
  log_bin: ['ON', 'boolean', true],
  log_bin_basename: ['/var/lib/mysql/binlog', 'text', true],
  log_bin_index: ['/var/lib/mysql/binlog.index', 'text', true],
  log_error: ['/var/log/mysql/error.log', 'text', true],
  mandatory_roles: ['', 'text'],
  max_allowed_packet: ['67108864', 'number'],
  max_error_count: ['1024', 'number'],
  max_execution_time: ['0', 'number'],
  mysqlx_port: ['33060', 'number', true],
  mysqlx_socket: ['/var/run/mysqld/mysqlx.sock', 'text', true],
  performance_schema: ['ON', 'boolean', true],
  pid_file: ['/var/run/mysqld/mysqld.pid', 'text', true],
  port: ['3306', 'number', true],
  require_secure_transport: ['OFF', 'boolean'],
  secure_file_priv: ['/var/lib/mysql-files/', 'text', true],
  server_uuid: ['', 'text', true],
  sha256_password_proxy_users: ['OFF', 'boolean'],
  skip_name_resolve: ['ON', 'boolean', true],
  socket: ['/var/run/mysqld/mysqld.sock', 'text', true],
  sql_mode: [
    'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
    'text',
  ],
  sql_require_primary_key: ['OFF', 'boolean'],
  super_read_only: ['OFF', 'boolean'],
  table_open_cache: ['4000', 'number'],
  thread_stack: ['1048576', 'number', true],
  transaction_isolation: ['REPEATABLE-READ', 'text'],
  transaction_read_only: ['OFF', 'boolean'],
  version_compile_os: ['Linux', 'text', true],
  version_compile_zlib: ['1.2.13', 'text', true],
  windowing_use_high_precision: ['ON', 'boolean'],
}

const recorded: Readonly<Record<string, readonly string[]>> = variables
const scopeOf = (word: string | undefined): SystemVariable['scope'] =>
  word === 'global' ? 'global' : word === 'session' ? 'session' : 'both'
const typeOf = (word: string | undefined): SystemVariable['type'] =>
  word === 'number' || word === 'double' || word === 'boolean' ? word : 'text'

/** Every system variable with its global value, sorted by name as SHOW VARIABLES sorts. */
export function variablesOf(persona: Persona, product: Product, port: number): Map<string, SystemVariable> {
  const host = persona.hostname
  const revision = persona.hex('mysql/source-revision', 40)
  const own: Readonly<Record<string, string>> = {
    version: product.version,
    version_comment: product.comment,
    version_source_revision: revision,
    hostname: host,
    datadir: '/var/lib/mysql/',
    aria_log_dir_path: '/var/lib/mysql/',
    wsrep_data_home_dir: '/var/lib/mysql/',
    wsrep_node_name: host,
    port: String(port),
    report_port: String(port),
    socket: product.mariadb ? '/run/mysqld/mysqld.sock' : '/var/run/mysqld/mysqld.sock',
    pid_file: product.mariadb ? '/run/mysqld/mysqld.pid' : '/var/run/mysqld/mysqld.pid',
    general_log_file: product.mariadb ? `${host}.log` : `/var/lib/mysql/${host}.log`,
    slow_query_log_file: product.mariadb ? `${host}-slow.log` : `/var/lib/mysql/${host}-slow.log`,
    log_slow_query_file: `${host}-slow.log`,
    bind_address: '*',
    innodb_buffer_pool_size: '134217728',
    innodb_buffer_pool_chunk_size: product.mariadb ? '2097152' : '134217728',
    innodb_version: product.version.split('-')[0] ?? '',
    server_uid: persona.bytes('mysql/server-uid', 20).toString('base64'),
    server_uuid: persona.hex('mysql/server-uuid', 32).replace(/^(.{8})(.{4})(.{4})(.{4})/u, '$1-$2-$3-$4-'),
    system_time_zone: 'UTC',
  }
  const all = new Map<string, SystemVariable>()
  for (const [name, [value = '', type, scope, settable]] of Object.entries(recorded)) {
    if (!product.mariadb && MARIADB_ONLY.test(name)) continue
    all.set(name, { value: own[name] ?? value, type: typeOf(type), scope: scopeOf(scope), readOnly: settable === 'read-only' })
  }
  if (!product.mariadb) {
    for (const [name, [value, type, readOnly = false]] of Object.entries(MYSQL_VALUES))
      all.set(name, { value: own[name] ?? value, type, scope: readOnly ? 'global' : 'both', readOnly })
    for (const [name, variable] of all)
      if (variable.value === 'utf8mb4_general_ci') all.set(name, { ...variable, value: product.collation })
  }
  return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)))
}
