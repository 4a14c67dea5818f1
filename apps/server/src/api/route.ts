import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiContext, Caller } from './context.ts'

/** open: anybody; any: every login, also one that must change its password; viewer, admin: roles, admin includes viewer. */
export type Access = 'open' | 'any' | 'viewer' | 'admin'

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined

export interface RouteRequest<Params, Query, Body, A extends Access> {
  readonly params: Parsed<Params>
  readonly query: Parsed<Query>
  readonly body: Parsed<Body>
  readonly caller: A extends 'open' ? Caller | undefined : Caller
  /** For what is not JSON: streams, downloads, cookies. */
  readonly raw: FastifyRequest
  readonly reply: FastifyReply
}

export interface Route<
  Params extends z.ZodType | undefined = z.ZodType | undefined,
  Query extends z.ZodType | undefined = z.ZodType | undefined,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
  Response extends z.ZodType | undefined = z.ZodType | undefined,
  A extends Access = Access,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/api/v1`, with `:name` for parameters. */
  readonly path: string
  readonly access: A
  readonly summary: string
  readonly tag: string
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** Content types that this route takes besides JSON, as a `TextBody` in `raw.body`; `body` says nothing then. */
  readonly texts?: readonly string[]
  /** JSON; absent where the handler writes to `reply` itself. */
  readonly response?: Response
  /** It answers with events as long as the client stays. */
  readonly streams?: true
  readonly status?: number
  /** Further statuses that the handler may set and that answer `response` as well. */
  readonly otherStatuses?: readonly number[]
  handle(
    request: RouteRequest<Params, Query, Body, A>,
    context: ApiContext,
  ): Promise<Response extends z.ZodType ? z.input<Response> : unknown>
}
export type AnyRoute = Route

/** Of a route that takes no query. */
const NO_QUERY = z.strictObject({})

/**
 * One route as frozen data; authentication, validation, OpenAPI and the console's types come from it.
 * A parameter of the query that its schema does not name is refused.
 */
export function defineRoute<
  A extends Access,
  Params extends z.ZodType | undefined = undefined,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  Response extends z.ZodType | undefined = undefined,
>(route: Route<Params, Query, Body, Response, A>): AnyRoute {
  const query = route.query instanceof z.ZodObject ? route.query.strict() : (route.query ?? NO_QUERY)
  return Object.freeze({ ...route, query }) as unknown as AnyRoute
}
