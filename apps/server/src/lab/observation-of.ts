import { own } from '@decnet/kernel'
import { z } from 'zod'
import { fingerprintKinds, type Observation } from '../domain/linkage/observation.ts'

/** What one line says, and what of it was passed over, one sentence for each field. */
export interface Observed {
  readonly observation: Observation
  readonly passed: readonly string[]
}

const instant = z.union([z.number(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))])
const word = z.string()
const pair = z.tuple([z.string(), z.string()])
/** A number, or as it is written: `AS64496`. */
const asn = z.union([
  z.number().int().min(0),
  z
    .string()
    .regex(/^(?:AS)?\d{1,10}$/iu)
    .transform((text) => Number(text.replace(/^AS/iu, ''))),
])
const command = z.object({ ts: instant.nullish().catch(null), decky: word.nullish().catch(null), text: word })
const fields = z.record(z.string(), z.unknown())

/**
 * An observation from an object of a file; any member but `id` may be absent or null, also within a command. Instants as epoch milliseconds or
 * ISO 8601. What cannot be understood costs what it stands in, no more. A text is why it is none at all.
 */
export function observationOf(value: unknown): Observed | string {
  const line = fields.safeParse(value).data
  if (line === undefined || Array.isArray(value)) return 'is not an observation'
  const id = z.string().min(1).safeParse(line.id)
  if (!id.success) return `id: ${id.error.issues[0]?.message}`
  const passed: string[] = []

  function one<T>(name: string, schema: z.ZodType<T>): T | null {
    const given = own(line ?? {}, name) ?? null
    const read = schema.safeParse(given)
    if (given !== null && !read.success) passed.push(`${name} was passed over`)
    return read.data ?? null
  }
  function list<T>(name: string, schema: z.ZodType<T>, from: Readonly<Record<string, unknown>> = line ?? {}): T[] {
    const given = own(from, name) ?? []
    if (!Array.isArray(given)) {
      passed.push(`${name} is no list`)
      return []
    }
    const read = given.flatMap((each: unknown) => {
      const { success, data } = schema.safeParse(each)
      return success ? [data as T] : []
    })
    if (read.length < given.length) passed.push(`${name}: ${given.length - read.length} of ${given.length} passed over`)
    return read
  }
  const prints = one('fingerprints', fields) ?? {}
  const [ja3 = [], ja4 = [], hassh = []] = fingerprintKinds.map((kind) => list(kind, word, prints))
  const accepted = own(line, 'accepted') == null ? {} : { accepted: list('accepted', pair) }
  const credentials = list('credentials', pair)
  const given = own(line, 'credentialTimes') == null ? null : list('credentialTimes', instant)
  const times = given?.length === credentials.length ? { credentialTimes: given } : {}
  if (given !== null && given.length !== credentials.length) passed.push('credentialTimes: not one for each of credentials')
  const observation: Observation = {
    id: id.data,
    ip: one('ip', word),
    asn: one('asn', asn),
    firstSeen: one('firstSeen', instant),
    lastSeen: one('lastSeen', instant),
    fingerprints: { ja3, ja4, hassh },
    payloads: list('payloads', word),
    c2: list('c2', word),
    credentials,
    ...times,
    ...accepted,
    commands: list('commands', command).map(({ ts = null, decky = null, text }) => ({ ts, decky, text })),
    deckies: list('deckies', word),
  }
  return { observation, passed }
}
