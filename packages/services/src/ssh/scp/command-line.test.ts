import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseScp } from './command-line.ts'

const sink = { direction: 'sink', recursive: false, times: false, directory: false }

test.each([
  ['scp -t /tmp/x', { ...sink, paths: ['/tmp/x'] }],
  ['scp -r -p -t .', { ...sink, recursive: true, times: true, paths: ['/root/.'] }],
  ['scp -rpdt -- -odd', { ...sink, recursive: true, times: true, directory: true, paths: ['/root/-odd'] }],
  ["/usr/bin/scp -t '~/a b'", { ...sink, paths: ['/root/a b'] }],
  ['scp -t /tmp/a\\ b"c"', { ...sink, paths: ['/tmp/a bc'] }],
  ['scp -v -f /a /b', { ...sink, direction: 'source', paths: ['/a', '/b'] }],
])('%s', (line, command) => {
  expect(parseScp(line, '/root')).toEqual(command)
})

test.each(['scp a b', 'scp', 'scp -t -f x', 'ls -t', 'scp -t x; id', 'scp -t $(id)', 'scp -t "a$b"', 'scp -t a | b', 'scp -f /etc/*'])(
  '%s is left to the shell',
  (line) => {
    expect(parseScp(line, '/root')).toBeNull()
  },
)

test('no line makes it throw', () => {
  fc.assert(fc.property(fc.string(), (line) => void parseScp(`scp -t ${line}`, '/root')))
})
