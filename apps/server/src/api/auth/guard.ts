import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiContext, Caller } from '../context.ts'
import { sendProblem } from '../problems.ts'
import type { Access } from '../route.ts'
import { COOKIE, tokenHash } from './tokens.ts'

const callers = new WeakMap<FastifyRequest, Caller>()
export const callerOf = (request: FastifyRequest): Caller | undefined => callers.get(request)

/** The token shown: `Authorization: Bearer …` first, else the console's cookie. */
function shownToken(request: FastifyRequest): { token: string; byCookie: boolean } | undefined {
  const bearer = /^Bearer ([\w-]{20,128})$/u.exec(request.headers.authorization ?? '')?.[1]
  if (bearer) return { token: bearer, byCookie: false }
  const cookie = request.cookies[COOKIE]
  return cookie ? { token: cookie, byCookie: true } : undefined
}

/** A page of another origin must not act with the console's cookie, should a browser send it after all. */
const foreign = (request: FastifyRequest) => {
  const site = request.headers['sec-fetch-site']
  return request.method !== 'GET' && site !== undefined && site !== 'same-origin' && site !== 'none'
}

/** Runs before the body is read: nobody learns from validation what they may not see. */
export function guard(access: Access, context: ApiContext) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const shown = shownToken(request)
    const tokenSha256 = shown ? tokenHash(shown.token) : ''
    const user = shown ? await context.read('auth.user', { tokenSha256, now: context.now() }) : null
    if (user) callers.set(request, { ...user, tokenSha256 })
    if (access === 'open') return undefined
    if (!user) return sendProblem(request, reply, 401, 'not_logged_in', 'Could not validate credentials')
    if (shown?.byCookie && foreign(request))
      return sendProblem(request, reply, 403, 'foreign_origin', 'This request came from another site.')
    if (access === 'any') return undefined
    if (access === 'admin' && user.role !== 'admin')
      return sendProblem(request, reply, 403, 'insufficient_role', 'Insufficient permissions')
    if (user.mustChangePassword)
      return sendProblem(request, reply, 403, 'must_change_password', 'Password change required before accessing this resource')
    return undefined
  }
}
