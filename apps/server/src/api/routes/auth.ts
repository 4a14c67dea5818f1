import { changePasswordRequest, loginRequest, loginResponse, message, user } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { verify } from '@node-rs/argon2'
import { iso } from '../../store/time.ts'
import { hashPassword } from '../../store/users.ts'
import { COOKIE, LOGIN_MS, newToken, tokenHash } from '../auth/tokens.ts'
import { sendProblem } from '../problems.ts'
import { defineRoute } from '../route.ts'

/** Unknown users take as long as known ones: this hash is verified instead. */
const NOBODY = hashPassword(newToken())

const wrong = () => new AppError('User name or password is wrong.', { code: 'wrong_credentials', status: 401 })

const login = defineRoute({
  method: 'POST',
  path: '/auth/login',
  access: 'open',
  tag: 'auth',
  summary: 'Log in. Scripts take the token; the console takes the httpOnly cookie set beside it.',
  body: loginRequest,
  response: loginResponse,
  async handle({ body, raw, reply }, { read, write, limits, now }) {
    const seconds = limits.attempt(raw.ip, body.username)
    if (seconds > 0) {
      reply.header('retry-after', seconds)
      throw new AppError(`Too many failed attempts; try again in ${seconds} s.`, { code: 'too_many_attempts', status: 429 })
    }
    const found = await read('users.byName', body.username)
    const right = await verify(found?.passwordHash ?? (await NOBODY), body.password)
    if (!found || !right) throw wrong()
    limits.succeeded(raw.ip, body.username)
    const token = newToken()
    const expiresAt = now() + LOGIN_MS
    await write('login.open', { tokenSha256: tokenHash(token), userUuid: found.uuid, now: now(), expiresAt })
    reply.setCookie(COOKIE, token, {
      httpOnly: true,
      sameSite: 'strict',
      path: '/',
      secure: raw.protocol === 'https',
      maxAge: LOGIN_MS / 1000,
    })
    return {
      access_token: token,
      token_type: 'bearer' as const,
      must_change_password: found.mustChangePassword,
      expires_at: iso(expiresAt),
    }
  },
})

const changePassword = defineRoute({
  method: 'POST',
  path: '/auth/change-password',
  access: 'any',
  tag: 'auth',
  summary: 'Change your own password; ends all your logins, this one too.',
  body: changePasswordRequest,
  response: message,
  async handle({ body, caller, raw, reply }, { read, write, limits }) {
    const seconds = limits.attempt(raw.ip, caller.username)
    if (seconds > 0) {
      reply.header('retry-after', seconds)
      throw new AppError(`Too many failed attempts; try again in ${seconds} s.`, { code: 'too_many_attempts', status: 429 })
    }
    const found = await read('users.byName', caller.username)
    if (!found || !(await verify(found.passwordHash, body.old_password))) {
      throw new AppError('The old password is wrong.', {
        code: 'wrong_credentials',
        status: 401,
        fields: [{ field: 'old_password', message: 'is wrong' }],
      })
    }
    limits.succeeded(raw.ip, caller.username)
    if (body.old_password === body.new_password) {
      throw new AppError('The new password is the old one.', {
        code: 'same_password',
        status: 422,
        fields: [{ field: 'new_password', message: 'must differ from the old one' }],
      })
    }
    await write('users.setPassword', { username: caller.username, passwordHash: await hashPassword(body.new_password) })
    reply.clearCookie(COOKIE, { path: '/' })
    return { message: 'Changed. Log in again.' }
  },
})

const logout = defineRoute({
  method: 'POST',
  path: '/auth/logout',
  access: 'any',
  tag: 'auth',
  summary: 'End this login.',
  response: message,
  async handle({ caller, reply }, { write }) {
    await write('login.close', { tokenSha256: caller.tokenSha256 })
    reply.clearCookie(COOKIE, { path: '/' })
    return { message: 'Logged out.' }
  },
})

const me = defineRoute({
  method: 'GET',
  path: '/auth/me',
  access: 'any',
  tag: 'auth',
  summary: 'Who am I?',
  response: user,
  async handle({ caller, raw, reply }, { read }) {
    const row = (await read('users.list', undefined as never)).find((row) => row.uuid === caller.uuid)
    if (!row) return sendProblem(raw, reply, 401, 'not_logged_in') as never
    return row
  },
})

export default [login, changePassword, logout, me]
