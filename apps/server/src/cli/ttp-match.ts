import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { AppError, isNodeError } from '@decnet/kernel'
import { plural } from '../domain/plural.ts'
import { createEngine } from '../domain/ttp/engine/engine.ts'
import { indexRules } from '../domain/ttp/engine/index-of-rules.ts'
import { memoryWindows } from '../domain/ttp/engine/window-store.ts'
import { acceptPayload } from '../domain/ttp/evidence/accept-payload.ts'
import type { Evidence } from '../domain/ttp/evidence/evidence.ts'
import { kindByName } from '../domain/ttp/evidence/kinds.ts'
import { visible } from '../domain/visible.ts'
import { unreadablePath } from '../rules/file-words.ts'
import { loadRules } from '../rules/rule-files.ts'
import { print } from './output.ts'

/** More bad lines than this are counted, not named. */
const MOST_NAMED = 10
const BATCH = 1_000
const LINE_BYTES = 16 * 1_048_576

type Given = Readonly<Record<string, unknown>>
const isMapping = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value)
const labelOf = (id: unknown): string => (typeof id === 'string' ? id : JSON.stringify(id))
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

type Line = { readonly id?: unknown } & ({ readonly evidence: Evidence } | { readonly problem: string })

/** One line of evidence; or what is wrong with it. Whose it is and when may stand beside the payload or in it. */
function readLine(line: string, number: number): Line {
  let given: unknown
  try {
    given = JSON.parse(line)
  } catch {
    return { problem: 'is no JSON' }
  }
  if (!isMapping(given)) return { problem: 'is no JSON object' }
  const named = given.id === undefined ? {} : { id: given.id }
  const kind = kindByName.get(String(given.source_kind))
  const { payload, source_kind: said } = given
  if (!kind) {
    const what = said === undefined ? 'no source_kind' : `the source_kind ${JSON.stringify(said)}`
    return { ...named, problem: `has ${what}; there are ${[...kindByName.keys()].join(', ')}` }
  }
  if (!isMapping(payload)) return { ...named, problem: 'has no payload: an object of fields' }
  const anchor = (...names: string[]) =>
    names.map((name) => textOf(given[name]) ?? textOf(payload[name])).find((each) => each !== null) ?? null
  const ts = typeof given.ts === 'number' ? given.ts : Date.parse(textOf(given.ts) ?? '')
  return {
    ...named,
    evidence: {
      kind: kind.name,
      id: String(number),
      ts: Number.isFinite(ts) ? ts : number,
      session: anchor('session_id', 'session'),
      attacker: anchor('attacker_ip', 'src_ip', 'attacker_uuid'),
      identity: anchor('identity_uuid', 'identity'),
      payload: acceptPayload(kind, payload),
    },
  }
}

/** Bytes, as long as no line of them is longer than one may be. */
async function* inLines(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let length = 0
  for await (const bytes of input) {
    const last = bytes.lastIndexOf(0x0a)
    length = last < 0 ? length + bytes.length : bytes.length - last - 1
    if (length > LINE_BYTES)
      throw new AppError(`A line is longer than ${LINE_BYTES / 1_048_576} MB.`, {
        code: 'bad_file',
        hint: 'Evidence is one JSON object a line.',
      })
    yield bytes
  }
}

async function* linesOf(file: string): AsyncGenerator<string, void> {
  try {
    const input = Readable.from(inLines(file === '-' ? process.stdin : createReadStream(file)))
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (error) {
    if (!isNodeError(error) || error instanceof AppError) throw error
    throw unreadablePath(file, error, { code: 'bad_file', hint: 'Name a file of evidence: one JSON object a line; - is standard input.' })
  }
}

interface Result {
  /** As it was given, whatever it is. */
  readonly id?: unknown
  /** What is wrong with a line that is no evidence. */
  readonly error?: string
  readonly matches: readonly { rule: string; technique_id: string; sub_technique_id?: string; confidence: number }[]
}

/** Says which techniques the evidence of a file shows: one result a line, in order, bad lines too. Answers the exit code: 1 where a line could not be read. */
export async function matchFile(file: string, rules: readonly string[], json: boolean): Promise<number> {
  const loaded = await loadRules(rules)
  if (loaded.length === 0)
    process.stderr.write(`There is no rule in ${rules.map((path) => visible(path)).join(', ')}: nothing can match.\n`)
  const engine = createEngine(indexRules(loaded), memoryWindows())
  const name = file === '-' ? 'standard input' : file
  let number = 0
  let bad = 0
  let shown = 0
  let waiting: Result[] = []
  let begun = false
  // Not before the input could be opened.
  const begin = () => {
    if (!begun) process.stdout.write('{"results":[')
    begun = true
  }
  const flush = async () => {
    if (waiting.length === 0) return
    begin()
    const text = waiting.map((result) => JSON.stringify(result)).join(',\n')
    if (!process.stdout.write((shown === 0 ? '' : ',\n') + text)) await new Promise((resolve) => process.stdout.once('drain', resolve))
    shown += waiting.length
    waiting = []
  }
  for await (const line of linesOf(file)) {
    number++
    if (waiting.length >= BATCH) await flush()
    if (line.trim() === '') {
      // Whoever puts results beside lines finds them at the same place.
      if (json) waiting.push({ matches: [] })
      continue
    }
    const read = readLine(line.replace(/^\uFEFF/u, ''), number)
    const named = read.id !== undefined && { id: read.id }
    if ('problem' in read) {
      if (++bad <= MOST_NAMED) process.stderr.write(`${name}:${number}: ${visible(read.problem, 300)}\n`)
      if (json) waiting.push({ ...named, error: `line ${number} ${read.problem}`, matches: [] })
    } else {
      const matches = engine.match(read.evidence).findings.map(({ rule, technique_id, sub_technique_id, confidence }) => ({
        rule,
        technique_id,
        ...(sub_technique_id !== null && { sub_technique_id }),
        confidence,
      }))
      if (json) waiting.push({ ...named, matches })
      else {
        const found = matches.map(
          (match) => `${match.sub_technique_id ?? match.technique_id} ${match.confidence.toFixed(2)} (${match.rule})`,
        )
        print(`${visible(labelOf(read.id ?? number), 40)}: ${found.length === 0 ? 'nothing' : found.join(', ')}`)
      }
    }
  }
  await flush()
  if (json) {
    begin()
    process.stdout.write(']}\n')
  }
  if (bad > 0) process.stderr.write(`${name}: ${plural(bad, 'line')} could not be read\n`)
  return bad > 0 ? 1 : 0
}
