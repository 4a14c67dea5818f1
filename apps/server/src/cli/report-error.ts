import { AppError } from '@decnet/kernel'
import pc from 'picocolors'
import { isDamage } from '../store/damage.ts'

/** One error, one way out; with --json as an object on standard error. Answers the exit code. */
export function reportError(error: unknown, json: boolean): number {
  if (isDamage(error))
    return reportError(
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
