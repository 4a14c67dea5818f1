import { z } from 'zod'
import { timestamp, uuid } from '../fields.ts'

export const role = z.enum(['admin', 'viewer'])
export type Role = z.infer<typeof role>

export const username = z.string().regex(/^[A-Za-z0-9_.@-]{1,64}$/u, 'must be letters, digits and _ . @ - only, at most 64')
/** 12 to 128 characters: Argon2id has no 72-byte limit. */
export const newPassword = z.string().min(12, 'must have at least 12 characters').max(128, 'must have at most 128 characters')

export const loginRequest = z.strictObject({ username: z.string().min(1).max(256), password: z.string().min(1).max(1024) })
export const loginResponse = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  must_change_password: z.boolean(),
  expires_at: timestamp,
})
export const changePasswordRequest = z.strictObject({ old_password: z.string().min(1).max(1024), new_password: newPassword })

export const user = z.object({
  uuid,
  username: z.string(),
  role,
  must_change_password: z.boolean(),
  created_at: timestamp,
  last_login_at: timestamp.nullable(),
})
export type User = z.infer<typeof user>
export const users = z.array(user)
export const createUserRequest = z.strictObject({ username, password: newPassword, role })
export const setRoleRequest = z.strictObject({ role })
export const resetPasswordRequest = z.strictObject({ new_password: newPassword })
