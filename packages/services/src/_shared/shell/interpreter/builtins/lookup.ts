import { RESERVED } from '../../parser/tokens.ts'
import { Call, type Programs } from '../call.ts'
import { execute, findProgram } from '../launch.ts'
import { printableName } from '../printable-name.ts'

async function describeOne(call: Call, name: string, style: 'type' | 'word' | 'path' | 'v'): Promise<boolean> {
  const { state } = call
  const say = async (long: string, word: string, short: string): Promise<true> => {
    if (style === 'type') await call.out(`${long}\n`)
    else if (style === 'word') await call.out(`${word}\n`)
    else if (style === 'v') await call.out(`${short}\n`)
    return true
  }
  const alias = state.interactive ? state.aliases.get(name) : undefined
  if (alias !== undefined) return await say(`${name} is aliased to \`${alias}'`, 'alias', `alias ${name}='${alias}'`)
  if (RESERVED.has(name)) return await say(`${name} is a shell keyword`, 'keyword', name)
  if (state.functions.has(name)) return await say(`${name} is a function`, 'function', name)
  if (state.session.catalogue.builtins[name] !== undefined) return await say(`${name} is a shell builtin`, 'builtin', name)
  const path = name.includes('/') ? (programAt(call, name) ? name : undefined) : findProgram(state, name)
  if (path === undefined) return false
  if (style === 'path') await call.out(`${path}\n`)
  return await say(`${name} is ${path}`, 'file', path)
}
function programAt(call: Call, path: string): boolean {
  return (
    findProgram(
      Object.assign(Object.create(call.state), {
        get: (name: string) => (name === 'PATH' ? path.replace(/\/[^/]*$/, '') || '/' : call.state.get(name)),
      }),
      path.replace(/^.*\//, ''),
    ) !== undefined
  )
}

async function type(call: Call): Promise<number> {
  const style = call.args[0] === '-t' ? 'word' : call.args[0] === '-p' || call.args[0] === '-P' ? 'path' : 'type'
  let status = 0
  for (const name of call.args.filter((arg) => !/^-[atpPf]+$/.test(arg))) {
    if (await describeOne(call, name, style)) continue
    status = 1
    if (style === 'type') {
      if (call.state.flavour === 'dash') {
        await call.out(`${name}: not found\n`)
        status = 127
      } else await call.err(`${call.runner.prefix(call.state)}type: ${name}: not found\n`)
    }
  }
  return status
}

async function command(call: Call): Promise<number> {
  const { state } = call
  const args = call.args.filter((arg, i) => !(arg === '-p' && i === 0) && arg !== '--')
  if (args[0] === '-v' || args[0] === '-V') {
    let found = true
    for (const name of args.slice(1)) {
      const known = await describeOne(call, name, args[0] === '-v' ? 'v' : 'type')
      if (!known && args[0] === '-V') await call.err(`${call.runner.prefix(state)}command: ${name}: not found\n`)
      found &&= known
    }
    return found ? 0 : state.flavour === 'dash' ? 127 : 1
  }
  const name = args[0]
  if (name === undefined) return 0
  return await simply(call, name, args.slice(1))
}

/** Runs a builtin or a program, not a function. */
async function simply(call: Call, name: string, args: readonly string[]): Promise<number> {
  const builtin = call.session.catalogue.builtins[name]
  if (builtin !== undefined) return await builtin(new Call(call.runner, call.state, name, args))
  const path = name.includes('/') ? name : findProgram(call.state, name)
  if (path === undefined) {
    await call.err(
      `${call.runner.prefix(call.state)}${call.state.flavour === 'dash' ? `${name}: not found` : `${printableName(call.state, name)}: command not found`}\n`,
    )
    return 127
  }
  return await execute(call.runner, call.state, path, name, args)
}

async function history(call: Call): Promise<number> {
  const { state } = call
  const arg = call.args[0]
  if (arg === '-c') {
    state.history.splice(0)
    return 0
  }
  if (arg !== undefined && /^-[wran]$/.test(arg)) return 0
  if (arg?.startsWith('-d') === true) return 0
  if (arg !== undefined && !/^\d+$/.test(arg)) {
    await call.err(`${call.runner.prefix(state)}history: ${arg}: numeric argument required\n`)
    return 1
  }
  const from = arg === undefined ? 0 : Math.max(0, state.history.length - Number(arg))
  for (let i = from; i < state.history.length; i++) await call.out(`${String(i + 1).padStart(5)}  ${state.history[i]}\n`)
  return 0
}

export const lookup: Programs = {
  type,
  command,
  builtin: async (call) => (call.args[0] === undefined ? 0 : await simply(call, call.args[0], call.args.slice(1))),
  history,
  fc: () => 0,
  help: async (call) => {
    await call.out(
      `GNU bash, version ${call.env('BASH_VERSION') ?? '5.2.15(1)-release'} (x86_64-pc-linux-gnu)\nThese shell commands are defined internally.  Type \`help' to see this list.\nType \`help name' to find out more about the function \`name'.\nUse \`info bash' to find out more about the shell in general.\nUse \`man -k' or \`info' to find out more about commands not in this list.\n\nA star (*) next to a name means that the command is disabled.\n\n`,
    )
    return 0
  },
  caller: () => 1,
  compgen: async (call) => {
    if (call.args[0] === '-c') for (const name of Object.keys(call.session.catalogue.programs).sort()) await call.out(`${name}\n`)
    return 0
  },
}
