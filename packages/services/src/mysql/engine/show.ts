import type { Expression, Show, TableName } from '../sql/ast.ts'
import { fail } from '../sql-error.ts'
import { type Answer, rowsOf } from './answer.ts'
import { DATABASE_PRIVILEGES, storedSecret } from './dictionary/accounts.ts'
import { isDictionary } from './dictionary/names.ts'
import { evaluate } from './evaluate.ts'
import { bare, type Column, doubleMeta, FLAG, integerMeta, longMeta, type Meta, TYPE, textMeta } from './meta.ts'
import { fitsLike } from './pattern.ts'
import { Scope } from './scope.ts'
import type { Session } from './session.ts'
import { createTableText } from './show-create.ts'
import { compareValues, integerOf, isTrue, textOf, type Value } from './value.ts'

/** SHOW as a view on a table of information_schema: what is shown, from which column. */
interface View {
  readonly table: string
  readonly columns: readonly (readonly [shown: string, column: string])[]
}
const pairs = (text: string): View['columns'] =>
  text.split(' ').map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? ''] as const)
const VIEWS: Readonly<Record<string, View>> = {
  DATABASES: { table: 'SCHEMATA', columns: pairs('Database=SCHEMA_NAME') },
  ENGINES: {
    table: 'ENGINES',
    columns: pairs('Engine=ENGINE Support=SUPPORT Comment=COMMENT Transactions=TRANSACTIONS XA=XA Savepoints=SAVEPOINTS'),
  },
  PLUGINS: {
    table: 'PLUGINS',
    columns: pairs('Name=PLUGIN_NAME Status=PLUGIN_STATUS Type=PLUGIN_TYPE Library=PLUGIN_LIBRARY License=PLUGIN_LICENSE'),
  },
  'CHARACTER SET': {
    table: 'CHARACTER_SETS',
    columns: pairs('Charset=CHARACTER_SET_NAME Description=DESCRIPTION Default_collation=DEFAULT_COLLATE_NAME Maxlen=MAXLEN'),
  },
  COLLATION: {
    table: 'COLLATIONS',
    columns: pairs('Collation=COLLATION_NAME Charset=CHARACTER_SET_NAME Id=ID Default=IS_DEFAULT Compiled=IS_COMPILED Sortlen=SORTLEN'),
  },
  INDEX: {
    table: 'STATISTICS',
    columns: pairs(
      'Table=TABLE_NAME Non_unique=NON_UNIQUE Key_name=INDEX_NAME Seq_in_index=SEQ_IN_INDEX Column_name=COLUMN_NAME Collation=COLLATION Cardinality=CARDINALITY Sub_part=SUB_PART Packed=PACKED Null=NULLABLE Index_type=INDEX_TYPE Comment=COMMENT Index_comment=INDEX_COMMENT Ignored=IGNORED',
    ),
  },
  'TABLE STATUS': {
    table: 'TABLES',
    columns: pairs(
      'Name=TABLE_NAME Engine=ENGINE Version=VERSION Row_format=ROW_FORMAT Rows=TABLE_ROWS Avg_row_length=AVG_ROW_LENGTH Data_length=DATA_LENGTH Max_data_length=MAX_DATA_LENGTH Index_length=INDEX_LENGTH Data_free=DATA_FREE Auto_increment=AUTO_INCREMENT Create_time=CREATE_TIME Update_time=UPDATE_TIME Check_time=CHECK_TIME Collation=TABLE_COLLATION Checksum=CHECKSUM Create_options=CREATE_OPTIONS Comment=TABLE_COMMENT Max_index_length=MAX_INDEX_LENGTH Temporary=TEMPORARY',
    ),
  },
  TRIGGERS: {
    table: 'TRIGGERS',
    columns: pairs(
      'Trigger=TRIGGER_NAME Event=EVENT_MANIPULATION Table=EVENT_OBJECT_TABLE Statement=ACTION_STATEMENT Timing=ACTION_TIMING Created=CREATED sql_mode=SQL_MODE Definer=DEFINER character_set_client=CHARACTER_SET_CLIENT collation_connection=COLLATION_CONNECTION Database_Collation=DATABASE_COLLATION',
    ),
  },
  EVENTS: {
    table: 'EVENTS',
    columns: pairs(
      'Db=EVENT_SCHEMA Name=EVENT_NAME Definer=DEFINER Time_zone=TIME_ZONE Type=EVENT_TYPE Execute_at=EXECUTE_AT Interval_value=INTERVAL_VALUE Interval_field=INTERVAL_FIELD Starts=STARTS Ends=ENDS Status=STATUS Originator=ORIGINATOR character_set_client=CHARACTER_SET_CLIENT collation_connection=COLLATION_CONNECTION Database_Collation=DATABASE_COLLATION',
    ),
  },
}
const ROUTINES = pairs(
  'Db=ROUTINE_SCHEMA Name=ROUTINE_NAME Type=ROUTINE_TYPE Definer=DEFINER Modified=LAST_ALTERED Created=CREATED Security_type=SECURITY_TYPE Comment=ROUTINE_COMMENT character_set_client=CHARACTER_SET_CLIENT collation_connection=COLLATION_CONNECTION Database_Collation=DATABASE_COLLATION',
)

function viewOf(show: Show, session: Session): { readonly view: View; readonly where: Readonly<Record<string, string>> } | null {
  const { server } = session
  const inDatabase = (): string => {
    const name = server.databaseName(session, show.database)
    session.enter(name)
    if (!server.hasDatabase(name)) throw fail.unknownDatabase(name)
    return name
  }
  switch (show.what) {
    case 'TABLES': {
      const database = inDatabase()
      const shown = `Tables_in_${database}${show.like === null ? '' : ` (${show.like})`}`
      const columns: View['columns'] = [[shown, 'TABLE_NAME'], ...(show.full ? ([['Table_type', 'TABLE_TYPE']] as const) : [])]
      return { view: { table: 'TABLES', columns }, where: { TABLE_SCHEMA: database } }
    }
    case 'DATABASES': {
      const shown = show.like === null ? 'Database' : `Database (${show.like})`
      return { view: { table: 'SCHEMATA', columns: [[shown, 'SCHEMA_NAME']] }, where: {} }
    }
    case 'COLUMNS': {
      const table = known(show.table, session)
      const full = show.full
      const columns = pairs(
        full
          ? 'Field=COLUMN_NAME Type=COLUMN_TYPE Collation=COLLATION_NAME Null=IS_NULLABLE Key=COLUMN_KEY Default=COLUMN_DEFAULT Extra=EXTRA Privileges=PRIVILEGES Comment=COLUMN_COMMENT'
          : 'Field=COLUMN_NAME Type=COLUMN_TYPE Null=IS_NULLABLE Key=COLUMN_KEY Default=COLUMN_DEFAULT Extra=EXTRA',
      )
      return { view: { table: 'COLUMNS', columns }, where: table }
    }
    case 'VARIABLES':
    case 'STATUS':
      return {
        view: { table: `${show.scope}_${show.what}`, columns: pairs('Variable_name=VARIABLE_NAME Value=VARIABLE_VALUE') },
        where: {},
      }
    case 'FUNCTION STATUS':
    case 'PROCEDURE STATUS':
    case 'PACKAGE STATUS':
      return { view: { table: 'ROUTINES', columns: ROUTINES }, where: {} }
  }
  const view = VIEWS[show.what]
  if (view === undefined) return null
  if (show.what === 'INDEX') return { view, where: known(show.table, session) }
  if (show.what === 'TABLE STATUS') return { view, where: { TABLE_SCHEMA: inDatabase() } }
  if (show.what === 'TRIGGERS' || show.what === 'EVENTS') inDatabase()
  return { view, where: {} }
}

/** A table that is there. @throws {SqlError} 1046, 1142, 1146 */
function known(table: TableName | null, session: Session): { readonly TABLE_SCHEMA: string; readonly TABLE_NAME: string } {
  const database = session.server.databaseName(session, table?.database ?? null)
  const { columns } = session.server.openTable(session, { database, name: table?.name ?? '' }, 'SELECT')
  const name = columns[0]?.originalTable ?? table?.name ?? ''
  return {
    TABLE_SCHEMA: isDictionary(database) && database.toLowerCase() === 'information_schema' ? 'information_schema' : database,
    TABLE_NAME: name,
  }
}

/** Defaults as SHOW COLUMNS prints them: bare, NULL as NULL. */
const shownDefault = (value: Value): Value => {
  const text = textOf(value)
  if (text === null || text === 'NULL') return null
  return /^'.*'$/su.test(text) ? text.slice(1, -1) : text
}

function showView(show: Show, session: Session, view: View, where: Readonly<Record<string, string>>): Answer {
  const opened = session.server.openTable(session, { database: 'information_schema', name: view.table }, 'SELECT')
  const places = view.columns.map(([, column]) => opened.columns.findIndex(({ name }) => name.toUpperCase() === column))
  const kept = view.columns.map(([shown], index) => ({ shown, place: places[index] ?? -1 })).filter(({ place }) => place >= 0)
  const columns = kept.map(({ shown, place }): Column => {
    const column = opened.columns[place]
    if (column === undefined) return bare(shown, textMeta(64))
    const tables = view.table === 'TABLES' && show.what === 'TABLES' ? 'TABLE_NAMES' : column.table
    return { ...column, name: shown, originalName: column.name, table: tables, originalTable: tables }
  })
  const conditions = Object.entries(where).map(
    ([column, value]) => [opened.columns.findIndex(({ name }) => name === column), value] as const,
  )
  const rows = opened.rows
    .filter((row) => conditions.every(([place, value]) => row[place] === value))
    .map((row) =>
      kept.map(({ shown, place }) =>
        view.table === 'COLUMNS' && shown === 'Default' ? shownDefault(row[place] ?? null) : (row[place] ?? null),
      ),
    )
  return rowsOf(columns, rows, true)
}

const text = (name: string, length: number, nullable = false): Column => bare(name, textMeta(length, nullable ? 0 : FLAG.notNull))
const number = (name: string, meta: Meta): Column => bare(name, meta)
const none = (...names: readonly string[]): Answer =>
  rowsOf(
    names.map((name) => text(name, 64)),
    [],
  )

function processlist(show: Show, session: Session): Answer {
  const { server } = session
  const { mariadb } = server.product
  const columns = [
    number('Id', longMeta(11, FLAG.notNull)),
    text('User', 128),
    text('Host', 64),
    text('db', 64, true),
    text('Command', 16),
    number('Time', { ...integerMeta(7, FLAG.notNull), type: TYPE.long }),
    text('State', 30, true),
    text('Info', show.full ? 65_535 : 100, true),
    ...(mariadb ? [number('Progress', { ...doubleMeta(7, FLAG.notNull), decimals: 3 })] : []),
  ]
  const rows = [...server.sessions.values()]
    .filter((other) => session.account.all || other.user === session.user)
    .map((other): Value[] => {
      const self = other === session
      const seconds = BigInt(Math.max(0, Math.floor((server.now() - (self ? other.startedAt : other.idleSince)) / 1000)))
      const info = self ? (show.full ? other.info : other.info.slice(0, 100)) : null
      return [
        BigInt(other.id),
        other.user,
        `${other.peer.address}:${other.peer.port}`,
        other.database,
        self ? 'Query' : 'Sleep',
        seconds,
        self ? (mariadb ? 'starting' : 'init') : mariadb ? '' : null,
        info,
        ...(mariadb ? [{ digits: 0n, scale: 3 }] : []),
      ]
    })
  return rowsOf(columns, rows)
}

function grants(show: Show, session: Session): Answer {
  const { server } = session
  const { mariadb } = server.product
  const account =
    show.user === null ? session.account : server.accounts.find(({ name, host }) => name === show.user?.name && host === show.user.host)
  if (account === undefined) throw fail.noSuchGrant(show.user?.name ?? '', show.user?.host ?? '%')
  const who = `\`${account.name}\`@\`${account.host}\``
  const columns = [text(`Grants for ${account.name}@${account.host}`, 1024)]
  if (!mariadb) {
    const list =
      'SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, SHUTDOWN, PROCESS, FILE, REFERENCES, INDEX, ALTER, SHOW DATABASES, SUPER, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, CREATE TABLESPACE, CREATE ROLE, DROP ROLE'
    if (account.all) return rowsOf(columns, [[`GRANT ${list} ON *.* TO ${who} WITH GRANT OPTION`]])
    return rowsOf(columns, [
      [`GRANT USAGE ON *.* TO ${who}`],
      ...account.databases.map((name) => [`GRANT ${DATABASE_PRIVILEGES} ON \`${name}\`.* TO ${who}`]),
    ])
  }
  const secret = account.password === null ? '' : ` IDENTIFIED BY PASSWORD '${storedSecret(session, account)}'`
  if (account.all) return rowsOf(columns, [[`GRANT ALL PRIVILEGES ON *.* TO ${who}${secret} WITH GRANT OPTION`]])
  return rowsOf(columns, [
    [`GRANT USAGE ON *.* TO ${who}${secret}`],
    ...account.databases.map((name) => [`GRANT ${DATABASE_PRIVILEGES} ON \`${name}\`.* TO ${who}`]),
  ])
}

function showCreate(show: Show, session: Session): Answer {
  const { server } = session
  if (show.what === 'CREATE DATABASE') {
    const name = show.database ?? ''
    session.enter(name)
    if (!server.hasDatabase(name)) throw fail.unknownDatabase(name)
    const own = server.catalog.databases.get(name)
    const [charset, collation] = [own?.charset ?? server.product.charset, own?.collation ?? server.product.collation]
    const condition = show.full ? '/*!32312 IF NOT EXISTS*/ ' : ''
    const made = `CREATE DATABASE ${condition}\`${name.replaceAll('`', '``')}\` /*!40100 DEFAULT CHARACTER SET ${charset} COLLATE ${collation} */${server.product.mariadb ? '' : " /*!80016 DEFAULT ENCRYPTION='N' */"}`
    return rowsOf([text('Database', 64), text('Create Database', 1024)], [[name, made]])
  }
  if (show.what !== 'CREATE TABLE') throw fail.noRoutine(show.what.slice(7), show.table?.name ?? '')
  const database = server.databaseName(session, show.table?.database ?? null)
  if (isDictionary(database)) {
    const { columns } = server.openTable(session, { database, name: show.table?.name ?? '' }, 'SELECT')
    return rowsOf(
      [text('Table', 64), text('Create Table', 1024)],
      [
        [
          columns[0]?.originalTable ?? '',
          `CREATE TABLE \`${columns[0]?.originalTable ?? ''}\` (\n${columns.map(({ name }) => `  \`${name}\` varchar(64)`).join(',\n')}\n)`,
        ],
      ],
    )
  }
  const { table } = server.table(session, show.table ?? { database, name: '' }, 'SELECT')
  return rowsOf([text('Table', 64), text('Create Table', 1024)], [[table.name, createTableText(table, server.product)]])
}

function special(show: Show, session: Session): Answer {
  const { mariadb } = session.server.product
  switch (show.what) {
    case 'PROCESSLIST':
      return processlist(show, session)
    case 'GRANTS':
      return grants(show, session)
    case 'WARNINGS':
    case 'ERRORS': {
      const columns = [
        text('Level', 7),
        number('Code', { ...integerMeta(4, FLAG.notNull | FLAG.unsigned), type: TYPE.long }),
        text('Message', 512),
      ]
      return rowsOf(
        columns,
        session.warnings
          .filter(({ level }) => show.what === 'WARNINGS' || level === 'Error')
          .map(({ level, code, message }) => [level, BigInt(code), message]),
      )
    }
    case 'COUNT WARNINGS':
    case 'COUNT ERRORS': {
      const name = show.what === 'COUNT WARNINGS' ? '@@session.warning_count' : '@@session.error_count'
      return rowsOf([bare(name, longMeta(21, FLAG.unsigned))], [[BigInt(session.warnings.length)]])
    }
    case 'MASTER STATUS':
      session.need(mariadb ? 'SUPER, BINLOG MONITOR' : 'SUPER, REPLICATION CLIENT')
      return none('File', 'Position', 'Binlog_Do_DB', 'Binlog_Ignore_DB', ...(mariadb ? [] : ['Executed_Gtid_Set']))
    case 'SLAVE STATUS':
      session.need(mariadb ? 'SUPER, SLAVE MONITOR' : 'SUPER, REPLICATION CLIENT')
      return none('Slave_IO_State', 'Master_Host', 'Master_User', 'Master_Port')
    case 'BINARY LOGS':
      session.need(mariadb ? 'SUPER, BINLOG MONITOR' : 'SUPER, REPLICATION CLIENT')
      throw fail.noBinaryLog()
    case 'SLAVE HOSTS':
      return none('Server_id', 'Host', 'Port', 'Master_id')
    case 'OPEN TABLES':
      return none('Database', 'Table', 'In_use', 'Name_locked')
    case 'PRIVILEGES':
      return none('Privilege', 'Context', 'Comment')
    case 'PROFILES':
      return none('Query_ID', 'Duration', 'Query')
    case 'ENGINE STATUS': {
      session.need('PROCESS')
      return rowsOf([text('Type', 10), text('Name', 512), text('Status', 10)], [['InnoDB', '', '']])
    }
    case 'CREATE USER': {
      const account = show.user === null ? session.account : session.server.accounts.find(({ name }) => name === show.user?.name)
      if (account === undefined) throw fail.userFailed('SHOW CREATE USER', `'${show.user?.name ?? ''}'@'${show.user?.host ?? ''}'`)
      const by = mariadb
        ? ` IDENTIFIED BY PASSWORD '${storedSecret(session, account)}'`
        : ` IDENTIFIED WITH 'caching_sha2_password' AS '${storedSecret(session, account)}'`
      return rowsOf(
        [text(`CREATE USER for ${account.name}@${account.host}`, 1024)],
        [[`CREATE USER \`${account.name}\`@\`${account.host}\`${by}`]],
      )
    }
    default:
      return showCreate(show, session)
  }
}

/** SHOW. @throws {SqlError} */
export function runShow(show: Show, session: Session): Answer {
  const found = viewOf(show, session)
  const answer = found === null ? special(show, session) : showView(show, session, found.view, found.where)
  return answer.is === 'rows' ? filter(answer, show, session) : answer
}

function filter(answer: Extract<Answer, { is: 'rows' }>, show: Show, session: Session): Answer {
  let { rows } = answer
  const { like } = show
  if (like !== null) {
    // TRIGGERS are chosen by their table.
    const place = show.what === 'TRIGGERS' ? 2 : 0
    rows = rows.filter((row) => fitsLike(textOf(row[place] ?? null) ?? '', like, '\\'))
  }
  if (show.where !== null) {
    const condition: Expression = show.where
    const scope = new Scope(
      session,
      answer.columns.map((column) => ({ ...column, alias: column.table })),
    ).at('where')
    rows = rows.filter((row) => {
      scope.row = row
      return isTrue(evaluate(condition, scope))
    })
  }
  if (show.what === 'VARIABLES') rows = rows.toSorted((a, b) => compareValues(a[0] ?? null, b[0] ?? null))
  if (show.limit !== null) rows = rows.slice(0, Number(integerOf(evaluate(show.limit.count, new Scope(session, [])))))
  return { ...answer, rows }
}

export const explainColumns = (mariadb: boolean): readonly Column[] => [
  number('id', longMeta(3, FLAG.unsigned)),
  text('select_type', 19),
  text('table', 64, true),
  ...(mariadb ? [] : [text('partitions', 64, true)]),
  text('type', 10, true),
  text('possible_keys', 4096, true),
  text('key', 64, true),
  text('key_len', 4096, true),
  text('ref', 2048, true),
  text('rows', 64, true),
  ...(mariadb ? [] : [bare('filtered', { ...doubleMeta(4), decimals: 2 })]),
  text('Extra', 255),
]
