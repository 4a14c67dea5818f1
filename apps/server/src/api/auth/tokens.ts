import { createHash, randomBytes } from 'node:crypto'

/** How long a login lasts. */
export const LOGIN_MS = 12 * 3600_000
export const COOKIE = 'decnet_session'

/** 256 random bits; opaque. */
export const newToken = (): string => randomBytes(32).toString('base64url')
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')
