import { randomInt } from 'node:crypto'
import type { Role } from '@decnet/contracts/api'
import type { Db, Store } from './open.ts'
import { closeLogin, createUser, deleteUser, ensureAdmin, openLogin, resetPassword, setPassword, setRole } from './users.ts'

/** No letters that look alike; 20 of these are 114 bits. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const randomPassword = () =>
  Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join('-')

const DESIRED = 'stopped-workers'

/** Workers that an operator has stopped and wants stopped. */
export async function stoppedWorkers(db: Db): Promise<string[]> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', DESIRED).executeTakeFirst()
  return row ? (JSON.parse(row.value) as string[]) : []
}

async function setStopped(db: Db, name: string, stopped: boolean): Promise<void> {
  const others = (await stoppedWorkers(db)).filter((other) => other !== name)
  const value = JSON.stringify(stopped ? [...others, name] : others)
  await db
    .insertInto('settings')
    .values({ key: DESIRED, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}

/** What may be changed from other threads, each a whole operation, run by the thread that owns the writing connection. */
export function writes({ db }: Store) {
  return {
    'users.ensureAdmin': ({ given, now }: { given: string | null; now: number }) => ensureAdmin(db, { given, random: randomPassword, now }),
    'users.create': (user: { username: string; passwordHash: string; role: Role; mustChangePassword: boolean; now: number }) =>
      createUser(db, user),
    'users.delete': ({ uuid }: { uuid: string }) => deleteUser(db, uuid),
    'users.setRole': ({ uuid, role }: { uuid: string; role: Role }) => setRole(db, uuid, role),
    'users.resetPassword': ({ uuid, passwordHash }: { uuid: string; passwordHash: string }) => resetPassword(db, uuid, passwordHash),
    'users.setPassword': ({ username, passwordHash }: { username: string; passwordHash: string }) =>
      setPassword(db, username, passwordHash, false),
    'login.open': (login: { tokenSha256: string; userUuid: string; now: number; expiresAt: number }) => openLogin(db, login),
    'login.close': ({ tokenSha256 }: { tokenSha256: string }) => closeLogin(db, tokenSha256),
    'workers.desire': ({ name, stopped }: { name: string; stopped: boolean }) => setStopped(db, name, stopped),
  }
}
