import { FieldReader } from './fields.ts'

/** For tests: an answer's packets as text. Columns are `database.table.name type charset decimals`; what ends rows is left out. */
export interface ScriptedAnswer {
  readonly ok?: string
  readonly error?: string
  readonly columns?: readonly string[]
  readonly rows?: readonly (readonly (string | null)[])[]
}

const text = (bytes: Buffer | null): string | null => bytes?.toString('utf8') ?? null

function columnText(packet: Buffer): string {
  const reader = new FieldReader(packet)
  const [, database, table, , name] = Array.from({ length: 6 }, () => text(reader.lengthEncodedBytes()))
  reader.uint(1)
  const charset = reader.uint(2)
  reader.uint(4)
  const type = reader.uint(1)
  reader.uint(2)
  return `${database}.${table}.${name} ${type} ${charset} ${reader.uint(1)}`
}

function rowValues(packet: Buffer): readonly (string | null)[] {
  const values: (string | null)[] = []
  for (let rest = packet; rest.length > 0; ) {
    if (rest[0] === 0xfb) {
      values.push(null)
      rest = rest.subarray(1)
      continue
    }
    const reader = new FieldReader(rest)
    values.push(text(reader.lengthEncodedBytes()))
    rest = reader.rest()
  }
  return values
}

/** Reads what {@link ScriptedClient.query} heard, of a client that knows EOF packets. */
export function answerOf(packets: readonly Buffer[]): ScriptedAnswer {
  const [first] = packets
  if (first === undefined) return {}
  if (first[0] === 0xff) return { error: `${first.readUInt16LE(1)} ${text(first.subarray(3))}` }
  if (first[0] === 0) return { ok: `${first[1]} ${text(first.subarray(8)) ?? ''}` }
  const eof = packets.findIndex((packet) => packet[0] === 0xfe && packet.length < 9)
  const last = packets.at(-1)
  const rows = packets.slice(eof + 1, -1).map(rowValues)
  const columns = packets.slice(1, eof).map(columnText)
  return last?.[0] === 0xff ? { columns, rows, error: text(last.subarray(3)) ?? '' } : { columns, rows }
}
