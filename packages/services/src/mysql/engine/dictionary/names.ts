import { own } from '@decnet/kernel'
import dictionary from '../../recorded/dictionary.json' with { type: 'json' }
import lists from '../../recorded/lists.json' with { type: 'json' }
import type { ColumnDefinition } from '../../sql/ast.ts'
import { Cursor } from '../../sql/cursor.ts'
import { parseColumn } from '../../sql/definition.ts'

const recorded: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = dictionary
const NAMES: readonly string[] = ['information_schema', 'mysql', 'performance_schema', 'sys']

/** Is it one of the server's own databases? information_schema is that in any case. */
export const isDictionary = (database: string): boolean => NAMES.includes(database) || database.toLowerCase() === 'information_schema'

/** Tables that MariaDB alone has. */
const MARIADB_TABLES =
  /^(?:ALL_PLUGINS|CHECK_CONSTRAINTS_|CLIENT_STATISTICS|GEOMETRY_COLUMNS|INDEX_STATISTICS|KEY_CACHES|KEYWORDS_|OPTIMIZER_COSTS|PERIODS|SPATIAL_REF_SYS|SQL_FUNCTIONS|SYSTEM_VARIABLES|TABLE_STATISTICS|THREAD_POOL_\w+|USER_STATISTICS|USER_VARIABLES|WSREP_\w+|INNODB_(?:LOCKS|LOCK_WAITS|MUTEXES|SEMAPHORE_WAITS|SYS_\w+|TABLESPACES_\w+)|GLOBAL_(?:STATUS|VARIABLES)|SESSION_(?:STATUS|VARIABLES)|global_priv|gtid_slave_pos|column_stats|index_stats|table_stats|transaction_registry|roles_mapping|proc|event|proxies_priv_)$/u
const MARIADB_COLUMNS =
  /^(?:Password|is_role|default_role|max_statement_time|Delete_history_priv|IGNORED|MAX_INDEX_LENGTH|TEMPORARY|IS_GENERATED_|TIME_MS|STAGE|MAX_STAGE|PROGRESS|MEMORY_USED|MAX_MEMORY_USED|EXAMINED_ROWS|SENT_ROWS|QUERY_ID|INFO_BINARY|TID|TMP_SPACE_USED)$/u

const parsed = new Map<string, readonly ColumnDefinition[]>()

/** Columns of a table of the server's own; null when it has none of that name. */
export function dictionaryColumns(
  mariadb: boolean,
  database: string,
  table: string,
): { readonly name: string; readonly columns: readonly ColumnDefinition[]; readonly primary: readonly string[] } | null {
  const schema = own(recorded, database.toLowerCase() === 'information_schema' ? 'information_schema' : database)
  const name =
    schema === undefined
      ? undefined
      : Object.keys(schema).find((candidate) =>
          schema === recorded.information_schema ? candidate.toLowerCase() === table.toLowerCase() : candidate === table,
        )
  if (schema === undefined || name === undefined || (!mariadb && MARIADB_TABLES.test(name) && !/^(?:GLOBAL|SESSION)_/u.test(name)))
    return null
  const key = `${mariadb} ${database} ${name}`
  let columns = parsed.get(key)
  if (columns === undefined) {
    columns = (schema[name] ?? []).flatMap((line) => {
      const cut = line.indexOf(' ')
      const column = line.slice(0, cut)
      if (!mariadb && MARIADB_COLUMNS.test(column)) return []
      const definition = line
        .slice(cut)
        .replace(' primary', ' primary key')
        .replace(/ (?:inet6|uuid|point|geometry)\b/u, ' varchar(64)')
      return [parseColumn(new Cursor(`\`${column}\`${definition}`, { version: 0, mariadb: true })).column]
    })
    parsed.set(key, columns)
  }
  return {
    name,
    columns,
    primary: (schema[name] ?? []).filter((line) => line.endsWith(' primary')).map((line) => line.slice(0, line.indexOf(' '))),
  }
}

/** Names of the tables of a database of the server's own. */
export function dictionaryTables(mariadb: boolean, database: string): readonly string[] {
  if (database === 'performance_schema' || database === 'sys') return lists[database].filter((name) => name !== undefined)
  const schema = own(recorded, database.toLowerCase() === 'information_schema' ? 'information_schema' : database) ?? {}
  return Object.keys(schema).filter((name) => mariadb || !MARIADB_TABLES.test(name))
}
