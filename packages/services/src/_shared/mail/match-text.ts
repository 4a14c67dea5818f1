import { wordsOf } from './simhash.ts'

/** What a message says, for rules that run where it is kept. None of it goes anywhere else. */
export interface MailText {
  readonly subject: string
  /** What a reader sees. */
  readonly body_text: string
  readonly x_mailer: string
  /** `Name: value`, in order. */
  readonly headers: readonly string[]
  /** As they stand there, the first thousand. */
  readonly urls: readonly string[]
  /** In ASCII and lower case, each once. */
  readonly url_hosts: readonly string[]
  readonly attachment_names: readonly string[]
  readonly from_domain: string | null
  readonly mail_from_domain: string | null
  readonly return_path_domain: string | null
  /** What the name in From says beside the address. */
  readonly from_name: string
  readonly reply_to_domain: string | null
}
type Place = 'subject' | 'body' | 'url' | 'mailer' | 'header' | 'sender'
/** What counts as found: one of some phrases, hosts or domains, or what a question answers. */
type Pattern = readonly string[] | ((message: MailText) => boolean)
/**
 * Where to look, a dot and a name; what counts as found there. Phrases are words in lower case; hosts of links and domains of senders count with
 * those below them; of headers only those are looked at that name the program that sent.
 */
export type TextPatterns<Id extends `${Place}.${string}` = `${Place}.${string}`> = Readonly<Record<Id, Pattern>>

const phrase = (text: string): string => ` ${wordsOf(text).join(' ')} `
const SCRIPT_HEADER = /^x-(?:php-(?:originating-)?script|source(?:-args)?):/iu
const IP = /^\d{1,3}(?:\.\d{1,3}){3}$/u

/**
 * Which patterns a message meets: their ids, in their order, and nothing else. Phrases are compared word by word, so that case, marks
 * and line ends do not matter; the host `0.0.0.0/0` stands for any address. Linear in the message for each phrase.
 */
export function matchText<Id extends `${Place}.${string}`>(message: MailText, patterns: TextPatterns<Id>): Id[] {
  const said = {
    subject: phrase(message.subject),
    body: phrase(message.body_text),
    mailer: phrase(message.x_mailer),
    header: phrase(message.headers.filter((line) => SCRIPT_HEADER.test(line)).join(' ')),
  }
  const hosts = { url: message.url_hosts, sender: message.from_domain === null ? [] : [message.from_domain] }
  const isBelow = (host: string, wanted: string) =>
    wanted === '0.0.0.0/0' ? IP.test(host) : host === wanted || host.endsWith(`.${wanted}`)
  return (Object.keys(patterns) as Id[]).filter((id) => {
    const pattern: Pattern = patterns[id]
    if (typeof pattern === 'function') return pattern(message)
    const place = id.slice(0, id.indexOf('.')) as Place
    if (place === 'url' || place === 'sender') return pattern.some((wanted) => hosts[place].some((host) => isBelow(host, wanted)))
    return pattern.some((wanted) => said[place].includes(phrase(wanted)))
  })
}
