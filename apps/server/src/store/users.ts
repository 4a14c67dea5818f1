import type { Role, User } from '@decnet/contracts/api'
import { AppError, newId } from '@decnet/kernel'
import { hash } from '@node-rs/argon2'
import { dialectOf, isDuplicate } from './dialect.ts'
import type { Db } from './open.ts'
import { iso, isoOrNull } from './time.ts'

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
  const row = {
    uuid,
    username: user.username,
    password_hash: user.passwordHash,
    role: user.role,
    must_change_password: user.mustChangePassword ? 1 : 0,
    created_at: user.now,
    last_login_at: null,
  }
  try {
    await db.insertInto('users').values(row).execute()
  } catch (error) {
    if (!isDuplicate(error)) throw error
    throw new AppError(`There is a user ${user.username} already.`, { code: 'user_exists', status: 409, cause: error })
  }
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

export interface CallerRow {
  readonly uuid: string
  readonly username: string
  readonly role: Role
  readonly mustChangePassword: boolean
}

/** The user behind a token that is valid now, or null. */
export async function userByToken(
  db: Db,
  { tokenSha256, now }: { readonly tokenSha256: string; readonly now: number },
): Promise<CallerRow | null> {
  const row = await db
    .selectFrom('auth_sessions')
    .innerJoin('users', 'users.uuid', 'auth_sessions.user_uuid')
    .select(['users.uuid', 'users.username', 'users.role', 'users.must_change_password'])
    .where('auth_sessions.token_sha256', '=', tokenSha256)
    .where('auth_sessions.expires_at', '>', now)
    .executeTakeFirst()
  return row ? { uuid: row.uuid, username: row.username, role: row.role as Role, mustChangePassword: row.must_change_password === 1 } : null
}

/** What a login needs; null when there is no such user. */
export async function userByName(
  db: Db,
  username: string,
): Promise<{ uuid: string; passwordHash: string; mustChangePassword: boolean } | null> {
  const row = await db.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirst()
  return row ? { uuid: row.uuid, passwordHash: row.password_hash, mustChangePassword: row.must_change_password === 1 } : null
}

export async function listUsers(db: Db): Promise<User[]> {
  const rows = await db.selectFrom('users').selectAll().orderBy('created_at').orderBy('username').execute()
  return rows.map((row) => ({
    uuid: row.uuid,
    username: row.username,
    role: row.role as Role,
    must_change_password: row.must_change_password === 1,
    created_at: iso(row.created_at),
    last_login_at: isoOrNull(row.last_login_at),
  }))
}

/** Opens a login; expired ones go. */
export async function openLogin(
  db: Db,
  login: { readonly tokenSha256: string; readonly userUuid: string; readonly now: number; readonly expiresAt: number },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx.deleteFrom('auth_sessions').where('expires_at', '<=', login.now).execute()
    await tx
      .insertInto('auth_sessions')
      .values({ token_sha256: login.tokenSha256, user_uuid: login.userUuid, created_at: login.now, expires_at: login.expiresAt })
      .execute()
    await tx.updateTable('users').set({ last_login_at: login.now }).where('uuid', '=', login.userUuid).execute()
  })
}

export async function closeLogin(db: Db, tokenSha256: string): Promise<void> {
  await db.deleteFrom('auth_sessions').where('token_sha256', '=', tokenSha256).execute()
}

const userUnknown = () => new AppError('There is no such user.', { code: 'user_unknown', status: 404 })

/** Nobody may lock everybody out. */
async function keepsAnAdmin(db: Db, without: string): Promise<void> {
  const admins = db.selectFrom('users').select('uuid').where('role', '=', 'admin').orderBy('uuid')
  // Two who leave at the same moment are one after the other.
  const rows = await (dialectOf(db).locksRows ? admins.forUpdate() : admins).execute()
  if (!rows.some(({ uuid }) => uuid !== without))
    throw new AppError('This is the last administrator.', { code: 'last_admin', status: 409, hint: 'Make another administrator first.' })
}

/** @throws {AppError} `user_unknown`, `last_admin`. */
export function deleteUser(db: Db, uuid: string): Promise<void> {
  return db.transaction().execute(async (tx) => {
    const user = await tx.selectFrom('users').select('role').where('uuid', '=', uuid).executeTakeFirst()
    if (!user) throw userUnknown()
    if (user.role === 'admin') await keepsAnAdmin(tx, uuid)
    await tx.deleteFrom('users').where('uuid', '=', uuid).execute()
  })
}

/** Ends the user's logins: a role is looked up at each request, but what is open goes too. @throws {AppError} `user_unknown`, `last_admin`. */
export function setRole(db: Db, uuid: string, role: Role): Promise<void> {
  return db.transaction().execute(async (tx) => {
    const user = await tx.selectFrom('users').select('role').where('uuid', '=', uuid).executeTakeFirst()
    if (!user) throw userUnknown()
    if (user.role === role) return
    if (user.role === 'admin') await keepsAnAdmin(tx, uuid)
    await tx.updateTable('users').set({ role }).where('uuid', '=', uuid).execute()
    await tx.deleteFrom('auth_sessions').where('user_uuid', '=', uuid).execute()
  })
}

/** Another's password: to be changed at the next login. @throws {AppError} `user_unknown`. */
export async function resetPassword(db: Db, uuid: string, passwordHash: string): Promise<void> {
  const user = await db.selectFrom('users').select('username').where('uuid', '=', uuid).executeTakeFirst()
  if (!user) throw userUnknown()
  await setPassword(db, user.username, passwordHash, true)
}
