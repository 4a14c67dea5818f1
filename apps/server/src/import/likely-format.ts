import { type Format, formats } from './formats.ts'
import { contentOf } from './lines.ts'

const LF = 10
/** Lines of a beginning that are tried. */
const TRIED = 50

/** How many of the whole lines with which some inputs begin a format understands, and how many there are. */
export function understood({ make }: Format, heads: readonly Buffer[]): { readonly lines: number; readonly known: number } {
  let [lines, known] = [0, 0]
  for (const head of heads) {
    const reader = make()
    let tried = 0
    for (let at = 0, end = head.indexOf(LF); end !== -1 && tried < TRIED; at = end + 1, end = head.indexOf(LF, at)) {
      if (end === at) continue
      tried += 1
      if (!('unknown' in reader.read(contentOf(head.subarray(at, end))))) known += 1
    }
    lines += tried
  }
  return { lines, known }
}

/** The format that understands most of what stands at the beginning of some inputs; null where none understands a line. */
export function likelyFormat(heads: readonly Buffer[]): string | null {
  const [best] = Object.entries(formats)
    .map(([name, format]) => ({ name, known: understood(format, heads).known }))
    .sort((one, other) => other.known - one.known)
  return best === undefined || best.known === 0 ? null : best.name
}
