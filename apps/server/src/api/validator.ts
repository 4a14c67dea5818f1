import { AppError } from '@decnet/kernel'
import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
import { refusals, sentence } from './refusal.ts'
import { TextBody } from './text-body.ts'

const PARTS: Readonly<Record<string, string>> = { querystring: 'query', params: 'address', headers: 'header' }

/** Refuses what a schema does not take: 422 `invalid_request`, naming each field. Handlers get the schema's output alone. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data) => {
    // Read by its route.
    if (data instanceof TextBody) return { value: data }
    // Who needs to say nothing may leave the body out.
    const absent = httpPart === 'body' && (data === undefined || data === null) ? schema.safeParse({}) : undefined
    const result = absent?.success ? absent : schema.safeParse(data)
    if (result.success) return { value: result.data }
    const fields = refusals(result.error, schema, PARTS[httpPart ?? ''] ?? 'body', data)
    return { error: new AppError(sentence(fields), { code: 'invalid_request', status: 422, fields }) }
  }
