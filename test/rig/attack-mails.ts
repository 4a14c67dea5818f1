import { attached, base64Lines, mixed, zipOf } from '../../packages/services/src/_shared/mail/mail.fixture.ts'

/** A mail as somebody sends it. */
export interface Mail {
  readonly mailFrom: string
  readonly to: readonly string[]
  readonly raw: string
}

/** Stands in every subject, text, address and file name, and nowhere else. */
export const MARK = 'marigold'
const TEXT = `A page about ${MARK} lighthouses along the northern coast, and about the people who kept the lamps burning all winter.`
const VOUCHED = [
  'DKIM-Signature: v=1; a=rsa-sha256; d=partner.example; s=s; b=AAAA',
  'Authentication-Results: mx.target.example; spf=pass; dkim=pass; dmarc=pass',
]
const SPOOFED = ['Authentication-Results: mx.target.example; spf=fail; dmarc=fail']

interface Written {
  readonly from?: string
  readonly mailFrom?: string
  readonly recipients?: number
  readonly subject?: string
  readonly headers?: readonly string[]
  readonly text?: string
  readonly html?: boolean
  readonly files?: readonly (readonly [name: string, content: Uint8Array | string])[]
}

const plain = (text: string, html: boolean): string =>
  `Content-Type: text/${html ? 'html' : 'plain'}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(Buffer.from(text))}\r\n`

function mail({
  from = `${MARK} Ann <${MARK}@partner.example>`,
  mailFrom = `${MARK}@partner.example`,
  recipients = 1,
  subject = 'minutes',
  headers = [],
  text = TEXT,
  html = false,
  files = [],
}: Written): Mail {
  const to = Array.from({ length: recipients }, (_, number) => `${MARK}-${number}@target${number % 3}.example`)
  const header = [`From: ${from}`, `To: ${to[0]}`, `Subject: ${subject} ${MARK}`, ...headers, 'MIME-Version: 1.0'].join('\r\n')
  const body = plain(text, html)
  const parts = files.map(([name, content]) => attached(`${MARK}-${name}`, content))
  return { mailFrom, to, raw: `${header}\r\n${parts.length === 0 ? body : mixed(body, ...parts)}` }
}

const LINK = 'https://www.partner.example/page'
const macros = zipOf([
  { name: '[Content_Types].xml', content: '<x/>' },
  { name: 'word/vbaProject.bin', content: 'x' },
])
const locked = zipOf([{ name: 'note.txt', content: 'x', encrypted: true }])
const smuggled = `<script>const b = new Blob([atob("${'QUJD'.repeat(30)}")]); a.href = URL.createObjectURL(b); a.download = "x"; a.click()</script>`
const again = Array.from({ length: 10 }, () => mail({ text: `${TEXT} ${LINK}` }))

/** What a mail rule is for, as it is sent: by the id of the rule. */
export const attackMails: Readonly<Record<string, readonly Mail[]>> = {
  R0041: [mail({ recipients: 12, from: `x@${MARK}.example` })],
  R0042: [mail({ recipients: 26, text: `${TEXT} ${LINK}` })],
  R0043: [mail({ headers: ['X-Mailer: gophish'] })],
  R0044: [mail({ text: 'see https://xn--pypal-4ve.example/login' })],
  R0045: [mail({ headers: SPOOFED, from: `x@${MARK}.example` })],
  R0046: [mail({ files: [['invoice.docm', macros]] })],
  R0047: [
    mail({
      from: `The Boss <${MARK}@gmail.com>`,
      subject: 'Urgent wire transfer',
      text: 'Are you at your desk? Process this payment today and keep it confidential.',
    }),
  ],
  R0048: [mail({ text: 'QUJDRUZHSElK'.repeat(600) })],
  R0300: [mail({ headers: SPOOFED, text: `see ${LINK}` })],
  R0301: [mail({ text: smuggled, html: true })],
  R0302: [mail({ files: [['figures.zip', locked]] })],
  R0303: again,
  R0306: [mail({ recipients: 6 })],
  R0370: [mail({ text: 'I recorded you through your webcam. Send 1200 USD in bitcoin.' })],
  R0371: [mail({ subject: 'Your password expires', text: `Verify your account: https://${MARK}.trycloudflare.com/login` })],
  R0372: [mail({ files: [['scan.pdf', 'MZ\x90\0']], headers: VOUCHED })],
  R0373: [mail({ subject: 'Verify that you are human', text: 'Press Windows + R, then Ctrl+V and Enter.' })],
  R0374: [mail({ from: `PayPal Service <${MARK}@partner.example>`, text: `Your password will expire. Log in to ${LINK}` })],
  R0375: [mail({ files: [['figures.zip', locked]], text: 'The archive password is 4471.', headers: VOUCHED })],
}

/** What colleagues send: vouched for, with a link, a document and words that frauds use as well. */
export const honestMails: readonly Mail[] = [
  mail({ headers: VOUCHED, subject: 'Invoice', text: `Please transfer it by Friday. ${LINK}`, files: [['invoice.pdf', '%PDF-1.7 x']] }),
  mail({ headers: VOUCHED, subject: 'Your parcel', text: `It is on its way: ${LINK}` }),
  mail({ subject: 'Lunch', text: 'At noon?' }),
]
