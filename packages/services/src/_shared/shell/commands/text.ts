import type { Call, Programs } from '../interpreter/call.ts'
import { characterClass } from '../interpreter/pattern.ts'
import { readAll, toText } from '../interpreter/streams.ts'
import { decodeEscapes } from '../parser/escapes.ts'
import { optionsOf } from './options.ts'
import { chunks, lines, operand } from './reading.ts'

/** Lines of all operands, without line ends; null when one could not be opened. */
export async function allLines(
  call: Call,
  paths: readonly string[],
  message?: (path: string) => (reason: string) => string,
): Promise<string[] | null> {
  const result: string[] = []
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const input = await operand(call, path, message?.(path))
    if (input === null) return null
    const text = toText(await readAll(input))
    if (text !== '') result.push(...text.replace(/\n$/, '').split('\n'))
  }
  return result
}

async function uniq(call: Call): Promise<number> {
  const options = await optionsOf(call, 'cdDiuzf:s:w:', { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i' })
  if (options === null) return 1
  const all = await allLines(call, options.rest.slice(0, 1))
  if (all === null) return 1
  const skip = Number(options.value('f') ?? 0)
  const key = (line: string): string => {
    const text = skip > 0 ? line.replace(new RegExp(`^(?:\\s*\\S+){0,${Math.min(skip, 100)}}`), '') : line
    return options.has('i') ? text.toLowerCase() : text
  }
  let i = 0
  while (i < all.length) {
    let end = i + 1
    while (end < all.length && key(all[end] ?? '') === key(all[i] ?? '')) end++
    const count = end - i
    if (!(options.has('d') && count === 1) && !(options.has('u') && count > 1))
      await call.out(options.has('c') ? `${String(count).padStart(7)} ${all[i]}\n` : `${all[i]}\n`)
    i = end
  }
  return 0
}

async function cut(call: Call): Promise<number> {
  const options = await optionsOf(call, 'b:c:d:f:nsz', {
    'delimiter=': 'd',
    'fields=': 'f',
    'characters=': 'c',
    'bytes=': 'b',
    'only-delimited': 's',
    complement: 'complement',
    'output-delimiter=': 'od',
  })
  if (options === null) return 1
  const list = options.value('f', 'c', 'b')
  if (list === undefined) {
    await call.err("cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.\n")
    return 1
  }
  const ranges = list.split(/[, ]/).map((one) => /^(\d*)(-?)(\d*)$/.exec(one))
  if (ranges.some((one) => one === null || one[0] === '' || one[0] === '-')) {
    await call.err(`cut: invalid field value ${Buffer.from(`‘${list}’`).toString('latin1')}\nTry 'cut --help' for more information.\n`)
    return 1
  }
  const chosen = (index: number): boolean =>
    ranges.some((one) => {
      const from = one?.[1] === '' ? 1 : Number(one?.[1])
      const to = one?.[2] === '' ? from : one?.[3] === '' ? Number.POSITIVE_INFINITY : Number(one?.[3])
      return index >= from && index <= to
    }) !== options.has('complement')
  const delimiter = options.value('d') ?? '\t'
  if (delimiter.length > 1) {
    await call.err("cut: the delimiter must be a single character\nTry 'cut --help' for more information.\n")
    return 1
  }
  let status = 0
  for (const path of options.rest.length === 0 ? ['-'] : options.rest) {
    const input = await operand(call, path)
    if (input === null) {
      status = 1
      continue
    }
    for await (const line of lines(call, input)) {
      const text = line.replace(/\n$/, '')
      if (!options.has('f')) await call.out(`${[...text].filter((_, i) => chosen(i + 1)).join('')}\n`)
      else if (!text.includes(delimiter)) {
        if (!options.has('s')) await call.out(`${text}\n`)
      } else
        await call.out(
          `${text
            .split(delimiter)
            .filter((_, i) => chosen(i + 1))
            .join(options.value('od') ?? delimiter)}\n`,
        )
    }
  }
  return status
}

/** The characters that a set of tr stands for. */
function setOf(text: string): string[] {
  const decoded = decodeEscapes(text.replace(/\\\\/g, '\\\\'), { octal: 'plain', quotes: false, control: false, stop: false }).text
  const result: string[] = []
  for (let i = 0; i < decoded.length; i++) {
    const named = /^\[:(\w+):\]/.exec(decoded.slice(i))
    const kind = named === null ? undefined : characterClass(named[1] ?? '')
    if (named !== null && kind !== undefined) {
      for (let code = 0; code < 256; code++) if (kind.test(String.fromCharCode(code))) result.push(String.fromCharCode(code))
      i += named[0].length - 1
      continue
    }
    const last = decoded[i + 2]
    if (decoded[i + 1] === '-' && last !== undefined) {
      for (let code = decoded.charCodeAt(i); code <= last.charCodeAt(0); code++) result.push(String.fromCharCode(code))
      i += 2
    } else result.push(decoded[i] ?? '')
  }
  return result
}
async function tr(call: Call): Promise<number> {
  const options = await optionsOf(call, 'cCdst', { delete: 'd', complement: 'c', 'squeeze-repeats': 's', 'truncate-set1': 't' }, true)
  if (options === null) return 1
  const [first, second] = options.rest
  if (first === undefined || (second === undefined && !options.has('d', 's'))) {
    await call.err(
      first === undefined
        ? "tr: missing operand\nTry 'tr --help' for more information.\n"
        : `tr: missing operand after ${Buffer.from(`‘${first}’`).toString('latin1')}\nTwo strings must be given when translating.\nTry 'tr --help' for more information.\n`,
    )
    return 1
  }
  const unknown = [...`${first} ${second ?? ''}`.matchAll(/\[:(\w+):\]/g)].find(([, name = '']) => characterClass(name) === undefined)
  if (unknown !== undefined) {
    await call.err(Buffer.from(`tr: invalid character class ‘${unknown[1]}’\n`).toString('latin1'))
    return 1
  }
  const from = setOf(first)
  const inside = new Set(from)
  const has = (char: string): boolean => inside.has(char) !== options.has('c', 'C')
  const to = second === undefined ? [] : setOf(second)
  const translating = !options.has('d') && second !== undefined
  const table = new Map<string, string>()
  if (translating && !options.has('c', 'C')) for (const [i, char] of from.entries()) table.set(char, to[Math.min(i, to.length - 1)] ?? char)
  const squeezed = options.has('s') ? (second === undefined ? { has } : new Set(to)) : null
  let last = ''
  for await (const chunk of chunks(call, call.stdin)) {
    let out = ''
    for (const char of toText(chunk)) {
      if (options.has('d') && has(char)) continue
      const made = translating ? (options.has('c', 'C') ? (has(char) ? (to.at(-1) ?? char) : char) : (table.get(char) ?? char)) : char
      if (squeezed?.has(made) === true && made === last) continue
      out += made
      last = made
    }
    await call.out(out)
  }
  return 0
}

async function seq(call: Call): Promise<number> {
  const options = await optionsOf(
    Object.assign(Object.create(call), { args: call.args.map((arg) => (/^-[\d.]/.test(arg) ? `\0${arg}` : arg)) }) as Call,
    's:wf:',
    { 'separator=': 's', 'equal-width': 'w', 'format=': 'f' },
  )
  if (options === null) return 1
  const given = options.rest.map((one) => one.replace('\0', ''))
  const bad = given.find((one) => !/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(one))
  if (bad !== undefined || given.length === 0) {
    await call.err(
      given.length === 0
        ? "seq: missing operand\nTry 'seq --help' for more information.\n"
        : `seq: invalid floating point argument: ${Buffer.from(`‘${bad}’`).toString('latin1')}\nTry 'seq --help' for more information.\n`,
    )
    return 1
  }
  const numbers = given.map(Number)
  const [first = 1, step = 1, last = 1] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers
  const places = Math.max(...given.slice(0, Math.max(1, given.length - 1)).map((one) => one.split('.')[1]?.length ?? 0))
  const width = options.has('w') ? Math.max(first.toFixed(places).length, last.toFixed(places).length) : 0
  const separator = options.value('s') ?? '\n'
  if (step === 0) return await call.fail(`invalid Zero increment value: ${Buffer.from(`‘${given[1]}’`).toString('latin1')}`)
  let text = ''
  let any = false
  for (let i = 0; ; i++) {
    const value = first + i * step
    if (step > 0 ? value > last + 1e-9 : value < last - 1e-9) break
    text += (any ? separator : '') + value.toFixed(places).padStart(width, '0')
    any = true
    if (text.length > 16_384) {
      await call.out(text)
      text = ''
    }
  }
  await call.out(any ? `${text}\n` : '')
  return 0
}

async function eachLine(call: Call, change: (text: string, number: number) => string): Promise<number> {
  let number = 0
  for (const path of call.args.filter((arg) => !arg.startsWith('-')).length === 0
    ? ['-']
    : call.args.filter((arg) => !arg.startsWith('-'))) {
    const input = await operand(call, path)
    if (input === null) return 1
    for await (const line of lines(call, input)) await call.out(change(line, ++number))
  }
  return 0
}

async function strings(call: Call): Promise<number> {
  const options = await optionsOf(call, 'an:t:e:f', {})
  if (options === null) return 1
  const least = Math.max(1, Number(options.value('n') ?? 4) || 4)
  for (const path of options.rest) {
    const input = await operand(call, path, (reason) => `'${path}': ${reason === 'No such file or directory' ? 'No such file' : reason}`)
    if (input === null) return 1
    let run = ''
    for await (const chunk of chunks(call, input)) {
      for (const char of toText(chunk)) {
        if (/[ -~\t]/.test(char)) run += char
        else {
          if (run.length >= least) await call.out(`${run}\n`)
          run = ''
        }
      }
    }
    if (run.length >= least) await call.out(`${run}\n`)
  }
  return 0
}

async function paste(call: Call): Promise<number> {
  const options = await optionsOf(call, 'd:s', { 'delimiters=': 'd', serial: 's' })
  if (options === null) return 1
  const delimiter = options.value('d') ?? '\t'
  const columns: string[][] = []
  for (const path of options.rest.length === 0 ? ['-'] : options.rest) columns.push((await allLines(call, [path])) ?? [])
  if (options.has('s')) for (const column of columns) await call.out(`${column.join(delimiter)}\n`)
  else
    for (let i = 0; i < Math.max(...columns.map((column) => column.length)); i++)
      await call.out(`${columns.map((column) => column[i] ?? '').join(delimiter)}\n`)
  return 0
}

export const text: Programs = {
  uniq,
  cut,
  tr,
  seq,
  strings,
  paste,
  rev: (call) => eachLine(call, (line) => `${[...line.replace(/\n$/, '')].reverse().join('')}${line.endsWith('\n') ? '\n' : ''}`),
  nl: (call) => {
    let count = 0
    return eachLine(call, (line) => (line === '\n' ? '       \n' : `${String(++count).padStart(6)}\t${line}`))
  },
  fold: (call) => eachLine(call, (line) => line.replace(/[^\n]{80}(?=[^\n])/g, '$&\n')),
  column: (call) => eachLine(call, (line) => line),
  shuf: async (call) => {
    const all =
      (await allLines(
        call,
        call.args.filter((arg) => !arg.startsWith('-')),
      )) ?? []
    for (let i = all.length - 1; i > 0; i--) {
      const j = Math.floor(call.session.options.random() * (i + 1))
      const swap = all[i] ?? ''
      all[i] = all[j] ?? ''
      all[j] = swap
    }
    await call.out(all.map((line) => `${line}\n`).join(''))
    return 0
  },
}
