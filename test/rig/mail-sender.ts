import net from 'node:net'
import type { Mail } from './attack-mails.ts'

interface Sender {
  readonly address: string
  readonly port: number
  readonly login: { readonly user: string; readonly password: string }
  /** The address that they come from. */
  readonly from: string
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
/** RFC 5321 section 4.5.2. */
const stuffed = (raw: string): string => `${raw.replace(/^\./gmu, '..')}\r\n.`

/** Logs in to a mail server and sends mails, one after the other, each by the book (RFC 5321). */
export async function sendMails({ address, port, login, from }: Sender, mails: readonly Mail[]): Promise<void> {
  const socket = net.connect({ port, host: address, localAddress: from })
  socket.setEncoding('latin1').setTimeout(60_000, () => socket.destroy(new Error('the mail server is silent')))
  const heard = socket[Symbol.asyncIterator]() as AsyncIterator<string>
  let said = ''
  const answered = async (wanted: RegExp) => {
    while (!/^\d{3} .*\r\n$/mu.test(said)) {
      const { value, done } = await heard.next()
      if (done) throw new Error(`closed after ${said}`)
      said += value
    }
    if (!wanted.test(said)) throw new Error(`wanted ${wanted}, heard ${said}`)
    said = ''
  }
  const say = async (line: string, wanted: RegExp) => {
    socket.write(`${line}\r\n`, 'latin1')
    await answered(wanted)
  }
  try {
    await answered(/^220/u)
    await say('EHLO sender.example', /^250/mu)
    await say('AUTH LOGIN', /^334/u)
    await say(base64(login.user), /^334/u)
    await say(base64(login.password), /^235/u)
    for (const { mailFrom, to, raw } of mails) {
      await say(`MAIL FROM:<${mailFrom}>`, /^250/u)
      for (const recipient of to) await say(`RCPT TO:<${recipient}>`, /^250/u)
      await say('DATA', /^354/u)
      await say(stuffed(raw), /^250/u)
    }
    await say('QUIT', /^221/u)
  } finally {
    socket.destroy()
  }
}
