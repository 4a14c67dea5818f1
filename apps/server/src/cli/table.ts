import Table from 'cli-table3'
import pc from 'picocolors'
import { print } from './output.ts'

const GAP = '  '
/** No column is made narrower, however narrow the terminal is. */
const LEAST = 8
const BORDERS = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left',
  'left-mid',
  'mid',
  'mid-mid',
  'right',
  'right-mid',
]
const NO_BORDERS = Object.fromEntries(BORDERS.map((border) => [border, '']))

/** Column widths that fit, by taking from the widest; those given where they fit already. */
export function fitted(widths: readonly number[], columns: number): number[] {
  const fit = [...widths]
  const room = columns - GAP.length * (fit.length - 1)
  for (let over = fit.reduce((sum, width) => sum + width, 0) - room; over > 0; over -= 1) {
    const widest = Math.max(...fit)
    if (widest <= LEAST) break
    fit[fit.indexOf(widest)] = widest - 1
  }
  return fit
}

/** A table without boxes; where it would be wider than `columns`, its widest cells are wrapped between words. */
export function tableText(head: readonly string[], rows: readonly (readonly (string | number)[])[], columns: number | undefined): string {
  const cells = rows.map((row) => row.map(String))
  const natural = head.map((title, n) => Math.max(title.length, ...cells.map((row) => [...(row[n] ?? '')].length)))
  const widths = columns === undefined ? natural : fitted(natural, columns)
  const table = new Table({
    head: head.map((title) => pc.dim(title)),
    chars: { ...NO_BORDERS, middle: GAP },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    ...(widths.some((width, n) => width !== natural[n]) ? { colWidths: widths, wordWrap: true } : {}),
  })
  for (const row of cells) table.push(row)
  return table.toString()
}

/** Fits a terminal; whole where there is none. `empty` is said instead when there is no row. */
export function printTable(head: readonly string[], rows: readonly (readonly (string | number)[])[], empty: string): void {
  print(rows.length === 0 ? empty : tableText(head, rows, process.stdout.isTTY ? process.stdout.columns : undefined))
}
