import { isIPv4 } from 'node:net'
import type { DeckyContext } from '@decnet/kernel/service'
import type { Persona, PersonaUser } from '@decnet/persona'
import { Accounts } from './accounts/accounts.ts'
import { authorizes } from './accounts/authorized-keys.ts'
import type { Endpoint, Facts, ListeningSocket, Login, Process } from './facts.ts'
import { rootDisk } from './facts.ts'
import { type BaseDirectory, directory } from './filesystem/base.ts'
import { Disk } from './filesystem/disk.ts'
import { placeDaemons } from './filesystem/image/daemons.ts'
import { placeDevices } from './filesystem/image/devices.ts'
import { placeEtc } from './filesystem/image/etc.ts'
import { placeHomes } from './filesystem/image/home.ts'
import { placeProc } from './filesystem/image/proc.ts'
import { distributionTree } from './filesystem/image/programs.ts'
import { placeSys } from './filesystem/image/sys.ts'
import { placeVar } from './filesystem/image/var.ts'
import type { Credentials, Host, HostOf } from './port.ts'
import { residents } from './processes.ts'
import { clockOf, type WallTime } from './zoned-time.ts'

const LOGINS_KEPT = 200
const PROCESSES_MAX = 400
const PID_MAX = 4_194_304

/** Trees that every host of a release shares; immutable once built. */
const shared = new Map<string, BaseDirectory>()
function distribution(persona: Persona): BaseDirectory {
  const known = shared.get(persona.os.distro)
  if (known !== undefined) return known
  const made = distributionTree(persona.os.distro)
  shared.set(persona.os.distro, made)
  return made
}

/** See {@link Host}; beside the port, what the shell's own commands need to know. */
export class Machine implements Host, Facts {
  readonly persona: Persona
  readonly now: () => number
  readonly wall: (epoch: number) => WallTime
  readonly offers: (service: string) => number | undefined
  /** As the files have them now: what attackers added stays while the sensor lives. */
  readonly accounts: Accounts
  /** Users and terminals for which sudo has a fresh ticket. */
  readonly sudoTickets = new Set<string>()
  #disk: Disk | undefined
  #residents: ReturnType<typeof residents> | undefined
  readonly #running = new Map<number, Process>()
  readonly #gone = new Set<number>()
  readonly #logins: Login[] = []
  readonly #ttys = new Set<string>()
  readonly #connections = new Set<{ readonly local: Endpoint; readonly peer: Endpoint }>()
  #pid: number
  #nextTty = 0

  constructor(persona: Persona, options: { readonly now?: () => number; readonly offers?: (service: string) => number | undefined } = {}) {
    this.persona = persona
    this.now = options.now ?? Date.now
    this.offers = options.offers ?? ((service) => (service === 'ssh' ? 22 : undefined))
    this.wall = clockOf(persona.timezone)
    this.accounts = new Accounts(persona, () => this.#disk)
    this.#pid = persona.integer('next pid', 2000, 31_000)
  }

  /** The disk; built on first use. */
  get fs(): Disk {
    this.#disk ??= this.#build()
    return this.#disk
  }

  #build(): Disk {
    const { installedAt, bootedAt } = this.persona
    const own = directory(installedAt)
    placeEtc(own, this)
    placeDevices(own, rootDisk(this).device, bootedAt)
    placeProc(own, this)
    placeSys(own, this)
    placeHomes(own, this)
    placeVar(own, this)
    placeDaemons(own, this)
    return new Disk([own, distribution(this.persona)], this.now, {
      installedAt,
      firstInode: 262_145 + this.persona.integer('inodes', 0, 4096),
      inodes: rootDisk(this).inodes,
    })
  }

  diskUse(): ReturnType<typeof rootDisk> {
    return rootDisk(this)
  }
  credentialsOf(user: PersonaUser): Credentials {
    return this.accounts.credentialsOf(user)
  }
  userNamed(name: string): PersonaUser | undefined {
    return this.accounts.named(name)
  }
  opens(user: PersonaUser, password: Uint8Array): boolean {
    return this.accounts.opens(user.name, password)
  }
  authorizes(user: PersonaUser, key: Uint8Array): boolean {
    // Untouched, it holds one key, which nobody has.
    return this.#disk !== undefined && authorizes(this.#disk, user, this.credentialsOf(user), key)
  }

  login(user: PersonaUser, from: string, tty: string | null, now: number): () => void {
    const entry = { user, from, tty: tty ?? '', at: now, until: null as number | null }
    this.#logins.push(entry)
    if (this.#logins.length > LOGINS_KEPT) this.#logins.shift()
    return () => {
      entry.until ??= Math.max(now, this.now())
      if (tty !== null) this.#ttys.delete(tty)
    }
  }
  lastLogin(user: PersonaUser): { readonly at: number; readonly from: string } | null {
    const own = this.#logins.filter((login) => login.user.name === user.name && login.tty !== '')
    const before = own.at(-2) ?? (own.at(-1)?.until == null ? undefined : own.at(-1))
    if (before !== undefined) return { at: before.at, from: before.from }
    return this.#pastLogins().find((login) => login.user.name === user.name) ?? null
  }
  allocateTty(): string {
    for (let i = 0; i < 256; i++) {
      const tty = `pts/${i}`
      if (!this.#ttys.has(tty)) {
        this.#ttys.add(tty)
        return tty
      }
    }
    return `pts/${256 + (this.#nextTty++ % 256)}`
  }

  /** Logins, newest first: attackers' of this life of the sensor, then the administrators' that the persona had. */
  logins(): readonly Login[] {
    return [...this.#logins.filter((login) => login.tty !== '').reverse(), ...this.#pastLogins()]
  }
  #pastLogins(): readonly Login[] {
    const { persona } = this
    const people = persona.users.filter((user) => user.shell.endsWith('sh') && (user.uid === 0 || user.uid >= 1000))
    const logins: Login[] = []
    const network = persona.ip.split('.').slice(0, 3).join('.')
    const count = persona.integer('past logins', 4, 11)
    const start = Math.max(persona.installedAt, persona.bootedAt)
    // Seeded steps from the boot, so that they stay where they are while the clock moves.
    let at = start + persona.integer('first login', 40, 4000) * 1000
    for (let i = 0; i < count && at < this.now() - 3_600_000; i++) {
      const user = persona.pick(`past login user ${i}`, people)
      const minutes = persona.integer(`past login length ${i}`, 1, 170)
      const from = `${network}.${persona.integer(`past login from ${i % 3}`, 2, 250)}`
      logins.unshift({ user, from, tty: 'pts/0', at, until: at + minutes * 60_000 })
      at += minutes * 60_000 + persona.integer(`past login pause ${i}`, 2, 200) * 3_600_000
    }
    return logins
  }

  /** A shell's connection shows in `/proc/net/tcp` until the answer is called. */
  connect(local: Endpoint, peer: Endpoint): () => void {
    const connection = { local, peer }
    this.#connections.add(connection)
    return () => void this.#connections.delete(connection)
  }
  connected(): readonly { readonly local: Endpoint; readonly peer: Endpoint }[] {
    return [...this.#connections].filter(({ local, peer }) => isIPv4(local.address) && isIPv4(peer.address))
  }
  /** Users who are logged in now, by uid: logind keeps a run-time folder for each. */
  present(): readonly number[] {
    return [...new Set(this.#logins.filter((login) => login.until === null).map((login) => login.user.uid))].sort((a, b) => a - b)
  }
  nextPid(): number {
    this.#pid = this.#pid + 1 >= PID_MAX ? 300 : this.#pid + 1
    return this.#pid
  }
  /** Shows a process until the answer is called; undefined when the machine holds too many (fork fails). */
  spawn(process: Process): (() => void) | undefined {
    if (this.#running.size >= PROCESSES_MAX) return undefined
    this.#running.set(process.pid, process)
    return () => {
      this.#running.delete(process.pid)
    }
  }
  /** Ends a resident process: `kill`, `pkill`. It stays gone while the sensor lives; the first one never goes. */
  end(pid: number): void {
    if (pid > 1 && this.#residents?.processes.find((process) => process.pid === pid)?.command.startsWith('[') !== true) this.#gone.add(pid)
    if (this.#gone.size > PROCESSES_MAX) this.#gone.clear()
  }
  /** Whether a process of a login is shown under this number. */
  runs(pid: number): boolean {
    return this.#running.has(pid)
  }
  processes(): readonly Process[] {
    this.#residents ??= residents(this)
    return [...this.#residents.processes.filter((process) => !this.#gone.has(process.pid)), ...this.#running.values()]
  }
  listening(): readonly ListeningSocket[] {
    this.#residents ??= residents(this)
    return this.#residents.sockets
  }
}

/** See {@link HostOf}. */
export const hostOf: HostOf = (decky: DeckyContext): Machine =>
  decky.shared('host', () => new Machine(decky.persona, { offers: (service) => decky.portOf(service) }))
