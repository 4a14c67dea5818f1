import type { ReleaseDiff } from '../domain/attack/diff-releases.ts'
import { plural } from '../domain/plural.ts'
import { visible } from '../domain/visible.ts'
import type { BrokenRule } from '../rules/own-rules.ts'
import { print } from './output.ts'
import { printTable } from './table.ts'

/** One line for each change: what it is, of which id, and how. */
function linesOf({ tactics, techniques, groups }: ReleaseDiff): string[][] {
  const line = (what: string, id: string, how: string) => [what, id, visible(how)]
  return [
    ...[tactics, techniques, groups].flatMap(({ removed }) => removed.map(({ id, name }) => line('removed', id, name))),
    ...techniques.retired.map(({ id, name, state, replacedBy }) =>
      line(state, id, replacedBy === null ? name : `${name}: now ${replacedBy}`),
    ),
    ...techniques.moved.map(({ id, name, from, to }) => line('moved', id, `${name}: ${from.join(', ')} → ${to.join(', ')}`)),
    ...[tactics, techniques, groups].flatMap(({ renamed }) => renamed.map(({ id, from, to }) => line('renamed', id, `${from} → ${to}`))),
    ...[tactics, techniques, groups].flatMap(({ added }) => added.map(({ id, name }) => line('added', id, name))),
  ]
}

/** What a release changes, what may break rules first. */
export function showDiff(diff: ReleaseDiff): void {
  const lines = linesOf(diff)
  print(`From ${diff.from} to ${diff.to}: ${plural(lines.length, 'change')}.`)
  if (lines.length > 0) printTable(['Change', 'Id', 'What'], lines, '')
  for (const doubt of diff.doubts) process.stderr.write(`${doubt}\n`)
}

/** The rules that are not asked under a release, and why. */
export function showUnfit(unfit: readonly BrokenRule[]): void {
  const rules = new Set(unfit.map(({ id }) => id)).size
  if (rules === 0) return
  print(`\n${rules === 1 ? 'One rule is' : `${rules.toLocaleString('en')} rules are`} not asked under it:`)
  printTable(
    ['Rule', 'Why', 'Where'],
    unfit.map(({ id, message, path, line, column }) => [id ?? '', visible(message, 300), `${visible(path)}:${line}:${column}`]),
    '',
  )
  print()
}
