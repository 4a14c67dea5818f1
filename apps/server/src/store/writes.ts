import { randomInt } from 'node:crypto'
import type { Store } from './open.ts'
import { ensureAdmin } from './users.ts'

/** No letters that look alike; 20 of these are 114 bits. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const randomPassword = () =>
  Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join('-')

/** What may be changed from other threads, each a whole operation, run by the thread that owns the writing connection. */
export function writes({ db }: Store) {
  return {
    'users.ensureAdmin': ({ given, now }: { given: string | null; now: number }) => ensureAdmin(db, { given, random: randomPassword, now }),
  }
}
export type Writes = ReturnType<typeof writes>
