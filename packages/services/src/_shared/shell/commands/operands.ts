import type { Call } from '../interpreter/call.ts'
import { baseName } from '../paths.ts'
import { FileError, type FileStat } from '../port.ts'

export const quote = (name: string): string => `'${name}'`
export const missing = async (call: Call, what = 'missing operand'): Promise<number> => {
  await call.err(`${call.name}: ${what}\nTry '${call.name} --help' for more information.\n`)
  return 1
}
export const kindOf = (call: Call, path: string): FileStat['kind'] | undefined => {
  try {
    return call.fs.stat(call.path(path), call.as).kind
  } catch (error) {
    if (error instanceof FileError) return undefined
    throw error
  }
}

/** Where `cp a b` and `mv a b` put `a`: into a directory under its own name. */
export const destination = (call: Call, source: string, target: string): string =>
  kindOf(call, target) === 'directory' ? `${target.replace(/\/$/, '')}/${baseName(source)}` : target
