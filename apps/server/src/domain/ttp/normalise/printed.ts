import type { Pipeline, SimpleCommand } from './pipeline.ts'
import { programOf, wrapped } from './program.ts'
import { unescaped } from './unescaped.ts'

/** Takes the wrappers off: `sudo -u root sh` is `sh`. */
export function unwrapped(words: readonly string[]): readonly string[] {
  let rest = words
  for (let level = 0; level < 4; level += 1) {
    const next = wrapped(rest)
    if (next === null) break
    rest = rest.slice(next)
  }
  return rest
}

const reversed = (text: string): string => [...text].reverse().join('')
const rot13 = (text: string): string =>
  text.replace(/[a-z]/giu, (letter) => {
    const base = letter < 'a' ? 65 : 97
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base)
  })

/** What a program makes of a text; null where that is not known. */
function filtered(text: string, [program = '', ...args]: readonly string[]): string | null {
  const options = args.filter((word) => word.startsWith('-')).join(' ')
  switch (programOf(program)) {
    case 'cat':
    case 'tee':
      return text
    case 'rev':
      return reversed(text)
    case 'tr':
      return /^n-z/iu.test(args[1] ?? '') ? rot13(text) : null
    case 'base64':
      return /^-[a-z]*[dD]|^--decode/u.test(options) ? Buffer.from(text, 'base64').toString('latin1') : null
    case 'xxd':
      return /^-[a-z]*r/u.test(options) ? Buffer.from(text.trim(), 'hex').toString('latin1') : null
    default:
      return null
  }
}

/** What a command writes by itself; null where that is not known. */
function written({ words, redirections }: SimpleCommand): string | null {
  const [first = '', ...args] = unwrapped(words)
  switch (programOf(first)) {
    case 'echo':
      return unescaped(args.join(' ').replace(/^(?:-[neE]+ )+/u, ''))
    case 'printf': {
      const [format = '', ...values] = args
      return /%[sb]/u.test(format) && values.length > 0 ? values.map(unescaped).join(' ') : unescaped(format)
    }
  }
  const given = redirections.find((each) => each.startsWith('<<< '))?.slice(4)
  return given === undefined ? null : filtered(given, [first, ...args])
}

/**
 * What a pipeline writes, as far as it stands there: `echo`, `printf` and `<<<`, also through `rev`, `tr` (ROT13), `base64 -d`, `xxd -r`, `cat` and
 * `tee`. Null where that is not known; nothing is run.
 */
export function printedBy([first, ...others]: Pipeline): string | null {
  let text = first ? written(first) : null
  for (const { words } of others) text = text === null ? null : filtered(text, unwrapped(words))
  return text
}
