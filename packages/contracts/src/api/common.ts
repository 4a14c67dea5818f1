import { z } from 'zod'
import { count, timestamp } from '../fields.ts'

/** For a page whose content security policy forbids eval: schemas are walked, not compiled. Call it before the first parse. */
export const withoutEval = (): void => {
  z.config({ jitless: true })
}

/** `null`, `undefined` and the empty string in a query string mean "not given". */
const absent = (value: unknown) => (value === '' || value === 'null' || value === 'NULL' || value === 'undefined' ? undefined : value)
/** A member of a query string that may be empty there; defaults belong into `schema`. */
export const given = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(absent, schema)
export const optionalText = (max = 512) => given(z.string().max(max).optional())
export const optionalTime = given(timestamp.optional())

export const paging = z.object({
  limit: given(z.coerce.number().int().min(1).max(1000).default(50)),
  offset: given(z.coerce.number().int().min(0).max(2_147_483_647).default(0)),
})
export const period = z.object({ start_time: optionalTime, end_time: optionalTime })

/** `{total, limit, offset, data}`, as every list answers. */
export const page = <Row extends z.ZodType>(row: Row) => z.object({ total: count, limit: count, offset: count, data: z.array(row) })
export interface Page<Row> {
  total: number
  limit: number
  offset: number
  data: Row[]
}

/** RFC 9457. `errors` names the fields that were refused, of a text also the line and column; `code` is stable, for programs. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  error_id: z.string().optional(),
  errors: z
    .array(z.object({ field: z.string(), message: z.string(), line: z.number().int().optional(), column: z.number().int().optional() }))
    .optional(),
})
export type Problem = z.infer<typeof problem>

export const severity = z.enum(['info', 'low', 'medium', 'high', 'critical'])
export type Severity = z.infer<typeof severity>
export const message = z.object({ message: z.string() })
