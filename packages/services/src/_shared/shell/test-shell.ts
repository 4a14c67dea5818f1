import { own } from '@decnet/kernel'
import { makePersona } from '@decnet/persona'
import { Machine } from './machine.ts'
import type { ShellObserver } from './port.ts'
import { startShell } from './start-shell.ts'

const CREATED = Date.UTC(2026, 2, 3)

/** A machine for tests, with a clock that stands still. */
export const testMachine = (options: { readonly seed?: string; readonly services?: Readonly<Record<string, number>> } = {}): Machine =>
  new Machine(
    makePersona({
      name: 'web-01',
      seed: options.seed ?? 'abc',
      archetype: 'linux-server',
      ip: '10.0.3.17',
      createdAt: CREATED,
      services: [],
    }),
    {
      now: () => CREATED + 3_600_000,
      offers: (service) => own(options.services ?? { ssh: 22 }, service),
    },
  )

export interface Ran {
  readonly out: string
  readonly err: string
  /** Both, unread: standard output, then standard error. */
  readonly raw: Buffer
  readonly status: number
  readonly commands: readonly string[]
  readonly downloads: readonly string[]
  readonly connects: readonly string[]
  readonly files: ReadonlyMap<string, Buffer>
  /** As the observer was given them. */
  readonly heard: readonly Buffer[]
}

/** Runs a command to its end, with waits that take no time. */
export async function runCommand(
  command: string | Uint8Array,
  options: {
    readonly machine?: Machine
    readonly user?: string
    readonly stdin?: string | Uint8Array
    readonly hangupAfter?: number
    readonly cwd?: string
    readonly via?: 'ssh' | 'telnet'
    readonly env?: Readonly<Record<string, string>>
  } = {},
): Promise<Ran> {
  const machine = options.machine ?? testMachine()
  const user = machine.userNamed(options.user ?? 'root')
  if (user === undefined) throw new Error(`no user ${options.user}`)
  const out: Buffer[] = []
  const err: Buffer[] = []
  const heard: Buffer[] = []
  const downloads: string[] = []
  const connects: string[] = []
  const files = new Map<string, Buffer>()
  const observer: ShellObserver = {
    command: (line) => heard.push(Buffer.from(line)),
    download: (url, tool) => downloads.push(`${tool} ${Buffer.from(url)}`),
    connect: (target, tool) => connects.push(`${tool} ${Buffer.from(target)}`),
    file: (path, content) => files.set(path, Buffer.from(content)),
  }
  const shell = startShell({
    host: machine,
    user,
    peer: { address: '203.0.113.9', port: 40022 },
    local: { address: machine.persona.ip, port: 22 },
    tty: null,
    via: options.via ?? 'ssh',
    command,
    env: { ...options.env, ...(options.cwd === undefined ? {} : { PWD: options.cwd }) },
    observer,
    now: machine.now,
    random: () => 0.5,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    stdout: (data) => out.push(Buffer.from(data)),
    stderr: (data) => err.push(Buffer.from(data)),
  })
  if (options.stdin !== undefined) shell.input(Buffer.from(options.stdin))
  shell.inputEnd()
  const timer = options.hangupAfter === undefined ? undefined : setTimeout(() => shell.hangup(), options.hangupAfter)
  const { status } = await shell.done
  clearTimeout(timer)
  return {
    out: Buffer.concat(out).toString(),
    err: Buffer.concat(err).toString(),
    raw: Buffer.concat([...out, ...err]),
    status,
    commands: heard.map((line) => line.toString()),
    downloads,
    connects,
    files,
    heard,
  }
}
