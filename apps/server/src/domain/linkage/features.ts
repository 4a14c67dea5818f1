import { addressOf, groupsOf, octetsOf } from '../address.ts'
import { foundSince, templateOf, withoutFound } from './commands.ts'
import type { Observation } from './observation.ts'
import { namedValue, type Profile, rankOf, sketch, type Value } from './profile.ts'

/** How many values of one kind are kept of an observation, and how much of it is looked at. */
const MOST = { fingerprints: 8, files: 16, pairs: 64, shingles: 24, templates: 48, credentials: 2_000, commands: 1_000 }

const strings = (kind: string, texts: readonly string[], most: number): Value[] =>
  sketch(
    texts.map((text) => namedValue(kind, text)),
    most,
  )

/** Anyone's files lie there: no infrastructure of anybody's. */
const PUBLIC_HOSTS = new Set(
  (
    'github.com raw.githubusercontent.com gist.githubusercontent.com objects.githubusercontent.com gitlab.com bitbucket.org pastebin.com ' +
    'paste.ee ix.io termbin.com 0x0.st transfer.sh file.io catbox.moe files.catbox.moe cdn.discordapp.com drive.google.com ' +
    'docs.google.com dropbox.com www.dropbox.com dl.dropboxusercontent.com mega.nz anonfiles.com gofile.io api.telegram.org'
  ).split(' '),
)

export const hostsOf = (c2: readonly string[]): Value[] =>
  strings(
    'c2',
    c2.map((host) => host.toLowerCase()).filter((host) => !PUBLIC_HOSTS.has(host.replace(/:\d{1,5}$/, ''))),
    MOST.files,
  )

export const filesOf = (payloads: readonly string[]): Value[] => strings('payload', payloads, MOST.files)

export const toolsOf = ({ ja3, ja4, hassh }: Observation['fingerprints']): Value[] => [
  ...strings('ja3', ja3, MOST.fingerprints),
  ...strings('ja4', ja4, MOST.fingerprints),
  ...strings('hassh', hassh, MOST.fingerprints),
]

/** The network that one customer may have whole: /24 of IPv4, also where it is written as IPv6, and /48 of IPv6; null of anything else. */
export function networkOf(ip: string): string | null {
  const address = addressOf(ip)
  if (!address) return null
  if (address.bits === 32) return `${octetsOf(address.value).slice(0, 3).join('.')}.0/24`
  return `${groupsOf(address.value).slice(0, 3).join(':')}::/48`
}

/** The tried pairs themselves, and two in a row: the order of a list is a mark of its own. */
export function credentialValues({ credentials, accepted = [] }: Pick<Observation, 'credentials' | 'accepted'>): Value[] {
  // What a decky lets in it lets everybody in by: it says nothing of who used it.
  const handed = new Set(accepted.map((pair) => JSON.stringify(pair)))
  const pairs = credentials
    .slice(0, MOST.credentials)
    .map((pair) => JSON.stringify(pair))
    .filter((pair) => !handed.has(pair))
  const rows = pairs.slice(1).map((pair, index) => `${pairs[index]} then ${pair}`)
  return [...strings('login', pairs, MOST.pairs), ...strings('logins', rows, MOST.shingles)]
}

/** Those tried before anything was looked at that another may have left: the others may stand there, for everybody to try. */
function ownLogins({ credentials, credentialTimes, commands }: Observation): Observation['credentials'] {
  const since = foundSince(commands.slice(0, MOST.commands))
  return credentials.filter((_, index) => !((credentialTimes?.[index] ?? Number.NEGATIVE_INFINITY) > since))
}

/** Masked commands, and with their numbers those that have nothing else to mask: who types a number again has it in the fingers. */
export function commandValues(commands: Observation['commands']): Value[] {
  const typed = withoutFound(commands.slice(0, MOST.commands).map(({ text }) => text)).map((text) => ({ text, template: templateOf(text) }))
  const numbered = typed.filter(({ template }) => template.includes('<n>') && !/<(?!n>|path>)/.test(template))
  return [
    ...strings(
      'command',
      typed.flatMap(({ template }) => (template === '' ? [] : template)),
      MOST.templates,
    ),
    ...strings(
      'typed',
      numbered.map(({ text }) => text),
      MOST.templates,
    ),
  ]
}

/** How it behaves: who looks at several deckies and tries nothing measures the internet. */
const mannerOf = ({ commands, credentials, deckies }: Observation): Value =>
  namedValue('manner', commands.length === 0 && credentials.length === 0 && deckies.length >= SEVERAL ? 'sweep' : 'visit')
const SEVERAL = 3

/** What an observation can be compared by, in families that a stranger could share or forge independently of each other. */
export function featuresOf(observation: Observation): Profile {
  const { id, ip, asn, firstSeen, lastSeen, fingerprints, payloads, c2, commands, deckies } = observation
  const block = ip === null ? null : networkOf(ip)
  return {
    id,
    rank: rankOf(firstSeen ?? lastSeen, id),
    start: firstSeen ?? lastSeen,
    end: lastSeen ?? firstSeen,
    values: {
      address: ip === null ? [] : [namedValue('ip', ip)],
      block: block === null ? [] : [namedValue('block', block)],
      network: asn === null ? [] : [namedValue('asn', String(asn))],
      tls: toolsOf({ ...fingerprints, hassh: [] }),
      ssh: toolsOf({ ...fingerprints, ja3: [], ja4: [] }),
      hosts: hostsOf(c2),
      payloads: filesOf(payloads),
      credentials: credentialValues({ ...observation, credentials: ownLogins(observation) }),
      commands: commandValues(commands),
      manner: deckies.length === 0 ? [] : [mannerOf(observation)],
    },
  }
}
