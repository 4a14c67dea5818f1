import { readFileSync } from 'node:fs'
import { problem } from '@decnet/contracts/api'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, serializerCompiler } from 'fastify-type-provider-zod'
import { callerOf, guard } from './auth/guard.ts'
import type { ApiContext } from './context.ts'
import { parseJson } from './json-body.ts'
import { problemHandler, sendProblem } from './problems.ts'
import type { AnyRoute } from './route.ts'
import { routes } from './routes/index.ts'
import { takeTexts } from './text-body.ts'
import { validatorCompiler } from './validator.ts'

const BASE = '/api/v1'
/** Ends as a file does; the last part of an IPv4 address does not. */
const FILE_NAME = /\.[a-z]\w{0,7}$/iu
const BODY_BYTES = 1024 * 1024
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

/** Attackers' strings stand in these pages: no script but our own files, no other origin, no frame. wasm is the terminal player's. */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  workerSrc: ["'self'", 'blob:'],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  upgradeInsecureRequests: null,
}

function addRoute(app: FastifyInstance, route: AnyRoute, context: ApiContext): void {
  const { params, query, body, response } = route
  app.route({
    method: route.method,
    url: `${BASE}${route.path}`,
    schema: {
      summary: route.summary,
      tags: [route.tag],
      operationId: `${route.method.toLowerCase()}${route.path.replace(/[/:-]+(\w)/gu, (_all, letter: string) => letter.toUpperCase())}`,
      security: route.access === 'open' ? [] : [{ bearer: [] }],
      ...(params ? { params } : {}),
      ...(query ? { querystring: query } : {}),
      ...(body ? { body } : {}),
      ...(route.texts ? { consumes: ['application/json', ...route.texts] } : {}),
      response: {
        ...(response ? Object.fromEntries([route.status ?? 200, ...(route.otherStatuses ?? [])].map((status) => [status, response])) : {}),
        default: problem.describe('Problem details (RFC 9457)'),
      },
    },
    onRequest: guard(route.access, context),
    async handler(request, reply) {
      if (route.status !== undefined) reply.code(route.status)
      const caller = callerOf(request)
      return route.handle(
        { params: request.params, query: request.query, body: request.body, caller, raw: request, reply } as never,
        context,
      )
    },
  })
}

/** The whole application, not yet listening. `consoleFolder` null serves the API alone. */
export async function buildApp(context: ApiContext, consoleFolder: string | null): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_BYTES,
    trustProxy: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, request, reply) =>
      error.statusCode === 414
        ? sendProblem(request, reply, 414, 'address_too_long')
        : sendProblem(request, reply, 400, 'malformed_address', 'The address is not properly encoded.'),
  })
  app.removeContentTypeParser(['text/plain', 'application/json'])
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseJson)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(problemHandler(context.logger))

  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY },
    strictTransportSecurity: false,
    crossOriginEmbedderPolicy: false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  })
  await app.register(cookie)
  await app.register(compress, { global: true, threshold: 1024, encodings: ['br', 'gzip'] })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'DECNET',
        version,
        description:
          'What attackers did, and who they are. JSON in snake_case; lists as {total, limit, offset, data}; errors as problem details.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
  })
  await app.register(swaggerUi, { routePrefix: '/api/docs', uiConfig: { docExpansion: 'list' } })

  await app.register(async (api) => {
    for (const route of routes) {
      const { texts } = route
      if (!texts) addRoute(api, route, context)
      else
        await api.register(async (scope) => {
          takeTexts(scope, texts)
          addRoute(scope, route, context)
        })
    }
  })
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger())

  if (consoleFolder) {
    await app.register(fastifyStatic, {
      root: consoleFolder,
      wildcard: false,
      index: 'index.html',
      setHeaders: (reply, path) =>
        reply.header('cache-control', /\/assets\//u.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'),
    })
  }
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?')
    const page = request.method === 'GET' && !path.startsWith('/api') && !FILE_NAME.test(path)
    if (page && consoleFolder) return reply.sendFile('index.html')
    return sendProblem(request, reply, 404, 'not_found', 'There is nothing at this address.')
  })
  return app
}
