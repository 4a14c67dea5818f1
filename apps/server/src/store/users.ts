import type { Role } from '@decnet/contracts/api'
import { AppError, newId } from '@decnet/kernel'
import { hash } from '@node-rs/argon2'
import type { Db } from './open.ts'

/** Argon2id as OWASP asks for it (m = 19 MiB, t = 2, p = 1): about 12 ms. */
export const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const hashPassword = (password: string): Promise<string> => hash(password, ARGON2)

export interface NewUser {
  readonly username: string
  readonly passwordHash: string
  readonly role: Role
  readonly mustChangePassword: boolean
  readonly now: number
}

/** @throws {AppError} `user_exists` (409). */
export async function createUser(db: Db, user: NewUser): Promise<string> {
  const uuid = newId()
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('users')
    .values({
      uuid,
      username: user.username,
      password_hash: user.passwordHash,
      role: user.role,
      must_change_password: user.mustChangePassword ? 1 : 0,
      created_at: user.now,
      last_login_at: null,
    })
    .onConflict((conflict) => conflict.column('username').doNothing())
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows === 0n) throw new AppError(`There is a user ${user.username} already.`, { code: 'user_exists', status: 409 })
  return uuid
}

/** Sets a password and ends every login of that user. Answers false for an unknown user. */
export async function setPassword(db: Db, username: string, passwordHash: string, mustChange: boolean): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const user = await tx.selectFrom('users').select('uuid').where('username', '=', username).executeTakeFirst()
    if (!user) return false
    await tx
      .updateTable('users')
      .set({ password_hash: passwordHash, must_change_password: mustChange ? 1 : 0 })
      .where('uuid', '=', user.uuid)
      .execute()
    await tx.deleteFrom('auth_sessions').where('user_uuid', '=', user.uuid).execute()
    return true
  })
}

/** The account of the first start. Answers the password to show once, or null when there are users already or the operator gave one. */
export async function ensureAdmin(
  db: Db,
  options: { readonly given: string | null; readonly random: () => string; readonly now: number },
): Promise<string | null> {
  const { count } = await db
    .selectFrom('users')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  if (Number(count) > 0) return null
  const password = options.given ?? options.random()
  await createUser(db, {
    username: 'admin',
    passwordHash: await hashPassword(password),
    role: 'admin',
    mustChangePassword: options.given === null,
    now: options.now,
  })
  return options.given === null ? password : null
}
