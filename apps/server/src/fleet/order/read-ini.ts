/** One `key = value`; keys in lower case, values without the blanks around them. */
export interface IniEntry {
  readonly key: string
  readonly value: string
  readonly line: number
}
export interface IniSection {
  readonly name: string
  readonly line: number
  readonly entries: readonly IniEntry[]
}
export interface IniFault {
  readonly line: number
  readonly message: string
}

const SECTION = /^\[([^\]]*)\]$/u
const BREAK = /\r\n|\r|\n/u

/** Cuts at the first `=` or `:`; null where there is none. */
function halves(line: string): readonly [string, string] | null {
  const at = line.search(/[=:]/u)
  return at < 0 ? null : [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]
}

/**
 * INI as Python's configparser writes it: `=` or `:`, whole lines that begin with `#` or `;` are comments, a value goes on in lines that are
 * indented. Lines are split by hand because whoever wrote them wants to know which one is wrong. Never throws; linear.
 */
export function readIni(text: string): { readonly sections: readonly IniSection[]; readonly faults: readonly IniFault[] } {
  const sections: { name: string; line: number; entries: { key: string; value: string; line: number }[] }[] = []
  const faults: IniFault[] = []
  const names = new Set<string>()
  let keys = new Set<string>()
  let open: { value: string } | undefined
  for (const [index, raw] of text
    .replace(/^\uFEFF/u, '')
    .split(BREAK)
    .entries()) {
    const line = index + 1
    const say = (message: string) => void faults.push({ line, message })
    const stripped = raw.trim()
    if (stripped === '') {
      open = undefined
      continue
    }
    if (/^[#;]/u.test(stripped)) continue
    if (open && /^\s/u.test(raw)) {
      open.value = open.value === '' ? stripped : `${open.value}\n${stripped}`
      continue
    }
    open = undefined
    if (stripped.startsWith('[')) {
      const name = SECTION.exec(stripped)?.[1]?.trim()
      if (name === undefined) say('A section is written [name], alone on its line.')
      else if (name === '') say('A section needs a name.')
      else if (names.has(name)) say(`There is a section [${name}] already.`)
      // What follows belongs to it all the same: its own faults are told too.
      sections.push({ name: name ?? '', line, entries: [] })
      names.add(name ?? '')
      keys = new Set()
      continue
    }
    const section = sections.at(-1)
    const entry = halves(stripped)
    if (!section) say('This stands before the first [section].')
    else if (entry === null) say('This is neither a [section] nor key = value.')
    else if (entry[0] === '') say('There is no key before the sign.')
    else if (keys.has(entry[0])) say(`${entry[0]} stands in this section already.`)
    else {
      const [key, value] = entry
      keys.add(key)
      const made = { key, value, line }
      section.entries.push(made)
      open = made
    }
  }
  return { sections, faults }
}
