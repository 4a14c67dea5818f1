import { readCommandLine } from '../ttp/normalise/command-line.ts'

/** What a line does to the accounts of a decky. */
export interface Accounts {
  /** Names of those that it makes. */
  readonly made: readonly string[]
  /** `shown`: the secret stands elsewhere in the line, too. */
  readonly set: readonly { readonly user: string; readonly secret: string; readonly shown: boolean }[]
}

const NONE: Accounts = { made: [], set: [] }
const MENTIONED = /useradd|adduser|passwd/
const name = String.raw`([a-z_][\w.-]{0,31})`
const NAME = new RegExp(`^${name}$`)
const BEHIND_PIPE = String.raw` \| (?:sudo (?:-\S+ )*)?(?:\S*\/)?`
/** Each with the name and the secret somewhere: `echo u:p | chpasswd`, `chpasswd <<< u:p`, `echo -e "p\np" | passwd u`, `echo p | passwd --stdin u`. */
const SETTING: readonly { readonly pattern: RegExp; readonly user: number; readonly secret: number }[] = [
  { pattern: new RegExp(String.raw`(?<!\S)${name}:([^\s:]{1,64}?)(?:\\n)?${BEHIND_PIPE}chpasswd(?!\S)`, 'g'), user: 1, secret: 2 },
  { pattern: new RegExp(String.raw`(?<!\S)(?:\S*\/)?chpasswd(?: -\S+)* <<< ${name}:([^\s:]{1,64})`, 'g'), user: 1, secret: 2 },
  { pattern: new RegExp(String.raw`(?<!\S)(\S{1,64})(?:\\n|\n)\1(?:\\n|\n)?${BEHIND_PIPE}passwd ${name}(?!\S)`, 'g'), user: 2, secret: 1 },
  { pattern: new RegExp(String.raw`echo (\S{1,64})${BEHIND_PIPE}passwd --stdin ${name}(?!\S)`, 'g'), user: 2, secret: 1 },
]

/** Accounts that a shell line makes, and passwords that it sets; a comment does neither. */
export function accountsIn(text: string): Accounts {
  if (!MENTIONED.test(text)) return NONE
  const { commands, line } = readCommandLine(text)
  const made = commands.flatMap((command) => {
    const [program, ...args] = command.replace(/ (?:\d?>|<|&>).*$/s, '').split(' ')
    if (program !== 'useradd' && program !== 'adduser') return []
    const [first = '', last = ''] = [args[0], args.at(-1)]
    return [first, last].find((each) => NAME.test(each)) ?? []
  })
  const settings = SETTING.flatMap(({ pattern, user, secret }) =>
    [...line.matchAll(pattern)].map((found) => ({ text: found[0], user: found[user] ?? '', secret: found[secret] ?? '' })),
  )
  const rest = settings.reduce((left, { text }) => left.replaceAll(text, ''), line)
  return { made, set: settings.map(({ user, secret }) => ({ user, secret, shown: rest.includes(secret) })) }
}
