import type { FastifyInstance } from 'fastify'

/** A body that is a text of its own kind, for a route that reads it itself. */
export class TextBody {
  readonly type: string
  readonly text: string
  constructor(type: string, text: string) {
    this.type = type
    this.text = text
  }
}

/** Takes bodies of these content types as they are, on the routes of that scope alone. */
export function takeTexts(scope: FastifyInstance, types: readonly string[]): void {
  for (const type of types)
    scope.addContentTypeParser<string>(type, { parseAs: 'string' }, (_request, text, done) => done(null, new TextBody(type, text)))
}
