import { escapedBytes } from '@decnet/kernel'
import type { FileStat } from '../../_shared/shell/port.ts'
import type { Visit } from '../../_shared/visit/visit.ts'
import type { Program, ProgramContext } from '../program.ts'
import type { ScpCommand } from './command-line.ts'
import { errorText } from './messages.ts'

const CHUNK = 64 * 1024
/** Output that may wait for the client. */
const AHEAD = 512 * 1024
const DEEPEST = 64

/** A message that goes out as a whole and is answered with one status byte; a note is not answered. */
type Step = { readonly data: Buffer; readonly answered: boolean }

/** `scp -f`: sends files to the client, each step when the one before was acknowledged. */
export function scpSource(visit: Visit, command: ScpCommand, context: ProgramContext): Program {
  let errors = 0
  let over = false
  const problems = (text: string): Step => {
    errors++
    return { data: escapedBytes(`\x01scp: ${text}\n`), answered: false }
  }
  const steps = walkAll(visit, command, problems)
  let acknowledged = false

  const leave = (status: number) => {
    if (over) return
    over = true
    context.exit(status)
  }
  const work = () => {
    while (!over && acknowledged && context.queued() < AHEAD) {
      const next = steps.next()
      if (next.done) return leave(errors > 0 ? 1 : 0)
      if (next.value.answered) acknowledged = false
      context.stdout(next.value.data)
    }
  }
  context.onDrained(work)
  return {
    input(data) {
      for (const byte of data) {
        if (over) return
        if (byte === 2) return leave(1)
        if (byte === 0 || byte === 1) {
          if (byte === 1) errors++
          acknowledged = true
          work()
        }
      }
    },
    inputEnd: () => leave(1),
    resize: () => undefined,
    hangup: () => leave(1),
  }
}

function* walkAll(visit: Visit, command: ScpCommand, problem: (text: string) => Step): Generator<Step> {
  for (const path of command.paths) yield* walk(visit, command, path, problem, 0)
}

function* walk(visit: Visit, command: ScpCommand, path: string, problem: (text: string) => Step, depth: number): Generator<Step> {
  const { fs } = visit.host
  let stat: FileStat
  try {
    stat = fs.stat(path, visit.as)
  } catch (error) {
    yield problem(`${path}: ${errorText(error)}`)
    return
  }
  const name = path.replace(/\/+$/u, '').split('/').at(-1) || '/'
  if (stat.kind === 'directory') {
    if (!command.recursive || depth >= DEEPEST) {
      yield problem(`${path}: not a regular file`)
      return
    }
    yield* directory(visit, command, path, name, stat, problem, depth)
  } else if (stat.kind === 'file') yield* file(visit, command, path, name, stat, problem)
  else yield problem(`${path}: not a regular file`)
}

function* directory(
  visit: Visit,
  command: ScpCommand,
  path: string,
  name: string,
  stat: FileStat,
  problem: (text: string) => Step,
  depth: number,
): Generator<Step> {
  let names: readonly string[]
  try {
    names = visit.host.fs.list(path, visit.as)
  } catch (error) {
    yield problem(`${path}: ${errorText(error)}`)
    return
  }
  yield* times(command, stat)
  yield line(`D${octal(stat.mode)} 0 ${name}`)
  for (const child of names) yield* walk(visit, command, `${path.replace(/\/+$/u, '')}/${child}`, problem, depth + 1)
  yield line('E')
}

function* file(
  visit: Visit,
  command: ScpCommand,
  path: string,
  name: string,
  stat: FileStat,
  problem: (text: string) => Step,
): Generator<Step> {
  let content: Buffer
  try {
    content = visit.host.fs.read(path, visit.as)
  } catch (error) {
    yield problem(`${path}: ${errorText(error)}`)
    return
  }
  yield* times(command, stat)
  yield line(`C${octal(stat.mode)} ${content.length} ${name}`)
  for (let at = 0; at < content.length; at += CHUNK) yield { data: content.subarray(at, at + CHUNK), answered: false }
  yield { data: Buffer.of(0), answered: true }
}

function* times(command: ScpCommand, stat: FileStat): Generator<Step> {
  const seconds = Math.floor(stat.mtime / 1000)
  if (command.times) yield line(`T${seconds} 0 ${seconds} 0`)
}
const line = (text: string): Step => ({ data: escapedBytes(`${text}\n`), answered: true })
const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')
