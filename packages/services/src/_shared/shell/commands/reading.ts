import type { Call, Programs } from '../interpreter/call.ts'
import { openInput, openOutput } from '../interpreter/files.ts'
import { type Input, readAll, readLine, toBytes, toText } from '../interpreter/streams.ts'
import { optionsOf } from './options.ts'

/** Opens a file operand (`-` = standard input); tells what goes wrong as coreutils do. */
export async function operand(
  call: Call,
  path: string,
  message: (reason: string) => string = (reason) => `${path}: ${reason}`,
): Promise<Input | null> {
  if (path === '-') return call.stdin
  return await call.attempt<Input | null>(
    () => openInput(call.state, path).input ?? null,
    async (reason) => {
      await call.fail(message(reason))
      return null
    },
  )
}
/** Chunks until the end; lets others run. */
export async function* chunks(call: Call, input: Input): AsyncGenerator<Buffer> {
  for (;;) {
    const step = call.session.step(call.state.signal)
    if (step !== undefined) await step
    const chunk = await input.read()
    if (chunk === null) return
    yield chunk
  }
}
/** Lines with their line ends. */
export async function* lines(call: Call, input: Input): AsyncGenerator<string> {
  for (;;) {
    const step = call.session.step(call.state.signal)
    if (step !== undefined) await step
    const line = await readLine(input)
    if (line === '') return
    yield line
  }
}

async function cat(call: Call): Promise<number> {
  const options = await optionsOf(call, 'AbeEnstTuv', {
    'show-all': 'A',
    number: 'n',
    'number-nonblank': 'b',
    'squeeze-blank': 's',
    'show-ends': 'E',
    'show-tabs': 'T',
    'show-nonprinting': 'v',
  })
  if (options === null) return 1
  let status = 0
  let number = 0
  let blank = false
  const plain = !options.has('A', 'b', 'e', 'E', 'n', 's', 't', 'T', 'v')
  for (const path of options.rest.length === 0 ? ['-'] : options.rest) {
    const input = await operand(call, path)
    if (input === null) {
      status = 1
      continue
    }
    if (plain) {
      for await (const chunk of chunks(call, input)) await call.out(chunk)
      continue
    }
    for await (const line of lines(call, input)) {
      const empty = line === '\n'
      if (options.has('s') && empty && blank) continue
      blank = empty
      let text = line
      if (options.has('A', 'v', 'e', 't')) text = text.replace(/[\x00-\x08\x0b-\x1f\x7f-\xff]/g, visible)
      if (options.has('A', 'T', 't')) text = text.replaceAll('\t', '^I')
      if (options.has('A', 'E', 'e')) text = text.replace(/\n$/, '$\n')
      const numbered = options.has('b') ? !empty : options.has('n')
      await call.out(numbered ? `${String(++number).padStart(6)}\t${text}` : text)
    }
  }
  return status
}
const visible = (char: string): string => {
  const code = char.charCodeAt(0)
  if (code >= 128)
    return `M-${code - 128 < 32 || code === 255 ? visible(String.fromCharCode(code - 128)) : String.fromCharCode(code - 128)}`
  return code === 127 ? '^?' : `^${String.fromCharCode(code + 64)}`
}

const TAIL_MAX = 100_000
/** `10`, `+5`, `1K` */
const amount = (text: string): number | null => {
  const found = /^[-+]?(\d{1,15})([bkKMG]?)B?$/.exec(text)
  return found === null ? null : Number(found[1]) * ({ b: 512, k: 1024, K: 1024, M: 1_048_576, G: 1_073_741_824 }[found[2] ?? ''] ?? 1)
}

async function headOrTail(call: Call): Promise<number> {
  const old = /^-(\d+)([cl]?)f?$/.exec(call.args[0] ?? '')
  const args = old === null ? call.args : [`-${old[2] === 'c' ? 'c' : 'n'}${old[1]}`, ...call.args.slice(1)]
  const options = await optionsOf(Object.assign(Object.create(call), { args }) as Call, 'n:c:qvfFz', {
    'lines=': 'n',
    'bytes=': 'c',
    quiet: 'q',
    verbose: 'v',
    follow: 'f',
  })
  if (options === null) return 1
  const given = options.value('c') ?? options.value('n') ?? '10'
  const count = amount(given)
  if (count === null)
    return await call.fail(
      `invalid number of ${options.has('c') ? 'bytes' : 'lines'}: ‘${given}’`.replace(/‘|’/g, (q) => Buffer.from(q).toString('latin1')),
    )
  const paths = options.rest.length === 0 ? ['-'] : options.rest
  let status = 0
  let first = true
  for (const path of paths) {
    const input = await operand(call, path, (reason) =>
      reason === 'Is a directory' ? `error reading '${path}': ${reason}` : `cannot open '${path}' for reading: ${reason}`,
    )
    if (input === null) {
      status = 1
      continue
    }
    if ((paths.length > 1 && !options.has('q')) || options.has('v'))
      await call.out(`${first ? '' : '\n'}==> ${path === '-' ? 'standard input' : path} <==\n`)
    first = false
    if (call.name.endsWith('head')) await head(call, input, options.has('c'), given.startsWith('-'), count)
    else await tail(call, input, options.has('c'), given.startsWith('+'), count)
  }
  if (options.has('f', 'F') && call.name.endsWith('tail')) for (;;) await call.sleep(3_600_000)
  return status
}
async function head(call: Call, input: Input, bytes: boolean, allBut: boolean, count: number): Promise<void> {
  if (allBut) {
    const text = toText(await readAll(input))
    if (bytes) return await call.out(text.slice(0, Math.max(0, text.length - count)))
    const all = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
    return await call.out(all.slice(0, Math.max(0, all.length - count)).join(''))
  }
  let left = count
  while (left > 0) {
    if (bytes) {
      const chunk = await input.read(Math.min(left, 16_384))
      if (chunk === null) return
      left -= chunk.length
      await call.out(chunk)
    } else {
      const line = await readLine(input)
      if (line === '') return
      left--
      await call.out(line)
    }
  }
}
async function tail(call: Call, input: Input, bytes: boolean, from: boolean, count: number): Promise<void> {
  if (bytes) {
    const whole = await readAll(input, 67_108_864)
    return await call.out(
      from ? whole.subarray(Math.max(0, count - 1)) : count === 0 ? '' : whole.subarray(Math.max(0, whole.length - count)),
    )
  }
  const kept: string[] = []
  let number = 0
  for await (const line of lines(call, input)) {
    number++
    if (from) {
      if (number >= count) await call.out(line)
    } else if (count > 0) {
      kept.push(line)
      if (kept.length > Math.min(count, TAIL_MAX) * 2) kept.splice(0, kept.length - Math.min(count, TAIL_MAX))
    }
  }
  if (!from && count > 0) await call.out(kept.slice(-count).join(''))
}

async function wc(call: Call): Promise<number> {
  const options = await optionsOf(call, 'clmwL', { lines: 'l', words: 'w', bytes: 'c', chars: 'm' })
  if (options === null) return 1
  const none = !options.has('c', 'l', 'm', 'w', 'L')
  const rows: { readonly counts: readonly number[]; readonly name: string }[] = []
  let status = 0
  for (const path of options.rest.length === 0 ? [''] : options.rest) {
    const input = await operand(call, path === '' ? '-' : path)
    if (input === null) {
      status = 1
      continue
    }
    let newlines = 0
    let words = 0
    let size = 0
    let characters = 0
    let longest = 0
    let current = 0
    let inside = false
    for await (const chunk of chunks(call, input)) {
      size += chunk.length
      for (const byte of chunk) {
        const white = byte === 32 || (byte >= 9 && byte <= 13)
        if (byte === 10) {
          newlines++
          longest = Math.max(longest, current)
          current = 0
        } else current++
        if ((byte & 0xc0) !== 0x80) characters++
        if (!white && !inside) words++
        inside = !white
      }
    }
    const counts = [
      ...(none || options.has('l') ? [newlines] : []),
      ...(none || options.has('w') ? [words] : []),
      ...(options.has('m') ? [characters] : []),
      ...(none || options.has('c') ? [size] : []),
      ...(options.has('L') ? [Math.max(longest, current)] : []),
    ]
    rows.push({ counts, name: path })
  }
  if (rows.length > 1)
    rows.push({ counts: (rows[0]?.counts ?? []).map((_, i) => rows.reduce((sum, row) => sum + (row.counts[i] ?? 0), 0)), name: 'total' })
  const biggest = Math.max(0, ...rows.flatMap((row) => row.counts))
  const width =
    rows.length === 1 && (rows[0]?.counts.length ?? 0) === 1
      ? 1
      : options.rest.length === 0 || options.rest.includes('-')
        ? 7
        : String(biggest).length
  for (const row of rows)
    await call.out(`${row.counts.map((count) => String(count).padStart(width)).join(' ')}${row.name === '' ? '' : ` ${row.name}`}\n`)
  return status
}

async function tee(call: Call): Promise<number> {
  const options = await optionsOf(call, 'aip', { append: 'a' })
  if (options === null) return 1
  const outputs = []
  let status = 0
  for (const path of options.rest) {
    const opened = await call.attempt(
      () => openOutput(call.state, path, { append: options.has('a') }),
      async (reason) => {
        status = await call.fail(`${path}: ${reason}`)
        return null
      },
    )
    if (opened?.output !== undefined) outputs.push(opened.output)
  }
  for await (const chunk of chunks(call, call.stdin)) {
    await call.out(chunk)
    for (const output of outputs) await output.write(chunk)
  }
  for (const output of outputs) output.close()
  return status
}

async function tac(call: Call): Promise<number> {
  for (const path of call.args.length === 0 ? ['-'] : call.args) {
    const input = await operand(call, path)
    if (input === null) return 1
    const text = toText(await readAll(input))
    await call.out((text.match(/[^\n]*\n|[^\n]+$/g) ?? []).reverse().join(''))
  }
  return 0
}
const yes = async (call: Call): Promise<number> => {
  const line = toBytes(`${call.args.join(' ') || 'y'}\n`)
  const block = Buffer.concat(Array.from({ length: Math.max(1, Math.floor(4096 / line.length)) }, () => line))
  for (;;) await call.out(block)
}
export const reading: Programs = { cat, head: headOrTail, tail: headOrTail, wc, tee, tac, yes }
