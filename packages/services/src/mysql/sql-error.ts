/** What the server says instead of an answer. Thrown inside the engine, caught where a statement began; never leaves it. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly code: number
  /** SQLSTATE. */
  readonly state: string
  constructor(code: number, state: string, message: string) {
    super(message)
    this.code = code
    this.state = state
  }
}

/** As MariaDB's and MySQL's error lists have them; texts are bytes, as everything that came from the wire. */
const error =
  <Args extends readonly unknown[]>(code: number, state: string, text: (...args: Args) => string) =>
  (...args: Args): SqlError =>
    new SqlError(code, state, text(...args))

export const fail = {
  cannotCreateFile: error(
    1,
    'HY000',
    (path: string, errno: number, reason: string) => `Can't create/write to file '${path}' (Errcode: ${errno} "${reason}")`,
  ),
  fileNotFound: error(13, 'HY000', (path: string) => `Can't get stat of '${path}' (Errcode: 2 "No such file or directory")`),
  cannotGrant: error(1410, '42000', () => 'You are not allowed to create a user with GRANT'),
  databaseExists: error(1007, 'HY000', (name: string) => `Can't create database '${name}'; database exists`),
  noDatabaseToDrop: error(1008, 'HY000', (name: string) => `Can't drop database '${name}'; database doesn't exist`),
  tooManyConnections: error(1040, '08004', () => 'Too many connections'),
  badHandshake: error(1043, '08S01', () => 'Bad handshake'),
  databaseDenied: error(
    1044,
    '42000',
    (user: string, host: string, name: string) => `Access denied for user '${user}'@'${host}' to database '${name}'`,
  ),
  denied: error(
    1045,
    '28000',
    (user: string, host: string, password: boolean) =>
      `Access denied for user '${user}'@'${host}' (using password: ${password ? 'YES' : 'NO'})`,
  ),
  noDatabase: error(1046, '3D000', () => 'No database selected'),
  unknownCommand: error(1047, '08S01', () => 'Unknown command'),
  notNull: error(1048, '23000', (column: string) => `Column '${column}' cannot be null`),
  unknownDatabase: error(1049, '42000', (name: string) => `Unknown database '${name}'`),
  tableExists: error(1050, '42S01', (name: string) => `Table '${name}' already exists`),
  unknownTable: error(1051, '42S02', (name: string) => `Unknown table '${name}'`),
  ambiguous: error(1052, '23000', (column: string, where: string) => `Column '${column}' in ${where} is ambiguous`),
  unknownColumn: error(1054, '42S22', (column: string, where: string) => `Unknown column '${column}' in '${where}'`),
  duplicateColumn: error(1060, '42S21', (column: string) => `Duplicate column name '${column}'`),
  duplicateEntry: error(1062, '23000', (value: string, key: string) => `Duplicate entry '${value}' for key '${key}'`),
  syntax: error(
    1064,
    '42000',
    (server: string, near: string, line: number) =>
      `You have an error in your SQL syntax; check the manual that corresponds to your ${server} server version for the right syntax to use near '${near}' at line ${line}`,
  ),
  emptyQuery: error(1065, '42000', () => 'Query was empty'),
  noDictionaryTable: error(1109, '42S02', (name: string) => `Unknown table '${name}' in information_schema`),
  notUniqueTable: error(1066, '42000', (name: string) => `Not unique table/alias: '${name}'`),
  multiplePrimary: error(1068, '42000', () => 'Multiple primary key defined'),
  keyColumnMissing: error(1072, '42000', (column: string) => `Key column '${column}' doesn't exist in table`),
  fileExists: error(1086, 'HY000', (path: string) => `File '${path}' already exists`),
  cannotDrop: error(1091, '42000', (what: string, column: string, mariadb: boolean) =>
    mariadb ? `Can't DROP ${what} \`${column}\`; check that it exists` : `Can't DROP '${column}'; check that column/key exists`,
  ),
  unknownThread: error(1094, 'HY000', (id: string) => `Unknown thread id: ${id}`),
  xpath: error(1105, 'HY000', (text: string) => `XPATH syntax error: '${text}'`),
  noColumns: error(1113, '42000', () => 'A table must have at least 1 column'),
  tooManyColumns: error(1117, '42000', () => 'Too many columns'),
  tableFull: error(1114, 'HY000', (name: string) => `The table '${name}' is full`),
  unknownCharset: error(1115, '42000', (name: string) => `Unknown character set: '${name}'`),
  noPaths: error(1124, 'HY000', () => 'No paths allowed for shared library'),
  cannotOpenLibrary: error(1126, 'HY000', (name: string, detail: string) => `Can't open shared library '${name}' (${detail})`),
  columnCount: error(1136, '21S01', (row: number) => `Column count doesn't match value count at row ${row}`),
  noSuchGrant: error(1141, '42000', (user: string, host: string) => `There is no such grant defined for user '${user}' on host '${host}'`),
  tableDenied: error(
    1142,
    '42000',
    (verb: string, user: string, host: string, table: string) => `${verb} command denied to user '${user}'@'${host}' for table ${table}`,
  ),
  noSuchTable: error(1146, '42S02', (table: string) => `Table '${table}' doesn't exist`),
  outOfOrder: error(1156, '08S01', () => 'Got packets out of order'),
  tooBigPacket: error(1153, '08S01', () => "Got a packet bigger than 'max_allowed_packet' bytes"),
  unknownVariable: error(1193, 'HY000', (name: string) => `Unknown system variable '${name}'`),
  oneRow: error(1242, '21000', () => 'Subquery returns more than 1 row'),
  differentColumns: error(1222, '21000', () => 'The used SELECT statements have a different number of columns'),
  privilege: error(
    1227,
    '42000',
    (what: string) => `Access denied; you need (at least one of) the ${what} privilege(s) for this operation`,
  ),
  localOnly: error(1238, 'HY000', (name: string, kind: string) => `Variable '${name}' is a ${kind} variable`),
  globalOnly: error(1229, 'HY000', (name: string) => `Variable '${name}' is a GLOBAL variable and should be set with SET GLOBAL`),
  operandColumns: error(1241, '21000', (count: number) => `Operand should contain ${count} column(s)`),
  unknownStatement: error(1243, 'HY000', (id: string, caller: string) => `Unknown prepared statement handler (${id}) given to ${caller}`),
  derivedAlias: error(1248, '42000', () => 'Every derived table must have its own alias'),
  oldProtocol: error(
    1251,
    '08004',
    (server: string) => `Client does not support authentication protocol requested by server; consider upgrading ${server} client`,
  ),
  noBinlogToDump: error(1236, 'HY000', () => 'Binary log is not open'),
  wrongCollation: error(
    1253,
    '42000',
    (collation: string, charset: string) => `COLLATION '${collation}' is not valid for CHARACTER SET '${charset}'`,
  ),
  noMatchingUser: error(1133, '28000', () => "Can't find any matching row in the user table"),
  cannotRevokeAll: error(1269, 'HY000', () => "Can't revoke all privileges for one or more of the requested users"),
  wrongHash: error(1372, 'HY000', () => 'Password hash should be a 41-digit hexadecimal number'),
  pluginNotLoaded: error(1524, 'HY000', (name: string) => `Plugin '${name}' is not loaded`),
  invalidRole: error(1959, 'OP000', (name: string) => `Invalid role specification \`${name}\``),
  unknownCollation: error(1273, 'HY000', (name: string) => `Unknown collation: '${name}'`),
  unknownEngine: error(1286, '42000', (name: string) => `Unknown storage engine '${name}'`),
  optionPrevents: error(
    1290,
    'HY000',
    (option: string, server: string) => `The ${server} server is running with the ${option} option so it cannot execute this statement`,
  ),
  noRoutine: error(1305, '42000', (kind: string, name: string) => `${kind} ${name} does not exist`),
  interrupted: error(1317, '70100', () => 'Query execution was interrupted'),
  noDefault: error(1364, 'HY000', (column: string) => `Field '${column}' doesn't have a default value`),
  noBinaryLog: error(1381, 'HY000', () => 'You are not using binary logging'),
  outOfRange: error(1264, '22003', (column: string, row: number) => `Out of range value for column '${column}' at row ${row}`),
  wrongValue: error(
    1366,
    '22007',
    (kind: string, value: string, column: string, row: number) => `Incorrect ${kind} value: '${value}' for column ${column} at row ${row}`,
  ),
  userFailed: error(1396, 'HY000', (verb: string, users: string) => `Operation ${verb} failed for ${users}`),
  dataTruncated: error(1265, '01000', (column: string, row: number) => `Data truncated for column '${column}' at row ${row}`),
  tooLong: error(1406, '22001', (column: string, row: number) => `Data too long for column '${column}' at row ${row}`),
  badArguments: error(1582, '42000', (name: string) => `Incorrect parameter count in the call to native function '${name}'`),
  malformed: error(1835, 'HY000', () => 'Malformed communication packet'),
  noCursor: error(1421, 'HY000', (id: string) => `The statement (${id}) has no open cursor.`),
  tooManyStatements: error(
    1461,
    '42000',
    (limit: number) => `Can't create more than max_prepared_stmt_count statements (current value: ${limit})`,
  ),
  unknownType: error(4161, 'HY000', (name: string) => `Unknown data type: '${name}'`),
  localInfile: error(
    4166,
    'HY000',
    (server: string) => `The used command is not allowed because the ${server} server or client has disabled the local infile capability`,
  ),
  localInfileMysql: error(3948, '42000', () => 'Loading local data is disabled; this must be enabled on both the client and server sides'),
  queryTimeout: error(1969, '70100', () => 'Query execution was interrupted (max_statement_time exceeded)'),
} as const
