import type { Expander } from '../interpreter/expand.ts'
import type { State } from '../interpreter/state.ts'
import { Parser } from '../parser/parse.ts'
import { Source } from '../parser/source.ts'
import { SyntaxProblem } from '../parser/syntax-error.ts'
import { parseHereText } from '../parser/word.ts'
import { shortDay, shortMonth, two } from '../zoned-time.ts'

/** `\u@\h:\w\$` and its kind, then parameters and commands, as bash with promptvars. */
export async function promptText(expander: Expander, state: State, template: string): Promise<string> {
  const decoded = decode(state, template)
  const word = parseHereText(new Source(decoded), () => ({ items: [] }))
  const text = /[$`]/.test(template.replace(/\\\$/g, ''))
    ? await expander.text(word, { tilde: false })
    : decoded.replace(/\\([\\$`])/g, '$1')
  return text.replace(/[\x01\x02]/g, '')
}

function decode(state: State, template: string): string {
  const { machine } = state.session
  const wall = machine.wall(machine.now())
  const home = state.get('HOME') ?? ''
  const short = home !== '' && (state.cwd === home || state.cwd.startsWith(`${home}/`)) ? `~${state.cwd.slice(home.length)}` : state.cwd
  const literal = (text: string): string => text.replace(/[\\$`]/g, '\\$&')
  return template.replace(/\\([0-7]{3}|[\s\S])/g, (whole, code: string) => {
    if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff)
    switch (code) {
      case 'u':
        return literal(machine.accounts.entries('passwd').find((fields) => Number(fields[2]) === state.as.uid)?.[0] ?? 'I have no name!')
      case 'h':
        return literal(machine.persona.hostname.replace(/\..*$/, ''))
      case 'H':
        return literal(machine.persona.hostname)
      case 'w':
        return literal(short)
      case 'W':
        return literal(short === '~' || short === '/' ? short : short.replace(/^.*\//, ''))
      case '$':
        return state.as.uid === 0 ? '#' : '\\$'
      case 's':
        return literal(state.zero.replace(/^-/, '').replace(/^.*\//, ''))
      case 'v':
        return (state.get('BASH_VERSION') ?? '5.2').replace(/^(\d+\.\d+).*$/, '$1')
      case 'V':
        return (state.get('BASH_VERSION') ?? '5.2.15').replace(/\(.*$/, '')
      case '[':
        return '\x01'
      case ']':
        return '\x02'
      case 'n':
        return '\n'
      case 'r':
        return '\r'
      case 'a':
        return '\x07'
      case 'e':
        return '\x1b'
      case 't':
        return `${two(wall.hour)}:${two(wall.minute)}:${two(wall.second)}`
      case 'A':
        return `${two(wall.hour)}:${two(wall.minute)}`
      case 'd':
        return `${shortDay(wall.weekday)} ${shortMonth(wall.month)} ${two(wall.day)}`
      case 'j':
        return String(state.jobs.length)
      case '#':
      case '!':
        return String(state.history.length + 1)
      case '\\':
        return '\\\\'
      default:
        return whole
    }
  })
}

const COMMAND_MAX = 4_194_304

/** Gathers lines until they make a complete command; each line is looked at once where a here-document is being read. */
export class Gatherer {
  text = ''
  #until: { readonly end: string; readonly strip: boolean } | null = null

  /** Adds a line without its line end; whether more must come. */
  add(line: string): boolean {
    this.text += this.text === '' ? line : `\n${line}`
    if (this.text.length > COMMAND_MAX) return false
    if (this.#until !== null) {
      if ((this.#until.strip ? line.replace(/^\t+/, '') : line) !== this.#until.end) return true
      this.#until = null
    }
    return this.#incomplete()
  }
  #incomplete(): boolean {
    const parser = new Parser(`${this.text}\n`)
    try {
      while (parser.next() !== null);
      this.#until = parser.wanted
      return parser.cutShort || /(^|[^\\])(\\\\)*\\$/.test(this.text)
    } catch (error) {
      if (error instanceof SyntaxProblem) return error.incomplete
      throw error
    }
  }
}
