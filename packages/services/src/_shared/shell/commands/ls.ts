import type { Call, Programs } from '../interpreter/call.ts'
import { fromDisk } from '../paths.ts'
import type { FileStat } from '../port.ts'
import { shortMonth, two } from '../zoned-time.ts'
import { groupName, userName } from './accounts.ts'
import { type Options, optionsOf } from './options.ts'
import { human } from './sizes.ts'

interface Entry {
  readonly name: string
  readonly path: string
  readonly stat: FileStat
  readonly target: string | null
  /** What a link leads to, for colours and `-F`. */
  readonly leads: FileStat | null
}

const LETTERS = { file: '-', directory: 'd', symlink: 'l', device: 'c', fifo: 'p', socket: 's' } as const
/** `drwxr-xr-x` */
export function modeText(stat: FileStat): string {
  const bits = (shift: number, special: number, on: string): string => {
    const m = stat.mode >> shift
    const x = (m & 1) !== 0
    return `${(m & 4) !== 0 ? 'r' : '-'}${(m & 2) !== 0 ? 'w' : '-'}${(stat.mode & special) !== 0 ? (x ? on : on.toUpperCase()) : x ? 'x' : '-'}`
  }
  return LETTERS[stat.kind] + bits(6, 0o4000, 's') + bits(3, 0o2000, 's') + bits(0, 0o1000, 't')
}

/** Collation of en_US: letters first without case, punctuation ignored; bytes in C. */
function order(call: Call): (a: string, b: string) => number {
  const locale = call.env('LC_ALL') ?? call.env('LC_COLLATE') ?? call.env('LANG') ?? 'C'
  if (!/^[a-z]{2}_/.test(locale)) return (a, b) => (a < b ? -1 : a > b ? 1 : 0)
  const key = (name: string): string => name.replace(/[^A-Za-z0-9\x80-\xff]/g, '').toLowerCase()
  return (a, b) => {
    const [x, y] = [key(a), key(b)]
    return x < y ? -1 : x > y ? 1 : a < b ? 1 : a > b ? -1 : 0
  }
}

export function timeColumn(call: Call, mtime: number, full: boolean): string {
  const w = call.machine.wall(mtime)
  if (full) {
    const size = Math.abs(w.offset)
    return `${w.year}-${two(w.month)}-${two(w.day)} ${two(w.hour)}:${two(w.minute)}:${two(w.second)}.${String(Math.floor(mtime % 1000)).padStart(3, '0')}000000 ${w.offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
  }
  const age = call.machine.now() - mtime
  const recent = age < 15_778_476_000 && age >= -1000
  return `${shortMonth(w.month)} ${String(w.day).padStart(2)} ${recent ? `${two(w.hour)}:${two(w.minute)}` : String(w.year).padStart(5)}`
}

function colour(entry: Entry): string {
  const { stat } = entry
  if (stat.kind === 'directory') return (stat.mode & 0o1002) === 0o1002 ? '30;42' : (stat.mode & 2) !== 0 ? '34;42' : '01;34'
  if (stat.kind === 'symlink') return entry.leads === null ? '40;31;01' : '01;36'
  if (stat.kind === 'device') return '40;33;01'
  if (stat.kind === 'fifo') return '40;33'
  if (stat.kind === 'socket') return '01;35'
  if ((stat.mode & 0o4000) !== 0) return '37;41'
  if ((stat.mode & 0o2000) !== 0) return '30;43'
  if ((stat.mode & 0o111) !== 0) return '01;32'
  if (/\.(tar|tgz|gz|zip|xz|bz2|deb|rpm|jar|7z|zst)$/.test(entry.name)) return '01;31'
  return ''
}

class Lister {
  readonly #call: Call
  readonly #options: Options
  readonly #coloured: boolean
  #started = false
  status = 0
  constructor(call: Call, options: Options) {
    this.#call = call
    this.#options = options
    const when = options.value('color')
    this.#coloured = when === 'always' || when === '' || (when === 'auto' && call.toTty)
  }

  entry(path: string, name: string): Entry {
    const { fs, as } = this.#call
    const full = this.#call.path(path)
    const lstat = fs.lstat(full, as)
    let leads: FileStat | null = null
    if (lstat.kind === 'symlink') {
      try {
        leads = fs.stat(full, as)
      } catch {
        leads = null
      }
    }
    const follow = this.#options.has('L') && leads !== null
    return {
      name,
      path,
      stat: follow && leads !== null ? leads : lstat,
      target: lstat.kind === 'symlink' && !follow ? fromDisk(fs.readlink(full, as)) : null,
      leads,
    }
  }

  sorted(entries: Entry[]): Entry[] {
    const options = this.#options
    if (options.has('U', 'f')) return entries
    const byName = order(this.#call)
    const compare = (a: Entry, b: Entry): number => {
      if (options.has('t') && a.stat.mtime !== b.stat.mtime) return b.stat.mtime - a.stat.mtime
      if (options.has('S') && a.stat.size !== b.stat.size) return b.stat.size - a.stat.size
      return byName(a.name, b.name)
    }
    entries.sort(compare)
    return options.has('r') ? entries.reverse() : entries
  }

  #quoted(name: string): string {
    const shown = this.#call.toTty ? name.replace(/[\x00-\x1f\x7f]/g, '?') : name
    if (!this.#call.toTty || this.#options.has('N')) return name
    return /[ '"$&()*;<=>?[\\\]^`{|}~!#\t\n]/.test(name)
      ? name.includes("'") && !/["$`\\]/.test(name)
        ? `"${shown}"`
        : `'${shown.replaceAll("'", "'\\''")}'`
      : shown
  }
  #label(entry: Entry, long: boolean): string {
    const name = this.#quoted(entry.name)
    const code = this.#coloured ? colour(entry) : ''
    let text = code === '' ? name : `\x1b[${code}m${name}\x1b[0m`
    const { kind, mode } = entry.stat
    if (this.#options.has('F'))
      text += kind === 'directory' ? '/' : kind === 'symlink' && !long ? '@' : kind === 'file' && (mode & 0o111) !== 0 ? '*' : ''
    else if (this.#options.has('p') && kind === 'directory') text += '/'
    if (long && entry.target !== null)
      text += ` -> ${entry.leads !== null && this.#coloured && colour({ ...entry, stat: entry.leads }) !== '' ? `\x1b[${colour({ ...entry, stat: entry.leads, name: entry.target })}m${entry.target}\x1b[0m` : entry.target}`
    return text
  }

  #size(stat: FileStat): string {
    return this.#options.has('h') ? human(stat.size) : String(stat.size)
  }
  blocks(stat: FileStat): number {
    if (stat.kind !== 'file' && stat.kind !== 'directory') return 0
    return Math.ceil(stat.size / 4096) * 4
  }

  async print(entries: readonly Entry[], total: boolean): Promise<void> {
    const options = this.#options
    const call = this.#call
    if (total && (options.has('l', 'g', 'o', 'n') || options.has('s'))) {
      const sum = entries.reduce((all, one) => all + this.blocks(one.stat), 0)
      await call.out(`total ${options.has('h') ? human(sum * 1024) : sum}\n`)
    }
    if (options.has('l', 'g', 'o', 'n')) return await this.#long(entries)
    const prefix = (entry: Entry): string =>
      `${options.has('i') ? `${entry.stat.inode} ` : ''}${options.has('s') ? `${this.blocks(entry.stat)} ` : ''}`
    const labels = entries.map((entry) => prefix(entry) + this.#label(entry, false))
    if (entries.length === 0) return
    if (options.has('m')) return await call.out(`${labels.join(', ')}\n`)
    if (options.has('1') || !call.toTty || options.has('x')) {
      if (options.has('C') && !options.has('1')) return await call.out(this.#columns(entries, labels))
      return await call.out(labels.map((label) => `${label}\n`).join(''))
    }
    await call.out(this.#columns(entries, labels))
  }

  #columns(entries: readonly Entry[], labels: readonly string[]): string {
    const quotes = this.#call.toTty && entries.some((entry) => this.#quoted(entry.name) !== entry.name)
    const lead = (i: number): string => (quotes && this.#quoted(entries[i]?.name ?? '') === entries[i]?.name ? ' ' : '')
    const width = (text: string): number => Buffer.from(text.replace(/\x1b\[[0-9;]*m/g, ''), 'latin1').toString().length
    const cells = labels.map((label, i) => lead(i) + label)
    const limit = this.#call.session.terminal?.columns ?? 80
    for (let rows = 1; rows <= cells.length; rows++) {
      const columns = Math.ceil(cells.length / rows)
      const widths = Array.from(
        { length: columns },
        (_, c) => Math.max(...cells.slice(c * rows, (c + 1) * rows).map(width)) + (c === columns - 1 ? 0 : 2),
      )
      if (widths.reduce((all, one) => all + one, 0) > limit - (rows === cells.length ? -100_000 : 0)) continue
      let text = ''
      for (let row = 0; row < rows; row++) {
        const line = widths.map((size, c) => {
          const cell = cells[c * rows + row]
          if (cell === undefined) return ''
          return cells[(c + 1) * rows + row] === undefined ? cell : cell + ' '.repeat(size - width(cell))
        })
        text += `${line.join('')}\n`
      }
      return text
    }
    return labels.map((label) => `${label}\n`).join('')
  }

  async #long(entries: readonly Entry[]): Promise<void> {
    const call = this.#call
    const options = this.#options
    const numeric = options.has('n')
    const rows = entries.map((entry) => {
      const { stat } = entry
      const device = stat.kind === 'device' ? call.fs.deviceOf(call.path(entry.path), call.as) : undefined
      return {
        entry,
        inode: options.has('i') ? String(stat.inode) : '',
        blocks: options.has('s') ? String(this.blocks(stat)) : '',
        mode: modeText(stat),
        links: String(stat.links),
        user: options.has('g') ? '' : numeric ? String(stat.uid) : userName(call, stat.uid),
        group: options.has('o', 'G') ? '' : numeric ? String(stat.gid) : groupName(call, stat.gid),
        size: device === undefined ? this.#size(stat) : `${device[0]}, ${String(device[1]).padStart(3)}`,
        time: timeColumn(call, stat.mtime, options.value('time-style') === 'full-iso' || options.has('full-time')),
      }
    })
    const width = (of: (row: (typeof rows)[number]) => string): number => Math.max(0, ...rows.map((row) => of(row).length))
    const widths = {
      inode: width((r) => r.inode),
      blocks: width((r) => r.blocks),
      links: width((r) => r.links),
      user: width((r) => r.user),
      group: width((r) => r.group),
      size: width((r) => r.size),
    }
    const quotes = call.toTty && rows.some((row) => this.#quoted(row.entry.name) !== row.entry.name)
    let text = ''
    for (const row of rows) {
      const lead = quotes && this.#quoted(row.entry.name) === row.entry.name ? ' ' : ''
      const cells = [
        widths.inode === 0 ? '' : `${row.inode.padStart(widths.inode)} `,
        widths.blocks === 0 ? '' : `${row.blocks.padStart(widths.blocks)} `,
        row.mode,
        ` ${row.links.padStart(widths.links)} `,
      ]
      if (widths.user > 0) cells.push(`${row.user.padEnd(widths.user)} `)
      if (widths.group > 0) cells.push(`${row.group.padEnd(widths.group)} `)
      text += `${cells.join('')}${row.size.padStart(widths.size)} ${row.time} ${lead}${this.#label(row.entry, true)}\n`
    }
    await call.out(text)
  }

  async folder(path: string, title: boolean, depth = 0): Promise<void> {
    const call = this.#call
    const options = this.#options
    const entries = await call.attempt<Entry[] | null>(
      () => {
        const names = call.fs.list(call.path(path), call.as).map(fromDisk)
        const all = options.has('a', 'f') ? ['.', '..', ...names] : options.has('A') ? names : names.filter((name) => !name.startsWith('.'))
        return all.map((name) => this.entry(`${path.replace(/\/$/, '')}/${name}`, name))
      },
      async (reason) => {
        await call.err(`ls: cannot open directory '${path}': ${reason}\n`)
        this.status = 2
        return null
      },
    )
    if (entries === null) return
    if (title) await call.out(`${this.#started ? '\n' : ''}${path}:\n`)
    this.#started = true
    const sorted = this.sorted(entries)
    await this.print(sorted, true)
    if (!options.has('R') || depth > 40) return
    for (const entry of sorted)
      if (entry.stat.kind === 'directory' && entry.name !== '.' && entry.name !== '..')
        await this.folder(`${path.replace(/\/$/, '')}/${entry.name}`, true, depth + 1)
  }
  begun(): void {
    this.#started = true
  }
}

async function ls(call: Call): Promise<number> {
  const options = await optionsOf(call, 'aAbBcCdDfFgGhHiI:kKlLmnNopqQrRsStT:uUvw:xXZ1', {
    all: 'a',
    'almost-all': 'A',
    'color=': 'color',
    color: 'color',
    'human-readable': 'h',
    directory: 'd',
    recursive: 'R',
    reverse: 'r',
    'time-style=': 'time-style',
    'full-time': 'full-time',
    inode: 'i',
    size: 's',
    classify: 'F',
    'no-group': 'G',
    help: 'help',
    version: 'version',
    'group-directories-first': 'gdf',
    'sort=': 'sort',
  })
  if (options === null) return 2
  if (options.has('version'))
    return await call
      .out(
        'ls (GNU coreutils) 9.1\nCopyright (C) 2022 Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\nThis is free software: you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n\nWritten by Richard M. Stallman and David MacKenzie.\n',
      )
      .then(() => 0)
  const lister = new Lister(call, options)
  const targets = options.rest.length === 0 ? ['.'] : options.rest
  const single: Entry[] = []
  const folders: Entry[] = []
  for (const target of targets) {
    await call.attempt(
      () => {
        const entry = lister.entry(target, target)
        const long = options.has('l', 'g', 'o', 'n')
        const leads = entry.stat.kind === 'symlink' && !long && entry.leads !== null ? entry.leads : entry.stat
        if (leads.kind === 'directory' && !options.has('d')) folders.push(entry)
        else single.push(entry)
      },
      async (reason) => {
        await call.err(`ls: cannot access '${target}': ${reason}\n`)
        lister.status = 2
      },
    )
  }
  if (single.length > 0) {
    await lister.print(lister.sorted(single), false)
    lister.begun()
  }
  for (const folder of lister.sorted(folders)) await lister.folder(folder.name, targets.length > 1 || options.has('R'))
  return lister.status
}
export const listing: Programs = { ls, dir: ls, vdir: ls }
