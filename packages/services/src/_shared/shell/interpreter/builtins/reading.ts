import type { Call, Programs } from '../call.ts'
import type { Input } from '../streams.ts'
import { readLine } from '../streams.ts'

interface Wanted {
  raw: boolean
  silent: boolean
  prompt: string
  count: number | null
  delimiter: string
  timeout: number | null
  array: string | null
  fd: number
  names: string[]
}

function wanted(args: readonly string[]): Wanted {
  const want: Wanted = { raw: false, silent: false, prompt: '', count: null, delimiter: '\n', timeout: null, array: null, fd: 0, names: [] }
  const queue = [...args]
  while (queue[0]?.startsWith('-') === true && queue[0] !== '-') {
    const arg = queue.shift() ?? ''
    if (arg === '--') break
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i] ?? ''
      if (letter === 'r') want.raw = true
      else if (letter === 's') want.silent = true
      else if ('pnNdtauiu'.includes(letter)) {
        const value = arg.slice(i + 1) || (queue.shift() ?? '')
        if (letter === 'p') want.prompt = value
        if (letter === 'n' || letter === 'N') want.count = Number(value)
        if (letter === 'd') want.delimiter = value.slice(0, 1) || '\0'
        if (letter === 't') want.timeout = Number(value)
        if (letter === 'a') want.array = value
        if (letter === 'u') want.fd = Number(value)
        break
      }
    }
  }
  want.names = queue
  return want
}

async function gather(input: Input, want: Wanted): Promise<{ readonly text: string; readonly ended: boolean }> {
  let text = ''
  for (;;) {
    if (want.delimiter === '\n' && want.count === null) {
      const line = await readLine(input)
      if (!line.endsWith('\n')) return { text: text + line, ended: true }
      if (!want.raw && /(^|[^\\])(\\\\)*\\\n$/.test(line)) {
        text += line.slice(0, -2)
        continue
      }
      return { text: text + line.slice(0, -1), ended: false }
    }
    const chunk = await input.read(1)
    if (chunk === null) return { text, ended: true }
    const char = String.fromCharCode(chunk[0] ?? 0)
    if (char === want.delimiter) return { text, ended: false }
    text += char
    if (want.count !== null && text.length >= want.count) return { text, ended: false }
    if (text.length > 1_048_576) return { text, ended: false }
  }
}

async function read(call: Call): Promise<number> {
  const { state } = call
  const want = wanted(call.args)
  const input = state.descriptors.get(want.fd)?.input
  if (input === undefined) {
    await call.err(`${call.runner.prefix(state)}read: read error: ${want.fd}: Bad file descriptor\n`)
    return 1
  }
  for (const name of want.names) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      await call.err(`${call.runner.prefix(state)}read: \`${name}': not a valid identifier\n`)
      return 1
    }
  }
  const terminal = input.tty ? state.session.terminal : null
  const echo = terminal?.echo ?? true
  if (want.silent && terminal !== null) terminal.echo = false
  let got: Awaited<ReturnType<typeof gather>> | 'late'
  try {
    if (want.prompt !== '' && input.tty) await call.err(want.prompt)
    const reading = gather(input, want)
    got = want.timeout === null ? await reading : await Promise.race([reading, call.sleep(want.timeout * 1000).then((): 'late' => 'late')])
  } finally {
    if (terminal !== null) terminal.echo = echo
  }
  if (got === 'late') return 142
  store(call, want, got.text.replaceAll('\0', ''))
  return got.ended ? 1 : 0
}

function store(call: Call, want: Wanted, text: string): void {
  const { state } = call
  const separators = state.get('IFS') ?? ' \t\n'
  const white = [...separators].filter((char) => ' \t\n'.includes(char)).join('')
  const plain = (part: string): string => (want.raw ? part : part.replace(/\\(.)/gs, '$1'))
  const isSpace = (at: number): boolean => white.includes(text[at] ?? 'x')
  let at = 0
  let end = text.length
  const skip = (): void => {
    while (at < end && isSpace(at)) at++
  }
  const trim = (): void => {
    while (end > at && isSpace(end - 1) && !(!want.raw && text[end - 2] === '\\')) end--
  }
  const next = (): string => {
    let field = ''
    while (at < end && !separators.includes(text[at] ?? '')) {
      if (!want.raw && text[at] === '\\' && at + 1 < end) field += text[at++]
      field += text[at++]
    }
    skip()
    if (at < end && separators.includes(text[at] ?? '') && !isSpace(at)) {
      at++
      skip()
    }
    return plain(field)
  }
  if (want.names.length === 0 && want.array === null) {
    state.set('REPLY', plain(text))
    return
  }
  skip()
  trim()
  if (want.array !== null) {
    const items = new Map<string, string>()
    while (at < end && items.size < 100_000) items.set(String(items.size), next())
    state.variables.set(want.array, { value: '', items })
    return
  }
  for (const [i, name] of want.names.entries()) {
    if (i < want.names.length - 1) {
      state.set(name, next())
      continue
    }
    const rest = text.slice(at, end)
    // A single trailing delimiter of a last field that holds nothing else goes.
    const only = rest.slice(0, -1)
    const single = rest !== '' && separators.includes(rest.slice(-1)) && ![...only].some((char) => separators.includes(char))
    state.set(name, plain(single ? only : rest))
  }
}

async function mapfile(call: Call): Promise<number> {
  const strip = call.args.includes('-t')
  const name = call.args.filter((arg) => !arg.startsWith('-')).at(-1) ?? 'MAPFILE'
  const items = new Map<string, string>()
  for (let line = await readLine(call.stdin); line !== '' && items.size < 100_000; line = await readLine(call.stdin))
    items.set(String(items.size), strip ? line.replace(/\n$/, '') : line)
  call.state.variables.set(name, { value: '', items })
  return 0
}

async function getopts(call: Call): Promise<number> {
  const { state } = call
  const [spec = '', name = 'opt', ...given] = call.args
  const args = given.length > 0 ? given : state.positional
  const index = Number(state.get('OPTIND') ?? 1)
  if (index === 1 && state.getoptsAt > 0 && state.get('OPTIND') === '1' && state.getopts !== 1) state.getoptsAt = 0
  state.getopts = index
  const arg = args[index - 1]
  if (arg === undefined || !arg.startsWith('-') || arg === '-' || arg === '--') {
    if (arg === '--') state.set('OPTIND', String(index + 1))
    state.set(name, '?')
    state.getoptsAt = 0
    return 1
  }
  const at = Math.max(1, state.getoptsAt)
  const letter = arg[at] ?? ''
  const place = spec.indexOf(letter)
  let nextIndex = index
  let nextAt = at + 1
  state.variables.delete('OPTARG')
  if (letter === ':' || place < 0) {
    state.set(name, '?')
    if (spec.startsWith(':')) state.set('OPTARG', letter)
    else await call.err(`${state.zero}: illegal option -- ${letter}\n`)
  } else {
    state.set(name, letter)
    if (spec[place + 1] === ':') {
      const rest = arg.slice(at + 1)
      nextAt = arg.length
      if (rest !== '') state.set('OPTARG', rest)
      else {
        nextIndex++
        const value = args[nextIndex - 1]
        if (value === undefined) {
          state.set(name, spec.startsWith(':') ? ':' : '?')
          if (spec.startsWith(':')) state.set('OPTARG', letter)
          else await call.err(`${state.zero}: option requires an argument -- ${letter}\n`)
        } else state.set('OPTARG', value)
      }
    }
  }
  if (nextAt >= arg.length) {
    nextIndex++
    nextAt = 0
  }
  state.getoptsAt = nextAt
  state.set('OPTIND', String(nextIndex))
  state.getopts = nextIndex
  return 0
}
export const reading: Programs = { read, mapfile, readarray: mapfile, getopts }
