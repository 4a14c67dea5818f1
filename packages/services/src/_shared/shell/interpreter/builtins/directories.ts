import { absolute, fromDisk } from '../../paths.ts'
import type { Call, Programs } from '../call.ts'
import { diskPath } from '../files.ts'
import { printableName } from '../printable-name.ts'

async function cd(call: Call): Promise<number> {
  const { state } = call
  const args = call.args.filter((arg) => !/^-[LPe@]+$/.test(arg) && arg !== '--')
  const say = async (message: string): Promise<number> => {
    await call.err(`${call.runner.prefix(state)}cd: ${state.flavour === 'dash' ? `can't cd to ${args[0]}` : message}\n`)
    return state.flavour === 'dash' ? 2 : 1
  }
  if (args.length > 1 && state.flavour === 'bash') return await say('too many arguments')
  let target = args[0] ?? state.get('HOME')
  if (target === undefined) return await say('HOME not set')
  if (target === '') target = '.'
  const back = target === '-'
  if (back) {
    const old = state.get('OLDPWD')
    if (old === undefined) return await say('OLDPWD not set')
    target = old
  }
  const shown = (): string => (state.flavour === 'dash' ? target : printableName(state, target))
  const path = absolute(target, state.cwd)
  return await call.attempt(
    async () => {
      const full = diskPath(state, path)
      if (call.fs.stat(full, call.as).kind !== 'directory') return await say(`${shown()}: Not a directory`)
      if (!call.fs.allows(full, 1, call.as)) return await say(`${shown()}: Permission denied`)
      state.set('OLDPWD', state.cwd)
      state.cwd = call.args.includes('-P') ? fromDisk(call.fs.realpath(full, call.as)) : path
      state.set('PWD', state.cwd)
      if (back) await call.out(`${state.cwd}\n`)
      return 0
    },
    (reason) => say(`${shown()}: ${reason}`),
  )
}

export const directories: Programs = {
  cd,
  pwd: async (call) => {
    const physical = call.args.includes('-P')
    await call.out(
      `${
        physical
          ? await call.attempt(
              () => fromDisk(call.fs.realpath(diskPath(call.state, call.state.cwd), call.as)),
              () => call.state.cwd,
            )
          : call.state.cwd
      }\n`,
    )
    return 0
  },
  dirs: async (call) => {
    const home = call.state.get('HOME') ?? ''
    await call.out(`${call.state.cwd === home ? '~' : call.state.cwd}\n`)
    return 0
  },
  pushd: cd,
  popd: async (call) => {
    await call.err(`${call.runner.prefix(call.state)}popd: directory stack empty\n`)
    return 1
  },
}
