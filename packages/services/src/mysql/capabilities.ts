/** Capability flags of the handshake, as both servers number them. */
export const CLIENT = {
  mysql: 0x1,
  foundRows: 0x2,
  connectWithDatabase: 0x8,
  compress: 0x20,
  protocol41: 0x200,
  ssl: 0x800,
  secureConnection: 0x8000,
  multiStatements: 0x1_0000,
  pluginAuth: 0x8_0000,
  attributes: 0x10_0000,
  pluginAuthLengthEncoded: 0x20_0000,
  sessionTrack: 0x80_0000,
  deprecateEof: 0x100_0000,
  optionalMetadata: 0x200_0000,
  queryAttributes: 0x800_0000,
} as const

/** MariaDB's own flags, which stand in the second half. */
export const EXTENDED = { extendedMetadata: 0x8, cacheMetadata: 0x10 } as const

/** Of OK and EOF packets. */
export const STATUS = {
  inTransaction: 1,
  autocommit: 2,
  moreResults: 8,
  noIndexUsed: 32,
  databaseDropped: 256,
  sessionStateChanged: 0x4000,
} as const
