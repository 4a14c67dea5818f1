import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isNodeError } from '@decnet/kernel'
import { z } from 'zod'

const counts = z.record(z.string(), z.number())
const totals = z.object({
  files: z.number(),
  /** Lines that held anything. */
  lines: z.number(),
  /** Events that they told. */
  events: z.number(),
  unknown: z.number(),
  /** Events without an attacker: their lines name no address, or one that is none. */
  nameless: z.number().default(0),
  by_type: counts,
  /** Why lines were kept aside. */
  reasons: counts,
  /** Lines that are known and tell no event. */
  unused: counts,
  recordings: z.number(),
  artifacts: z.number(),
})
export type Totals = z.infer<typeof totals>

const journal = z.object({
  version: z.literal(1),
  /** When the import began, epoch milliseconds: it names the files of its spool. */
  startedAt: z.number(),
  /** The last record of the log before; null where there was no database. */
  head: z.number(),
  totals,
  /** Everything before this place of the inputs is in the spool files before `spool`. */
  place: z.object({ input: z.number(), offset: z.number() }),
  spool: z.number(),
  /** Bytes of the file of lines that were kept aside. */
  aside: z.number(),
  clock: z.object({ latest: z.number(), since: z.number(), least: z.number(), ticks: z.number() }),
  anchor: z.string(),
  reader: z.unknown().optional(),
  /** The position behind the last line, once everything is in the spool. */
  end: z.string().nullable(),
})
export type Journal = z.infer<typeof journal>

export const newJournal = (startedAt: number, head: number): Journal => ({
  version: 1,
  startedAt,
  head,
  totals: { files: 0, lines: 0, events: 0, unknown: 0, nameless: 0, by_type: {}, reasons: {}, unused: {}, recordings: 0, artifacts: 0 },
  place: { input: 0, offset: 0 },
  spool: 0,
  aside: 0,
  clock: { latest: 0, since: 0, least: Number.MAX_SAFE_INTEGER, ticks: 0 },
  anchor: '',
  reader: undefined,
  end: null,
})

const pathOf = (folder: string) => join(folder, 'journal.json')

/** What was written down last; null where nothing was, or nothing that can be read: then the import begins anew. */
export function readJournal(folder: string): Journal | null {
  try {
    return journal.safeParse(JSON.parse(readFileSync(pathOf(folder), 'utf8'))).data ?? null
  } catch (error) {
    if (error instanceof SyntaxError || (isNodeError(error) && error.code === 'ENOENT')) return null
    throw error
  }
}

/** Whoever reads it finds the old one or the new one. */
export function writeJournal(folder: string, written: Journal): void {
  const path = pathOf(folder)
  writeFileSync(`${path}.new`, JSON.stringify(written), { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
}
