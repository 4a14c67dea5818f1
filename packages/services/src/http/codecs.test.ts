import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apacheGrammar, apachePath } from './apache-grammar.ts'
import { chunkedBody } from './body.ts'
import { authorizationCredential, formCredential, parseForm, xmlRpcCredentials } from './credentials.ts'
import { type Grammar, HeadReader, type HeadResult } from './grammar.ts'
import { multipartReader } from './multipart.ts'
import { nginxGrammar, nginxPath } from './nginx-grammar.ts'
import { parseRanges } from './ranges.ts'

const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => Buffer.from(value))
const nearly = fc
  .array(
    fc.oneof(
      fc.constantFrom('GET ', '/', ' HTTP/1.1', '\r\n', '\n', 'Host: a', ': ', ' ', '\0', 'Content-Length: 3', 'HTTP/0.9'),
      fc.string(),
    ),
    { maxLength: 30 },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))

function read(grammar: Grammar, input: Buffer, cuts: readonly number[]): HeadResult {
  const reader = new HeadReader(grammar)
  let at = 0
  let result: HeadResult = { kind: 'more' }
  for (const cut of [...cuts, input.length]) {
    const piece = input.subarray(at, at + cut)
    at += piece.length
    result = reader.push(piece)
    if (result.kind !== 'more') return result
  }
  return result
}

describe.each([
  ['nginx', nginxGrammar('1.22.1')],
  ['nginx before 1.21', nginxGrammar('1.18.0')],
  ['Apache', apacheGrammar],
] as const)('the head reader for %s', (_, grammar) => {
  test('says the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.oneof(bytes, nearly), fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 60 }), (input, cuts) => {
        const whole = read(grammar, input, [])
        const pieces = read(grammar, input, cuts)
        if (whole.kind === 'head') expect(pieces).toMatchObject({ kind: 'head', head: whole.head })
        else expect(pieces.kind).toBe(whole.kind)
      }),
    )
  })
  test('keeps order, case and exact bytes of the headers', () => {
    const name = fc
      .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/u)
      .filter((text) => !/^(host|content-length|transfer-encoding)$/iu.test(text))
    const value = fc.stringMatching(/^[!-~\u0080-\u00ff]{1,40}$/u)
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { maxLength: 20, selector: ([key]) => key.toLowerCase() }), (headers) => {
        const text = `GET /x HTTP/1.1\r\nHOST: a\r\n${headers.map(([key, text]) => `${key}: ${text}\r\n`).join('')}\r\n`
        const result = read(grammar, Buffer.from(text, 'latin1'), [])
        expect(result.kind === 'head' ? result.head.headers : result).toEqual([['HOST', 'a'], ...headers])
      }),
    )
  })
})

test('a chunked body comes back whole, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 9 }),
      (chunks, cut) => {
        const wire = Buffer.concat([
          ...chunks.flatMap((chunk) => [Buffer.from(`${chunk.length.toString(16)};x=y\r\n`), Buffer.from(chunk), Buffer.from('\r\n')]),
          Buffer.from('0\r\n\r\nrest'),
        ])
        const reader = chunkedBody()
        const got: Buffer[] = []
        let rest = Buffer.alloc(0)
        for (let at = 0; at < wire.length; at += cut) {
          const step = reader.push(wire.subarray(at, at + cut))
          got.push(...step.content)
          if (step.state === 'done') {
            rest = Buffer.concat([step.rest, wire.subarray(at + cut)])
            break
          }
          expect(step.state).toBe('more')
        }
        expect(Buffer.concat(got).equals(Buffer.concat(chunks))).toBe(true)
        expect(rest.toString()).toBe('rest')
      },
    ),
  )
})

test('files in a form come back with their exact bytes, however the form is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 50 }),
      (files, cut) => {
        const wire = Buffer.concat([
          ...files.flatMap((file, index) => [
            Buffer.from(`--B0undary\r\nContent-Disposition: form-data; name="f"; filename="${index}"\r\n\r\n`),
            Buffer.from(file),
            Buffer.from('\r\n'),
          ]),
          Buffer.from('--B0undary--\r\n'),
        ])
        const got: Buffer[] = []
        const reader = multipartReader('B0undary', () => {
          const parts: Buffer[] = []
          return { write: (chunk) => void parts.push(Buffer.from(chunk)), end: () => void got.push(Buffer.concat(parts)) }
        })
        for (let at = 0; at < wire.length; at += cut) reader.push(wire.subarray(at, at + cut))
        reader.end()
        expect(got.map((each) => each.toString('hex'))).toEqual(files.map((each) => Buffer.from(each).toString('hex')))
      },
    ),
  )
})

test('no parser throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.oneof(bytes, nearly), (input) => {
      const text = input.toString('latin1')
      chunkedBody().push(input)
      const reader = multipartReader('a', () => null)
      reader.push(input)
      reader.end()
      parseForm(input)
      formCredential([['content-type', 'application/x-www-form-urlencoded']], input)
      xmlRpcCredentials(Buffer.concat([Buffer.from('<methodName>wp.x</methodName>'), input]))
      for (const scheme of ['Basic', 'Bearer', 'Digest', 'Negotiate']) authorizationCredential(`${scheme} ${text}`)
      parseRanges(`bytes=${text}`, 10)
      expect(nginxPath(`/${text}`) ?? '/').toMatch(/^\//u)
      expect(nginxPath(`/${text}`) ?? '').not.toMatch(/(^|\/)\.\.(\/|$)/u)
      const placed = apachePath(`/${text}`)
      if ('path' in placed) expect(placed.path).not.toMatch(/(^|\/)\.\.(\/|$)/u)
    }),
  )
})

test('a form secret needs no principal, and other types hold none', () => {
  const form = [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']] as const
  expect(formCredential(form, Buffer.from('a=b&PASSWD=x%00'))).toEqual({
    secret: Buffer.from('x\0'),
    secretKind: 'plaintext',
    method: 'form',
  })
  expect(formCredential(form, Buffer.from('user=x'))).toBeNull()
  expect(formCredential([['Content-Type', 'text/plain']], Buffer.from('password=x'))).toBeNull()
  expect(authorizationCredential('Basic bm9jb2xvbg==')).toBeNull()
  expect(authorizationCredential('Digest username="a, b", realm="x", response="ff"')).toMatchObject({
    principal: Buffer.from('a, b'),
    secret: Buffer.from('ff'),
    secretKind: 'http_digest_md5',
  })
})

test('a Basic credential without its padding is one', () => {
  for (const [value, secret] of [
    ['YTpiYg==', 'bb'],
    ['YTpiYg', 'bb'],
    ['YTpiYmI=', 'bbb'],
    ['YTpiYmI', 'bbb'],
  ] as const)
    expect(authorizationCredential(`Basic ${value}`)).toMatchObject({ principal: Buffer.from('a'), secret: Buffer.from(secret) })
  expect(authorizationCredential('Basic YTpiY')).toBeNull()
})
