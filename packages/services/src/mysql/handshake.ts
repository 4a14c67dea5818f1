import { CLIENT, EXTENDED } from './capabilities.ts'
import { FieldReader, terminated, uint } from './fields.ts'
import type { Product } from './product.ts'

const SALT_LENGTH = 20
const FIRST_PART = 8

/** 20 bytes without NUL, as each server draws them: MariaDB printable ones, MySQL any of seven bits but `$`. */
export function freshSalt(random: () => number, mariadb: boolean): Buffer {
  const salt = Buffer.alloc(SALT_LENGTH)
  for (let index = 0; index < SALT_LENGTH; ) {
    const byte = mariadb ? 33 + Math.floor(random() * 94) : Math.floor(random() * 128)
    if (byte === 0 || (!mariadb && byte === 0x24)) continue
    salt.writeUInt8(byte, index)
    index += 1
  }
  return salt
}

/** Protocol::HandshakeV10. */
export function greeting(product: Product, id: number, salt: Buffer): Buffer {
  const { capabilities, extended } = product
  return Buffer.concat([
    uint(1, 10),
    terminated(product.greeted),
    uint(4, id % 2 ** 32),
    salt.subarray(0, FIRST_PART),
    uint(1, 0),
    uint(2, capabilities & 0xff_ff),
    uint(1, product.collationId),
    uint(2, 2),
    uint(2, Math.floor(capabilities / 2 ** 16)),
    uint(1, SALT_LENGTH + 1),
    Buffer.alloc(6),
    uint(4, extended),
    salt.subarray(FIRST_PART),
    uint(1, 0),
    terminated(product.plugin),
  ])
}

/** What a client answers; names are bytes. */
export interface Response {
  readonly capabilities: number
  readonly extended: number
  readonly collationId: number
  readonly user: string
  readonly proof: Buffer
  readonly database: string | null
  /** Of the proof; empty when the client names none. */
  readonly plugin: string
  /** `_client_name=libmariadb`… as the client gives them. */
  readonly attributes: readonly (readonly [string, string])[]
}

const ATTRIBUTES_LIMIT = 64
const latin1 = (bytes: Buffer | null): string | null => bytes?.toString('latin1') ?? null

function readAttributes(reader: FieldReader): readonly (readonly [string, string])[] | null {
  const size = reader.lengthEncoded()
  const block = size === null ? null : reader.bytes(size)
  if (block === null) return null
  const inner = new FieldReader(block)
  const all: (readonly [string, string])[] = []
  while (inner.left > 0 && all.length < ATTRIBUTES_LIMIT) {
    const name = latin1(inner.lengthEncodedBytes())
    const value = latin1(inner.lengthEncodedBytes())
    if (name === null || value === null) return null
    all.push([name, value])
  }
  return all
}

/** Protocol::HandshakeResponse41, and 320 of old clients; null is `Bad handshake`. A request for TLS, which was not offered, is that too. */
export function readResponse(payload: Buffer, offered: number): Response | { readonly bad: true; readonly capabilities: number } {
  const bad = (capabilities: number) => ({ bad: true, capabilities }) as const
  const reader = new FieldReader(payload)
  const low = reader.uint(2)
  if (low === null) return bad(CLIENT.protocol41)
  if (!(low & CLIENT.protocol41)) return readOldResponse(reader, low)
  const high = reader.uint(2)
  const size = reader.uint(4)
  const collationId = reader.uint(1)
  const filler = reader.bytes(23)
  if (high === null || size === null || collationId === null || filler === null) return bad(CLIENT.protocol41)
  const flags = (low + high * 2 ** 16) >>> 0
  if (flags & CLIENT.ssl) return bad(flags)
  const extended = flags & CLIENT.mysql ? 0 : filler.readUInt32LE(19)
  const user = latin1(reader.untilNul())
  if (user === null) return bad(flags)
  const proof =
    flags & CLIENT.pluginAuthLengthEncoded
      ? reader.lengthEncodedBytes()
      : flags & CLIENT.secureConnection
        ? reader.bytes(reader.uint(1) ?? -1)
        : reader.untilNul()
  if (proof === null) return bad(flags)
  const database = flags & CLIENT.connectWithDatabase ? latin1(reader.untilNul()) : null
  if (database === null && flags & CLIENT.connectWithDatabase) return bad(flags)
  const plugin = flags & CLIENT.pluginAuth ? (latin1(reader.untilNul()) ?? latin1(reader.rest())) : ''
  const attributes = flags & CLIENT.attributes ? readAttributes(reader) : []
  if (plugin === null || attributes === null) return bad(flags)
  const capabilities = (flags & offered) >>> 0
  return {
    capabilities,
    extended: extended & (EXTENDED.extendedMetadata | EXTENDED.cacheMetadata),
    collationId,
    user,
    proof: Buffer.from(proof),
    database: database === '' ? null : database,
    plugin,
    attributes,
  }
}

/** Clients before 4.1: two bytes of flags, three of packet size, names. */
function readOldResponse(reader: FieldReader, capabilities: number): Response | { readonly bad: true; readonly capabilities: number } {
  if (reader.uint(3) === null) return { bad: true, capabilities }
  const user = latin1(reader.untilNul())
  if (user === null) return { bad: true, capabilities }
  const proof = reader.untilNul() ?? reader.rest()
  return {
    capabilities,
    extended: 0,
    collationId: 8,
    user,
    proof: Buffer.from(proof),
    database: null,
    plugin: 'mysql_old_password',
    attributes: [],
  }
}

/** Protocol::AuthSwitchRequest. */
export const authSwitch = (plugin: string, salt: Buffer): Buffer => Buffer.concat([uint(1, 0xfe), terminated(plugin), salt, uint(1, 0)])

/** COM_CHANGE_USER without its first byte; null when it is malformed. */
export function readChangeUser(body: Buffer, capabilities: number): Omit<Response, 'capabilities' | 'extended'> | null {
  const reader = new FieldReader(body)
  const user = latin1(reader.untilNul())
  const proof = reader.bytes(reader.uint(1) ?? -1)
  const database = latin1(reader.untilNul())
  if (user === null || proof === null || database === null) return null
  const collationId = reader.left > 1 ? (reader.uint(2) ?? 8) : 8
  const plugin = capabilities & CLIENT.pluginAuth && reader.left > 0 ? (latin1(reader.untilNul()) ?? '') : ''
  return { user, proof: Buffer.from(proof), database: database === '' ? null : database, collationId, plugin, attributes: [] }
}
