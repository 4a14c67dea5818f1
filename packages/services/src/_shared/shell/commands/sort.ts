import type { Call, Programs } from '../interpreter/call.ts'
import { openOutput } from '../interpreter/files.ts'
import { optionsOf } from './options.ts'
import { allLines } from './text.ts'

interface SortKey {
  readonly field: number
  readonly character: number
  readonly endField: number
  readonly flags: string
}
async function sort(call: Call): Promise<number> {
  const keys: SortKey[] = []
  const args: string[] = []
  for (let i = 0; i < call.args.length; i++) {
    const arg = call.args[i] ?? ''
    const value = arg.startsWith('--key=') ? arg.slice(6) : arg.startsWith('-k') ? arg.slice(2) || (call.args[++i] ?? '') : null
    if (value === null) args.push(arg)
    else {
      const found = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(value)
      if (found === null)
        return await call.fail(
          `invalid number at field start: invalid count at start of ${Buffer.from(`‘${value}’`).toString('latin1')}`,
          2,
        )
      keys.push({
        field: Number(found[1]),
        character: Number(found[2] ?? 1),
        endField: Number(found[4] ?? 0),
        flags: (found[3] ?? '') + (found[5] ?? ''),
      })
    }
  }
  const options = await optionsOf(Object.assign(Object.create(call), { args }) as Call, 'bcCdfghiMmnRrso:St:uVzT:', {
    reverse: 'r',
    unique: 'u',
    'numeric-sort': 'n',
    'human-numeric-sort': 'h',
    'ignore-case': 'f',
    'version-sort': 'V',
    'output=': 'o',
    'field-separator=': 't',
    stable: 's',
  })
  if (options === null) return 2
  const all = await allLines(call, options.rest, (path) => (reason) => `cannot read: ${path}: ${reason}`)
  if (all === null) return 2
  const separator = options.value('t')
  const global = ['b', 'd', 'f', 'g', 'h', 'i', 'M', 'n', 'r', 'V'].filter((letter) => options.has(letter)).join('')
  const number = (text: string): number => Number(/^\s*-?\d*\.?\d*/.exec(text)?.[0].trim() || 0) || 0
  const sized = (text: string): number => number(text) * 1024 ** ('KMGTPE'.indexOf(/^\s*-?[\d.]+([KMGTPE])/.exec(text)?.[1] ?? ' ') + 1)
  const part = (line: string, key: SortKey): string => {
    const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator)
    const chosen = fields.slice(key.field - 1, key.endField === 0 ? undefined : key.endField)
    const text = chosen.join(separator ?? '')
    return key.flags.includes('b') || global.includes('b') ? text.trimStart().slice(key.character - 1) : text.slice(key.character - 1)
  }
  const compare = (a: string, b: string, flags: string): number => {
    if (flags.includes('n') || flags.includes('g')) return number(a) - number(b)
    if (flags.includes('h')) return sized(a) - sized(b)
    if (flags.includes('V')) return a.localeCompare(b, 'en', { numeric: true })
    const [x, y] = flags.includes('f') ? [a.toUpperCase(), b.toUpperCase()] : [a, b]
    return x < y ? -1 : x > y ? 1 : 0
  }
  const order = (a: string, b: string, whole: boolean): number => {
    for (const key of keys) {
      const flags = key.flags.replace('b', '') === '' ? global : key.flags
      const result = compare(part(a, key), part(b, key), flags)
      if (result !== 0) return flags.includes('r') ? -result : result
    }
    if (keys.length === 0) {
      const result = compare(a, b, global)
      if (result !== 0) return global.includes('r') ? -result : result
    }
    if (!whole || options.has('s')) return 0
    const result = a < b ? -1 : a > b ? 1 : 0
    return global.includes('r') ? -result : result
  }
  if (options.has('c')) {
    const at = all.findIndex((line, i) => i > 0 && order(all[i - 1] ?? '', line, false) > 0)
    return at < 0 ? 0 : await call.fail(`-: ${at + 1}: disorder: ${all[at]}`)
  }
  all.sort((a, b) => order(a, b, !options.has('u')))
  const kept = options.has('u') ? all.filter((line, i) => i === 0 || order(all[i - 1] ?? '', line, false) !== 0) : all
  const text = kept.map((line) => `${line}\n`).join('')
  const into = options.value('o')
  if (into === undefined) await call.out(text)
  else {
    const failed = await call.attempt(
      async () => {
        const { output } = openOutput(call.state, into)
        await output?.write(Buffer.from(text, 'latin1'))
        output?.close()
        return null
      },
      (reason) => reason,
    )
    if (failed !== null) return await call.fail(`open failed: ${into}: ${failed}`, 2)
  }
  return 0
}

export const sorting: Programs = { sort }
