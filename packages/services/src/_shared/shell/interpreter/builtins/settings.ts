import { own } from '@decnet/kernel'
import type { Call, Programs } from '../call.ts'
import { singleQuoted } from './environment.ts'
import { NUMBERS } from './job-control.ts'

const LETTERS: Readonly<Record<string, string>> = {
  allexport: 'a',
  errexit: 'e',
  noglob: 'f',
  hashall: 'h',
  monitor: 'm',
  noexec: 'n',
  nounset: 'u',
  verbose: 'v',
  xtrace: 'x',
  noclobber: 'C',
  braceexpand: 'B',
  histexpand: 'H',
}
const NAMES = [
  'allexport',
  'braceexpand',
  'emacs',
  'errexit',
  'errtrace',
  'functrace',
  'hashall',
  'histexpand',
  'history',
  'ignoreeof',
  'interactive-comments',
  'keyword',
  'monitor',
  'noclobber',
  'noexec',
  'noglob',
  'nolog',
  'notify',
  'nounset',
  'onecmd',
  'physical',
  'pipefail',
  'posix',
  'privileged',
  'verbose',
  'vi',
  'xtrace',
]
/** What `trap` takes beside signals. */
const TRAPS = new Set(['EXIT', 'ERR', 'DEBUG', 'RETURN'])
const ALWAYS = new Set(['braceexpand', 'hashall', 'interactive-comments'])

async function set(call: Call): Promise<number> {
  const { state } = call
  const args = [...call.args]
  if (args.length === 0) {
    for (const [name, variable] of [...state.variables].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (variable.items !== undefined)
        await call.out(`${name}=(${[...variable.items].map(([key, value]) => `[${key}]="${value}"`).join(' ')})\n`)
      else if (variable.unset !== true) await call.out(`${name}=${variable.value === '' ? '' : singleQuoted(variable.value)}\n`)
    }
    return 0
  }
  while (args.length > 0) {
    const arg = args[0] ?? ''
    if (arg === '--' || arg === '-') {
      state.positional = args.slice(1)
      return 0
    }
    if (!/^[-+][A-Za-z]/.test(arg)) break
    args.shift()
    const on = arg.startsWith('-')
    for (const letter of arg.slice(1)) {
      if (letter === 'o') {
        const name = args.shift()
        if (name === undefined) {
          for (const one of NAMES)
            await call.out(`${one.padEnd(15)}\t${state.options.has(own(LETTERS, one) ?? one) || ALWAYS.has(one) ? 'on' : 'off'}\n`)
          return 0
        }
        if (!NAMES.includes(name)) {
          await call.err(`${call.runner.prefix(state)}set: ${name}: invalid option name\n`)
          return 1
        }
        change(call, own(LETTERS, name) ?? name, on)
      } else if (!'abefhkmnptuvxBCEHPT'.includes(letter)) {
        await call.err(
          `${call.runner.prefix(state)}set: ${arg.slice(0, 1)}${letter}: invalid option\nset: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n`,
        )
        return 2
      } else change(call, letter, on)
    }
  }
  if (args.length > 0) state.positional = args
  return 0
}
const change = (call: Call, option: string, on: boolean): void => {
  if (on) call.state.options.add(option)
  else call.state.options.delete(option)
}

async function alias(call: Call): Promise<number> {
  const { state } = call
  let status = 0
  const show = (name: string, value: string): string =>
    `${state.flavour === 'dash' ? '' : 'alias '}${name}='${value.replaceAll("'", "'\\''")}'\n`
  if (call.args.length === 0 || call.args[0] === '-p')
    for (const [name, value] of [...state.aliases].sort(([a], [b]) => (a < b ? -1 : 1))) await call.out(show(name, value))
  for (const arg of call.args) {
    const at = arg.indexOf('=')
    if (at > 0) state.aliases.set(arg.slice(0, at), arg.slice(at + 1))
    else if (arg !== '-p') {
      const value = state.aliases.get(arg)
      if (value === undefined) {
        await call.err(`${call.runner.prefix(state)}alias: ${arg}: not found\n`)
        status = 1
      } else await call.out(show(arg, value))
    }
  }
  return status
}

async function trap(call: Call): Promise<number> {
  const { state } = call
  const args = call.args[0] === '--' ? call.args.slice(1) : call.args
  const name = (signal: string): string | undefined => {
    const found = signal.toUpperCase().replace(/^SIG/, '')
    if (TRAPS.has(found) || own(NUMBERS, found) !== undefined) return found
    return signal === '0' ? 'EXIT' : Object.entries(NUMBERS).find(([, number]) => String(number) === signal)?.[0]
  }
  if (args.length === 0 || args[0] === '-p') {
    for (const [signal, action] of state.traps)
      await call.out(`trap -- '${action.replaceAll("'", "'\\''")}' ${signal === 'EXIT' ? signal : `SIG${signal}`}\n`)
    return 0
  }
  if (args[0] === '-l') return 0
  const action = args.length === 1 ? '-' : args[0]
  let status = 0
  for (const given of args.length === 1 ? args : args.slice(1)) {
    const signal = name(given)
    if (signal === undefined) {
      await call.err(
        `${call.runner.prefix(state)}trap: ${given}: ${state.flavour === 'dash' ? 'bad trap' : 'invalid signal specification'}\n`,
      )
      status = 1
    } else if (action === '-') state.traps.delete(signal)
    else state.traps.set(signal, action ?? '')
  }
  return status
}

async function umask(call: Call): Promise<number> {
  const { state } = call
  const [arg] = call.args.filter((one) => !one.startsWith('-'))
  if (arg === undefined) {
    const letters = (bits: number): string => `${(bits & 4) === 0 ? 'r' : ''}${(bits & 2) === 0 ? 'w' : ''}${(bits & 1) === 0 ? 'x' : ''}`
    await call.out(
      call.args.includes('-S')
        ? `u=${letters(state.umask >> 6)},g=${letters(state.umask >> 3)},o=${letters(state.umask)}\n`
        : `${state.umask.toString(8).padStart(4, '0')}\n`,
    )
    return 0
  }
  if (!/^[0-7]{1,4}$/.test(arg)) {
    await call.err(`${call.runner.prefix(state)}umask: ${arg}: octal number out of range\n`)
    return 1
  }
  state.umask = Number.parseInt(arg, 8) & 0o777
  return 0
}

const LIMITS: readonly (readonly [string, string, string])[] = [
  ['real-time non-blocking time  (microseconds, -R)', 'R', 'unlimited'],
  ['core file size              (blocks, -c)', 'c', '0'],
  ['data seg size               (kbytes, -d)', 'd', 'unlimited'],
  ['scheduling priority                 (-e)', 'e', '0'],
  ['file size                   (blocks, -f)', 'f', 'unlimited'],
  ['pending signals                     (-i)', 'i', '7781'],
  ['max locked memory           (kbytes, -l)', 'l', '254472'],
  ['max memory size             (kbytes, -m)', 'm', 'unlimited'],
  ['open files                          (-n)', 'n', '1024'],
  ['pipe size                (512 bytes, -p)', 'p', '8'],
  ['POSIX message queues         (bytes, -q)', 'q', '819200'],
  ['real-time priority                  (-r)', 'r', '0'],
  ['stack size                  (kbytes, -s)', 's', '8192'],
  ['cpu time                   (seconds, -t)', 't', 'unlimited'],
  ['max user processes                  (-u)', 'u', '7781'],
  ['virtual memory              (kbytes, -v)', 'v', 'unlimited'],
  ['file locks                          (-x)', 'x', 'unlimited'],
]
async function ulimit(call: Call): Promise<number> {
  const letters = call.args
    .filter((arg) => arg.startsWith('-'))
    .join('')
    .replace(/[-HS]/g, '')
  if (letters.includes('a')) for (const [title, , value] of LIMITS) await call.out(`${title.padEnd(42).slice(0, 42)} ${value}\n`)
  else if (call.args.every((arg) => arg.startsWith('-')))
    await call.out(`${LIMITS.find(([, letter]) => letter === (letters.slice(-1) || 'f'))?.[2] ?? 'unlimited'}\n`)
  return 0
}

export const settings: Programs = {
  set,
  shopt: () => 0,
  alias,
  unalias: (call) => {
    if (call.args[0] === '-a') call.state.aliases.clear()
    for (const arg of call.args) call.state.aliases.delete(arg)
    return 0
  },
  trap,
  umask,
  ulimit,
  shift: async (call) => {
    const count = Number(call.args[0] ?? 1)
    const { state } = call
    if (!Number.isInteger(count) || count < 0 || count > state.positional.length) {
      if (state.flavour === 'dash') await call.err(`${call.runner.prefix(state)}shift: can't shift that many\n`)
      return 1
    }
    state.positional = state.positional.slice(count)
    return 0
  },
  bind: () => 0,
  complete: () => 0,
  compopt: () => 0,
  enable: () => 0,
  hash: async (call) => {
    if (call.args.length === 0) await call.out('hash: hash table empty\n')
    return 0
  },
  times: async (call) => {
    await call.out('0m0.004s 0m0.002s\n0m0.000s 0m0.000s\n')
    return 0
  },
}
