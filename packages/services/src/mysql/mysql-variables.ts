/** Names that MySQL 8.0 shares with MariaDB; where both differ in value, {@link MYSQL_VALUES} has MySQL's. */
export const SHARED_VARIABLES: ReadonlySet<string> = new Set(
  `auto_increment_increment auto_increment_offset autocommit automatic_sp_privileges basedir big_tables bind_address binlog_cache_size binlog_checksum binlog_direct_non_transactional_updates
  binlog_format binlog_row_image binlog_stmt_cache_size bulk_insert_buffer_size character_set_client character_set_connection character_set_database character_set_filesystem character_set_results
  character_set_server collation_connection collation_database collation_server completion_type concurrent_insert connect_timeout core_file datadir default_storage_engine default_tmp_storage_engine
  default_week_format delay_key_write delayed_insert_limit delayed_insert_timeout delayed_queue_size disconnect_on_expired_password div_precision_increment event_scheduler external_user flush flush_time
  foreign_key_checks ft_boolean_syntax ft_max_word_len ft_min_word_len ft_query_expansion_limit ft_stopword_file general_log general_log_file group_concat_max_len have_compress have_dynamic_loading
  have_geometry have_openssl have_profiling have_rtree_keys have_ssl have_symlink host_cache_size hostname identity init_connect init_file init_slave innodb_adaptive_flushing
  innodb_adaptive_flushing_lwm innodb_adaptive_hash_index innodb_adaptive_hash_index_parts innodb_autoextend_increment innodb_autoinc_lock_mode innodb_buffer_pool_chunk_size
  innodb_buffer_pool_dump_at_shutdown innodb_buffer_pool_dump_now innodb_buffer_pool_dump_pct innodb_buffer_pool_filename innodb_buffer_pool_load_abort innodb_buffer_pool_load_at_startup
  innodb_buffer_pool_load_now innodb_buffer_pool_size innodb_change_buffer_max_size innodb_change_buffering innodb_cmp_per_index_enabled innodb_compression_failure_threshold_pct innodb_compression_level
  innodb_compression_pad_pct_max innodb_data_file_path innodb_data_home_dir innodb_deadlock_detect innodb_default_row_format innodb_disable_sort_file_cache innodb_doublewrite innodb_fast_shutdown
  innodb_file_per_table innodb_flush_log_at_timeout innodb_flush_log_at_trx_commit innodb_flush_method innodb_flush_neighbors innodb_flush_sync innodb_flushing_avg_loops innodb_force_load_corrupted
  innodb_force_recovery innodb_ft_aux_table innodb_ft_cache_size innodb_ft_enable_diag_print innodb_ft_enable_stopword innodb_ft_max_token_size innodb_ft_min_token_size innodb_ft_num_word_optimize
  innodb_ft_result_cache_limit innodb_ft_server_stopword_table innodb_ft_sort_pll_degree innodb_ft_total_cache_size innodb_ft_user_stopword_table innodb_io_capacity innodb_io_capacity_max
  innodb_lock_wait_timeout innodb_log_buffer_size innodb_log_file_size innodb_log_group_home_dir innodb_log_spin_cpu_abs_lwm innodb_log_write_ahead_size innodb_lru_scan_depth innodb_max_dirty_pages_pct
  innodb_max_dirty_pages_pct_lwm innodb_max_purge_lag innodb_max_purge_lag_delay innodb_max_undo_log_size innodb_monitor_disable innodb_monitor_enable innodb_monitor_reset innodb_monitor_reset_all
  innodb_old_blocks_pct innodb_old_blocks_time innodb_online_alter_log_max_size innodb_open_files innodb_optimize_fulltext_only innodb_page_size innodb_print_all_deadlocks innodb_purge_batch_size
  innodb_purge_rseg_truncate_frequency innodb_purge_threads innodb_random_read_ahead innodb_read_ahead_threshold innodb_read_io_threads innodb_read_only innodb_rollback_on_timeout innodb_sort_buffer_size
  innodb_spin_wait_delay innodb_stats_auto_recalc innodb_stats_include_delete_marked innodb_stats_method innodb_stats_on_metadata innodb_stats_persistent innodb_stats_persistent_sample_pages
  innodb_stats_transient_sample_pages innodb_status_output innodb_status_output_locks innodb_strict_mode innodb_sync_spin_loops innodb_table_locks innodb_temp_data_file_path innodb_tmpdir
  innodb_undo_directory innodb_undo_log_truncate innodb_undo_tablespaces innodb_use_native_aio innodb_write_io_threads insert_id interactive_timeout join_buffer_size keep_files_on_create key_buffer_size
  key_cache_age_threshold key_cache_block_size key_cache_division_limit large_files_support large_page_size large_pages last_insert_id lc_messages lc_time_names license lock_wait_timeout
  locked_in_memory log_bin_trust_function_creators log_output log_queries_not_using_indexes log_slow_admin_statements log_slow_slave_statements long_query_time low_priority_updates lower_case_file_system
  lower_case_table_names master_verify_checksum max_binlog_cache_size max_binlog_stmt_cache_size max_connect_errors max_connections max_delayed_threads max_digest_length max_heap_table_size
  max_insert_delayed_threads max_join_size max_length_for_sort_data max_prepared_stmt_count max_relay_log_size max_seeks_for_key max_sort_length max_sp_recursion_depth max_user_connections
  max_write_lock_count min_examined_row_limit myisam_data_pointer_size myisam_max_sort_file_size myisam_mmap_size myisam_repair_threads myisam_sort_buffer_size myisam_stats_method myisam_use_mmap
  net_buffer_length net_read_timeout net_retry_count net_write_timeout old_alter_table open_files_limit optimizer_prune_level optimizer_search_depth plugin_dir preload_buffer_size profiling
  profiling_history_size protocol_version proxy_user pseudo_thread_id query_alloc_block_size query_prealloc_size rand_seed1 rand_seed2 range_alloc_block_size read_buffer_size read_only
  read_rnd_buffer_size relay_log relay_log_basename relay_log_index relay_log_info_file relay_log_purge relay_log_recovery relay_log_space_limit report_host report_password report_port report_user
  server_id session_track_schema session_track_state_change skip_external_locking skip_networking skip_show_database slave_compressed_protocol slave_exec_mode slave_load_tmpdir slave_max_allowed_packet
  slave_net_timeout slave_skip_errors slave_sql_verify_checksum slave_transaction_retries slow_launch_time slow_query_log slow_query_log_file sort_buffer_size sql_auto_is_null sql_big_selects
  sql_buffer_result sql_log_off sql_notes sql_quote_show_create sql_safe_updates sql_select_limit sql_slave_skip_counter sql_warnings ssl_ca ssl_capath ssl_cert ssl_cipher ssl_crl ssl_crlpath ssl_key
  stored_program_cache sync_binlog sync_master_info sync_relay_log sync_relay_log_info system_time_zone table_definition_cache thread_cache_size thread_handling time_zone timestamp tmp_table_size tmpdir
  transaction_alloc_block_size transaction_prealloc_size unique_checks updatable_views_with_limit version version_comment version_compile_machine wait_timeout warning_count error_count`.split(
    /\s+/u,
  ),
)

/** Values that MySQL 8.0 has and MariaDB has not, or has otherwise: the manual's defaults and the package's configuration. */
export const MYSQL_VALUES: Readonly<
  Record<string, readonly [value: string, type: 'text' | 'number' | 'double' | 'boolean', readOnly?: boolean]>
> = {
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
  max_allowed_packet: ['16777216', 'number'],
  max_binlog_size: ['104857600', 'number'],
  key_buffer_size: ['16777216', 'number'],
  myisam_recover_options: ['BACKUP', 'text', true],
  explicit_defaults_for_timestamp: ['ON', 'boolean'],
  eq_range_index_dive_limit: ['200', 'number'],
  have_query_cache: ['NO', 'text', true],
  innodb_commit_concurrency: ['0', 'number'],
  innodb_concurrency_tickets: ['5000', 'number'],
  innodb_thread_concurrency: ['0', 'number'],
  log_error_verbosity: ['2', 'number'],
  log_timestamps: ['UTC', 'text'],
  show_gipk_in_create_table_and_information_schema: ['ON', 'boolean'],
  tls_version: ['TLSv1.2,TLSv1.3', 'text'],
  session_track_system_variables: ['time_zone,autocommit,character_set_client,character_set_results,character_set_connection', 'text'],
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
