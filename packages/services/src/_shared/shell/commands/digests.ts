import { createHash } from 'node:crypto'
import { own } from '@decnet/kernel'
import type { Call, Programs } from '../interpreter/call.ts'
import { openInput, openOutput } from '../interpreter/files.ts'
import { readAll, readLine, toText } from '../interpreter/streams.ts'
import { baseName } from '../paths.ts'
import { optionsOf } from './options.ts'
import { chunks, operand } from './reading.ts'

const ALGORITHMS: Readonly<Record<string, string>> = {
  md5sum: 'md5',
  sha1sum: 'sha1',
  sha224sum: 'sha224',
  sha256sum: 'sha256',
  sha384sum: 'sha384',
  sha512sum: 'sha512',
}

async function digest(call: Call): Promise<number> {
  const options = await optionsOf(call, 'bctwz', { check: 'c', tag: 'tag', quiet: 'q', status: 'status' })
  if (options === null) return 1
  const algorithm = own(ALGORITHMS, baseName(call.name)) ?? 'md5'
  let status = 0
  for (const path of options.rest.length === 0 ? ['-'] : options.rest) {
    const input = await operand(call, path)
    if (input === null) {
      status = 1
      continue
    }
    if (options.has('c')) {
      let failed = 0
      for (let line = await readLine(input); line !== ''; line = await readLine(input)) {
        const found = /^([0-9a-f]+) [ *](.*)\n?$/.exec(line)
        if (found === null) continue
        const target = found[2] ?? ''
        const sum = await call.attempt(
          () =>
            createHash(algorithm)
              .update(call.fs.read(call.path(target), call.as))
              .digest('hex'),
          () => '',
        )
        if (sum !== found[1]) failed++
        await call.out(`${target}: ${sum === found[1] ? 'OK' : sum === '' ? 'FAILED open or read' : 'FAILED'}\n`)
      }
      if (failed > 0) {
        await call.err(`${call.name}: WARNING: ${failed} computed checksum${failed === 1 ? ' did NOT match' : 's did NOT match'}\n`)
        status = 1
      }
      continue
    }
    const hash = createHash(algorithm)
    for await (const chunk of chunks(call, input)) hash.update(chunk)
    await call.out(`${hash.digest('hex')}  ${path}\n`)
  }
  return status
}

async function base64(call: Call): Promise<number> {
  const options = await optionsOf(call, 'diw:', { decode: 'd', 'ignore-garbage': 'i', 'wrap=': 'w' })
  if (options === null) return 1
  const input = await operand(call, options.rest[0] ?? '-')
  if (input === null) return 1
  const data = await readAll(input, 33_554_432)
  if (options.has('d')) {
    const text = toText(data).replace(/\n/g, '')
    const clean = options.has('i') ? text.replace(/[^A-Za-z0-9+/=]/g, '') : text
    const good = /^[A-Za-z0-9+/]*={0,2}$/.exec(clean) !== null && clean.length % 4 === 0
    await call.out(Buffer.from(good ? clean : (/^(?:[A-Za-z0-9+/]{4})*/.exec(clean)?.[0] ?? ''), 'base64'))
    return good ? 0 : await call.fail('invalid input')
  }
  const width = Number(options.value('w') ?? 76)
  const text = data.toString('base64')
  await call.out(width === 0 ? text : text.replace(new RegExp(`.{1,${Math.min(width, 100_000)}}`, 'g'), '$&\n'))
  return 0
}

const printable = (byte: number): string => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')

async function xxd(call: Call): Promise<number> {
  const options = await optionsOf(call, 'prbuil:c:s:g:')
  if (options === null) return 1
  const input = await operand(call, options.rest[0] ?? '-', (reason) => `${options.rest[0]}: ${reason}`)
  if (input === null) return 2
  let data = await readAll(input, 8_388_608)
  if (options.has('r')) {
    const hex = options.has('p')
      ? toText(data).replace(/[^0-9a-fA-F]/g, '')
      : toText(data)
          .replace(/^[0-9a-f]+: ((?:[0-9a-f]{2,4} ?)+).*$/gim, '$1')
          .replace(/[^0-9a-fA-F]/g, '')
    await call.out(Buffer.from(hex, 'hex'))
    return 0
  }
  data = data.subarray(Number(options.value('s') ?? 0))
  const limit = options.value('l')
  if (limit !== undefined) data = data.subarray(0, Number(limit))
  if (options.has('p')) return await call.out(data.toString('hex').replace(/.{1,60}/g, '$&\n')).then(() => 0)
  const columns = Math.min(256, Math.max(1, Number(options.value('c') ?? 16) || 16))
  let text = ''
  for (let at = 0; at < data.length; at += columns) {
    const row = data.subarray(at, at + columns)
    const hex = row.toString('hex').replace(/.{1,4}/g, '$& ')
    text += `${at.toString(16).padStart(8, '0')}: ${hex.padEnd(Math.ceil(columns / 2) * 5)} ${[...row].map(printable).join('')}\n`
  }
  await call.out(text)
  return 0
}

async function hexdump(call: Call): Promise<number> {
  const canonical = baseName(call.name) === 'hd' || call.args.some((arg) => /^-[a-zA-Z]*C/.test(arg))
  const options = await optionsOf(call, 'bcCdovxe:n:s:')
  if (options === null) return 1
  const input = await operand(call, options.rest[0] ?? '-')
  if (input === null) return 1
  let data = await readAll(input, 8_388_608)
  data = data.subarray(Number(options.value('s') ?? 0))
  const limit = options.value('n')
  if (limit !== undefined) data = data.subarray(0, Number(limit))
  const format = options.value('e')
  if (format !== undefined)
    return await call.out([...data].map((byte) => byte.toString(16).padStart(2, '0')).join(/ /.test(format) ? ' ' : '')).then(() => 0)
  let text = ''
  let before = ''
  let starred = false
  for (let at = 0; at < data.length; at += 16) {
    const row = data.subarray(at, at + 16)
    const key = row.toString('hex')
    if (key === before && row.length === 16 && !options.has('v')) {
      if (!starred) text += '*\n'
      starred = true
      continue
    }
    before = key
    starred = false
    if (canonical) {
      const halves = [row.subarray(0, 8), row.subarray(8)].map((half) =>
        [...half]
          .map((byte) => byte.toString(16).padStart(2, '0'))
          .join(' ')
          .padEnd(23),
      )
      text += `${at.toString(16).padStart(8, '0')}  ${halves.join('  ')}  |${[...row].map(printable).join('')}|\n`
    } else {
      const words: string[] = []
      for (let i = 0; i < row.length; i += 2) words.push(((row[i] ?? 0) | ((row[i + 1] ?? 0) << 8)).toString(16).padStart(4, '0'))
      text += `${at.toString(16).padStart(7, '0')} ${words.join(' ')}${' '.repeat((8 - words.length) * 5)}\n`
    }
  }
  if (data.length > 0) text += `${data.length.toString(16).padStart(canonical ? 8 : 7, '0')}\n`
  await call.out(text)
  return 0
}

const NAMED: Readonly<Record<number, string>> = { 0: '\\0', 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' }
async function od(call: Call): Promise<number> {
  const options = await optionsOf(call, 'A:abcdfij:lN:oS:st:vw:x', {
    'address-radix=': 'A',
    'read-bytes=': 'N',
    'skip-bytes=': 'j',
    'format=': 't',
  })
  if (options === null) return 1
  const input = await operand(call, options.rest[0] ?? '-')
  if (input === null) return 1
  let data = await readAll(input, Number(options.value('N') ?? 8_388_608) + Number(options.value('j') ?? 0))
  data = data.subarray(Number(options.value('j') ?? 0))
  const limit = options.value('N')
  if (limit !== undefined) data = data.subarray(0, Number(limit))
  const type =
    options.value('t') ?? (options.has('c') ? 'c' : options.has('b') ? 'o1' : options.has('x') ? 'x2' : options.has('d') ? 'u2' : 'o2')
  const radix = options.value('A') ?? 'o'
  const address = (at: number): string =>
    radix === 'n'
      ? ''
      : radix === 'd'
        ? String(at).padStart(7, '0')
        : radix === 'x'
          ? at.toString(16).padStart(6, '0')
          : at.toString(8).padStart(7, '0')
  const kind = type[0] ?? 'o'
  const size = kind === 'c' || kind === 'a' ? 1 : Number(/\d/.exec(type)?.[0] ?? 4)
  const base = kind === 'x' ? 16 : kind === 'o' ? 8 : 10
  const width =
    kind === 'c' || kind === 'a'
      ? 3
      : base === 16
        ? size * 2
        : base === 8
          ? Math.ceil((size * 8) / 3)
          : kind === 'd'
            ? size === 1
              ? 4
              : size === 2
                ? 6
                : 11
            : size === 1
              ? 3
              : size === 2
                ? 5
                : 10
  const columns = Number(options.value('w') ?? 16)
  let text = ''
  for (let at = 0; at < data.length; at += columns) {
    const row = data.subarray(at, at + columns)
    let line = ''
    for (let i = 0; i < row.length; i += size) {
      const byte = row[i] ?? 0
      if (kind === 'c')
        line += ` ${(NAMED[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'))).padStart(3)}`
      else {
        let value = 0
        for (let b = Math.min(size, 6) - 1; b >= 0; b--) value = value * 256 + (row[i + b] ?? 0)
        if (kind === 'd' && value >= 2 ** (size * 8 - 1)) value -= 2 ** (size * 8)
        line += ` ${value.toString(base).padStart(width, base === 10 ? ' ' : '0')}`
      }
    }
    text += `${address(at)}${line}\n`
  }
  await call.out(`${text}${radix === 'n' ? '' : `${address(data.length)}\n`}`)
  return 0
}

const BLOCK: Readonly<Record<string, number>> = {
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  M: 1_048_576,
  G: 1_073_741_824,
  kB: 1000,
  MB: 1e6,
  GB: 1e9,
}
const blockSize = (text: string | undefined, fallback: number): number => {
  const found = /^(\d{1,12})([a-zA-Z]*)$/.exec(text ?? '')
  return found === null ? fallback : Number(found[1]) * (own(BLOCK, found[2] || 'c') ?? 1)
}
async function dd(call: Call): Promise<number> {
  const given = new Map(call.args.map((arg) => [arg.split('=')[0] ?? '', arg.slice(arg.indexOf('=') + 1)]))
  for (const arg of call.args)
    if (!/^(if|of|bs|ibs|obs|count|skip|seek|conv|status|iflag|oflag|cbs)=/.test(arg))
      return await call
        .err(`dd: unrecognized operand ${Buffer.from(`‘${arg}’`).toString('latin1')}\nTry 'dd --help' for more information.\n`)
        .then(() => 1)
  const size = Math.min(67_108_864, Math.max(1, blockSize(given.get('bs') ?? given.get('ibs'), 512)))
  const count = given.has('count') ? blockSize(given.get('count'), 0) : Number.POSITIVE_INFINITY
  const source = given.get('if')
  const target = given.get('of')
  const failed = async (path: string, reason: string): Promise<null> => {
    await call.err(`dd: failed to open '${path}': ${reason}\n`)
    return null
  }
  const input =
    source === undefined
      ? call.stdin
      : await call.attempt(
          () => openInput(call.state, source).input ?? null,
          (reason) => failed(source, reason),
        )
  if (input === null) return 1
  const output =
    target === undefined
      ? call.stdout
      : await call.attempt(
          () => openOutput(call.state, target, { append: given.get('conv')?.includes('notrunc') === true }).output ?? null,
          (reason) => failed(target, reason),
        )
  if (output === null) return 1
  let full = 0
  let partial = 0
  let bytes = 0
  let skip = blockSize(given.get('skip'), 0)
  const block = async (): Promise<Buffer | null> => {
    const parts: Buffer[] = []
    let got = 0
    while (got < size) {
      const step = call.session.step(call.state.signal)
      if (step !== undefined) await step
      const chunk = await input.read(size - got)
      if (chunk === null) break
      parts.push(chunk)
      got += chunk.length
    }
    return got === 0 ? null : Buffer.concat(parts)
  }
  for (; skip > 0; skip--) if ((await block()) === null) break
  let problem: string | null = null
  while (full + partial < count && problem === null) {
    const data = await block()
    if (data === null) break
    if (data.length === size) full++
    else partial++
    problem = await call.attempt(
      async () => {
        await output.write(data)
        bytes += data.length
        return null
      },
      (reason) => reason,
    )
  }
  if (target !== undefined) output.close()
  if (problem !== null) await call.err(`dd: error writing '${target ?? 'standard output'}': ${problem}\n`)
  if (given.get('status') !== 'none') {
    const units =
      bytes < 1000
        ? ''
        : bytes < 1e6
          ? ` (${(bytes / 1000).toFixed(1)} kB, ${(bytes / 1024).toFixed(1)} KiB)`
          : ` (${(bytes / 1e6).toPrecision(2)} MB, ${(bytes / 1_048_576).toPrecision(2)} MiB)`
    const seconds = 0.000_1 + bytes / 1.2e9 + call.session.options.random() / 5000
    const rate = bytes / seconds
    const speed =
      rate > 1e9 ? `${(rate / 1e9).toFixed(1)} GB/s` : rate > 1e6 ? `${(rate / 1e6).toFixed(1)} MB/s` : `${(rate / 1000).toFixed(1)} kB/s`
    await call.err(
      `${full}+${partial} records in\n${full}+${partial} records out\n${bytes} byte${bytes === 1 ? '' : 's'}${units} copied, ${Number(seconds.toPrecision(6))} s, ${speed}\n`,
    )
  }
  return problem === null ? 0 : 1
}

async function cmp(call: Call): Promise<number> {
  const [a, b] = call.args.filter((arg) => !arg.startsWith('-'))
  const one = await operand(call, a ?? '-')
  const two = await operand(call, b ?? '-')
  if (one === null || two === null) return 2
  const [x, y] = [await readAll(one), await readAll(two)]
  if (x.equals(y)) return 0
  const at = x.findIndex((byte, i) => byte !== y[i])
  if (at < 0 || at >= y.length) await call.err(`cmp: EOF on ${x.length < y.length ? a : b} after byte ${Math.min(x.length, y.length)}\n`)
  else await call.out(`${a} ${b} differ: byte ${at + 1}, line ${x.subarray(0, at).filter((byte) => byte === 10).length + 1}\n`)
  return 1
}
async function diff(call: Call): Promise<number> {
  const [a = '', b = ''] = call.args.filter((arg) => !arg.startsWith('-'))
  const one = await operand(call, a)
  const two = await operand(call, b)
  if (one === null || two === null) return 2
  const [x, y] = [
    toText(await readAll(one))
      .replace(/\n$/, '')
      .split('\n'),
    toText(await readAll(two))
      .replace(/\n$/, '')
      .split('\n'),
  ]
  let start = 0
  while (start < Math.min(x.length, y.length) && x[start] === y[start]) start++
  let end = 0
  while (end < Math.min(x.length, y.length) - start && x.at(-1 - end) === y.at(-1 - end)) end++
  const [gone, come] = [x.slice(start, x.length - end), y.slice(start, y.length - end)]
  if (gone.length === 0 && come.length === 0) return 0
  if (call.args.includes('-q')) return await call.out(`Files ${a} and ${b} differ\n`).then(() => 1)
  const range = (count: number): string => (count <= 1 ? String(start + count) : `${start + 1},${start + count}`)
  const kind = gone.length === 0 ? 'a' : come.length === 0 ? 'd' : 'c'
  await call.out(
    `${range(gone.length)}${kind}${range(come.length)}\n${gone.map((line) => `< ${line}\n`).join('')}${kind === 'c' ? '---\n' : ''}${come.map((line) => `> ${line}\n`).join('')}`,
  )
  return 1
}
async function cksum(call: Call): Promise<number> {
  const path = call.args[0] ?? '-'
  const input = await operand(call, path)
  if (input === null) return 1
  const data = await readAll(input, 4_194_304)
  let crc = 0
  const feed = (byte: number): void => {
    crc ^= byte << 24
    for (let i = 0; i < 8; i++) crc = (crc & 0x80000000) !== 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  }
  for (const byte of data) feed(byte)
  for (let length = data.length; length > 0; length = Math.floor(length / 256)) feed(length & 0xff)
  await call.out(`${~crc >>> 0} ${data.length}${path === '-' ? '' : ` ${path}`}\n`)
  return 0
}
export const digests: Programs = {
  md5sum: digest,
  sha1sum: digest,
  sha224sum: digest,
  sha256sum: digest,
  sha384sum: digest,
  sha512sum: digest,
  base64,
  xxd,
  hexdump,
  hd: hexdump,
  od,
  dd,
  cmp,
  diff,
  cksum,
}
