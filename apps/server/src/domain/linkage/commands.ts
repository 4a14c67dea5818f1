import { isEverybodys } from './background.ts'

const LONGEST_COMMAND = 512

const masks: readonly (readonly [RegExp, string])[] = [
  [/\b(?:https?|ftp|tftp):\/\/[^\s;|&'"<>]{1,400}/gi, '<url>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b(?::\d{1,5})?/g, '<address>'],
  [/\b[0-9a-f]{16,}\b/gi, '<hex>'],
  [/(?:\\x[0-9a-f]{2}){2,}/gi, '<bytes>'],
  [/\d+/g, '<n>'],
  [/\s+/g, ' '],
]

/** Commands that only look at, or clear away, what lies there. */
const LOOKS = new Set(
  (
    'cat less more head tail file stat wc strings xxd od nl tac ls ll dir cd tree du rm unlink mv cp chmod chown nano vi vim view ' +
    'md5sum sha1sum sha256sum base64 unzip gunzip zcat readlink'
  ).split(' '),
)
const SEPARATOR = /\s*(?:&&|\|\||[;|&])\s*/
/** What stands everywhere, and says nothing of who left it. */
const STANDARD = new Set(
  (
    '/ . .. ~ - /bin /boot /dev /dev/shm /etc /home /lib /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/local /var /var/log /var/run /var/tmp /var/www ' +
    '/var/log/auth.log /var/log/syslog /var/log/secure /var/log/messages /var/log/wtmp /var/log/lastlog ~/.ssh ~/.ssh/authorized_keys ~/.bash_history'
  ).split(' '),
)
/** Nobody can leave anything there. */
const UNWRITABLE = /^\/(?:proc|sys)\//
const named = (word: string): string => word.replace(/\/+$/, '').replace(/^.*\//, '')

/** The words of each part of a line that does nothing but look around; null of any other. */
function looksIn(line: string): readonly (readonly string[])[] | null {
  const parts = line.split(SEPARATOR).map((part) => part.replace(/^sudo\s+/, '').split(/\s+/))
  if (parts.length > 1 && parts.some(([verb]) => verb === 'cd')) return null
  return parts.every(([verb = '', ...words]) => LOOKS.has(verb) && !words.some((word) => /[<>`$]/.test(word))) ? parts : null
}

/**
 * Lines as they were typed, but for those that do nothing but look around: what they look at is the decky's, or of whoever left it there for others to find.
 * It is not named, unless it stands everywhere or the same hand names it otherwise; and of what is left only options of one's own are kept.
 */
export const withoutFound = (lines: readonly string[]): string[] => sightsIn(lines).flatMap((line) => line ?? [])

/** When somebody first looked at what is the decky's, or another's who left it there: what is known from then on may be known from there. */
export function foundSince(commands: readonly { readonly ts: number | null; readonly text: string }[]): number {
  const parts = commands.flatMap(({ ts, text }) =>
    text
      .slice(0, LONGEST_COMMAND)
      .split(SEPARATOR)
      .map((part) => ({ ts, part })),
  )
  const sights = sightsIn(parts.map(({ part }) => part))
  const times = parts.flatMap(({ ts, part }, at) => (sights[at] === part ? [] : (ts ?? [])))
  return times.reduce((first, ts) => Math.min(first, ts), Number.POSITIVE_INFINITY)
}

/** Each line as it counts; null where nothing of it does. */
function sightsIn(lines: readonly string[]): (string | null)[] {
  const short = lines.map((line) => line.slice(0, LONGEST_COMMAND).trim())
  const looks = short.map(looksIn)
  const own = new Set(short.flatMap((line, at) => (looks[at] ? [] : line.split(/[\s;|&<>"'=:,()]+/).map(named))))
  const isOption = (word: string) => /^(?:[-+]|\d+$)/.test(word)
  const kept = (word: string) =>
    isOption(word) || UNWRITABLE.test(word) || STANDARD.has(word.replace(/(.)\/$/, '$1')) || own.has(named(word))
  return lines.map((line, at) => {
    const parts = looks[at]
    const words = parts?.flatMap(([, ...operands]) => operands) ?? []
    if (!parts || words.every(kept) || isEverybodys(short[at] ?? '')) return line
    if (!words.some((word) => isOption(word) && !EVERYBODYS_OPTIONS.has(word))) return null
    return parts.map(([verb, ...rest]) => [verb, ...rest.map((word) => (kept(word) ? word : '<path>'))].join(' ')).join('; ')
  })
}
const EVERYBODYS_OPTIONS = new Set('-l -la -al -lah -lh -a -h -f -r -rf -fr -R -n -i -v -p -c -x +x 777 755 600 644'.split(' '))

/** A command without what changes from one use to the next: addresses, URLs, numbers and hashes are masked. */
export const templateOf = (text: string): string =>
  masks.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), text.slice(0, LONGEST_COMMAND)).trim()
