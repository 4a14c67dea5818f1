import type { Call } from '../interpreter/call.ts'

export interface Options {
  has(...names: readonly string[]): boolean
  value(...names: readonly string[]): string | undefined
  readonly rest: readonly string[]
}

/**
 * getopt_long: `shorts` as in getopt (`n:` takes a value), `longs` name → short letter or '' (`lines=` takes a value).
 * Answers null after telling what was wrong, as GNU programs do.
 */
export async function optionsOf(
  call: Call,
  shorts: string,
  longs: Readonly<Record<string, string>> = {},
  inOrder = false,
): Promise<Options | null> {
  const seen = new Map<string, string>()
  const rest: string[] = []
  const takes = (letter: string): boolean => shorts[shorts.indexOf(letter) + 1] === ':'
  const args = [...call.args]
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    if (arg === '--') {
      rest.push(...args)
      break
    }
    if (arg.startsWith('--')) {
      const [name = '', given] = splitOnce(arg.slice(2))
      const candidates = Object.keys(longs).filter((one) => one.replace(/=$/, '').startsWith(name))
      const exact = candidates.find((one) => one.replace(/=$/, '') === name) ?? (candidates.length === 1 ? candidates[0] : undefined)
      if (exact === undefined)
        return await wrong(call, candidates.length > 1 ? `option '--${name}' is ambiguous` : `unrecognized option '--${name}'`)
      const key = longs[exact] === '' ? exact.replace(/=$/, '') : (longs[exact] ?? '')
      if (exact.endsWith('=') && given === undefined && args.length === 0)
        return await wrong(call, `option '--${name}' requires an argument`)
      seen.set(key, given ?? (exact.endsWith('=') ? (args.shift() ?? '') : ''))
    } else if (arg.startsWith('-') && arg.length > 1) {
      for (let i = 1; i < arg.length; i++) {
        const letter = arg[i] ?? ''
        if (letter === ':' || !shorts.includes(letter)) return await wrong(call, `invalid option -- '${letter}'`)
        if (!takes(letter)) seen.set(letter, seen.has(letter) ? `${seen.get(letter)}1` : '')
        else {
          const value = arg.slice(i + 1) || args.shift()
          if (value === undefined) return await wrong(call, `option requires an argument -- '${letter}'`)
          seen.set(letter, value)
          break
        }
      }
    } else {
      rest.push(arg)
      if (inOrder) {
        rest.push(...args)
        break
      }
    }
  }
  return {
    has: (...names) => names.some((name) => seen.has(name)),
    value: (...names) => names.map((name) => seen.get(name)).find((one) => one !== undefined),
    rest,
  }
}

const splitOnce = (text: string): [string, string?] => {
  const at = text.indexOf('=')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

async function wrong(call: Call, message: string): Promise<null> {
  await call.err(`${call.name}: ${message}\nTry '${call.name} --help' for more information.\n`)
  return null
}
