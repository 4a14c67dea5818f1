import { Parser } from '../../parser/parse.ts'
import { SyntaxProblem } from '../../parser/syntax-error.ts'
import { assign } from '../assign.ts'
import type { Call, Programs } from '../call.ts'
import { ExpansionFailure } from '../control.ts'
import { Expander } from '../expand.ts'
import { ordered } from '../parameter.ts'
import type { Variable } from '../state.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A value as `declare -p` and `export -p` print it. */
const doubleQuoted = (value: string): string => `"${value.replace(/[\\"$`]/g, '\\$&')}"`
export const singleQuoted = (value: string): string =>
  /^[\w@%+=:,./-]+$/.test(value)
    ? value
    : value === ''
      ? "''"
      : /[\x00-\x1f]/.test(value)
        ? `$'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\t', '\\t')}'`
        : `'${value.replaceAll("'", "'\\''")}'`

function declared(name: string, variable: Variable): string {
  const flags = `${variable.items === undefined ? '' : variable.associative === true ? 'A' : 'a'}${variable.integer === true ? 'i' : ''}${variable.readonly === true ? 'r' : ''}${variable.exported === true ? 'x' : ''}`
  const value =
    variable.unset === true
      ? ''
      : variable.items === undefined
        ? `=${doubleQuoted(variable.value)}`
        : `=(${ordered(variable.items, variable.associative === true)
            .map(([key, item]) => `[${key}]=${doubleQuoted(item)}`)
            .join(' ')}${variable.associative === true && variable.items.size > 0 ? ' ' : ''})`
  return `declare -${flags === '' ? '-' : flags} ${name}${value}\n`
}

async function declare(call: Call, defaults: string, local: boolean): Promise<number> {
  const { state } = call
  let flags = defaults
  let drop = ''
  const names: string[] = []
  for (const arg of call.args) {
    if (names.length === 0 && /^-[a-zA-Z]+$/.test(arg)) flags += arg.slice(1)
    else if (names.length === 0 && /^\+[a-zA-Z]+$/.test(arg)) drop += arg.slice(1)
    else if (arg !== '--') names.push(arg)
  }
  if (names.length === 0 && !flags.includes('f')) return await list(call, flags)
  if (flags.includes('p')) return await list(call, flags, names)
  let status = 0
  for (const text of names) {
    const equals = text.search(/\+?=/)
    const name = equals < 0 ? text : text.slice(0, equals)
    const bare = name.replace(/\[.*\]$/, '')
    if (!NAME.test(bare)) {
      await call.err(`${call.runner.prefix(state)}${call.name}: \`${text}': not a valid identifier\n`)
      status = 1
      continue
    }
    if (flags.includes('f')) continue
    if (local) {
      const scope = state.locals.at(-1)
      if (scope === undefined) {
        if (call.name === 'local')
          return await call.err(`${call.runner.prefix(state)}local: can only be used in a function\n`).then(() => 1)
      } else if (!scope.has(bare)) {
        scope.set(bare, state.variables.get(bare))
        state.variables.set(bare, { value: '', unset: true })
      }
    }
    const known = state.variables.get(bare)
    const variable: Variable = known ?? { value: '', unset: true }
    if (flags.includes('A') && variable.items === undefined) Object.assign(variable, { items: new Map(), associative: true, unset: false })
    if (flags.includes('a') && variable.items === undefined)
      Object.assign(variable, { items: new Map(variable.unset === true ? [] : [['0', variable.value]]), unset: false })
    if (flags.includes('i')) variable.integer = true
    state.variables.set(bare, variable)
    if (equals >= 0) await assignText(call, text)
    const made = state.variables.get(bare)
    if (made === undefined) continue
    if (flags.includes('x')) made.exported = true
    if (drop.includes('x') || flags.includes('n')) made.exported = false
    if (flags.includes('r')) made.readonly = true
  }
  return status
}

async function assignText(call: Call, text: string): Promise<void> {
  const { state } = call
  if (/^[A-Za-z_][A-Za-z0-9_]*\+?=\(/.test(text) || /\]\+?=/.test(text)) {
    try {
      const command = new Parser(text).next()?.script.items[0]?.first.commands[0]
      if (command?.kind === 'simple') for (const one of command.assignments) await assign(new Expander(call.runner, state), one)
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error
    }
    return
  }
  const at = text.indexOf('=')
  const plus = text[at - 1] === '+'
  const name = text.slice(0, plus ? at - 1 : at)
  const value = text.slice(at + 1)
  const integer = state.variables.get(name)?.integer === true
  const whole = plus ? (state.get(name) ?? '') + value : value
  state.set(name, integer ? String(new Expander(call.runner, state).evaluate(whole)) : whole)
}

async function list(call: Call, flags: string, names?: readonly string[]): Promise<number> {
  const { state } = call
  let status = 0
  const chosen = names ?? [...state.variables.keys()].sort()
  for (const name of chosen) {
    const variable = state.variables.get(name)
    if (variable === undefined) {
      if (names !== undefined) {
        await call.err(`${call.runner.prefix(state)}${call.name}: ${name}: not found\n`)
        status = 1
      }
      continue
    }
    if (names === undefined && ((flags.includes('x') && variable.exported !== true) || (flags.includes('r') && variable.readonly !== true)))
      continue
    if (state.flavour === 'dash') await call.out(`export ${name}='${variable.value.replaceAll("'", `'"'"'`)}'\n`)
    else await call.out(declared(name, variable))
  }
  return status
}

async function unset(call: Call): Promise<number> {
  const { state } = call
  let mode = ''
  let status = 0
  for (const arg of call.args) {
    if (/^-[fvn]$/.test(arg)) {
      mode = arg
      continue
    }
    const item = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/.exec(arg)
    if (item !== null) state.variables.get(item[1] ?? '')?.items?.delete(item[2] ?? '')
    else if (mode === '-f') state.functions.delete(arg)
    else if (!NAME.test(arg)) {
      await call.err(`${call.runner.prefix(state)}unset: \`${arg}': not a valid identifier\n`)
      status = 1
    } else if (state.variables.has(arg) || mode === '-v') {
      try {
        state.unset(arg)
      } catch (error) {
        if (!(error instanceof ExpansionFailure)) throw error
        await call.err(`${call.runner.prefix(state)}${error.message}\n`)
        status = 1
      }
    } else state.functions.delete(arg)
  }
  return status
}

export const environment: Programs = {
  export: (call) => declare(call, 'x', false),
  readonly: (call) => declare(call, 'r', false),
  declare: (call) => declare(call, '', call.state.functionDepth > 0 && !call.args.some((arg) => /^-\w*g/.test(arg))),
  typeset: (call) => declare(call, '', call.state.functionDepth > 0),
  local: (call) => declare(call, '', true),
  unset,
  let: async (call) => {
    let value = 0n
    const expander = new Expander(call.runner, call.state)
    for (const arg of call.args) value = expander.evaluate(arg)
    return await Promise.resolve(value === 0n ? 1 : 0)
  },
}
