import { AppError } from '@decnet/kernel'
import Table from 'cli-table3'
import pc from 'picocolors'
import { isDamage } from '../store/open.ts'

/** Attackers choose these bytes: nothing of them may move the cursor, ring or colour. Control and bidirectional characters become visible. */
export function visible(text: string, width = 120): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0
    if (code === 10) return '\\n'
    if (code === 13) return '\\r'
    if (code === 9) return '\\t'
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
  return shown.length > width ? `${shown.slice(0, width - 1)}…` : shown
}

export const printJson = (value: unknown): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
export const print = (text = ''): void => {
  process.stdout.write(`${text}\n`)
}

/** A table without boxes; `empty` is said instead when there is no row. */
export function printTable(head: readonly string[], rows: readonly (readonly (string | number)[])[], empty: string): void {
  if (rows.length === 0) {
    print(empty)
    return
  }
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  }
  const table = new Table({
    head: head.map((title) => pc.dim(title)),
    chars: none,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) table.push(row.map(String))
  print(table.toString())
}

/** One error, one way out; with --json as an object on standard error. Answers the exit code. */
export function printError(error: unknown, json: boolean): number {
  if (isDamage(error))
    return printError(
      new AppError('The database is damaged.', { code: 'database_corrupt', hint: '`decnet doctor` with the same --home says what to do.' }),
      json,
    )
  const app = error instanceof AppError ? error : undefined
  const message = error instanceof Error ? error.message : String(error)
  if (json) process.stderr.write(`${JSON.stringify({ error: { code: app?.code ?? 'internal', message, hint: app?.hint ?? null } })}\n`)
  else {
    process.stderr.write(`${pc.red('✗')} ${message}\n`)
    if (app?.hint) process.stderr.write(`  ${app.hint}\n`)
    else if (!app && error instanceof Error) process.stderr.write(`${pc.dim(error.stack ?? '')}\n`)
  }
  return 1
}

/** `3 min ago`; the exact time stands in --json. */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`
  return `${Math.round(seconds / 86_400)} d ago`
}
