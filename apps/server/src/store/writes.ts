import { randomInt } from 'node:crypto'
import type { Role } from '@decnet/contracts/api'
import type { Store } from './open.ts'
import { closeLogin, createUser, deleteUser, ensureAdmin, openLogin, resetPassword, setPassword, setRole } from './users.ts'

/** No letters that look alike; 20 of these are 114 bits. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const randomPassword = () =>
  Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join('-')

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
  }
}
