import { randomUUID } from 'node:crypto'
import type { Problem } from '@decnet/contracts/api'
import { AppError } from '@decnet/kernel'
import type { Logger } from '@decnet/kernel/logging'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not logged in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  414: 'Address too long',
  415: 'Not JSON',
  422: 'Not acceptable as it is',
  429: 'Too many attempts',
  500: 'Something broke here',
  503: 'Not ready',
}

/** Answers with a problem (RFC 9457). */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: string,
  detail?: string,
  more: Partial<Problem> = {},
): FastifyReply {
  const body: Problem = {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    instance: request.url.split('?')[0] ?? '',
    ...more,
  }
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(status).header('x-content-type-options', 'nosniff').type('application/problem+json').send(JSON.stringify(body))
}

/** The error handler: expected errors with their code and status, refused fields by name, everything else as an id that the log explains. */
export function problemHandler(logger: Logger) {
  return (error: FastifyError | AppError | Error, request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof AppError) {
      if (error.status >= 500) logger.error({ err: error, url: request.routeOptions.url }, 'a request failed')
      const errors = error.fields ? { errors: [...error.fields] } : {}
      return sendProblem(request, reply, error.status, error.code, error.hint ? `${error.message} ${error.hint}` : error.message, errors)
    }
    const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
    if (status < 500) {
      const code =
        'code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
          ? 'body_too_large'
          : status === 400
            ? 'malformed_request'
            : status === 415
              ? 'not_json'
              : status === 429
                ? 'too_many_requests'
                : 'bad_request'
      return sendProblem(request, reply, status, code, status === 400 ? 'The request cannot be read.' : undefined)
    }
    const errorId = randomUUID()
    logger.error({ err: error, error_id: errorId, url: request.routeOptions.url }, 'a request failed unexpectedly')
    return sendProblem(request, reply, 500, 'internal', 'The log of the server has the reason under this id.', { error_id: errorId })
  }
}
