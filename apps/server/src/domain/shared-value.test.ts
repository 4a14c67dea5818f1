import fc from 'fast-check'
import { expect, it } from 'vitest'
import { namedValue } from './linkage/profile.ts'
import { inWords, secretsIn } from './shared-value.ts'

const [A, B] = ['a'.repeat(64), 'b'.repeat(64)]
const secrets = new Map([
  [A, 'hunter2'],
  [B, '\\xff\\x1b[2J'],
])
const value = (kind: string, ...logins: string[][]) => namedValue(kind, logins.map((login) => JSON.stringify(login)).join(' then ')).text

it('a log-in is read with its password, a hand-over with its decky', () => {
  expect(inWords(value('login', ['root', A]), secrets)).toBe('login root : hunter2')
  expect(inWords(value('password', ['nuno', B, 'web-01']), secrets)).toBe('password nuno : \\xff\\x1b[2J on web-01')
  expect(inWords(value('logins', ['a', A], ['b', B]), secrets)).toBe('logins a : hunter2 → b : \\xff\\x1b[2J')
  expect(secretsIn(value('logins', ['a', A], ['b', B]))).toEqual([A, B])
})
it('of a long list the beginning is read', () => {
  expect(inWords(value('logins', ['administrator', A], ['administrator', B]), secrets)).toBe('logins administrator : hunter2 → …')
})
it('a secret that is no longer kept is told by its hash', () => {
  expect(inWords(value('login', ['root', A]), new Map())).toBe('login root : (aaaaaaaa…, no longer kept)')
})
it('what is no log-in stays as it is, even where it looks like one', () => {
  for (const text of ['c2 203.0.113.9:80', `command login ["root","${A}"]`, 'login ["root","x"]', '']) {
    expect(inWords(text, secrets)).toBe(text)
    expect(secretsIn(text)).toEqual([])
  }
})
it('never moves a cursor, whatever name was given', () => {
  const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (user) => !obeyed.test(inWords(value('login', [user, A]), secrets))))
})
