import { inWords, secretsIn } from '../domain/shared-value.ts'
import { secretOf } from '../domain/visible-bytes.ts'
import type { Db } from './open.ts'

/** Secrets that are looked up for one answer; of further ones stands the hash. */
const MOST = 500
const WIDTH = 96

/** What two have in common, as people read it. */
export interface ReadableValue {
  readonly text: string
  /** SHA-256 of the first secret in it. */
  readonly secret: string | null
}

/**
 * Evidence is kept with the hashes of secrets, and read with the secrets themselves, as whoever sees credentials sees them: this is the one place
 * where one becomes the other. Answers values by what is kept.
 */
export async function readableValues(db: Db, values: Iterable<string>): Promise<(value: string) => ReadableValue> {
  const hashes = new Set([...values].flatMap(secretsIn))
  const secrets = new Map<string, string>()
  for (const sha256 of [...hashes].slice(0, MOST)) {
    // One attempt of perhaps many: they all have the same bytes.
    const row = await db
      .selectFrom('credentials')
      .select(['secret_kind', 'secret_b64'])
      .where('secret_sha256', '=', sha256)
      .limit(1)
      .executeTakeFirst()
    if (row) secrets.set(sha256, secretOf(row, WIDTH))
  }
  return (value) => ({ text: inWords(value, secrets), secret: secretsIn(value)[0] ?? null })
}
