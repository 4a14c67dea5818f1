import { uuid } from '@decnet/contracts'
import { createUserRequest, message, resetPasswordRequest, setRoleRequest, user } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import { z } from 'zod'
import { hashPassword } from '../../store/users.ts'
import { defineRoute } from '../route.ts'

const params = z.object({ uuid })
const tag = 'users'

const list = defineRoute({
  method: 'GET',
  path: '/users',
  access: 'admin',
  tag,
  summary: 'Everybody who may log in.',
  response: z.array(user),
  handle: (_request, { read }) => read('users.list', undefined as never),
})

const create = defineRoute({
  method: 'POST',
  path: '/users',
  access: 'admin',
  tag,
  summary: 'Make a user, who must change the password at the first login.',
  body: createUserRequest,
  response: z.object({ uuid }),
  status: 201,
  async handle({ body }, { write, now }) {
    const { username, password, role } = body
    return {
      uuid: await write('users.create', {
        username,
        passwordHash: await hashPassword(password),
        role,
        mustChangePassword: true,
        now: now(),
      }),
    }
  },
})

const remove = defineRoute({
  method: 'DELETE',
  path: '/users/:uuid',
  access: 'admin',
  tag,
  summary: 'Remove a user and end that login.',
  params,
  response: message,
  async handle({ params, caller }, { write }) {
    if (params.uuid === caller.uuid) throw new AppError('You cannot remove yourself.', { code: 'own_account', status: 409 })
    await write('users.delete', params)
    return { message: 'Removed.' }
  },
})

const role = defineRoute({
  method: 'PUT',
  path: '/users/:uuid/role',
  access: 'admin',
  tag,
  summary: 'Change what a user may do; ends that login.',
  params,
  body: setRoleRequest,
  response: message,
  async handle({ params, body }, { write }) {
    await write('users.setRole', { ...params, ...body })
    return { message: 'Changed.' }
  },
})

const reset = defineRoute({
  method: 'PUT',
  path: '/users/:uuid/reset-password',
  access: 'admin',
  tag,
  summary: "Set another's password, to be changed at the next login.",
  params,
  body: resetPasswordRequest,
  response: message,
  async handle({ params, body }, { write }) {
    await write('users.resetPassword', { ...params, passwordHash: await hashPassword(body.new_password) })
    return { message: 'Changed.' }
  },
})

export default [list, create, remove, role, reset]
