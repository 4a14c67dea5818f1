import type { Call, Programs } from '../../interpreter/call.ts'
import { readAll, toText } from '../../interpreter/streams.ts'
import { baseName } from '../../paths.ts'
import { Keyboard } from './keyboard.ts'

const SIZE_MAX = 4_194_304
const LESS = { debian12: '590', ubuntu22: '590', ubuntu24: '590' }
const bold = (text: string): string => `\x1b[7m${text}\x1b[27m`

/** Lines as they stand on the screen: long ones take several rows. */
function folded(text: string, columns: number): string[] {
  const rows: string[] = []
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const shown = line
      .replace(/\t/g, '        ')
      .replace(/[\x00-\x08\x0b-\x1a\x1c-\x1f]/g, (char) => `^${String.fromCharCode(char.charCodeAt(0) + 64)}`)
    for (let at = 0; at === 0 || at < shown.length; at += columns) rows.push(shown.slice(at, at + columns))
  }
  return rows
}

async function texts(call: Call): Promise<{ readonly name: string; readonly text: string; readonly failed: boolean }> {
  const paths = call.args.filter((arg) => !arg.startsWith('-') && !arg.startsWith('+'))
  if (paths.length === 0) return { name: '', text: toText(await readAll(call.stdin, SIZE_MAX)), failed: false }
  let text = ''
  let failed = false
  for (const path of paths)
    text += await call.attempt(
      () => toText(call.fs.read(call.path(path), call.as).subarray(0, SIZE_MAX)),
      async (reason, error) => {
        failed = true
        const more = baseName(call.name) === 'more'
        await call.err(
          error.code === 'EISDIR'
            ? more
              ? `\n*** ${path}: directory ***\n\n`
              : `${path} is a directory\n`
            : more
              ? `more: cannot open ${path}: ${reason}\n`
              : `${path}: ${reason}\n`,
        )
        return ''
      },
    )
  return { name: paths[0] ?? '', text, failed }
}

async function less(call: Call): Promise<number> {
  if (call.args.includes('--version') || call.args.includes('-V'))
    return await call
      .out(
        `less ${LESS[call.machine.persona.os.distro]} (GNU regular expressions)\nCopyright (C) 1984-2021  Mark Nudelman\n\nless comes with NO WARRANTY, to the extent permitted by law.\nFor information about the terms of redistribution,\nsee the file named README in the less distribution.\nHome page: https://greenwoodsoftware.com/less\n`,
      )
      .then(() => 0)
  if (call.stdin.tty && call.args.every((arg) => arg.startsWith('-')))
    return await call.err('Missing filename ("less --help" for help)\n').then(() => 1)
  const { name, text, failed } = await texts(call)
  if (failed && text === '') return 1
  const keys = call.toTty ? person(call) : null
  if (keys === null) return await call.out(text).then(() => (failed ? 1 : 0))
  try {
    await browse(call, keys, name, folded(text, keys.columns))
  } finally {
    keys.release()
  }
  return 0
}
/** The terminal's keys, also when the text comes through a pipe. */
function person(call: Call): Keyboard | null {
  const typed = call.state.descriptors.get(0)
  const terminal = [255, 2, 1].map((fd) => call.state.descriptors.get(fd)).find((one) => one?.input?.tty === true)
  if (call.stdin.tty || terminal === undefined) return Keyboard.take(call)
  call.state.descriptors.set(0, terminal)
  const keys = Keyboard.take(call)
  if (typed !== undefined) call.state.descriptors.set(0, typed)
  return keys
}

async function browse(call: Call, keys: Keyboard, name: string, rows: readonly string[]): Promise<void> {
  const height = (): number => Math.max(1, keys.rows - 1)
  let top = 0
  let pattern = ''
  const last = (): number => Math.max(0, rows.length - height())
  const foot = (first: boolean): string => {
    const end = top + height() >= rows.length
    if (first && name !== '') return bold(end ? `${name} (END)` : name)
    return end ? bold('(END)') : ':'
  }
  const page = (first: boolean): string => `${first ? '\r' : '\r\x1b[K'}${rows.slice(top, top + height()).join('\n')}\n${foot(first)}\x1b[K`
  await call.out(`\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=${page(true)}`)
  for (let key = await keys.next(); key !== null; key = await keys.next()) {
    const before = top
    if (/^[qQ]$/.test(key) || key === '\x03') break
    if (key === ' ' || key === 'f' || key === '\x06' || key === '\x1b[6~') top = Math.min(last(), top + height())
    else if (key === 'b' || key === '\x02' || key === '\x1b[5~') top = Math.max(0, top - height())
    else if (/^[\rjne\n]$/.test(key) || key === '\x1b[B' || key === '\x1bOB')
      top = key === 'n' ? found(rows, pattern, top + 1, top) : Math.min(last(), top + 1)
    else if (/^[kyp]$/.test(key) || key === '\x1b[A' || key === '\x1bOA') top = Math.max(0, top - 1)
    else if (key === 'd') top = Math.min(last(), top + Math.ceil(height() / 2))
    else if (key === 'u') top = Math.max(0, top - Math.ceil(height() / 2))
    else if (key === 'G' || key === '>') top = last()
    else if (key === 'g' || key === '<') top = 0
    else if (key === '/' || key === ':') {
      const typed = await prompted(call, keys, key)
      if (key === ':' && /^q/.test(typed ?? '')) break
      if (key === '/' && typed !== null && typed !== '') {
        pattern = typed
        const at = found(rows, pattern, top, -1)
        if (at < 0) {
          await call.out(`\r\x1b[K${bold('Pattern not found  (press RETURN)')}`)
          await keys.next()
        } else top = at
      }
    } else if (key === 'h') {
      await call.out(`\r\x1b[K${bold('HELP -- Press RETURN for more, or q when done')}`)
      await keys.next()
    }
    if (top === before) await call.out(`\r\x1b[K${foot(false)}\x1b[K`)
    else if (top > before && top - before < height())
      await call.out(`\r\x1b[K${rows.slice(before + height(), top + height()).join('\n')}\n${foot(false)}\x1b[K`)
    else await call.out(`\x1b[H\x1b[2J${page(false)}`)
  }
  await call.out('\r\x1b[K\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t')
}
const found = (rows: readonly string[], pattern: string, from: number, none: number): number => {
  const at = pattern === '' ? -1 : rows.findIndex((row, i) => i >= from && row.includes(pattern))
  return at < 0 ? none : at
}
/** What is typed at the foot; null when it was taken back. */
async function prompted(call: Call, keys: Keyboard, sign: string): Promise<string | null> {
  let typed = ''
  await call.out(`\r\x1b[K${sign}`)
  for (let key = await keys.next(); key !== null; key = await keys.next()) {
    if (key === '\r' || key === '\n') return typed
    if (key === '\x03' || (key === '\x7f' && typed === '')) return null
    if (key === '\x7f' || key === '\b') typed = typed.slice(0, -1)
    else if (key.length === 1 && key >= ' ' && typed.length < 1024) typed += key
    await call.out(`\r\x1b[K${sign}${typed}`)
  }
  return null
}

async function more(call: Call): Promise<number> {
  if (call.stdin.tty && call.args.every((arg) => arg.startsWith('-')))
    return await call.err("more: bad usage\nTry 'more --help' for more information.\n").then(() => 1)
  const { text, failed } = await texts(call)
  const keys = call.toTty ? person(call) : null
  if (keys === null) return await call.out(text).then(() => (failed ? 1 : 0))
  try {
    const rows = folded(text, keys.columns)
    let shown = Math.min(rows.length, keys.rows - 1)
    let sent = rows.slice(0, shown).reduce((sum, row) => sum + row.length + 1, 0)
    await call.out(text === '' ? '' : `${rows.slice(0, shown).join('\n')}\n`)
    while (shown < rows.length) {
      await call.out(bold(`--More--(${Math.floor((sent * 100) / text.length)}%)`))
      const key = await keys.next()
      if (key === null || /^[qQ\x03]$/.test(key)) {
        await call.out('\r\x1b[K')
        return 0
      }
      const step = key === ' ' || key === 'f' ? keys.rows - 1 : /^[\r\n]$/.test(key) ? 1 : 0
      const next = rows.slice(shown, shown + step)
      shown += next.length
      sent += next.reduce((sum, row) => sum + row.length + 1, 0)
      const [first = '', ...rest] = next
      await call.out(next.length === 0 ? '\r\x1b[K' : `\r${first}\x1b[K\n${rest.map((row) => `${row}\n`).join('')}`)
    }
  } finally {
    keys.release()
  }
  return 0
}
export const paging: Programs = { less, pager: less, more }
