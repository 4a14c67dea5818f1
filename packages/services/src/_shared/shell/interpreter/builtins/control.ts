import type { Call, Programs } from '../call.ts'
import { Break, Continue, Exit, ExpansionFailure, Return } from '../control.ts'
import { diskPath } from '../files.ts'
import { execute, findProgram } from '../launch.ts'
import { toText } from '../streams.ts'

const status = (call: Call): number | null => {
  const given = call.args[0]
  if (given === undefined) return call.state.status
  return /^\s*[-+]?\d+\s*$/.test(given) ? Number(BigInt.asUintN(8, BigInt(given.trim().replace('+', '')))) : null
}
const say = async (call: Call, message: string, code: number): Promise<number> => {
  await call.err(`${call.runner.prefix(call.state)}${call.name}: ${message}\n`)
  return code
}

async function leave(call: Call): Promise<number> {
  if (call.state.interactive && call.name === 'exit') await call.err(call.state.login ? 'logout\n' : 'exit\n')
  if (call.state.interactive && call.name === 'logout') await call.err(call.state.login ? 'logout\n' : '')
  const code = status(call)
  if (code === null) await say(call, `${call.args[0]}: numeric argument required`, 2)
  throw new Exit(code ?? 2)
}

async function levels(call: Call): Promise<number> {
  if (call.state.loops === 0) {
    if (call.state.flavour === 'bash') await say(call, `only meaningful in a \`for', \`while', or \`until' loop`, 0)
    return 0
  }
  const count = Number(call.args[0] ?? 1)
  if (!Number.isInteger(count)) throw new ExpansionFailure(`${call.name}: ${call.args[0]}: numeric argument required`, { status: 128 })
  if (count < 1) return await say(call, `${call.args[0]}: loop count out of range`, 1)
  throw call.name === 'break' ? new Break(Math.min(count, call.state.loops)) : new Continue(Math.min(count, call.state.loops))
}

async function source(call: Call): Promise<number> {
  const { state } = call
  const name = call.args[0]
  if (name === undefined) {
    await say(call, 'filename argument required', 2)
    await call.err(`${call.name}: usage: ${call.name} filename [arguments]\n`)
    return 2
  }
  const path = name.includes('/') ? name : (findProgram(state, name) ?? name)
  const text = await call.attempt(
    () => toText(call.fs.read(diskPath(state, path), call.as)),
    async (reason) => {
      await call.err(`${call.runner.prefix(state)}${name}: ${reason.replace('Is a directory', 'is a directory')}\n`)
      return null
    },
  )
  if (text === null) return 1
  const saved = state.positional
  if (call.args.length > 1) state.positional = call.args.slice(1)
  state.functionDepth++
  state.depth++
  try {
    if (state.depth > state.session.limits.depth) throw new ExpansionFailure('maximum source nesting level exceeded')
    return await call.runner.source(text, state, { name })
  } catch (error) {
    if (error instanceof Return) return error.status
    throw error
  } finally {
    state.functionDepth--
    state.depth--
    state.positional = saved
  }
}

async function run(call: Call): Promise<number> {
  const { state } = call
  let args = call.args
  while (args[0]?.startsWith('-') === true && args[0] !== '-') {
    if (args[0] === '-a') args = args.slice(1)
    args = args.slice(1)
  }
  const name = args[0]
  if (name === undefined) return 0
  const path = name.includes('/') ? name : findProgram(state, name)
  if (path === undefined) {
    await say(call, `${name}: not found`, 127)
    if (state.interactive) return 127
    throw new Exit(127)
  }
  throw new Exit(await execute(call.runner, state, path, name, args.slice(1)))
}

export const control: Programs = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  exit: leave,
  logout: async (call) => (call.state.login ? await leave(call) : await say(call, "not login shell: use `exit'", 1)),
  return: async (call) => {
    if (call.state.functionDepth === 0) return await say(call, "can only `return' from a function or sourced script", 2)
    const code = status(call)
    if (code === null) await say(call, `${call.args[0]}: numeric argument required`, 2)
    throw new Return(code ?? 2)
  },
  break: levels,
  continue: levels,
  eval: async (call) => {
    const { state } = call
    state.depth++
    try {
      if (state.depth > state.session.limits.depth) throw new ExpansionFailure('maximum eval nesting level exceeded')
      if (call.args.length === 0) return 0
      return await call.runner.source(call.args.join(' '), state, { name: `${state.zero}: eval` })
    } finally {
      state.depth--
    }
  },
  source,
  '.': source,
  exec: run,
}
