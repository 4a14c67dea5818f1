import type { Persona, PersonaUser } from '@decnet/persona'
import type { Disk } from '../filesystem/disk.ts'
import { groupsOf, originalHash } from '../filesystem/image/accounts.ts'
import { type Credentials, FileError } from '../port.ts'
import { crypt, cryptDigits } from './crypt.ts'

const ROOT = { uid: 0, gid: 0, groups: [0] }
/** Hashes whose password is remembered, per decky; the oldest is forgotten, and opens nothing from then on. */
const REMEMBERED = 500
/** Characters up to which a file that was split stays split until it changes: every login asks several times. */
const KEPT = 64 * 1024

export type AccountFile = 'passwd' | 'shadow' | 'group' | 'gshadow'

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')

const originals = (persona: Persona): ReadonlyMap<string, Buffer> =>
  new Map(
    persona.users.flatMap(({ name, password }) =>
      password === null ? [] : [[originalHash(persona, name), Buffer.from(password)] as const],
    ),
  )

/** Who may come in: what `/etc/passwd`, `shadow` and `group` say now, whoever wrote them. While the disk is untouched, the persona. */
export class Accounts {
  readonly #persona: Persona
  readonly #disk: () => Disk | undefined
  /** Password by the hash that was made of it: yescrypt is not computed. */
  readonly #passwords = new Map<string, Buffer>()
  /** Passwords of the persona by their hash; made at the first login. */
  #originals: ReadonlyMap<string, Buffer> | null = null
  readonly #split = new Map<AccountFile, { readonly text: string; readonly entries: readonly (readonly string[])[] }>()
  #made = 0

  /** `disk`: undefined while nobody has asked for it. */
  constructor(persona: Persona, disk: () => Disk | undefined) {
    this.#persona = persona
    this.#disk = disk
  }

  /** The lines of a file, split at colons; one character per byte. None where it is gone. */
  entries(name: AccountFile): readonly (readonly string[])[] {
    const text = this.#text(name)
    const known = this.#split.get(name)
    if (known?.text === text) return known.entries
    const entries = linesOf(text).map((line) => line.split(':'))
    if (text.length <= KEPT) this.#split.set(name, { text, entries })
    else this.#split.delete(name)
    return entries
  }
  lines(name: AccountFile): readonly string[] {
    return linesOf(this.#text(name))
  }
  #text(name: AccountFile): string {
    try {
      return this.#disk()?.read(`/etc/${name}`, ROOT).toString('latin1') ?? ''
    } catch (error) {
      if (error instanceof FileError) return ''
      throw error
    }
  }
  #entry(file: AccountFile, name: string): readonly string[] | undefined {
    return this.entries(file).find((fields) => fields[0] === name)
  }

  /** An account by its name, one character per byte. */
  named(name: string): PersonaUser | undefined {
    const original = this.#persona.users.find((user) => user.name === name)
    if (this.#disk() === undefined) return original
    const fields = this.#entry('passwd', name)
    if (fields === undefined) return undefined
    const [, , uid = '', gid = '', gecos = '', home = '', shell = ''] = fields
    if (!/^\d{1,10}$/.test(uid) || !/^\d{1,10}$/.test(gid)) return undefined
    return {
      name,
      uid: Number(uid),
      gid: Number(gid),
      gecos,
      home: home.startsWith('/') ? home : '/',
      shell: shell === '' ? '/bin/sh' : shell,
      password: original?.password ?? null,
      sudo: this.groupIds(name).includes(this.#groupId('sudo')),
    }
  }
  #groupId(name: string): number {
    return Number(this.#entry('group', name)?.[2] ?? -1)
  }
  /** Groups beside its own, ascending as `id` prints them. */
  groupIds(name: string): readonly number[] {
    const ids =
      this.#disk() === undefined
        ? [...groupsOf(this.#persona).values()].filter(({ members }) => members.includes(name)).map(({ gid }) => gid)
        : this.entries('group').flatMap(([, , gid, members = '']) => (members.split(',').includes(name) ? [Number(gid)] : []))
    return ids.filter(Number.isSafeInteger).sort((a, b) => a - b)
  }
  credentialsOf(user: PersonaUser): Credentials {
    return { uid: user.uid, gid: user.gid, groups: [user.gid, ...this.groupIds(user.name)] }
  }

  /** Whether the password opens the account, as pam_unix would say: of shadow, or of passwd where that has a hash. */
  opens(name: string, password: Uint8Array): boolean {
    if (this.#disk() === undefined) {
      const wanted = this.#persona.users.find((user) => user.name === name)?.password
      return wanted != null && Buffer.from(wanted).equals(password)
    }
    const inPasswd = this.#entry('passwd', name)?.[1]
    const hash = inPasswd === 'x' ? this.#entry('shadow', name)?.[1] : inPasswd
    if (hash === undefined) return false
    if (hash === '') return password.length === 0
    this.#originals ??= originals(this.#persona)
    const known = this.#originals.get(hash) ?? this.#passwords.get(hash)
    return known !== undefined ? known.equals(password) : crypt(password, hash) === hash
  }
  /** A hash for a new password, as this system's PAM writes it; the password is remembered by it. */
  hashOf(name: string, password: Uint8Array): string {
    const seed = `${name} ${++this.#made}`
    const persona = this.#persona
    const hash = `$y$j9T$${cryptDigits(persona.bytes(`salt ${seed}`, 22))}$${cryptDigits(persona.bytes(`hash ${seed}`, 43))}`
    if (this.#passwords.size >= REMEMBERED) for (const oldest of [...this.#passwords.keys()].slice(0, 1)) this.#passwords.delete(oldest)
    this.#passwords.set(hash, Buffer.from(password))
    return hash
  }

  /** Whether and how sudo lets an account do anything: by the group, or by a line of its own in sudoers. */
  sudoRule(name: string): 'password' | 'free' | null {
    const disk = this.#disk()
    if (disk === undefined) return null
    const files = ['/etc/sudoers']
    const texts: string[] = []
    try {
      for (const file of disk.list('/etc/sudoers.d', ROOT)) if (!/[.~]/.test(file)) files.push(`/etc/sudoers.d/${file}`)
      for (const path of files) texts.push(disk.read(path, ROOT).toString('latin1'))
    } catch (error) {
      if (!(error instanceof FileError)) throw error // removed: what was read counts
    }
    const groups = new Set(
      this.groupIds(name).flatMap((id) => this.entries('group').flatMap(([group, , gid]) => (Number(gid) === id ? [`%${group}`] : []))),
    )
    let rule: 'password' | 'free' | null = null
    for (const line of texts.join('\n').split('\n')) {
      const [, who = '', what = ''] = /^([^\s#]+)\s+[^\s=]+\s*=(.*)$/.exec(line) ?? []
      // The last line that fits decides.
      if (who === name || who === 'ALL' || groups.has(who)) rule = /NOPASSWD\s*:/.test(what) ? 'free' : 'password'
    }
    return rule
  }
}
