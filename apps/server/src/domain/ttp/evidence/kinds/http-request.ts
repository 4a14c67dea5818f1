import { events } from '@decnet/contracts/events'
import { percentDecoded } from '../../normalise/decode.ts'
import { readRequest } from '../../normalise/request.ts'
import { defineKind, number, type Payload, repeats, text, texts } from '../kind.ts'
import * as read from '../read-body.ts'
import { textOf } from '../text-of.ts'

/** A body of which nobody says what it is. */
const PAIRS = /^[\w.[\]%-]{1,64}=/u
const HEADERS = 100
const BODY_CHARACTERS = 33_792

/** `[[name, value], …]` as JSON, or such lines already. */
function headerLines(given: Payload[string] | undefined): string[] {
  if (Array.isArray(given)) return given.slice(0, HEADERS)
  if (typeof given !== 'string' || given === '') return []
  try {
    const list: unknown = JSON.parse(given)
    const pairs = Array.isArray(list) ? list : typeof list === 'object' && list !== null ? Object.entries(list) : []
    return pairs.slice(0, HEADERS).flatMap((pair: unknown) => (Array.isArray(pair) ? [`${textOf(pair[0])}: ${textOf(pair[1])}`] : []))
  } catch {
    return given.split(/\r?\n/u, HEADERS)
  }
}
const headerValue = (lines: readonly string[], name: string): string | undefined => {
  const line = lines.find((each) => each.slice(0, name.length + 1).toLowerCase() === `${name}:`)
  return line?.slice(name.length + 1).trim()
}

/** A request as it was read, and as an application would come to see it. */
export const httpRequest = defineKind({
  name: 'http_request',
  summary: 'an HTTP request',
  main: 'raw_url',
  aliases: { uri: 'raw_url', request_path: 'raw_url', status_code: 'status' },
  fields: {
    method: text('`GET`, `POST`, …'),
    raw_url: text('the target exactly as sent'),
    url: text('the target, decoded twice'),
    path: text('its path, decoded twice'),
    query: text('what follows `?`, decoded twice'),
    params: texts('each `name=value` of query and form, decoded twice'),
    user_agent: text('how the client names itself'),
    host: text('the Host header'),
    headers: texts('each header line: `Name: value`'),
    body: text('the first bytes of the body; a form is decoded'),
    content_type: text('type of the body'),
    status: number('status that was answered'),
    injected: texts(
      'commands around a shell separator (`;`, `|`, `&&`, backtick, `$(`) in a parameter or a text of JSON, behind one in path or body, or in one named `cmd` or the like',
    ),
    anywhere: repeats(texts('url, body and every header line: for what may stand in any of them')),
  },
  derive(given) {
    const { raw_url: url = '', body = '' } = given
    const headers = headerLines(given.headers)
    const type = given.content_type ?? headerValue(headers, 'content-type') ?? ''
    const bodyText = typeof body === 'string' ? body.slice(0, BODY_CHARACTERS) : ''
    const form = type === '' ? PAIRS.test(bodyText) : String(type).toLowerCase().startsWith('application/x-www-form-urlencoded')
    const seen = readRequest(typeof url === 'string' ? url : '', bodyText, form)
    const userAgent = given.user_agent ?? headerValue(headers, 'user-agent')
    const host = given.host ?? headerValue(headers, 'host')
    const decodedHeaders = headers.map((line) => (line.includes('%') ? percentDecoded(line) : line))
    return {
      url: seen.url,
      path: seen.path,
      query: seen.query,
      params: seen.params,
      injected: seen.injected,
      headers: decodedHeaders,
      ...(bodyText !== '' && { body: seen.bodyDecoded }),
      ...(type !== '' && { content_type: type }),
      ...(userAgent !== undefined && { user_agent: userAgent }),
      ...(host !== undefined && { host }),
      anywhere: [
        seen.url,
        bodyText === '' ? '' : seen.bodyDecoded,
        typeof userAgent === 'string' ? userAgent : '',
        ...decodedHeaders,
      ].filter((text) => text !== ''),
    }
  },
  from: ({ type, body }) =>
    type === events.httpRequest.type
      ? [
          {
            ...read.texts(body, {
              method: 'method',
              raw_url: 'path',
              user_agent: 'user_agent',
              host: 'host',
              headers: 'headers',
              body: 'body',
            }),
            ...read.numbers(body, { status: 'status' }),
          },
        ]
      : [],
})
