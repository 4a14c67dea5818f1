/** A line of two texts laid over each other; numbers count from 1. */
export interface DiffLine {
  readonly kind: 'same' | 'gone' | 'new'
  readonly text: string
  /** In the text before and after; `null` where it is not in it. */
  readonly before: number | null
  readonly after: number | null
}

/** Cells of the table of common lines; beyond it what differs is told whole. */
const MOST_CELLS = 4_000_000

/** How many lines are common from each pair of places on (longest common subsequence). */
function commonFrom(a: readonly string[], b: readonly string[]): (i: number, j: number) => number {
  const width = b.length + 1
  const table = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number) => table[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  return at
}

/** What has to go from one text and come into it to make the other, line by line. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1
  const [middleA, middleB] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)]
  const small = (middleA.length + 1) * (middleB.length + 1) <= MOST_CELLS
  const common = small ? commonFrom(middleA, middleB) : null
  const lines: DiffLine[] = []
  let [i, j] = [0, 0]
  const same = (text: string) => lines.push({ kind: 'same', text, before: ++i, after: ++j })
  for (const text of a.slice(0, head)) same(text)
  while (i < a.length - tail || j < b.length - tail) {
    const [gone, come] = [middleA[i - head], middleB[j - head]]
    if (common !== null && gone !== undefined && gone === come) same(gone)
    else if (gone !== undefined && (come === undefined || !common || common(i + 1 - head, j - head) >= common(i - head, j + 1 - head)))
      lines.push({ kind: 'gone', text: gone, before: ++i, after: null })
    else lines.push({ kind: 'new', text: come ?? '', before: null, after: ++j })
  }
  for (const text of a.slice(a.length - tail)) same(text)
  return lines
}

/** A stretch of lines that are shown, or how many alike are left out. */
export type Hunk = { readonly lines: readonly DiffLine[] } | { readonly alike: number }

/** Only what differs, with some lines around it. */
export function hunks(lines: readonly DiffLine[], around = 3): readonly Hunk[] {
  const near = lines.map(() => false)
  for (const [n, { kind }] of lines.entries()) if (kind !== 'same') near.fill(true, Math.max(0, n - around), n + around + 1)
  const found: Hunk[] = []
  for (let n = 0; n < lines.length; ) {
    let end = n
    while (end < lines.length && near[end] === near[n]) end += 1
    found.push(near[n] ? { lines: lines.slice(n, end) } : { alike: end - n })
    n = end
  }
  return found
}
