import fc from 'fast-check'
import { expect, it } from 'vitest'
import { benchItems, MOST_ITEMS } from './bench-items.ts'

const payloads = (kind: string, text: string) => benchItems(kind, text).items.map(({ item }) => item.payload)

it('a line is the main field of its kind; a log-in has a user and a password', () => {
  expect(benchItems('command', 'id\n\n uname -a \n').items).toEqual([
    { line: 1, text: 'id', item: { source_kind: 'command', payload: { command_text: 'id' } } },
    { line: 3, text: ' uname -a ', item: { source_kind: 'command', payload: { command_text: ' uname -a ' } } },
  ])
  expect(payloads('auth_attempt', 'root:a:b\nadmin')).toEqual([
    { username: 'root', password: 'a:b', success: false, method: 'password' },
    { username: 'admin' },
  ])
})

it('requests are read as on the wire, with headers and body, or as a bare target', () => {
  const raw = 'POST /login HTTP/1.1\r\nHost: a.example\r\nX-Y: 1\r\n\r\nuser=x\r\nmore\r\n\r\nGET /.env\n/wp-login.php\n\nHEAD / HTTP/2'
  expect(benchItems('http_request', raw).items.map(({ line, text }) => [line, text])).toEqual([
    [1, 'POST /login'],
    [8, 'GET /.env'],
    [9, 'GET /wp-login.php'],
    [11, 'HEAD /'],
  ])
  expect(payloads('http_request', raw)[0]).toEqual({
    method: 'POST',
    raw_url: '/login',
    headers: ['Host: a.example', 'X-Y: 1'],
    body: 'user=x\nmore',
  })
})

it('lines of JSON name what they are; others are told with their line', () => {
  const { items, problems } = benchItems(
    'json',
    '{"source_kind":"query","payload":{"query_text":"SELECT 1"}}\nnope\n{"payload":{}}\n{"source_kind":"x"}',
  )
  expect(items.map(({ text }) => text)).toEqual(['SELECT 1'])
  expect(problems.map(({ line }) => line)).toEqual([2, 3, 4])
})

it('takes no more than the server does, and says so', () => {
  const { items, problems } = benchItems('command', 'id\n'.repeat(MOST_ITEMS + 20))
  expect(items).toHaveLength(MOST_ITEMS)
  expect(problems).toEqual([expect.objectContaining({ line: MOST_ITEMS + 1 })])
})

it('never throws, whatever is pasted', () => {
  const kinds = fc.constantFrom('command', 'http_request', 'json', 'auth_attempt', 'no_such_kind')
  fc.assert(fc.property(kinds, fc.string({ unit: 'binary-ascii' }), (kind, text) => benchItems(kind, text).items.length <= MOST_ITEMS))
})
