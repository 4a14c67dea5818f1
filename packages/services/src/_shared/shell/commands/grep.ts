import type { Call, Programs } from '../interpreter/call.ts'
import { type Budget, compileRegex, LINE_BUDGET, type Regex } from '../interpreter/regex.ts'
import type { Input } from '../interpreter/streams.ts'
import { baseName, fromDisk } from '../paths.ts'
import { type Options, optionsOf } from './options.ts'
import { lines, operand } from './reading.ts'

const literal = (text: string): string => text.replace(/[\\^$.*[\]+?(){}|]/g, '\\$&')

function patterns(call: Call, options: Options, source: string): readonly Regex[] | string {
  const kind = baseName(call.name)
  const fixed = options.has('F') || kind === 'fgrep'
  const extended = options.has('E', 'P') || kind === 'egrep' || fixed
  const compiled: Regex[] = []
  for (const line of source.split('\n')) {
    let text = fixed
      ? literal(line)
      : options.has('P')
        ? line
            .replaceAll('\\d', '[0-9]')
            .replaceAll('(?:', '(')
            .replace(/([*+])\?/g, '$1')
        : line
    if (options.has('w')) text = extended ? `\\b(${text})\\b` : `\\b\\(${text}\\)\\b`
    if (options.has('x')) text = extended ? `^(${text})$` : `^\\(${text}\\)$`
    const regex = compileRegex(text, { extended, ignoreCase: options.has('i', 'y') })
    if ('problem' in regex) return regex.problem
    compiled.push(regex)
  }
  return compiled
}

async function grep(call: Call): Promise<number> {
  const options = await optionsOf(call, 'abA:B:cC:e:Ef:FGhHiIlLm:noPqrRsUvwxyzZ', {
    'ignore-case': 'i',
    'invert-match': 'v',
    count: 'c',
    'line-number': 'n',
    recursive: 'r',
    quiet: 'q',
    silent: 'q',
    'extended-regexp': 'E',
    'fixed-strings': 'F',
    'perl-regexp': 'P',
    'only-matching': 'o',
    'files-with-matches': 'l',
    'files-without-match': 'L',
    'word-regexp': 'w',
    'line-regexp': 'x',
    'no-messages': 's',
    'no-filename': 'h',
    'with-filename': 'H',
    text: 'a',
    color: 'color',
    'color=': 'color',
    colour: 'color',
    'include=': 'include',
    'exclude=': 'exclude',
    'max-count=': 'm',
    'after-context=': 'A',
    'before-context=': 'B',
    'context=': 'C',
    'regexp=': 'e',
  })
  if (options === null) return 2
  const rest = [...options.rest]
  const source = options.value('e') ?? rest.shift()
  if (source === undefined) {
    await call.err(
      `Usage: ${baseName(call.name)} [OPTION]... PATTERNS [FILE]...\nTry '${baseName(call.name)} --help' for more information.\n`,
    )
    return 2
  }
  const compiled = patterns(call, options, source)
  if (typeof compiled === 'string') return await call.fail(compiled, 2)
  const recursive = options.has('r', 'R')
  const targets = rest.length > 0 ? rest : recursive ? ['.'] : ['-']
  const search = new Search(call, options, compiled, (targets.length > 1 || recursive || options.has('H')) && !options.has('h'))
  let wrong = false
  const visit = async (path: string, depth: number): Promise<void> => {
    if (
      path !== '-' &&
      (await call.attempt(
        () => call.fs.stat(call.path(path), call.as).kind === 'directory',
        () => false,
      ))
    ) {
      if (!recursive || depth > 40) return void (await call.err(`${call.name}: ${path}: Is a directory\n`))
      for (const name of call.fs.list(call.path(path), call.as).map(fromDisk).sort())
        await visit(`${path.replace(/\/$/, '')}/${name}`, depth + 1)
      return
    }
    const input = options.has('s')
      ? await operand(Object.assign(Object.create(call), { fail: () => Promise.resolve(1) }) as Call, path)
      : await operand(call, path)
    if (input === null) wrong = true
    else await search.file(input, path === '-' ? '(standard input)' : path)
  }
  for (const target of targets) {
    await visit(target, 0)
    if (search.matched && options.has('q')) return 0
  }
  return wrong && !(options.has('q') && search.matched) ? 2 : search.matched ? 0 : 1
}

class Search {
  matched = false
  #printed = false
  readonly #call: Call
  readonly #options: Options
  readonly #regexes: readonly Regex[]
  readonly #named: boolean
  readonly #coloured: boolean
  constructor(call: Call, options: Options, regexes: readonly Regex[], named: boolean) {
    this.#call = call
    this.#options = options
    this.#regexes = regexes
    this.#named = named
    const when = options.value('color')
    this.#coloured = when === 'always' || ((when === 'auto' || when === '') && call.toTty)
  }
  #find(text: string, from: number, budget?: Budget): { readonly start: number; readonly end: number } | null {
    let best: { start: number; end: number } | null = null
    for (const regex of this.#regexes) {
      const found = regex.exec(text, from, budget)
      if (found !== null && (best === null || found.start < best.start || (found.start === best.start && found.end > best.end)))
        best = found
    }
    return best
  }
  #prefix(name: string, number: number, separator: string): string {
    const options = this.#options
    const paint = (code: string, text: string): string => (this.#coloured ? `\x1b[${code}m\x1b[K${text}\x1b[m\x1b[K` : text)
    return `${this.#named ? paint('35', name) + paint('36', separator) : ''}${options.has('n') ? paint('32', String(number)) + paint('36', separator) : ''}`
  }
  #painted(text: string): string {
    if (!this.#coloured || this.#options.has('v')) return text
    let out = ''
    let at = 0
    const budget = { left: LINE_BUDGET }
    for (let found = this.#find(text, 0, budget); found !== null && found.end > found.start; found = this.#find(text, at, budget)) {
      out += `${text.slice(at, found.start)}\x1b[01;31m\x1b[K${text.slice(found.start, found.end)}\x1b[m\x1b[K`
      at = found.end
    }
    return out + text.slice(at)
  }
  async file(input: Input, name: string): Promise<void> {
    const call = this.#call
    const options = this.#options
    const after = Number(options.value('A', 'C') ?? 0)
    const before = Number(options.value('B', 'C') ?? 0)
    const context = after + before > 0
    const limit = Number(options.value('m') ?? Number.POSITIVE_INFINITY)
    let count = 0
    let number = 0
    let following = 0
    let lastShown = 0
    let earlier: { readonly text: string; readonly number: number }[] = []
    for await (const line of lines(call, input)) {
      number++
      const text = line.replace(/\n$/, '')
      const hit = (this.#find(text, 0) !== null) !== options.has('v')
      if (hit) {
        this.matched = true
        count++
        if (options.has('q')) return
        if (options.has('l')) return await call.out(`${name}\n`)
        if (options.has('c', 'L')) continue
        if (text.includes('\0') && !options.has('a')) {
          await call.out(`${baseName(call.name)}: ${name}: binary file matches\n`)
          return
        }
        if (context && lastShown > 0 && number - earlier.length > lastShown + 1) await call.out('--\n')
        else if (context && lastShown === 0 && this.#printed) await call.out('--\n')
        for (const one of earlier) await call.out(`${this.#prefix(name, one.number, '-')}${one.text}\n`)
        earlier = []
        if (options.has('o')) await this.#only(text, name, number)
        else await call.out(`${this.#prefix(name, number, ':')}${this.#painted(text)}\n`)
        following = after
        lastShown = number
        this.#printed = true
        if (count >= limit) break
      } else if (following > 0) {
        following--
        lastShown = number
        await call.out(`${this.#prefix(name, number, '-')}${text}\n`)
      } else if (before > 0) {
        earlier.push({ text, number })
        if (earlier.length > before) earlier.shift()
      }
    }
    if (options.has('c')) await call.out(`${this.#named ? `${name}:` : ''}${count}\n`)
    if (options.has('L') && count === 0) await call.out(`${name}\n`)
  }
  async #only(text: string, name: string, number: number): Promise<void> {
    if (this.#options.has('v')) return
    let at = 0
    const budget = { left: LINE_BUDGET }
    for (let found = this.#find(text, 0, budget); found !== null; found = this.#find(text, at, budget)) {
      if (found.end > found.start)
        await this.#call.out(`${this.#prefix(name, number, ':')}${this.#painted(text.slice(found.start, found.end))}\n`)
      at = found.end > found.start ? found.end : found.end + 1
      if (at > text.length) break
    }
  }
}
export const searching: Programs = { grep, egrep: grep, fgrep: grep, rgrep: grep, zgrep: grep }
