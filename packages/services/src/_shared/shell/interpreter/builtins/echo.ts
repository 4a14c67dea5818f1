import { formatPrintf } from '../../commands/printf.ts'
import { decodeEcho } from '../../parser/escapes.ts'
import type { Call, Programs } from '../call.ts'

/** Also `/bin/echo`. */
export async function printEcho(call: Call): Promise<number> {
  const args = [...call.args]
  let escapes = call.state.flavour === 'dash'
  let end = '\n'
  const options = call.state.flavour === 'dash' ? /^-n$/ : /^-[neE]+$/
  while (args[0] !== undefined && options.test(args[0])) {
    for (const letter of args.shift()?.slice(1) ?? '') {
      if (letter === 'n') end = ''
      else escapes = letter === 'e'
    }
  }
  const text = args.join(' ')
  if (!escapes) {
    await call.out(text + end)
    return 0
  }
  const decoded = decodeEcho(text)
  await call.out(decoded.text + (decoded.stopped ? '' : end))
  return 0
}

async function printf(call: Call): Promise<number> {
  const { state } = call
  let args = call.args
  let variable: string | null = null
  if (args[0] === '-v') {
    variable = args[1] ?? ''
    args = args.slice(2)
  }
  if (args[0] === '--') args = args.slice(1)
  const format = args[0]
  if (format === undefined) {
    await call.err(
      `${state.flavour === 'dash' ? `${call.runner.prefix(state)}printf: usage: printf format [arg ...]` : `${call.name}: usage: printf [-v var] format [arguments]`}\n`,
    )
    return 2
  }
  const made = formatPrintf(format, args.slice(1), state.session.machine.now(), state.session.machine.wall)
  if (variable === null) await call.out(made.text)
  else state.set(variable, made.text)
  for (const problem of made.problems) await call.err(`${call.runner.prefix(state)}printf: ${problem}\n`)
  return made.problems.length > 0 ? 1 : 0
}
export const echo: Programs = { echo: printEcho, printf }
