/** Files whose names are blurred by wildcards so that filters miss them. */
const KNOWN = [
  '/etc/passwd',
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/group',
  '/etc/hosts',
  '/etc/crontab',
  '/etc/sudoers',
  '/etc/ssh/sshd_config',
  '/root/.ssh/id_rsa',
  '/root/.ssh/id_ed25519',
  '/root/.ssh/authorized_keys',
  '/root/.bash_history',
  '/root/.aws/credentials',
  '~/.ssh/id_rsa',
  '~/.ssh/id_ed25519',
  '~/.ssh/authorized_keys',
  '~/.bash_history',
  '~/.aws/credentials',
  '/proc/self/environ',
  '/bin/cat',
  '/bin/sh',
  '/bin/bash',
  '/bin/dash',
  '/bin/nc',
  '/bin/ls',
  '/bin/id',
  '/bin/uname',
  '/bin/whoami',
  '/bin/wget',
  '/bin/curl',
  '/bin/head',
  '/bin/tail',
  '/bin/less',
  '/bin/more',
  '/bin/base64',
  '/bin/python3',
  '/bin/perl',
  '/usr/bin/wget',
  '/usr/bin/curl',
  '/usr/bin/id',
  '/usr/bin/whoami',
  '/usr/bin/python3',
  '/usr/bin/perl',
  '/usr/bin/base64',
] as const

const CHARACTERS = 48
const STARS = 3
const WILDCARD = /[*?[]/u
/** Letters that the last part must show where a star stands in for the others. */
const LETTERS = 2

/**
 * The known file that a path with wildcards (`/???/c?t`, `/etc/sh*w`) means; null where it may mean anything: with a star in it, another of them too,
 * or nearly no letter of the name.
 */
export function knownFile(word: string): string | null {
  if (word.length > CHARACTERS || !WILDCARD.test(word)) return null
  const stars = word.split('*').length - 1
  const name = word.slice(word.lastIndexOf('/') + 1)
  if (stars > STARS || (stars > 0 && name.replace(/\[[^\]]*\]|\W/gu, '').length < LETTERS)) return null
  const source = word
    .replace(/[.+^${}()|\\]/gu, '\\$&')
    .replaceAll('?', '[^/]')
    .replace(/\*+/gu, '[^/]*')
    .replaceAll('[!', '[^')
  try {
    const pattern = new RegExp(`^${source}$`, 'u')
    const meant = KNOWN.filter((file) => pattern.test(file))
    return stars > 0 && meant.length > 1 ? null : (meant[0] ?? null)
  } catch {
    return null
  }
}
