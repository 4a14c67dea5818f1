import type { LinkReason } from '@decnet/contracts/api'

const titles: Readonly<Record<string, string>> = {
  tls: 'TLS client',
  ssh: 'SSH client',
  hosts: 'Command server',
  c2: 'Command server',
  payloads: 'Payload',
  kit: 'Tool kit',
  hour: 'Time of day',
  block: 'Network',
  keystrokes: 'Typing',
  manner: 'Manner',
  time: 'Time',
  operator: 'An operator',
}
/** What a reason is about, for a reader. */
export const featureTitle = (feature: string): string =>
  titles[feature] ?? feature.charAt(0).toUpperCase() + feature.slice(1).replaceAll(/[_-]/gu, ' ')

/** One thing that two have in common: what kind of thing, and as it is read. */
export interface SharedThing {
  readonly kind: string
  readonly text: string
}
const kinds: Readonly<Record<string, string>> = {
  c2: 'server',
  payload: 'payload',
  command: 'command',
  typed: 'command as typed',
  login: 'log-in',
  logins: 'log-ins in turn',
  password: 'password handed over',
  account: 'account',
  file: 'file',
  hassh: 'HASSH',
  ja3: 'JA3',
  ja4: 'JA4',
  block: 'network',
  asn: 'AS',
  manner: 'came for a',
}

/** `login root : hunter2`, `c2 198.51.100.4:80`, `hassh <md5>`: the kind stands before the first space. */
export function sharedThing(value: string): SharedThing {
  const [, word = '', rest = ''] = /^(\w{1,12}) ([\s\S]+)$/u.exec(value) ?? []
  const kind = Object.hasOwn(kinds, word) ? kinds[word] : undefined
  return kind === undefined ? { kind: '', text: value } : { kind, text: rest }
}

/** How much a reason weighs, in a word. Natural log-odds: 0.7 doubles the odds. */
export function weightWord({ weight, feature }: Pick<LinkReason, 'weight' | 'feature'>): string {
  if (feature === 'operator') return 'decides'
  const size = Math.abs(weight)
  return size >= 4 ? 'very strong' : size >= 2 ? 'strong' : size >= 0.7 ? 'some' : 'slight'
}

/** "over 99 %" rather than a certainty that nobody has. */
export const sureness = (probability: number): string =>
  probability >= 0.995 ? 'over 99 %' : probability < 0.005 ? 'under 1 %' : `${Math.round(probability * 100)} %`

/** The same for the weakest of many links. */
export const leastSureness = (probability: number): string =>
  probability >= 0.995 ? sureness(probability) : `at least ${sureness(probability)}`

/** What stands between the ends is left out, so that both can be told from others: addresses of one network differ at their end. */
export const middleCut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, Math.ceil((most - 1) / 2))}…${text.slice(text.length - Math.floor((most - 1) / 2))}`
