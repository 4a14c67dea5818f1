import { createHash } from 'node:crypto'
import { mailDomain, mailHeaderName } from '@decnet/contracts'
import { events } from '@decnet/contracts/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHARSETS } from './charset.ts'
import { attached, base64Lines, mixed, readMail } from './mail.fixture.ts'

const sha256 = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex')
const manifestOf = (message: string, envelope = {}) => readMail(message, envelope).manifest

describe('the header of a message', () => {
  it('is told by its names, in order and as they were written, and those that are no names are left out', () => {
    const { manifest } = readMail('Received: a\r\n\tb\r\nX-MAILER: c\r\nfrom:d\r\nX Y: e\r\n')
    expect(manifest.header_names).toBe('Received,X-MAILER,from')
    expect(manifestOf('From: a\r\n1abc: b\r\nb@d: c\r\nTo: d\r\n\r\n').header_names).toBe('From,To')
    expect(manifestOf(`${'A: b\r\n'.repeat(900)}\r\n`).header_names?.split(',')).toHaveLength(200)
  })

  it('ends at an empty line, or before the first line that belongs to none, which is then text', () => {
    expect(manifestOf('A: b\r\n\r\nC: d').header_names).toBe('A')
    const bare = readMail('just text\r\nMore: text\r\n')
    expect(bare.manifest.header_names).toBe('')
    expect(bare.text.body_text).toBe('just text\r\nMore: text\r\n')
    expect(readMail('A: b\nno header\nC: d\n').text.body_text).toBe('no header\nC: d\n')
  })

  it('has its mailer only as a hash', () => {
    expect(manifestOf('X-Mailer:  swaks v1\r\n\r\n').x_mailer_sha256).toBe(sha256('swaks v1'))
    expect(manifestOf('A: b\r\n\r\n').x_mailer_sha256).toBeUndefined()
  })

  it.each([
    ['From: Ana <ana@Bank.example>', 'bounce@bank.example', true],
    ['From: ana@bank.example (Ana)', 'x@evil.example', false],
    ['From: "a@b.example" <ana@evil.example>', 'x@evil.example', true],
    ['From: Ana <ana@b\xc3\xbccher.example>', 'x@xn--bcher-kva.example', true],
    ['From: Ana', 'x@evil.example', undefined],
    ['From: <ana@[192.0.2.1]>', 'x@evil.example', undefined],
    ['From: ana@bank.example', '', undefined],
    ['To: ana@bank.example', 'x@bank.example', undefined],
  ])('says whether %j is of the domain of the sender %j: %s', (line, mailFrom, same) => {
    expect(manifestOf(`${line}\r\n\r\n`, { mailFrom }).from_is_mail_from).toBe(same)
  })

  it('says whether the sender is that of the return path, and what speaks for him', () => {
    const one = manifestOf(
      'Return-Path: <a@x.example>\r\nFrom: <b@y.example>\r\nDKIM-Signature: v=1\r\nAuthentication-Results: mx.example;\r\n spf=softfail smtp.mailfrom=a@x.example; dkim = pass (good); dmarc=fail\r\n\r\n',
    )
    expect(one).toMatchObject({ from_is_return_path: false, dkim_signed: true, spf: 'softfail', dkim: 'pass', dmarc: 'fail' })
    const two = manifestOf('Received-SPF: Pass (mx: x)\r\nAuthentication-Results: mx; xspf=fail; spf=maria\r\n\r\n')
    expect(two).toMatchObject({ dkim_signed: false, spf: 'pass' })
    expect(two.dkim).toBeUndefined()
    expect(manifestOf('A: b\r\n\r\n').spf).toBeUndefined()
  })

  it('tells the domains of recipients, each once, in lower case and in ASCII', () => {
    const recipients = [
      'a@One.example',
      'b@one.example',
      'postmaster',
      'c@[10.0.0.1]',
      'd@b\xc3\xbccher.example',
      'e@-x-.example',
      '"a@b"@two.example.',
    ]
    expect(manifestOf('', { recipients }).rcpt_domains).toBe('one.example,xn--bcher-kva.example,two.example')
    const many = Array.from({ length: 5_000 }, (_, n) => `a@${`${n}`.padEnd(60, 'x')}.${'y'.repeat(60)}.example`)
    expect(manifestOf('', { recipients: many }).rcpt_domains?.length).toBeLessThanOrEqual(60_000)
  })
})

describe('the text of a message', () => {
  it('is hashed after its encoding is taken off, all parts that are shown together, and no attachment', () => {
    expect(manifestOf('A: b\r\n\r\nhello\r\n').body_sha256).toBe(sha256('hello\r\n'))
    expect(manifestOf('A: b\r\n').body_sha256).toBe(sha256(''))
    const message = mixed(
      'Content-Type: text/plain\r\n\r\none',
      'Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<b>t=\r\nwo=21</b>',
      attached('a.txt', 'three'),
    )
    const { manifest, text, attachments } = readMail(message)
    expect(manifest.body_sha256).toBe(sha256('one<b>two!</b>'))
    expect(text.body_text).toBe('one\n two! ')
    expect(attachments).toHaveLength(1)
    expect(manifest.attachment_count).toBe(1)
  })

  it('is read in its own alphabet, or as UTF-8 in one that nobody knows', () => {
    const body = (head: string, bytes: string) => readMail(`${head}\r\n\r\n${bytes}`).text.body_text
    expect(body('Content-Type: text/plain; charset="iso-8859-1"', '\xfc')).toBe('ü')
    expect(body('Content-Type: text/plain; charset=utf-16le', 'a\0b\0')).toBe('ab')
    expect(body('Content-Type: text/plain; charset=klingon', '\xc3\xbc')).toBe('ü')
    for (const charset of CHARSETS) expect(() => new TextDecoder(charset), charset).not.toThrow()
    expect(readMail(`Subject: =?iso-8859-1?q?F=FC_r?= =?utf-8?b?${Buffer.from('ß').toString('base64')}?= x\r\n\r\n`).text.subject).toBe(
      'Fü rß x',
    )
  })

  it('of pages is what a reader sees', () => {
    const shown = (page: string) => readMail(`Content-Type: text/html\r\n\r\n${page}`).text.body_text.replace(/\s+/gu, ' ').trim()
    expect(shown('<p>pay&#32;<!-- no --><b>n&#x6f;w</b>&amp;here<style>no{}</style><SCRIPT>no</SCRIPT>.')).toBe('pay now &here .')
    expect(shown('a<script>never ends')).toBe('a')
    expect(shown('a<!-- never ends')).toBe('a')
    // A letter that becomes two in lower case.
    expect(shown('\u00c4\u00b0<b>x</b>y')).toBe('İ x y')
  })

  it('has links, whose hosts are told in ASCII, each once', () => {
    const text =
      'http://a.example/x https://A.example:8080/ http://user:pass@b.example/?q=1 ftp://192.0.2.1/f http://xn--bcher-kva.example http:// xhttp://no.example'
    const told = (mail: string) => {
      const { manifest, text } = readMail(mail)
      return [manifest.url_count, manifest.idn_url_count, text.url_hosts]
    }
    expect(told(`A: b\r\n\r\n${text}`)).toEqual([5, 1, ['a.example', 'b.example', '192.0.2.1', 'xn--bcher-kva.example']])
    const page = '<a href="h&#116;tps://b&#xFC;cher.example/">x</a>'
    expect(told(`Content-Type: text/html\r\n\r\n${page}`)).toEqual([1, 1, ['xn--bcher-kva.example']])
  })

  it('counts what was base64 in it, not how it was sent, and no links', () => {
    const run = Buffer.alloc(6_000, 'payload').toString('base64')
    expect(manifestOf(`A: b\r\n\r\n${run}`).body_base64_bytes).toBe(6_000)
    expect(manifestOf(`A: b\r\n\r\n${base64Lines(Buffer.alloc(5_700, 'payload'))}`).body_base64_bytes).toBe(5_700)
    expect(
      manifestOf(`Content-Transfer-Encoding: base64\r\n\r\n${base64Lines(Buffer.from('plain words '.repeat(100)))}`).body_base64_bytes,
    ).toBe(0)
    expect(manifestOf(`A: b\r\n\r\nhttps://a.example/${run.slice(0, 900)}`).body_base64_bytes).toBe(0)
  })

  it('has a similarity hash that hardly changes with a name in it, and is another for another text', () => {
    const letter = (name: string, sum: string) =>
      `Dear ${name},\r\nyour mailbox is almost full. To go on receiving messages please confirm your account on the page below within two days, or it will be closed. The fee of ${sum} is waived for members of the staff. Kind regards, the help desk of your company.`
    const bits = (message: string) => BigInt(`0x${manifestOf(`A: b\r\n\r\n${message}`).body_simhash}`)
    const distance = (one: bigint, other: bigint) => (one ^ other).toString(2).replaceAll('0', '').length
    expect(distance(bits(letter('Maria', '10 EUR')), bits(letter('Bob', '12 USD')))).toBeLessThan(16)
    expect(
      distance(bits(letter('Maria', '10 EUR')), bits('the quick brown fox jumps over the lazy dog and runs away from it at once')),
    ).toBeGreaterThan(16)
    expect(manifestOf('A: b\r\n\r\none two three').body_simhash).toBeUndefined()
    // The first eight bytes of SHA-256 over each three words in a row, bit by bit.
    expect(manifestOf('A: b\r\n\r\nA b, c d\r\ne f g H').body_simhash).toBe(simhashOf('a b c d e f g h'))
  })
})

/** As its definition says, slowly. */
function simhashOf(text: string): string {
  const words = text.split(' ')
  const hashes = words.slice(2).map((_, at) => BigInt(`0x${sha256(words.slice(at, at + 3).join(' ')).slice(0, 16)}`))
  let hash = 0n
  for (let bit = 0n; bit < 64n; bit += 1n) {
    const ones = hashes.filter((one) => (one >> bit) & 1n).length
    if (ones * 2 > hashes.length) hash |= 1n << bit
  }
  return hash.toString(16).padStart(16, '0')
}

describe('what a message says, for rules where it is kept', () => {
  it('is its header, decoded, its links, names of files and domains of senders', () => {
    const message = `Return-Path: <r@return.example>\r\nFrom: =?utf-8?q?J=C3=B6rg?= <a@from.example>\r\nX-Mailer: kit 1\r\n${mixed(
      '\r\nsee http://User@a.example/x?y=1, now',
      attached('büro.pdf', '%PDF-'),
    )}`
    expect(readMail(Buffer.from(message), { mailFrom: 'b@sender.example' }).text).toEqual({
      subject: '',
      body_text: 'see http://User@a.example/x?y=1, now',
      x_mailer: 'kit 1',
      headers: [
        'Return-Path: <r@return.example>',
        'From: Jörg <a@from.example>',
        'X-Mailer: kit 1',
        'Content-Type: multipart/mixed; boundary="=_b"',
      ],
      urls: ['http://User@a.example/x?y=1,'],
      url_hosts: ['a.example'],
      attachment_names: ['büro.pdf'],
      from_domain: 'from.example',
      mail_from_domain: 'sender.example',
      return_path_domain: 'return.example',
      from_name: 'Jörg ',
      reply_to_domain: null,
    })
  })
})

describe('parts', () => {
  it('are found within each other, in messages within messages, and behind boundaries that are used twice', () => {
    const inner = mixed('\r\ninner text', attached('in.pdf', '%PDF-1'))
    const forwarded = `Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: inner\r\n${inner}`
    const outer = `Subject: outer\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\npreamble\r\n--o\r\n\r\nouter text\r\n--o \t\r\n${forwarded}\r\n--o\r\n${attached('out.zip', 'PK')}\r\n--o--\r\nepilogue`
    const { manifest, text, attachments } = readMail(outer)
    expect(manifest.header_names).toBe('Subject,Content-Type')
    expect(text).toMatchObject({ subject: 'outer', body_text: 'outer text\ninner text' })
    expect(attachments.map(({ extension, size }) => [extension, size])).toEqual([
      ['pdf', 6],
      ['zip', 2],
    ])
    const same =
      'Content-Type: multipart/mixed; boundary=s\n\n--s\nContent-Type: multipart/alternative; boundary=s\n\n--s\n\none\n--s\n\ntwo\n--s--\n--s\n\nthree\n--s--'
    expect(readMail(same).text.body_text).toBe('one\ntwo\nthree')
  })

  it('keep their last line end, and lines that only look like boundaries', () => {
    const message = 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--bb\r\n-- b\r\n--\r\n-\r\n--b-\r\nx\r\n\r\n--b--\r\n'
    expect(readMail(message).text.body_text).toBe('--bb\r\n-- b\r\n--\r\n-\r\n--b-\r\nx\r\n')
  })

  it.each([
    ['headers', `A: ${'x'.repeat(70_000)}\r\nB: c\r\n\r\ntext`],
    ['parts', mixed(...Array.from({ length: 1_100 }, () => '\r\nx'))],
    ['attachments', mixed(...Array.from({ length: 150 }, () => attached('a.pdf', '%PDF-')))],
    ['text', `A: b\r\n\r\n${'word '.repeat(60_000)}`],
    ['links', `A: b\r\n\r\n${Array.from({ length: 100 }, (_, n) => `http://h${n}.example/ `).join('')}`],
    ['depth', Array.from({ length: 60 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}.\n\n--b${n}.\n`).join('')],
  ])('and whatever there is too much of are passed over, and %s are said to be cut', (what, message) => {
    const { manifest, attachments } = readMail(message)
    expect(manifest.cut).toBe(what)
    expect(attachments.length).toBeLessThanOrEqual(100)
    if (what === 'attachments') expect(manifest.attachment_count).toBe(150)
    if (what === 'text') expect(manifest.body_sha256).toBe(sha256('word '.repeat(60_000)))
  })

  it('are unbroken: nothing is said to be cut', () => {
    expect(readMail(mixed('\r\nhello', attached('a.pdf', '%PDF-'))).manifest.cut).toBeUndefined()
  })
})

/** Mails as they should not be. */
const MALFORMED = [
  '',
  '\r\n',
  '\n\n\n',
  '.',
  ':',
  ' folded from the start\r\n\r\n',
  'From\r\n: x\r\n\r\n',
  'From nobody Sat Jan  3 01:05:34 1996\r\nA: b\r\n\r\nx',
  'A: b',
  'A: b\r\n--x',
  'A: b\rC: d\r\r\n\r\nx',
  '\0\0\0: \0\r\n\0',
  'Content-Type\r\n\r\n',
  'Content-Type: \r\n\r\nx',
  'Content-Type: multipart/mixed\r\n\r\n--\r\n\r\nx\r\n----\r\n',
  'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nx\r\n----\r\n',
  'Content-Type: multipart/mixed; boundary="a\r\n\r\n--a\r\n\r\nx',
  `Content-Type: multipart/mixed; boundary=${'b'.repeat(5_000)}\r\n\r\n--${'b'.repeat(5_000)}\r\n\r\nx`,
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b',
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n--b\r\n\r\nx',
  'Content-Type: multipart/mixed; boundary=b\r\n--b\r\nContent-Type: text/plain\r\n--b\r\n\r\n--b--',
  'Content-Type: multipart/mixed; boundary=--\r\n\r\n----\r\n\r\nx\r\n------\r\n',
  'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA',
  'Content-Type: message/rfc822\r\n\r\n'.repeat(50),
  'Content-Type: text/html; charset="\xff\xfe"\r\n\r\n<a href=\xff>',
  "Content-Type: text/plain; name*=utf-8''%; name*0*=%zz; name*999=\"\\\r\n\r\nx",
  'Content-Transfer-Encoding: base64\r\n\r\n====\r\n=A==\r\nA',
  'Content-Transfer-Encoding: quoted-printable\r\n\r\n=\r\n=4\r\n=XY=\r',
  'Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n`\r\nend',
  'Content-Type: text/html\r\n\r\n&#0;&#xFFFFFFF;&#1114112;&#xD800;&;<<<><!',
  'Subject: =?utf-8?b?====?= =?x?q?=?= =?utf-8?q?=?=\r\n\r\n',
  'From: <<<@>>>@@,;<\r\nReturn-Path: @\r\n\r\nhttp://@@@/ http://[::1]/ http://%00.example/ http://xn--/',
  `From: ${'<'.repeat(10_000)}@\r\n\r\n`,
]
const line = fc.oneof(
  fc.constantFrom(
    ...['', '--b', '--b--', '--c', '--c--', '--', '-', ' fold', 'plain text', '=', '=3D', 'QUFB', '====', '<script>', 'http://a.example/'],
    ...['Content-Type: multipart/mixed; boundary=b', 'Content-Type: multipart/alternative; boundary="c"', 'Content-Type: message/rfc822'],
    ...['Content-Type: text/html', 'Content-Transfer-Encoding: base64', 'Content-Transfer-Encoding: quoted-printable'],
    ...['Content-Disposition: attachment; filename=a.zip', 'PK\x03\x04', 'Subject: =?utf-8?q?a?=', 'From: <a@b.example>'],
  ),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
)
const message = fc
  .array(fc.tuple(line, fc.constantFrom('\r\n', '\n', '\r', '')), { maxLength: 40 })
  .map((lines) => lines.map(([text, end]) => text + end).join(''))

/** What whoever reads the event relies on. */
function expectSound(raw: string): void {
  const { manifest } = readMail(raw)
  const fixed = { sha256: 'a'.repeat(64), size: 1, mail_from: '', rcpt_to: '', rcpt_count: 1, queue_id: 'x' }
  expect(events.messageStored.fields.safeParse({ ...fixed, ...manifest }).error).toBeUndefined()
  const list = (text: string | undefined) => (text ? text.split(',') : [])
  for (const name of list(manifest.header_names)) expect(mailHeaderName.safeParse(name).success, name).toBe(true)
  for (const name of list(manifest.rcpt_domains)) expect(mailDomain.safeParse(name).success, name).toBe(true)
}

describe('whatever comes', () => {
  it.each(MALFORMED.map((raw) => [raw.slice(0, 60), raw]))('%j is read without a throw', (_beginning, raw) => expectSound(raw))

  it('is read without a throw: any lines in any order, and any bytes', () => {
    fc.assert(fc.property(message, expectSound), { numRuns: 800 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => expectSound(Buffer.from(bytes).toString('latin1'))),
      { numRuns: 500 },
    )
  })

  it('says the same however it was cut on its way', () => {
    fc.assert(
      fc.property(
        fc.oneof(message, fc.constantFrom(...MALFORMED)),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }),
        (raw, sizes) => {
          expect(readMail(raw, {}, sizes)).toEqual(readMail(raw))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('takes time that grows with its length and with nothing else', () => {
    const mp = 'Content-Type: multipart/mixed; boundary=R\n\n--R\n'
    const binary = `${mp}Content-Disposition: attachment\n\n`
    const repeated = (text: string) => text.repeat(Math.floor(500_000 / text.length))
    const hostile = [
      mp + repeated('--R\n\nx\n'),
      binary + repeated('\n--'),
      Array.from({ length: 5_000 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`).join('') + repeated('--b\n'),
      repeated('a:\n'),
      `a: b\n${repeated(' \n')}`,
      mp + repeated(`--R\nContent-Type: text/plain; ${'a="\\'.repeat(500)}\n\n`),
      repeated('Content-Type: message/rfc822\n\n'),
      `${binary}PK\x03\x04${'\0'.repeat(26)}${repeated('PK')}`,
      `Content-Type: text/html\n\n${repeated('<script')}`,
      `Content-Type: text/html\n\n${repeated('&#x')}`,
      `A: b\n\n${repeated('http://a@')}`,
      `A: b\n\n${repeated('http://b\xc3\xbc.example/ ')}`,
      `Content-Transfer-Encoding: base64\n\n${repeated('A=')}`,
      `From: ${repeated('<@')}\n\n`,
      mp + repeated(`--R\nContent-Disposition: attachment; filename="${'=?zz?q?a?='.repeat(300)}"\n\n`),
    ]
    for (const raw of hostile) {
      const before = process.threadCpuUsage()
      readMail(raw)
      const { user, system } = process.threadCpuUsage(before)
      // Some tens of milliseconds each; what is quadratic takes minutes.
      expect((user + system) / 1_000, raw.slice(0, 60)).toBeLessThan(3_000)
    }
  })
})
