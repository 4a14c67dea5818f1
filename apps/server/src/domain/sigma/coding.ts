const WIDE = { wide: 'utf16le', utf16le: 'utf16le', utf16be: 'utf16be', utf16: 'utf16' } as const
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015']

function wide(text: string, coding: 'utf16le' | 'utf16be' | 'utf16'): Buffer {
  const little = Buffer.from(text, 'utf16le')
  if (coding === 'utf16le') return little
  return coding === 'utf16' ? Buffer.concat([Buffer.from([0xff, 0xfe]), little]) : little.swap16()
}

/** What a text becomes in base64 wherever it begins in a group of three bytes: without the characters that its neighbours have a say in. */
function atOffsets(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const code = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const begin = [0, 2, 3][offset] ?? 0
    const end = [0, 3, 2][(offset + bytes.length) % 3] ?? 0
    return code.slice(begin, code.length - end)
  })
}

/** How the values of a field are encoded, by its modifiers, which are taken; null: they stand as they are. Each value becomes several, or none where it is too short. */
export function codingOf(take: (name: string) => boolean): ((text: string) => readonly string[]) | null {
  const name = (['wide', 'utf16le', 'utf16be', 'utf16'] as const).find(take)
  const bytes = (text: string) => (name === undefined ? Buffer.from(text, 'utf8') : wide(text, WIDE[name]))
  if (take('base64offset')) return (text) => atOffsets(bytes(text)).filter((each) => each.length > 2)
  return take('base64') ? (text) => [bytes(text).toString('base64')] : null
}

/** Where an option of a command begins with a dash, it may begin with any of those that Windows takes for one. */
export function withDashes(text: string): readonly string[] {
  if (!/(?:^|\s)[-/]\S/u.test(text)) return [text]
  return DASHES.map((dash) => text.replace(/(^|\s)[-/](?=\S)/gu, `$1${dash}`))
}
