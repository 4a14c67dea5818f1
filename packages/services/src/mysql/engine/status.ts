import status from '../recorded/status.json' with { type: 'json' }
import type { Session } from './session.ts'

const recorded: Readonly<Record<string, string>> = status
const MARIADB_ONLY =
  /^(?:Aria|wsrep|Rpl_semi|Access_denied|Acl_|Feature_|Memory_used|Opened_plugin|Master_gtid|Subquery|Syncs|Threadpool|Tokudb|Update_scan|Resultset|Rows_(?:read|sent|tmp)|Empty_|Executed_|Delete_scan|Cpu_time|Busy_time|Binlog_(?:bytes|commits|group|snapshot|gtid)|Column_|Innodb_(?:adaptive|background|bp|buf|checkpoint|current|deadlock|dict|enc|history|ibuf|instant|master|max_trx|mem|scrub|undo)|Slave|Transactions_|Max_statement|Optimizer_join)/u

/** A figure that has grown since the start, at its own steady pace. */
function grown(session: Session, name: string, perHour: number): string {
  const { server } = session
  const pace = server.persona.integer(`mysql/status/${name}`, 50, 150) / 100
  return String(Math.floor((server.uptime / 3600) * perHour * pace))
}

/** Counters of a server that few use, by what they count in an hour. */
const PACES: readonly (readonly [pattern: RegExp, perHour: number])[] = [
  [/^Bytes_received$/u, 180_000],
  [/^Bytes_sent$/u, 2_400_000],
  [/^Com_select$/u, 420],
  [/^Com_(?:insert|update)$/u, 22],
  [/^Com_delete$/u, 3],
  [/^Com_set_option$/u, 60],
  [/^Com_show_(?:variables|status)$/u, 6],
  [/^Handler_read_(?:key|next|rnd_next)$/u, 9_000],
  [/^Handler_(?:commit|update|write)$/u, 300],
  [/^Innodb_(?:data_reads|pages_read|buffer_pool_reads)$/u, 8],
  [/^Innodb_(?:data_writes|buffer_pool_pages_flushed|pages_written|os_log_fsyncs)$/u, 90],
  [/^Innodb_(?:rows_read|buffer_pool_read_requests)$/u, 20_000],
  [/^Innodb_(?:data_read|data_written|os_log_written)$/u, 900_000],
  [/^Created_tmp_tables$/u, 40],
  [/^Opened_tables$/u, 2],
  [/^Select_scan$/u, 120],
]

/** SHOW STATUS: recorded names, figures that follow from the uptime and from what happens. */
export function statusOf(session: Session): readonly (readonly [name: string, value: string])[] {
  const { server } = session
  const seconds = server.uptime
  const own: Readonly<Record<string, string>> = {
    Uptime: String(seconds),
    Uptime_since_flush_status: String(seconds),
    Questions: String(server.questions),
    Queries: String(server.questions + Math.floor(server.questions / 50)),
    Connections: String(session.id),
    Threads_connected: String(server.sessions.size),
    Threads_running: '1',
    Threads_cached: '4',
    Threads_created: String(server.persona.integer('mysql/threads', 6, 14)),
    Max_used_connections: String(server.persona.integer('mysql/max-used', 4, 31)),
    Aborted_connects: grown(session, 'Aborted_connects', 3),
    Aborted_clients: grown(session, 'Aborted_clients', 0.4),
  }
  return Object.entries(recorded)
    .filter(([name]) => server.product.mariadb || !MARIADB_ONLY.test(name))
    .map(([name, value]) => {
      const pace = PACES.find(([pattern]) => pattern.test(name))
      return [name, own[name] ?? (pace ? grown(session, name, pace[1]) : value)] as const
    })
}
