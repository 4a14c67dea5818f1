import { AppError } from '@decnet/kernel'
import type { FastifyBodyParser } from 'fastify'

/**
 * A JSON body; an empty one is none, whatever its type says. `__proto__` is a key like others here: the schemas refuse or drop it, and
 * handlers see only what those made.
 */
export const parseJson: FastifyBodyParser<string> = (_request, body, done) => {
  if (body === '') return done(null, undefined)
  try {
    done(null, JSON.parse(body))
  } catch {
    done(new AppError('The body is not valid JSON.', { code: 'malformed_request', status: 400 }))
  }
}
