import { mailKeyword } from '@decnet/contracts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mailKeywords } from './keywords.ts'
import { readMail } from './mail.fixture.ts'
import { type MailText, matchText } from './match-text.ts'

const said = (text: Partial<MailText>): MailText => ({ ...readMail('').text, ...text })
/** What is found in a mail with these headers and this text. */
const found = (header: string, body = '') => matchText(readMail(`${header}\r\n\r\n${body}`).text, mailKeywords)

describe('what is looked for in a message', () => {
  it('is compared word by word, whatever case, marks and line ends are between', () => {
    const patterns = { 'subject.gift': ['gift card'], 'body.wire': ['wire'] } as const
    expect(matchText(said({ subject: 'A GIFT\r\n card!' }), patterns)).toEqual(['subject.gift'])
    expect(matchText(said({ body_text: 'firewire' }), patterns)).toEqual([])
    expect(matchText(said({ body_text: 'wire' }), patterns)).toEqual(['body.wire'])
    expect(matchText(said({ subject: 'wire', body_text: 'gift card' }), patterns)).toEqual([])
  })

  it('is found on hosts and those below them, and on addresses', () => {
    const patterns = { 'url.short': ['bit.ly'], 'url.ip': ['0.0.0.0/0'] } as const
    expect(matchText(said({ url_hosts: ['x.bit.ly'] }), patterns)).toEqual(['url.short'])
    expect(matchText(said({ url_hosts: ['rabbit.ly', 'bit.ly.example'] }), patterns)).toEqual([])
    expect(matchText(said({ url_hosts: ['192.0.2.7'] }), patterns)).toEqual(['url.ip'])
  })

  it('answers with ids only, each of them from the closed list', () => {
    expect(Object.keys(mailKeywords).toSorted()).toEqual([...mailKeyword.options].toSorted())
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('From: ', 'Subject: ', 'X-Mailer: ', 'gophish', 'urgent', '<', '>', '@', ': ', '\r\n'),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (pieces) => {
        for (const id of matchText(readMail(pieces.join('')).text, mailKeywords)) expect(mailKeyword.options).toContain(id)
      }),
    )
  })

  it('is found in the script that a web server says a mail came from, and in no other header', () => {
    expect(found('X-PHP-Originating-Script: 33:leaf.php')).toEqual(['header.kit_script'])
    expect(found('X-PHP-Script: example.com/wp/LeafMailer2.8.php for 192.0.2.1')).toEqual(['header.kit_script'])
    expect(found('X-PHP-Originating-Script: 33:class-phpmailer.php\r\nX-Note: leaf.php')).toEqual([])
  })

  it('is found in who says to have sent, and where answers and links go', () => {
    expect(found('From: "PayPal Service" <a@pay-pal.example>')).toEqual(['sender.brand_name'])
    expect(found('From: PayPal <service@mail.paypal.com>')).toEqual([])
    expect(found('From: Anna Paypalova <anna@x.example>')).toEqual([])
    expect(found('From: a@x.example\r\nReply-To: B <b@y.example>')).toEqual(['sender.reply_elsewhere'])
    expect(found('From: a@x.example\r\nReply-To: b@X.example')).toEqual([])
    expect(found('From: Boss <boss@gmail.com>')).toEqual(['sender.free_mail'])
    expect(found('From: a@x.example', 'see http://paypal.com@203.0.113.9/x')).toEqual(['url.user_part', 'url.ip_address'])
    expect(found('From: a@x.example', 'see http://x.example/?mail=a@x.example')).toEqual([])
  })

  it('is found in a mail of fraud, as it is sent', () => {
    const raw = `From: Boss <boss@x.example>\r\nSubject: =?utf-8?q?URGENT:_wire_transfer?=\r\nX-Mailer: PHPMailer 6.1\r\nContent-Type: text/html\r\n\r\n<p>Please <b>transfer</b> 9,800 to our new account, keep it con&#102;idential. <a href="https://t.co/x">details</a></p>`
    expect(matchText(readMail(raw).text, mailKeywords)).toEqual([
      'subject.urgent',
      'subject.wire',
      'body.transfer',
      'body.confidential',
      'url.shortener',
      'mailer.phpmailer',
    ])
  })
})
