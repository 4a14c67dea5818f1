import { createHash } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certificateFacts } from './certificate.ts'
import { readEndpoint, writeEndpoint } from './endpoint.ts'
import { httpFacts } from './http-answer.ts'
import { TCP_INFO_BYTES, tcpOfferHash, tcpOfferOf } from './tcp-info.ts'

describe('a host and a port', () => {
  it.each([
    ['example.org:443', { host: 'example.org', port: 443 }],
    ['198.51.100.7:22', { host: '198.51.100.7', port: 22 }],
    ['[2001:db8::7]:22', { host: '2001:db8::7', port: 22 }],
  ])('is read and written as it was: %s', (text, endpoint) => {
    expect(readEndpoint(text)).toEqual(endpoint)
    expect(writeEndpoint(endpoint)).toBe(text)
  })
  it.each([
    '',
    'host',
    'host:',
    ':443',
    'host:0',
    'host:65536',
    '2001:db8::7:22',
    '[::1]',
    'a b:22',
    'http://a:80',
    'a:22/x',
    'a:1e2',
    '[fe80::1%lo]:22',
  ])('is not %j', (text) => {
    expect(readEndpoint(text)).toBeNull()
  })
})

describe('the answer of a web server', () => {
  const answer = { version: '1.1', status: 200, rawHeaders: ['Server', 'nginx', 'Date', 'now', 'Content-Type', 'text/html'], page: '' }
  it('is known by its version, its server and the order of its headers, and not by what it shows today', () => {
    const { hash } = httpFacts(answer)
    expect(httpFacts({ ...answer, status: 503, page: '<title>x</title>', rawHeaders: answer.rawHeaders.with(3, 'later') }).hash).toBe(hash)
    for (const other of [
      { ...answer, version: '1.0' },
      { ...answer, rawHeaders: answer.rawHeaders.with(1, 'Apache') },
      { ...answer, rawHeaders: answer.rawHeaders.with(0, 'server') },
      { ...answer, rawHeaders: [...answer.rawHeaders.slice(2), 'Server', 'nginx'] },
    ])
      expect(httpFacts(other).hash).not.toBe(hash)
  })
  it('has the title of its page and where it would send one', () => {
    const page = '<html><TITLE lang="en">\n  A  page\n</TITLE>'
    expect(httpFacts({ ...answer, page, rawHeaders: ['location', '/x'] })).toMatchObject({ title: 'A page', location: '/x', server: null })
    expect(httpFacts({ ...answer, page: '<title>' }).title).toBeNull()
  })
  it('is read in linear time, and never throws', () => {
    const started = performance.now()
    httpFacts({ ...answer, page: '<title '.repeat(20_000) })
    expect(performance.now() - started).toBeLessThan(1_000)
    fc.assert(fc.property(fc.array(fc.string()), fc.string(), (rawHeaders, page) => void httpFacts({ ...answer, rawHeaders, page })))
  })
})

describe('what the kernel keeps of a SYN-ACK', () => {
  const info = (options: number, scales: number, mss: number) => {
    const bytes = Buffer.alloc(TCP_INFO_BYTES)
    bytes.set([options, scales], 5)
    bytes.writeUInt32LE(mss, 16)
    return bytes
  }
  it('is the segment, the scale of the window and the options', () => {
    expect(tcpOfferOf(info(0b111, 0x97, 1_448))).toEqual({ mss: 1_460, windowScale: 7, sack: true, timestamps: true })
    expect(tcpOfferOf(info(0, 0x97, 536))).toEqual({ mss: 536, windowScale: null, sack: false, timestamps: false })
  })
  it('has a fingerprint in which every part counts that does not change with the moment', () => {
    const offers = [info(0b111, 7, 1_448), info(0b110, 7, 1_460), info(0b111, 8, 1_448), info(0b101, 7, 1_448), info(0b011, 7, 1_448)]
    const hashes = offers.map(tcpOfferOf).map((offer) => offer && tcpOfferHash(offer))
    expect(new Set(hashes).size).toBe(offers.length)
    expect(hashes[0]).toMatch(/^[0-9a-f]{32}$/u)
    const elsewhere = tcpOfferOf(info(0b111, 7, 1_400))
    expect(elsewhere && tcpOfferHash(elsewhere)).toBe(hashes[0])
  })
  it('is nothing where it is too short', () => {
    expect(tcpOfferOf(Buffer.alloc(TCP_INFO_BYTES - 1))).toBeNull()
  })
})

describe('a certificate', () => {
  const [pem = ''] = rootCertificates
  const der = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/gu, ''), 'base64')
  it('has a hash, names and a time, and says whether it signed itself', () => {
    const facts = certificateFacts(der)
    expect(facts).toMatchObject({ sha256: createHash('sha256').update(der).digest('hex'), selfSigned: true, issuer: facts?.subject })
    expect(facts?.subject).toMatch(/=/u)
    expect(facts?.subject).not.toContain('\n')
    expect(Date.parse(facts?.notAfter ?? '')).toBeGreaterThan(Date.parse(facts?.notBefore ?? ''))
  })
  it('is no other bytes, and no bytes make it throw', () => {
    const changed = fc
      .tuple(fc.nat({ max: der.length - 1 }), fc.nat({ max: 255 }))
      .map(([at, byte]) => Buffer.from(der).fill(byte, at, at + 1))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => certificateFacts(bytes) === null))
    fc.assert(fc.property(changed, (bytes) => void certificateFacts(bytes)))
  })
})
